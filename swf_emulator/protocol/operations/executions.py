"""Workflow executions: started, signaled, canceled, terminated, described, read.

Source: API Reference, StartWorkflowExecution … GetWorkflowExecutionHistory. Observed:
recorded 2016 and 2017.
"""

from __future__ import annotations

from typing import Any

from ...core import executions, faults
from ...core.execution import OPEN_COUNTS
from ...core.settings import Settings
from ...engine.domains import Run
from ...engine.history import page_of, timestamp
from ..call import Call, operation
from ..results import EMPTY, EventsPage, Members, Result


@operation("StartWorkflowExecution")
def start_workflow_execution(call: Call) -> Result:
    """Start an execution and return runId.

    Faults, in this order: UnknownResourceFault (domain, type), TypeDeprecatedFault,
    DomainDeprecatedFault, DefaultUndefinedFault, WorkflowExecutionAlreadyStartedFault,
    LimitExceededFault.
    """
    domain = call.domain()
    registered = call.registered_type("WorkflowType")
    if registered.deprecated:
        raise faults.type_deprecated("WorkflowType", registered.name, registered.version)
    if domain.deprecated:
        raise faults.domain_deprecated(domain.name)
    settings, missing = executions.resolve(call.parameters, registered.defaults)
    if missing is not None:
        raise faults.default_undefined(missing)
    workflow_id: str = call["workflowId"]
    if workflow_id in domain.open_runs:
        raise faults.execution_already_started()
    limit = call.settings.max_open_executions
    if len(domain.open_runs) >= limit:
        raise faults.limit_exceeded(
            "Open workflow executions in a domain", "max_open_executions", limit
        )
    run_id = call.engine.ids.run_id()
    first = executions.start(
        registered.identity, settings, call.parameters, {"parentInitiatedEventId": 0}
    )
    call.engine.recorder.start(domain, workflow_id, run_id, first)
    return Members({"runId": run_id})


@operation("SignalWorkflowExecution")
def signal_workflow_execution(call: Call) -> Result:
    """Record a signal. Fault: UnknownResourceFault, also for a closed execution."""
    call.engine.recorder.record(_open_run(call), executions.signal(call.parameters, {}))
    return EMPTY


@operation("RequestCancelWorkflowExecution")
def request_cancel_workflow_execution(call: Call) -> Result:
    """Record a cancel request; each one if it is repeated [inferred].

    Fault: UnknownResourceFault, also for a closed execution.
    """
    call.engine.recorder.record(_open_run(call), executions.request_cancel({}))
    return EMPTY


@operation("TerminateWorkflowExecution")
def terminate_workflow_execution(call: Call) -> Result:
    """Close an execution at once. Fault: UnknownResourceFault, also for a closed execution."""
    run = _open_run(call)
    closing = executions.terminate(run.execution, call.parameters, "OPERATOR_INITIATED")
    call.engine.recorder.record(run, closing)
    return EMPTY


@operation("DescribeWorkflowExecution", reads=True)
def describe_workflow_execution(call: Call) -> Result:
    """Return what `described` returns. Fault: UnknownResourceFault."""
    return Members(described(_run(call), call.settings))


@operation("GetWorkflowExecutionHistory", reads=True)
def get_workflow_execution_history(call: Call) -> Result:
    """Return a page of events. Faults: UnknownResourceFault, ValidationException (page token)."""
    history = _run(call).history
    newest_first = call.get("reverseOrder", False)
    (start,) = call.page_start(int) or [len(history) if newest_first else 1]
    size = call.page_size(call.settings.max_history_page)
    page, following = page_of(history, 1, len(history), start, size, newest_first)
    members = {} if following is None else {"nextPageToken": call.page_token(following)}
    return EventsPage(page, members)


def _open_run(call: Call) -> Run:
    return call.domain().open_run(call["workflowId"], call.get("runId"))


def _run(call: Call) -> Run:
    execution = call["execution"]
    return call.domain().run(execution["workflowId"], execution["runId"])


def execution_info(run: Run, settings: Settings) -> dict[str, Any]:
    """Return an element of the lists, which is also the first part of a description."""
    execution = run.execution
    info: dict[str, Any] = {
        "execution": {"workflowId": execution.workflow_id, "runId": execution.run_id},
        "workflowType": execution.workflow_type,
        "startTimestamp": timestamp(execution.started_ms),
        "executionStatus": "OPEN",
        "cancelRequested": execution.cancel_requested,
    }
    if execution.close_status is not None:
        info["executionStatus"] = "CLOSED"
        info["closeStatus"] = execution.close_status
        info["closeTimestamp"] = timestamp(execution.close_ms)
        info["cancelRequested"] &= settings.cancel_requested_after_close
    if execution.parent is not None:
        info["parent"] = execution.parent
    if execution.tag_list is not None:
        info["tagList"] = execution.tag_list
    return info


def described(run: Run, settings: Settings) -> dict[str, Any]:
    """Return the members of DescribeWorkflowExecution; those of a closed run do not change.

    latestActivityTaskTimestamp is that of the last event of any activity task. Observed:
    recorded 2017, against the model's "was scheduled".
    """
    execution = run.execution
    configuration: dict[str, Any] = {
        "taskStartToCloseTimeout": execution.task_timeout,
        "executionStartToCloseTimeout": execution.execution_timeout,
        "taskList": {"name": execution.task_list},
        "childPolicy": execution.child_policy,
    }
    if execution.task_priority is not None:
        configuration["taskPriority"] = execution.task_priority
    if execution.lambda_role is not None:
        configuration["lambdaRole"] = execution.lambda_role
    members: dict[str, Any] = {
        "executionInfo": execution_info(run, settings),
        "executionConfiguration": configuration,
        "openCounts": {
            **{count: execution.open_counts[count] for count in OPEN_COUNTS},
            "openDecisionTasks": int(execution.decision_waiting is not None),
        },
    }
    if execution.latest_activity_task_ms is not None:
        members["latestActivityTaskTimestamp"] = timestamp(execution.latest_activity_task_ms)
    if execution.latest_execution_context is not None:
        members["latestExecutionContext"] = execution.latest_execution_context
    return members
