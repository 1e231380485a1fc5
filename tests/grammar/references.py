"""Where the ``...EventId`` members of an event point to."""

from __future__ import annotations

from .vocabulary import REFUSED_AFTER_INITIATION

_ACTIVITY, _DECISION, _LAMBDA = "ActivityTask", "DecisionTask", "LambdaFunction"
_CHILD = "ChildWorkflowExecutionStarted"


def referred_type(event_type: str, member: str) -> str | None:
    """The type that `member` of an event points to; None when it points into another history."""
    if member == "decisionTaskCompletedEventId":
        return "DecisionTaskCompleted"
    if member == "latestCancelRequestedEventId":
        return "ActivityTaskCancelRequested"
    if member in ("scheduledEventId", "startedEventId"):
        step = "Scheduled" if member == "scheduledEventId" else "Started"
        if event_type.startswith("Timer"):
            return "TimerStarted"
        if event_type.startswith("ChildWorkflowExecution"):
            return _CHILD
        if event_type == "StartLambdaFunctionFailed":
            return _LAMBDA + step
        kinds = (kind for kind in (_ACTIVITY, _DECISION, _LAMBDA) if event_type.startswith(kind))
        return next(kinds) + step
    if member == "initiatedEventId":
        if "Child" in event_type:
            return "StartChildWorkflowExecutionInitiated"
        if "Signal" in event_type:
            return "SignalExternalWorkflowExecutionInitiated"
        return "RequestCancelExternalWorkflowExecutionInitiated"
    return None


MAY_BE_ZERO = frozenset(
    {
        ("DecisionTaskTimedOut", "startedEventId"),
        ("ActivityTaskTimedOut", "startedEventId"),
        ("ActivityTaskCanceled", "startedEventId"),
        *((event_type, "initiatedEventId") for event_type in REFUSED_AFTER_INITIATION),
    }
)
