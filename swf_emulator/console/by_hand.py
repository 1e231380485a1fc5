"""Tasks taken by hand: one certain task, which no operation of the service can ask for.

A poll takes the first task of a list; a person means the one that is on the screen. So the
task is started here, as a poll would start it, and then answered by the operation that is
there for it. A task that a worker already has is answered in its place: the worker's own
answer then comes too late.
"""

from __future__ import annotations

from ..core import activities, decision_tasks, faults
from ..core.activities import ActivityTask
from ..engine.domains import Run
from ..engine.engine import Engine
from ..protocol.tokens import TaskToken

IDENTITY = "console"


def activity_token(engine: Engine, run: Run, event_id: int) -> str:
    """The token of an open activity task, started if it was not. Fault: UnknownResourceFault."""

    def take() -> str:
        execution = run.execution
        task = execution.open_items.get(event_id)
        if execution.closed or not isinstance(task, ActivityTask):
            raise faults.unknown_activity(event_id)
        if not task.started_event_id:
            engine.record(run, activities.start(task, IDENTITY))
        return _token("activity", run, event_id, task.started_event_id)

    return engine.transact(take)


def decision_token(engine: Engine, run: Run) -> str:
    """The token of the decision task, started if it was not. Fault: UnknownResourceFault."""

    def take() -> str:
        execution = run.execution
        task = execution.decision_started or execution.decision_waiting
        if execution.closed or task is None:
            raise faults.unknown_decision_task(execution.event_count)
        if not task.started_event_id:
            engine.record(run, decision_tasks.start(task, IDENTITY))
        return _token("decision", run, task.event_id, task.started_event_id)

    return engine.transact(take)


def _token(kind: str, run: Run, scheduled_event_id: int, started_event_id: int) -> str:
    execution = run.execution
    token = TaskToken(
        kind, execution.run_id, scheduled_event_id, started_event_id, execution.workflow_id
    )
    return token.encode()
