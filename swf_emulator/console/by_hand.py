"""Tasks answered by hand: a particular task, which no operation of the service can request.

A poll takes the first task of a list; the console takes the task on the screen. It is started
as a poll would start it, and then answered by the operation that exists for it. A task that a
worker already has is answered in the worker's place; the worker's own answer then comes too
late.
"""

from __future__ import annotations

from ..core.faults import Fault
from ..engine.engine import Engine
from ..engine.view import ExecutionRecord
from ..protocol.tokens import TaskToken

IDENTITY = "console"


def task_token(
    engine: Engine, execution: ExecutionRecord, concept: str, event_id: int | None, unknown: Fault
) -> str:
    """Return the token of an open task, started if it was not.

    Without ``event_id``, the task that is first of its concept. Raises ``unknown``.
    """
    for item in engine.read(lambda view: view.open_items(execution)):
        if item.kind == concept and event_id in (None, item.event_id):
            started = engine.take(execution, item.event_id, IDENTITY)
            if started is not None:
                run_id, workflow_id = execution.run_id, execution.workflow_id
                return TaskToken(concept, run_id, item.event_id, started, workflow_id).encode()
    raise unknown
