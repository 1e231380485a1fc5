"""The read model: what an engine holds at one instant, as immutable records.

`Engine.read` makes a `View` under the lock, on a settled state, and passes it to a function.
The records that the function returns stay valid afterwards. Nothing outside the engine reads
runs, open items, task lists and marks in any other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..core.events import Attributes
from ..core.execution import OPEN_COUNTS, Execution
from ..core.open_items import OpenItem
from ..core.record import fold
from ..core.registry import EVENTS
from .deadlines import Deadlines
from .domains import Domain, Kept, Region, Run, Scope
from .history import decode_event
from .recent_polls import RecentPoller
from .task_lists import TaskList, Ticket


class DomainRecord(NamedTuple):
    """A domain with the numbers of its executions and of its types, deprecated ones included."""

    scope: Scope
    name: str
    status: str
    open_count: int
    closed_count: int
    workflow_types: int
    activity_types: int


class ExecutionRecord(NamedTuple):
    """One run. ``status`` is ``OPEN`` or the close status; ``closed_ms`` is None while open.

    ``sequence`` orders runs by their starts, over all accounts. ``parent`` names the execution
    that started it as its child, ``continued_run_id`` the run that it continues. ``deleted_ms``
    is when its retention ends, None while it is open.
    """

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
    event_count: int
    decider_has_work: bool
    parent: Attributes | None
    continued_run_id: str | None
    sequence: int
    deleted_ms: int | None

    @property
    def open(self) -> bool:
        return self.closed_ms is None

    @property
    def is_child(self) -> bool:
        return self.parent is not None


class OpenRecord(NamedTuple):
    """One open item of an execution.

    ``taken``: a decider, a worker, a function or a child execution has it. ``behind``: a
    decision task that is offered only after the one that a decider has. ``task_list`` is the
    list on which the task waits, if it does. ``due_ms`` and ``timeout_type`` describe its next
    deadline. ``heartbeat`` holds the details of the last heartbeat, None before the first.
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


class QueuedRecord(NamedTuple):
    """A task that waits on a list; ``order`` is its order of arrival over all lists."""

    order: int
    execution: ExecutionRecord
    item: OpenRecord


class Poller(NamedTuple):
    """A poll that waits for a task; ``identity`` is the client's name for itself."""

    identity: str | None
    since_ms: int


class ListRecord(NamedTuple):
    """A task list on which tasks or polls wait.

    ``list_kind`` is ``decision`` or ``activity``; ``oldest_ms`` is the time since which its
    oldest task waits; ``first`` is the task that the next poll gets; the poll that has waited
    longest is the first of ``pollers``.
    """

    scope: Scope
    domain: str
    list_kind: str
    name: str
    waiting: int
    oldest_ms: int | None
    first: QueuedRecord | None
    pollers: Sequence[Poller]


class Due(NamedTuple):
    """A deadline: what times out or fires at ``at_ms`` if nothing else happens."""

    at_ms: int
    timeout_type: str
    item: OpenRecord
    execution: ExecutionRecord


class StateRecord(NamedTuple):
    """The state of an execution after one of its events."""

    status: str
    cancel_requested: bool
    execution_context: str | None
    open_counts: dict[str, int]
    open_items: list[OpenRecord]


RunKey = tuple[Scope, str]
"""Account and region of an execution, and its run id."""


