"""The decisions of the examples, in the form that SWF expects."""

from __future__ import annotations

from typing import Any

from examples.polling import REASON_LENGTH_MAX, Decision


def schedule_activity(activity_type: dict[str, str], activity_id: str, **more: Any) -> Decision:
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": activity_type,
            "activityId": activity_id,
            **more,
        },
    }


def complete(result: str | None) -> Decision:
    return {
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": _given(result=result),
    }


def fail(reason: str, details: str | None = None) -> Decision:
    return {
        "decisionType": "FailWorkflowExecution",
        "failWorkflowExecutionDecisionAttributes": _given(
            reason=reason[:REASON_LENGTH_MAX], details=details
        ),
    }


def cancel() -> Decision:
    return {
        "decisionType": "CancelWorkflowExecution",
        "cancelWorkflowExecutionDecisionAttributes": {},
    }


def _given(**members: str | None) -> dict[str, str]:
    return {name: value for name, value in members.items() if value is not None}
