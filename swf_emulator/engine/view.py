"""What there is at one instant, as plain records that stay true when time goes on.

`Engine.read` makes a `View` under the lock, on a settled state, and hands it to a function:
whatever that function asks is of one instant. The records are immutable copies, but for a
history, which only grows. Nothing else outside the engine looks at its runs, lists and marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..core.open_items import OpenItem

if TYPE_CHECKING:
    from .domains import Domain, Run, Scope
    from .engine import Engine
    from .task_lists import TaskList


class ExecutionRecord(NamedTuple):
    """One run. ``status`` is OPEN or its close status; ``closed_ms`` is None while open."""

    scope: Scope
    domain: str
    workflow_id: str
    run_id: str
    type_name: str
    type_version: str
    status: str
    started_ms: int
    closed_ms: int | None
    last_event_ms: int
    decider_has_work: bool
    is_child: bool

    @property
    def open(self) -> bool:
        return self.closed_ms is None


class OpenRecord(NamedTuple):
    """Something open in an execution.

    ``task_list`` and ``list_kind`` say where it waits to be taken, if it does. ``behind`` is a
    decision task that comes after the one that a decider has. ``due_ms`` and ``timeout_type``
    are its next deadline's.
    """

    kind: str
    title: str
    type_name: str
    event_id: int
    taken: bool
    behind: bool
    since_ms: int | None
    task_list: str | None
    due_ms: int | None
    timeout_type: str
    heartbeat: str | None
    cancel_requested: bool


class Poller(NamedTuple):
    identity: str | None
    since_ms: int


class QueuedItem(NamedTuple):
    """The place of a task on its list; ``order`` is over all lists."""

    order: int
    execution: ExecutionRecord
    item: OpenRecord


class ListRecord(NamedTuple):
    """A task list with what waits on either side, first served first."""

    scope: Scope
    domain: str
    kind: str
    name: str
    tasks: Sequence[QueuedItem]
    pollers: Sequence[Poller]


class Due(NamedTuple):
    """What happens next if only time passes, and to whom."""

    at_ms: int
    timeout_type: str
    item: OpenRecord
    execution: ExecutionRecord


class View:
    """What an engine can be asked while its lock is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.now_ms = engine.now_ms

    def scopes(self) -> list[Scope]:
        """The accounts and regions that hold a domain, sorted."""
        return sorted(s for s, region in self._engine.regions.items() if region.domains)

    def executions(
        self, scope: Scope | None = None, domain: str | None = None, *, open_only: bool = False
    ) -> list[ExecutionRecord]:
        """In the order of their starts."""
        return [record_of(run) for run in self._runs(scope, domain, open_only)]

    def open_items(self, execution: ExecutionRecord) -> list[OpenRecord]:
        """What is open in it, in the order of the events that opened it; [] once it is closed."""
        run = self._run(execution)
        return [] if run is None else [_item(each) for each in run.execution.open_items.values()]

    def history(self, execution: ExecutionRecord) -> Sequence[bytes]:
        """Its events so far, as they are stored."""
        run = self._run(execution)
        return () if run is None else run.history

    def task_lists(self, scope: Scope | None = None, domain: str | None = None) -> list[ListRecord]:
        """The lists on which anything waits."""
        return [
            _list(each, task_list)
            for each in self._domains(scope, domain)
            for task_list in each.task_lists.values()
        ]

    def next_due(self, *, retention: bool = True) -> Due | None:
        """The earliest deadline; without ``retention``, of an open execution."""
        if retention:
            entry = self._engine.deadlines.next()
            return None if entry is None else _due(entry[1].run, entry[1].item)
        found = [
            _due(run, pending)
            for run in self._runs(None, None, True)
            for pending in run.execution.open_items.values()
            if pending.next_deadline() is not None
        ]
        return min(found, key=lambda due: due.at_ms, default=None)

    def _domains(self, scope: Scope | None, name: str | None) -> Iterator[Domain]:
        for each, region in self._engine.regions.items():
            if scope in (None, each):
                yield from (d for d in region.domains.values() if name in (None, d.name))

    def _runs(self, scope: Scope | None, domain: str | None, open_only: bool) -> list[Run]:
        found = []
        for each, region in self._engine.regions.items():
            if scope in (None, each):
                found += [
                    run
                    for run in region.runs.values()
                    if domain in (None, run.domain.name)
                    and not (open_only and run.execution.closed)
                ]
        return sorted(found, key=lambda run: run.sequence)

    def _run(self, execution: ExecutionRecord) -> Run | None:
        region = self._engine.regions.get(execution.scope)
        return None if region is None else region.runs.get(execution.run_id)


def record_of(run: Run) -> ExecutionRecord:
    execution = run.execution
    return ExecutionRecord(
        run.domain.region.scope,
        run.domain.name,
        execution.workflow_id,
        execution.run_id,
        execution.workflow_type["name"],
        execution.workflow_type["version"],
        execution.close_status or "OPEN",
        execution.started_ms,
        execution.close_ms if execution.closed else None,
        execution.last_event_ms,
        bool(execution.decision_started or execution.decision_waiting),
        execution.parent is not None,
    )


def _item(pending: OpenItem) -> OpenRecord:
    deadline, place = pending.next_deadline(), pending.queued()
    heartbeat_ms = getattr(pending, "heartbeat_ms", None)
    return OpenRecord(
        pending.kind,
        pending.title,
        pending.type_name,
        pending.event_id,
        pending.taken,
        pending.kind == "decision" and place is None and not pending.taken,
        pending.since_ms,
        None if place is None else place.task_list,
        None if deadline is None else deadline.at_ms,
        "" if deadline is None else deadline.timeout_type,
        None if heartbeat_ms is None else getattr(pending, "heartbeat_details", None) or "",
        getattr(pending, "latest_cancel_requested_event_id", None) is not None,
    )


def _list(domain: Domain, task_list: TaskList) -> ListRecord:
    return ListRecord(
        domain.region.scope,
        domain.name,
        task_list.kind,
        task_list.name,
        [
            QueuedItem(ticket.order, record_of(ticket.kept.run), _item(ticket.kept.item))
            for ticket in task_list.tickets()
        ],
        [Poller(poll.identity, poll.since_ms) for poll in task_list.pollers],
    )


def _due(run: Run, pending: OpenItem) -> Due:
    item = _item(pending)
    assert item.due_ms is not None
    return Due(item.due_ms, item.timeout_type, item, record_of(run))
