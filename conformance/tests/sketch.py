"""Histories in short: rows of (seconds, type, what matters), completed to whole events."""

from __future__ import annotations

import copy
from typing import Any

from conformance.model import attributes_member

START = 1_600_000_000.0

Event = dict[str, Any]
Row = tuple[Any, ...]

EXECUTION = {"workflowId": "w", "runId": "r"}
OTHER = {"workflowId": "other", "runId": "r2"}
TYPE = {"name": "Type", "version": "1"}
LIST = {"name": "list"}

USUAL: dict[str, dict[str, Any]] = {
    "WorkflowExecutionStarted": {
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "3600",
        "taskStartToCloseTimeout": "60",
        "parentInitiatedEventId": 0,
        "taskList": LIST,
        "workflowType": TYPE,
    },
    "WorkflowExecutionContinuedAsNew": {
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "3600",
        "taskStartToCloseTimeout": "60",
        "newExecutionRunId": "r2",
        "taskList": LIST,
        "workflowType": TYPE,
    },
    "WorkflowExecutionTimedOut": {"timeoutType": "START_TO_CLOSE", "childPolicy": "TERMINATE"},
    "WorkflowExecutionTerminated": {"childPolicy": "TERMINATE", "cause": "OPERATOR_INITIATED"},
    "WorkflowExecutionSignaled": {"signalName": "s", "externalInitiatedEventId": 0},
    "WorkflowExecutionCancelRequested": {"externalInitiatedEventId": 0},
    "DecisionTaskScheduled": {
        "taskList": LIST,
        "startToCloseTimeout": "60",
        "scheduleToStartTimeout": "NONE",
    },
    "DecisionTaskTimedOut": {"timeoutType": "START_TO_CLOSE"},
    "ActivityTaskScheduled": {
        "activityId": "a",
        "activityType": TYPE,
        "taskList": LIST,
        "scheduleToStartTimeout": "10",
        "startToCloseTimeout": "20",
        "scheduleToCloseTimeout": "30",
        "heartbeatTimeout": "NONE",
    },
    "ScheduleActivityTaskFailed": {
        "activityId": "a",
        "activityType": TYPE,
        "cause": "ACTIVITY_TYPE_DOES_NOT_EXIST",
    },
    "ActivityTaskCancelRequested": {"activityId": "a"},
    "RequestCancelActivityTaskFailed": {"activityId": "a", "cause": "ACTIVITY_ID_UNKNOWN"},
    "TimerStarted": {"timerId": "t", "startToFireTimeout": "5"},
    "StartTimerFailed": {"timerId": "t", "cause": "TIMER_ID_ALREADY_IN_USE"},
    "TimerFired": {"timerId": "t"},
    "TimerCanceled": {"timerId": "t"},
    "CancelTimerFailed": {"timerId": "t", "cause": "TIMER_ID_UNKNOWN"},
    "MarkerRecorded": {"markerName": "m"},
    "StartChildWorkflowExecutionInitiated": {
        "workflowId": "other",
        "workflowType": TYPE,
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "60",
        "taskStartToCloseTimeout": "10",
        "taskList": LIST,
    },
    "StartChildWorkflowExecutionFailed": {
        "workflowId": "other",
        "workflowType": TYPE,
        "cause": "WORKFLOW_ALREADY_RUNNING",
    },
    "SignalExternalWorkflowExecutionInitiated": {"workflowId": "other", "signalName": "s"},
    "SignalExternalWorkflowExecutionFailed": {
        "workflowId": "other",
        "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
    },
    "ExternalWorkflowExecutionSignaled": {"workflowExecution": OTHER},
    "RequestCancelExternalWorkflowExecutionInitiated": {"workflowId": "other"},
    "RequestCancelExternalWorkflowExecutionFailed": {
        "workflowId": "other",
        "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
    },
    "ExternalWorkflowExecutionCancelRequested": {"workflowExecution": OTHER},
    "LambdaFunctionScheduled": {"id": "l", "name": "function"},
    "StartLambdaFunctionFailed": {"cause": "ASSUME_ROLE_FAILED", "message": "no role"},
    **{
        f"ChildWorkflowExecution{step}": {"workflowExecution": OTHER, "workflowType": TYPE}
        for step in ("Started", "Completed", "Failed", "TimedOut", "Canceled", "Terminated")
    },
    **{
        f"{decision}WorkflowExecutionFailed": {"cause": "UNHANDLED_DECISION"}
        for decision in ("Complete", "Fail", "Cancel", "ContinueAsNew")
    },
}

SHORT: dict[str, str] = {
    "DTS": "DecisionTaskScheduled",
    "DTT": "DecisionTaskStarted",
    "DTC": "DecisionTaskCompleted",
    "COMPLETED": "WorkflowExecutionCompleted",
}


def history(*rows: Row) -> list[Event]:
    """Build events from rows of (seconds after the start, type, the attributes that matter).

    Ids are counted; attributes are the usual ones of the type, and `completed`, `scheduled`,
    `started` and `initiated` are short for the ids of the events that they refer to.
    """
    events = []
    for event_id, (seconds, name, *rest) in enumerate(rows, start=1):
        event_type: str = SHORT.get(name) or name
        attributes = copy.deepcopy(USUAL.get(event_type, {}))
        for member, value in (rest[0] if rest else {}).items():
            attributes[REFERENCES.get(member, member)] = value
        events.append(
            {
                "eventId": event_id,
                "eventType": event_type,
                "eventTimestamp": START + seconds,
                attributes_member(event_type): attributes,
            }
        )
    return events


REFERENCES = {
    "completed": "decisionTaskCompletedEventId",
    "scheduled": "scheduledEventId",
    "started": "startedEventId",
    "initiated": "initiatedEventId",
}
