"""What the documentation says of the event types as such: who causes them, what they bring."""

from __future__ import annotations

CLOSED_BY_DECISION = frozenset(
    {
        "WorkflowExecutionCompleted",
        "WorkflowExecutionFailed",
        "WorkflowExecutionCanceled",
        "WorkflowExecutionContinuedAsNew",
    }
)
CLOSED_BY_SERVICE = frozenset({"WorkflowExecutionTerminated", "WorkflowExecutionTimedOut"})
CLOSING = CLOSED_BY_DECISION | CLOSED_BY_SERVICE

CLOSE_REFUSED = frozenset(
    {
        "CompleteWorkflowExecutionFailed",
        "FailWorkflowExecutionFailed",
        "CancelWorkflowExecutionFailed",
        "ContinueAsNewWorkflowExecutionFailed",
    }
)

DECISION_REFUSED = frozenset(
    {
        "ScheduleActivityTaskFailed",
        "RequestCancelActivityTaskFailed",
        "StartTimerFailed",
        "CancelTimerFailed",
        "RecordMarkerFailed",
        "ScheduleLambdaFunctionFailed",
    }
)

DECISION_TAKEN = frozenset(
    {
        "ActivityTaskScheduled",
        "ActivityTaskCancelRequested",
        "TimerStarted",
        "TimerCanceled",
        "MarkerRecorded",
        "StartChildWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionInitiated",
        "RequestCancelExternalWorkflowExecutionInitiated",
        "LambdaFunctionScheduled",
    }
)

REFUSED_AFTER_INITIATION = frozenset(
    {
        "StartChildWorkflowExecutionFailed",
        "SignalExternalWorkflowExecutionFailed",
        "RequestCancelExternalWorkflowExecutionFailed",
    }
)
"""In the batch of the decision when `initiatedEventId` is 0, else an outcome some time after it."""

TRIGGERS = (
    CLOSE_REFUSED
    | DECISION_REFUSED
    | REFUSED_AFTER_INITIATION
    | {
        "WorkflowExecutionStarted",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionCancelRequested",
        "DecisionTaskTimedOut",
        "ActivityTaskCompleted",
        "ActivityTaskFailed",
        "ActivityTaskTimedOut",
        "ActivityTaskCanceled",
        "TimerFired",
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionCompleted",
        "ChildWorkflowExecutionFailed",
        "ChildWorkflowExecutionTimedOut",
        "ChildWorkflowExecutionCanceled",
        "ChildWorkflowExecutionTerminated",
        "ExternalWorkflowExecutionSignaled",
        "ExternalWorkflowExecutionCancelRequested",
        "LambdaFunctionCompleted",
        "LambdaFunctionFailed",
        "LambdaFunctionTimedOut",
        "StartLambdaFunctionFailed",
    }
)
"""The events that call for a decision."""

INCOMPATIBLE_WITH_CLOSE = frozenset(
    {
        "ActivityTaskScheduled",
        "ScheduleActivityTaskFailed",
        "TimerStarted",
        "StartTimerFailed",
        "LambdaFunctionScheduled",
        "ScheduleLambdaFunctionFailed",
    }
)
"""A response that holds one of these decisions and a close is refused as a whole."""

ALWAYS_PRESENT: dict[str, tuple[str, ...]] = {
    "WorkflowExecutionStarted": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
        "parentInitiatedEventId",
    ),
    "WorkflowExecutionSignaled": ("externalInitiatedEventId",),
    "WorkflowExecutionCancelRequested": ("externalInitiatedEventId",),
    "WorkflowExecutionContinuedAsNew": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
    ),
    "DecisionTaskScheduled": ("startToCloseTimeout",),
    "ActivityTaskScheduled": (
        "scheduleToStartTimeout",
        "scheduleToCloseTimeout",
        "startToCloseTimeout",
        "heartbeatTimeout",
    ),
    "StartChildWorkflowExecutionInitiated": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
    ),
    "LambdaFunctionTimedOut": ("timeoutType",),
    "StartLambdaFunctionFailed": ("scheduledEventId", "cause", "message"),
}
"""Members that the model calls optional and that the service always writes."""
