"""Tasks taken by hand: one certain task, which no operation of the service can ask for.

A poll takes the first task of a list; a person means the one that is on the screen. So the
task is started here, as a poll would start it, and then answered by the operation that is
there for it. A task that a worker already has is answered in its place: the worker's own
answer then comes too late.
"""

from __future__ import annotations

from ..core import faults
from ..engine.domains import Run
from ..engine.engine import Engine
from ..protocol.tokens import TaskToken

IDENTITY = "console"


def activity_token(engine: Engine, run: Run, event_id: int) -> str:
    """The token of an open activity task, started if it was not. Fault: UnknownResourceFault."""

    started_event_id = _take(engine, run, event_id)
    if started_event_id is None:
        raise faults.unknown_activity(event_id)
    return _token("activity", run, event_id, started_event_id)


def decision_token(engine: Engine, run: Run) -> str:
    """The token of the decision task, started if it was not. Fault: UnknownResourceFault."""

    execution = run.execution
    task = execution.decision_started or execution.decision_waiting
    started_event_id = None if task is None else _take(engine, run, task.event_id)
    if task is None or started_event_id is None:
        raise faults.unknown_decision_task(execution.event_count)
    return _token("decision", run, task.event_id, started_event_id)


def _take(engine: Engine, run: Run, event_id: int) -> int | None:
    scope, run_id = run.domain.region.scope, run.execution.run_id
    execution = engine.read(lambda view: view.find(scope, run_id))
    return None if execution is None else engine.take(execution, event_id, IDENTITY)


def _token(kind: str, run: Run, scheduled_event_id: int, started_event_id: int) -> str:
    execution = run.execution
    token = TaskToken(
        kind, execution.run_id, scheduled_event_id, started_event_id, execution.workflow_id
    )
    return token.encode()
