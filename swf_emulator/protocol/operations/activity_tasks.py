"""Activity tasks: polled, kept alive, answered, counted.

Source: API Reference, PollForActivityTask, RecordActivityTaskHeartbeat,
RespondActivityTask…, CountPendingActivityTasks. Observed: recorded 2013 (a task's members).
"""

from __future__ import annotations

from ...core import activities, faults
from ...core.activities import ActivityTask
from ...engine.domains import Run
from ...engine.task_lists import TaskTaken
from ..call import Call, operation
from ..results import EMPTY, Members, Result
from ..tokens import TaskToken
from .decision_tasks import open_run_of, pending_count


@operation("PollForActivityTask", reads=True)
def poll_for_activity_task(call: Call) -> Result:
    """The next activity task. Faults: UnknownResourceFault (domain), LimitExceededFault."""
    return call.poll("activity", lambda taken: _task(call, taken))


def _task(call: Call, taken: TaskTaken | None) -> Members:
    if taken is None:
        return call.no_task(startedEventId=0)
    execution, task = taken.run.execution, taken.task
    token = TaskToken(
        "activity",
        execution.run_id,
        task.event_id,
        task.started_event_id,
        execution.workflow_id,
    )
    members = {
        "taskToken": token.encode(),
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
    """Faults as for the three answers."""
    run, task = _started(call)
    activities.heartbeat(task, call.get("details"), call.now_ms)
    call.engine.deadlines.arm(run.kept[task.event_id])
    return Members({"cancelRequested": task.latest_cancel_requested_event_id is not None})


@operation("RespondActivityTaskCompleted")
def respond_activity_task_completed(call: Call) -> Result:
    """Faults, in this order: ValidationException (token), UnknownResourceFault (execution,
    then task)."""
    run, task = _started(call)
    call.engine.record(run, activities.complete(task, call.parameters))
    return EMPTY


@operation("RespondActivityTaskFailed")
def respond_activity_task_failed(call: Call) -> Result:
    """Faults as for RespondActivityTaskCompleted."""
    run, task = _started(call)
    call.engine.record(run, activities.fail(task, call.parameters))
    return EMPTY


@operation("RespondActivityTaskCanceled")
def respond_activity_task_canceled(call: Call) -> Result:
    """Faults as for RespondActivityTaskCompleted."""
    run, task = _started(call)
    call.engine.record(run, activities.cancel(task, call.parameters))
    return EMPTY


@operation("CountPendingActivityTasks", reads=True)
def count_pending_activity_tasks(call: Call) -> Result:
    """Tasks scheduled and not started. Fault: UnknownResourceFault (domain)."""
    return pending_count(call, "activity")


def _started(call: Call) -> tuple[Run, ActivityTask]:
    """The run and the started task of the call's token."""
    token = TaskToken.decode(call["taskToken"], "activity")
    run = open_run_of(call, token)
    task = run.execution.open_items.get(token.scheduled_event_id)
    if not isinstance(task, ActivityTask) or task.started_event_id != token.started_event_id:
        raise faults.unknown_activity(token.scheduled_event_id)
    return run, task
