"""The quotas of an execution that only a thousand decisions reach; the others are case files."""

from __future__ import annotations

from typing import Any

from conformance import model
from conformance.context import FLOW, WORK, Context
from conformance.procedures.registry import case
from conformance.verdict import Grade, Unavailable

_SOURCE = "Developer Guide, swf-dg-limits"
_OPEN_MAX = 1000
"""Open timers, activities and children of one execution, each."""


def _decision(kind: str, **attributes: Any) -> dict[str, Any]:
    return {"decisionType": kind, model.decision_member(kind): attributes}


def _causes(ctx: Context, event_type: str) -> list[str]:
    member = model.attributes_member(event_type)
    return [e[member]["cause"] for e in ctx.history() if e["eventType"] == event_type]


def _expect_cause(ctx: Context, event_type: str, cause: str) -> None:
    got = _causes(ctx, event_type)
    ctx.expect(got == [cause], f"{event_type} events", [cause], got)


def _fill(ctx: Context, event_type: str, cause: str, decisions: list[dict[str, Any]]) -> None:
    """A thousand succeed, the one above is refused."""
    if ctx.target.real:
        raise Unavailable("a thousand decisions at once exceed the rates of the real service")
    ctx.start()
    ctx.decide(*decisions)
    kinds = [event["eventType"] for event in ctx.history()]
    scheduled = len(kinds) - 5 if kinds[-1] == "DecisionTaskScheduled" else len(kinds) - 4
    ctx.expect(scheduled >= _OPEN_MAX + 1, "events of the response", _OPEN_MAX + 1, scheduled)
    _expect_cause(ctx, event_type, cause)


@case(
    "quotas",
    "an execution has at most 1,000 open timers",
    _SOURCE,
    Grade.DOCUMENTED,
    covers="cause/StartTimerFailed/OPEN_TIMERS_LIMIT_EXCEEDED",
)
def open_timers(ctx: Context) -> None:
    numbers = range(_OPEN_MAX + 1)
    decisions = [
        _decision("StartTimer", timerId=f"t{n}", startToFireTimeout="100") for n in numbers
    ]
    _fill(ctx, "StartTimerFailed", "OPEN_TIMERS_LIMIT_EXCEEDED", decisions)


@case(
    "quotas",
    "an execution has at most 1,000 open activities",
    _SOURCE,
    Grade.DOCUMENTED,
    covers="cause/ScheduleActivityTaskFailed/OPEN_ACTIVITIES_LIMIT_EXCEEDED",
)
def open_activities(ctx: Context) -> None:
    numbers = range(_OPEN_MAX + 1)
    decisions = [
        _decision("ScheduleActivityTask", activityId=f"a{n}", activityType=WORK) for n in numbers
    ]
    _fill(ctx, "ScheduleActivityTaskFailed", "OPEN_ACTIVITIES_LIMIT_EXCEEDED", decisions)


@case(
    "quotas",
    "an execution has at most 1,000 open children",
    _SOURCE,
    Grade.DOCUMENTED,
    covers="cause/StartChildWorkflowExecutionFailed/OPEN_CHILDREN_LIMIT_EXCEEDED",
)
def open_children(ctx: Context) -> None:
    numbers = range(_OPEN_MAX + 1)
    decisions = [
        _decision("StartChildWorkflowExecution", workflowId=f"c{n}", workflowType=FLOW)
        for n in numbers
    ]
    _fill(ctx, "StartChildWorkflowExecutionFailed", "OPEN_CHILDREN_LIMIT_EXCEEDED", decisions)
