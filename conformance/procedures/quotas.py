"""Quotas, permissions and throttling: only where the target lets them be set low.

``POST /_emulator/quotas`` with ``{"domain": ..., "<quota>": n}`` sets a quota; its answer is 200.
"""

from __future__ import annotations

from typing import Any

from conformance import model
from conformance.case import Grade, Unavailable
from conformance.context import FLOW, WORK, Context
from conformance.procedures.registry import case

_SOURCE = "Developer Guide, swf-dg-limits"


def _limit(ctx: Context, **quotas: int) -> None:
    answer = ctx.target.control("quotas", {"domain": ctx.domain, **quotas})
    if answer.status >= 300:
        raise Unavailable(f"the target cannot set {', '.join(quotas)}: {answer}")


def _decision(kind: str, **attributes: Any) -> dict[str, Any]:
    return {"decisionType": kind, model.decision_member(kind): attributes}


def _causes(ctx: Context, event_type: str) -> list[str]:
    member = model.attributes_member(event_type)
    return [e[member]["cause"] for e in ctx.history() if e["eventType"] == event_type]


def _expect_cause(ctx: Context, event_type: str, cause: str) -> None:
    got = _causes(ctx, event_type)
    ctx.expect(got == [cause], f"{event_type} events", [cause], got)


@case("quotas", "a timer above the quota of open timers is refused", _SOURCE, Grade.DOCUMENTED,
      needs="quotas", covers="cause/StartTimerFailed/OPEN_TIMERS_LIMIT_EXCEEDED")
def open_timers(ctx: Context) -> None:
    _limit(ctx, open_timers=2)
    ctx.start()
    ctx.decide(
        *(_decision("StartTimer", timerId=f"t{n}", startToFireTimeout="100") for n in range(3))
    )
    _expect_cause(ctx, "StartTimerFailed", "OPEN_TIMERS_LIMIT_EXCEEDED")


@case("quotas", "an activity above the quota of open activities is refused", _SOURCE,
      Grade.DOCUMENTED, needs="quotas",
      covers="cause/ScheduleActivityTaskFailed/OPEN_ACTIVITIES_LIMIT_EXCEEDED")
def open_activities(ctx: Context) -> None:
    _limit(ctx, open_activities=2)
    ctx.start()
    ctx.decide(
        *(
            _decision("ScheduleActivityTask", activityId=f"a{n}", activityType=WORK)
            for n in range(3)
        )
    )
    _expect_cause(ctx, "ScheduleActivityTaskFailed", "OPEN_ACTIVITIES_LIMIT_EXCEEDED")


@case("quotas", "a child above the quota of open children is refused", _SOURCE,
      Grade.DOCUMENTED, needs="quotas",
      covers="cause/StartChildWorkflowExecutionFailed/OPEN_CHILDREN_LIMIT_EXCEEDED")
def open_children(ctx: Context) -> None:
    _limit(ctx, open_children=1)
    ctx.start()
    ctx.decide(
        *(
            _decision("StartChildWorkflowExecution", workflowId=f"c{n}", workflowType=FLOW)
            for n in range(2)
        )
    )
    _expect_cause(ctx, "StartChildWorkflowExecutionFailed", "OPEN_CHILDREN_LIMIT_EXCEEDED")


@case("quotas", "a child above the quota of open executions is refused", _SOURCE,
      Grade.DOCUMENTED, needs="quotas",
      covers="cause/StartChildWorkflowExecutionFailed/OPEN_WORKFLOWS_LIMIT_EXCEEDED")
def open_executions_of_children(ctx: Context) -> None:
    _limit(ctx, open_executions=1)
    ctx.start()
    ctx.decide(_decision("StartChildWorkflowExecution", workflowId="c", workflowType=FLOW))
    _expect_cause(ctx, "StartChildWorkflowExecutionFailed", "OPEN_WORKFLOWS_LIMIT_EXCEEDED")


@case("quotas", "a start above the quota of open executions is refused", _SOURCE,
      Grade.DOCUMENTED, needs="quotas", covers="op/StartWorkflowExecution/LimitExceededFault")
def open_executions(ctx: Context) -> None:
    _limit(ctx, open_executions=1)
    ctx.start("one")
    answer = ctx.call("StartWorkflowExecution", {"workflowId": "two", "workflowType": FLOW})
    ctx.expect(answer.fault == "LimitExceededFault", "the second start",
               "LimitExceededFault", answer)


@case("quotas", "a workflow type above the quota is refused", _SOURCE, Grade.DOCUMENTED,
      needs="quotas", covers="op/RegisterWorkflowType/LimitExceededFault")
def workflow_types(ctx: Context) -> None:
    _limit(ctx, workflow_types=1)
    answer = ctx.call("RegisterWorkflowType", {"name": "one more", "version": "1"})
    ctx.expect(answer.fault == "LimitExceededFault", "fault", "LimitExceededFault", answer)


@case("quotas", "an activity type above the quota is refused", _SOURCE, Grade.DOCUMENTED,
      needs="quotas", covers="op/RegisterActivityType/LimitExceededFault")
def activity_types(ctx: Context) -> None:
    _limit(ctx, activity_types=1)
    answer = ctx.call("RegisterActivityType", {"name": "one more", "version": "1"})
    ctx.expect(answer.fault == "LimitExceededFault", "fault", "LimitExceededFault", answer)


@case("quotas", "the history limit terminates the execution", _SOURCE, Grade.DOCUMENTED,
      needs="quotas")
def history_events(ctx: Context) -> None:
    _limit(ctx, history_events=10)
    ctx.start()
    ctx.decide(*(_decision("RecordMarker", markerName=f"m{n}") for n in range(12)))
    last = ctx.history()[-1]
    cause = last.get("workflowExecutionTerminatedEventAttributes", {}).get("cause")
    ctx.expect(cause == "EVENT_LIMIT_EXCEEDED", "the last event",
               "WorkflowExecutionTerminated, EVENT_LIMIT_EXCEEDED", last)
    ctx.expect(last["eventId"] == 10, "the last event", "id 10", last["eventId"], Grade.INFERRED)