class View:
    """The contents of one engine. Valid only inside the function that `Engine.read` calls."""

    def __init__(self, regions: Mapping[Scope, Region], deadlines: Deadlines, now_ms: int) -> None:
        self._regions = regions
        self._deadlines = deadlines
        self.now_ms = now_ms

    @property
    def deadline_count(self) -> int:
        """The number of armed deadlines: timeouts, timers and ends of retention."""
        return len(self._deadlines)

    def scopes(self) -> list[Scope]:
        """Return the accounts and regions that hold a domain, sorted."""
        return sorted(scope for scope, region in self._regions.items() if region.domains)

    def domains(self, scope: Scope | None = None) -> list[DomainRecord]:
        """Return the domains, of each region by name."""
        return [_domain(each) for each in self._domains(scope, None)]

    def executions(
        self,
        scope: Scope | None = None,
        domain: str | None = None,
        *,
        workflow_id: str | None = None,
        open_only: bool = False,
    ) -> list[ExecutionRecord]:
        """Return the executions that match, ordered by their starts."""
        runs = (
            run
            for each in self._domains(scope, domain)
            for run in _runs(each, workflow_id, open_only)
        )
        return [execution_record(run) for run in sorted(runs, key=lambda run: run.sequence)]

    def run_ids(self, scope: Scope | None = None, domain: str | None = None) -> list[RunKey]:
        """Return the keys of executions, in no particular order; this costs little."""
        return [
            (each.region.scope, run.execution.run_id)
            for each in self._domains(scope, domain)
            for run in each.visibility.runs()
        ]

    def found(self, keys: Iterable[RunKey]) -> list[ExecutionRecord]:
        """Return the executions with these keys that still exist."""
        records = (self.find(scope, run_id) for scope, run_id in keys)
        return [record for record in records if record is not None]

    def execution(
        self, scope: Scope, domain: str, workflow_id: str, run_id: str
    ) -> ExecutionRecord:
        """Return one execution, open or closed. Fault: UnknownResourceFault."""
        region = self._regions.get(scope) or Region(scope)
        return execution_record(region.domain(domain).run(workflow_id, run_id))

    def find(self, scope: Scope, run_id: str) -> ExecutionRecord | None:
        """Return the execution with that run id; None if it does not exist any more."""
        region = self._regions.get(scope)
        run = None if region is None else region.runs.get(run_id)
        return None if run is None else execution_record(run)

    def open_items(self, execution: ExecutionRecord) -> list[OpenRecord]:
        """Return its open items, ordered by their opening events; [] once it is closed."""
        run = self._run(execution)
        return [] if run is None else [_item(each) for each in run.execution.open_items.values()]

    def history(self, execution: ExecutionRecord) -> Sequence[bytes]:
        """Return its events as they are stored: a list that grows; () if it was forgotten."""
        run = self._run(execution)
        return () if run is None else run.history

    def task_lists(self, scope: Scope | None = None, domain: str | None = None) -> list[ListRecord]:
        """Return the lists on which anything waits."""
        return [
            _list(each, task_list)
            for each in self._domains(scope, domain)
            for task_list in each.task_lists.values()
        ]

    def tasks(self, of: ListRecord) -> list[QueuedRecord]:
        """Return all tasks of a list, in the order in which polls get them."""
        region = self._regions.get(of.scope)
        domain = None if region is None else region.domains.get(of.domain)
        task_list = None if domain is None else domain.task_lists.get((of.list_kind, of.name))
        return [] if task_list is None else [_queued(ticket) for ticket in task_list.tickets()]

    def recent_pollers(
        self, scope: Scope, domain: str, list_kind: str, name: str
    ) -> list[RecentPoller]:
        """Return the clients that polled a list, the last one first; [] if none is remembered."""
        region = self._regions.get(scope)
        found = None if region is None else region.domains.get(domain)
        return [] if found is None else found.recent_polls.of(list_kind, name)

    def next_due(self, *, retention: bool = True) -> Due | None:
        """Return the earliest deadline; without ``retention``, the earliest of open executions."""
        if retention:
            entry = self._deadlines.next()
            return None if entry is None else _due(entry[1].run, entry[1].item)
        found = (
            _due(run, item)
            for domain in self._domains(None, None)
            for run in domain.open_runs.values()
            for item in run.execution.open_items.values()
            if item.next_deadline() is not None
        )
        return min(found, key=lambda due: due.at_ms, default=None)

    def _domains(self, scope: Scope | None, name: str | None) -> Iterator[Domain]:
        for each, region in self._regions.items():
            if scope in (None, each):
                yield from (d for d in region.domains.values() if name in (None, d.name))

    def _run(self, execution: ExecutionRecord) -> Run | None:
        region = self._regions.get(execution.scope)
        return None if region is None else region.runs.get(execution.run_id)


def _domain(domain: Domain) -> DomainRecord:
    return DomainRecord(
        domain.region.scope,
        domain.name,
        domain.status,
        domain.visibility.open_count,
        domain.visibility.closed_count,
        len(domain.types["WorkflowType"]),
        len(domain.types["ActivityType"]),
    )


def _runs(domain: Domain, workflow_id: str | None, open_only: bool) -> Iterator[Run]:
    if workflow_id is not None:
        found = domain.visibility.runs_of(workflow_id)
        return (run for run in found if not (open_only and run.execution.closed))
    return iter(domain.open_runs.values()) if open_only else domain.visibility.runs()


def execution_record(run: Run) -> ExecutionRecord:
    """Return the record of a run. Requires the engine's lock."""
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
        execution.event_count,
        bool(execution.decision_started or execution.decision_waiting),
        execution.parent,
        execution.continued_run_id,
        run.sequence,
        run.deleted_ms,
    )


def _item(item: OpenItem) -> OpenRecord:
    deadline, place = item.next_deadline(), item.queued()
    return OpenRecord(
        item.concept,
        item.title,
        item.type_name,
        item.event_id,
        item.taken,
        item.concept == "decision" and place is None and not item.taken,
        item.since_ms,
        None if place is None else place.task_list,
        None if deadline is None else deadline.at_ms,
        "" if deadline is None else deadline.timeout_type,
        item.heartbeat,
        item.cancel_requested,
    )


def _queued(ticket: Ticket[Kept]) -> QueuedRecord:
    return QueuedRecord(ticket.order, execution_record(ticket.kept.run), _item(ticket.kept.item))


def _list(domain: Domain, task_list: TaskList[Kept]) -> ListRecord:
    oldest, first = task_list.oldest(), task_list.first()
    return ListRecord(
        domain.region.scope,
        domain.name,
        task_list.list_kind,
        task_list.name,
        task_list.waiting,
        None if oldest is None else oldest.kept.item.since_ms,
        None if first is None else _queued(first),
        [Poller(poll.identity, poll.since_ms) for poll in task_list.pollers],
    )


def _due(run: Run, item: OpenItem) -> Due:
    record = _item(item)
    assert record.due_ms is not None
    return Due(record.due_ms, record.timeout_type, record, execution_record(run))


def states_around(history: Sequence[bytes], event_id: int) -> tuple[StateRecord, StateRecord]:
    """Return the states before and after an event, folded from the history alone.

    Events of unknown types change nothing.
    """
    execution = Execution("", "")
    before = state_record(execution)
    for stored in history[:event_id]:
        event = decode_event(stored)
        if event.event_id == event_id:
            before = state_record(execution)
        if event.event_type in EVENTS:
            fold(execution, event)
    return before, state_record(execution)


def state_record(execution: Execution) -> StateRecord:
    """Return the state of an execution, folded or live. A live one requires the engine's lock."""
    return StateRecord(
        execution.close_status or "OPEN",
        execution.cancel_requested,
        execution.latest_execution_context,
        {name: execution.open_counts[name] for name in OPEN_COUNTS},
        [_item(item) for item in execution.open_items.values()],
    )
