"""Activity tasks: polled, kept alive, answered, counted.

Source: API Reference, PollForActivityTask, RecordActivityTaskHeartbeat,
RespondActivityTask…, CountPendingActivityTasks. Observed: recorded 2013 (a task's members).
"""

from __future__ import annotations

from collections.abc import Callable

from ...core import activities, faults
from ...core.activities import ActivityTask
from ...core.events import Attributes, NewEvents
from ...engine.domains import Run
from ...engine.polling import TaskTaken
from ..call import Call, operation
from ..results import EMPTY, Members, Result
from ..tokens import TaskToken
from .decision_tasks import open_run_of, pending_count


@operation("PollForActivityTask", reads=True)
def poll_for_activity_task(call: Call) -> Result:
    """Start the next activity task.

    Faults: UnknownResourceFault (domain), LimitExceededFault, ThrottlingException.
    """
    return call.poll("activity", _task)


def _task(call: Call, taken: TaskTaken | None) -> Members:
    if taken is None:
        return call.no_task(startedEventId=0)
    execution, task = taken.run.execution, taken.task
    members = {
        "taskToken": TaskToken.of("activity", taken).encode(),
        "activityId": task.activity_id,
        "activityType": task.activity_type,
        "startedEventId": task.started_event_id,
        "workflowExecution": {"workflowId": execution.workflow_id, "runId": execution.run_id},
    }
    if task.input is not None:
        members["input"] = task.input
    return Members(members)


@operation("RecordActivityTaskHeartbeat")
def record_activity_task_heartbeat(call: Call) -> Result:
    """Return cancelRequested. Faults as of the three responses."""
    run, task = _started(call)
    call.engine.recorder.heartbeat(run, task, call.get("details"))
    return Members({"cancelRequested": task.latest_cancel_requested_event_id is not None})


@operation("RespondActivityTaskCanceled", close=activities.cancel)
@operation("RespondActivityTaskFailed", close=activities.fail)
@operation("RespondActivityTaskCompleted", close=activities.complete)
def respond(call: Call, close: Callable[[ActivityTask, Attributes], NewEvents]) -> Result:
    """Close a started task.

    Faults, in this order: ValidationException (token), UnknownResourceFault (execution, task).
    """
    run, task = _started(call)
    call.engine.recorder.record(run, close(task, call.parameters))
    return EMPTY


@operation("CountPendingActivityTasks", reads=True)
def count_pending_activity_tasks(call: Call) -> Result:
    """Return the count of tasks that are scheduled, not started. Fault: UnknownResourceFault."""
    return pending_count(call, "activity")


def _started(call: Call) -> tuple[Run, ActivityTask]:
    """Return the run and the started task of the call's token. Faults as of `respond`."""
    token = TaskToken.decode(call["taskToken"], "activity")
    run = open_run_of(call, token)
    task = run.execution.open_items.get(token.scheduled_event_id)
    if not isinstance(task, ActivityTask) or task.started_event_id != token.started_event_id:
        raise faults.unknown_activity(token.scheduled_event_id)
    return run, task
