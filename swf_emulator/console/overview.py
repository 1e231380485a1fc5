"""What the API does not tell: queues with their pollers, deadlines, scopes, the clock.

Everything here is read under the engine's lock, at one instant, and copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..engine.accounts import Accounts
from ..engine.domains import Run, Scope
from ..engine.engine import Engine
from ..engine.view import ListRecord, OpenRecord, Poller
from ..protocol.service import Service


@dataclass(slots=True)
class Queue:
    """A task list with what waits on either side."""

    domain: str
    kind: str
    name: str
    waiting: int
    oldest_ms: int | None
    next_workflow_id: str | None
    next_run_id: str | None
    pollers: list[Poller]


@dataclass(slots=True)
class Due:
    """A deadline: when, what it will do, and to whom. ``workflow_id`` is None if to a list."""

    at_ms: int
    effect: str
    domain: str
    workflow_id: str
    run_id: str


def scopes(protocol: Service) -> list[Scope]:
    """The accounts and regions that hold a domain; never none."""
    found = sorted(protocol.accounts.collect(lambda view: view.scopes()))
    return found or [Scope(protocol.account, protocol.region)]


def queues(engine: Engine, scope: Scope, domain: str | None = None) -> list[Queue]:
    """The task lists on which anything waits; those that nobody polls come first."""
    lists = engine.read(lambda view: view.task_lists(scope, domain))
    return sorted(
        map(_queue, lists),
        key=lambda queue: (bool(queue.pollers), -queue.waiting, queue.domain, queue.name),
    )


def _queue(found: ListRecord) -> Queue:
    first = None if found.first is None else found.first.execution
    return Queue(
        found.domain,
        found.list_kind,
        found.name,
        found.waiting,
        found.oldest_ms,
        None if first is None else first.workflow_id,
        None if first is None else first.run_id,
        list(found.pollers),
    )


def next_due(accounts: Accounts) -> Due | None:
    """What happens next if only time passes, in any scope."""
    due = accounts.next_due()
    if due is None:
        return None
    whose = due.execution
    return Due(due.at_ms, effect_of(due.item), whose.domain, whose.workflow_id, whose.run_id)


EFFECTS = {
    "timer": "timer {0.title} fires",
    "decision": "decision task {0.event_id} times out ({0.timeout_type})",
    "lambda": "Lambda task {0.title} times out",
    "execution": "the execution times out",
    "retention": "the closed execution is forgotten",
}


def effect_of(item: OpenRecord) -> str:
    """What the item's deadline will do."""
    text = EFFECTS.get(item.kind, "{0.kind} {0.title} times out ({0.timeout_type})")
    return text.format(item)


def run_of(engine: Engine, scope: Scope, domain: str, workflow_id: str, run_id: str) -> Run:
    """That run. Fault: UnknownResourceFault."""
    with engine.transaction:
        return engine.region(scope).domain(domain).run(workflow_id, run_id)


def runs_of(engine: Engine, run: Run) -> list[dict[str, Any]]:
    """All remembered runs of the same workflow id, newest first."""

    scope, workflow_id = run.domain.region.scope, run.execution.workflow_id
    found = engine.read(
        lambda view: view.executions(scope, run.domain.name, workflow_id=workflow_id)
    )
    return [
        {"runId": each.run_id, "startedMs": each.started_ms, "status": each.status}
        for each in reversed(found[-50:])
    ]


def counts(engine: Engine, scope: Scope) -> list[dict[str, Any]]:
    """Open and closed executions of each domain."""

    return [
        {
            "name": domain.name,
            "status": domain.status,
            "open": domain.open_count,
            "closed": domain.closed_count,
            "workflowTypes": domain.workflow_types,
            "activityTypes": domain.activity_types,
        }
        for domain in engine.read(lambda view: view.domains(scope))
    ]


def clock_view(accounts: Accounts) -> dict[str, Any]:
    """The clock and what it will do next."""
    due = next_due(accounts)
    clock = accounts.clock
    return {
        "mode": clock.mode,
        "speed": clock.speed,
        "nowMs": clock.now_ms(),
        "next": due,
    }


def state_of(accounts: Accounts) -> str:
    """A text that differs whenever a page may look different."""
    clock = accounts.clock
    standing = "" if clock.speed else clock.now_ms()
    return f"{accounts.changes} {clock.mode} {clock.speed} {standing}".rstrip()
