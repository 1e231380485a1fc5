"""Decisions as scenarios write them: the type, its ids by position, other members by name."""

from __future__ import annotations

from typing import Any

from .notation import Runs, tokens_of

POSITIONS = {
    "CancelTimer": ("timerId",),
    "RecordMarker": ("markerName",),
    "RequestCancelActivityTask": ("activityId",),
    "RequestCancelExternalWorkflowExecution": ("workflowId", "runId"),
    "ScheduleActivityTask": ("activityId", "activityType"),
    "ScheduleLambdaFunction": ("id", "name"),
    "SignalExternalWorkflowExecution": ("workflowId", "signalName"),
    "StartChildWorkflowExecution": ("workflowId", "workflowType"),
    "StartTimer": ("timerId", "startToFireTimeout"),
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "ScheduleActivityTask": {"activityType": {"name": "A", "version": "1"}},
    "StartChildWorkflowExecution": {"workflowType": {"name": "W", "version": "1"}},
}


def decision(runs: Runs, line: str) -> dict[str, Any]:
    """The decision of one line. A type without members has no structure, if ``-`` follows it."""
    decision_type, *tokens = tokens_of(line)
    made: dict[str, Any] = {"decisionType": decision_type}
    if tokens != ["-"]:
        attributes = runs.members(
            f"{decision_type}DecisionAttributes", tokens, *POSITIONS.get(decision_type, ())
        )
        member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
        made[member] = DEFAULTS.get(decision_type, {}) | attributes
    return made
