"""What the API does not tell: queues with their pollers, deadlines, scopes, the clock.

Everything here is read under the engine's lock, at one instant, and copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.activities import ActivityTask
from ..core.decision_tasks import DecisionTask
from ..core.executions import Lifetime
from ..core.lambdas import LambdaTask
from ..core.pending import Pending
from ..core.timers import Timer
from ..engine.catalog import Domain, Partition, Scope
from ..engine.engine import Engine
from ..engine.runs import Retention, Run
from ..engine.tasklists import TaskList
from ..protocol.dispatch import Protocol


@dataclass(slots=True)
class Poller:
    """A poll that waits now."""

    identity: str | None
    since_ms: int


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


def scopes(protocol: Protocol) -> list[Scope]:
    """The accounts and regions that hold a domain; never none."""
    engine = protocol.engine

    def used() -> list[Scope]:
        return [scope for scope, partition in engine.partitions.items() if partition.domains]

    return sorted(engine.transact(used)) or [Scope(protocol.account, protocol.region)]


def partition_of(engine: Engine, scope: Scope) -> Partition:
    """The partition, without bringing it into being."""
    return engine.partitions.get(scope) or Partition(scope)


def queues(engine: Engine, scope: Scope, domain: str | None = None) -> list[Queue]:
    """The task lists on which anything waits; those that nobody polls come first."""

    def read() -> list[Queue]:
        partition = partition_of(engine, scope)
        return [
            _queue(each, task_list)
            for each in partition.domains.values()
            if domain in (None, each.name)
            for task_list in each.task_lists.values()
        ]

    return sorted(
        engine.transact(read),
        key=lambda queue: (bool(queue.pollers), -queue.waiting, queue.domain, queue.name),
    )


def _queue(domain: Domain, task_list: TaskList) -> Queue:
    tickets = task_list.tickets()
    waiting_since = [
        since for ticket in tickets if (since := _since_ms(ticket.pending)) is not None
    ]
    first = tickets[0].run.execution if tickets else None
    return Queue(
        domain.name,
        task_list.kind,
        task_list.name,
        task_list.waiting,
        min(waiting_since, default=None),
        None if first is None else first.workflow_id,
        None if first is None else first.run_id,
        [Poller(poll.identity, poll.since_ms) for poll in task_list.pollers],
    )


def _since_ms(pending: Pending) -> int | None:
    if isinstance(pending, DecisionTask):
        return pending.offered_ms
    return pending.scheduled_ms if isinstance(pending, ActivityTask) else None


def next_due(engine: Engine) -> Due | None:
    """What happens next if only time passes, in any scope."""

    def read() -> Due | None:
        entry = engine.deadlines.next()
        if entry is None:
            return None
        deadline, pending, run = entry
        return Due(
            deadline.at_ms,
            effect_of(pending, deadline.timeout_type),
            run.domain.name,
            run.execution.workflow_id,
            run.execution.run_id,
        )

    return engine.transact(read)


def effect_of(pending: Pending, timeout_type: str) -> str:
    """What a deadline will do."""
    match pending:
        case Timer():
            return f"timer {pending.timer_id} fires"
        case ActivityTask():
            return f"activity {pending.activity_id} times out ({timeout_type})"
        case DecisionTask():
            return f"decision task {pending.event_id} times out ({timeout_type})"
        case LambdaTask():
            return f"Lambda task {pending.function_id} times out"
        case Lifetime():
            return "the execution times out"
        case Retention():
            return "the closed execution is forgotten"
        case _:
            return f"event {pending.event_id}: {timeout_type}"


def run_of(engine: Engine, scope: Scope, domain: str, workflow_id: str, run_id: str) -> Run:
    """That run. Fault: UnknownResourceFault."""
    return engine.transact(
        lambda: partition_of(engine, scope).domain(domain).run(workflow_id, run_id)
    )


def runs_of(engine: Engine, run: Run) -> list[dict[str, Any]]:
    """All remembered runs of the same workflow id, newest first."""

    def read() -> list[dict[str, Any]]:
        found = run.domain.visibility.runs_of(run.execution.workflow_id)
        return [
            {
                "runId": each.execution.run_id,
                "startedMs": each.execution.started_ms,
                "status": each.execution.close_status or "OPEN",
            }
            for each in reversed(found[-50:])
        ]

    return engine.transact(read)


def counts(engine: Engine, scope: Scope) -> list[dict[str, Any]]:
    """Open and closed executions of each domain."""

    def read() -> list[dict[str, Any]]:
        return [
            {
                "name": domain.name,
                "status": domain.status,
                "open": domain.visibility.open_count,
                "closed": domain.visibility.closed_count,
                "workflowTypes": len(domain.types["WorkflowType"]),
                "activityTypes": len(domain.types["ActivityType"]),
            }
            for domain in partition_of(engine, scope).domains.values()
        ]

    return engine.transact(read)


def clock_view(engine: Engine) -> dict[str, Any]:
    """The clock and what it will do next."""
    due = next_due(engine)
    return {
        "mode": engine.clock.mode,
        "speed": engine.clock.speed,
        "nowMs": engine.clock.now_ms(),
        "next": due,
    }


def state_of(engine: Engine) -> str:
    """A text that differs whenever a page may look different."""
    clock = engine.clock
    standing = "" if clock.speed else clock.now_ms()
    return f"{engine.changes} {clock.mode} {clock.speed} {standing}".rstrip()
