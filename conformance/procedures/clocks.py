"""Timers and timeouts against the timestamps that the endpoint itself records."""

from __future__ import annotations

from conformance.context import Context
from conformance.procedures.registry import case
from conformance.verdict import Grade

_LATE_SECONDS_MAX = 1.0


def _time_between(ctx: Context, first: str, second: str) -> float | None:
    times = {e["eventType"]: e["eventTimestamp"] for e in ctx.history()}
    if first not in times or second not in times:
        return None
    return float(times[second]) - float(times[first])


def _expect_one_second(ctx: Context, first: str, second: str) -> None:
    ctx.eventually(lambda: _time_between(ctx, first, second) is not None)
    taken = _time_between(ctx, first, second)
    fits = taken is not None and 0.999 <= taken <= 1.0 + _LATE_SECONDS_MAX
    ctx.expect(fits, f"from {first} to {second}", "1 to 2 s", f"{taken} s")


@case(
    "timeouts",
    "a timer fires when its delay is over, not before",
    "recorded histories: timers fire 1 to 12 ms late",
    Grade.RECORDED,
    covers="timeout/timer",
)
def timer_is_punctual(ctx: Context) -> None:
    ctx.start()
    ctx.decide(
        {
            "decisionType": "StartTimer",
            "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": "1"},
        }
    )
    _expect_one_second(ctx, "TimerStarted", "TimerFired")


@case(
    "timeouts",
    "a decision task times out when its time is over, not before",
    "API sample: GetWorkflowExecutionHistory (600.012 s)",
    Grade.RECORDED,
)
def decision_timeout_is_punctual(ctx: Context) -> None:
    ctx.start(taskStartToCloseTimeout="1")
    ctx.poll("Decision")
    _expect_one_second(ctx, "DecisionTaskStarted", "DecisionTaskTimedOut")


@case(
    "timeouts",
    "an execution times out when its time is over, not before",
    "recorded executions: 5 ms late",
    Grade.RECORDED,
)
def execution_timeout_is_punctual(ctx: Context) -> None:
    ctx.start(executionStartToCloseTimeout="1")
    _expect_one_second(ctx, "WorkflowExecutionStarted", "WorkflowExecutionTimedOut")
