"""Quotas: those of an execution, and others where the target lets them be set low."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

from conformance import model
from conformance.case import Grade, Unavailable
from conformance.context import FLOW, WORK, Context
from conformance.procedures.registry import case

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


@case(
    "quotas",
    "a child above the quota of open executions is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    own_domain=True,
    covers="cause/StartChildWorkflowExecutionFailed/OPEN_WORKFLOWS_LIMIT_EXCEEDED",
)
def open_executions_of_children(ctx: Context) -> None:
    ctx.target.set(max_open_executions=1)
    ctx.start()
    ctx.decide(_decision("StartChildWorkflowExecution", workflowId="c", workflowType=FLOW))
    _expect_cause(ctx, "StartChildWorkflowExecutionFailed", "OPEN_WORKFLOWS_LIMIT_EXCEEDED")


@case(
    "quotas",
    "a start above the quota of open executions is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    own_domain=True,
    covers="op/StartWorkflowExecution/LimitExceededFault",
)
def open_executions(ctx: Context) -> None:
    ctx.target.set(max_open_executions=1)
    ctx.start("one")
    answer = ctx.call("StartWorkflowExecution", {"workflowId": "two", "workflowType": FLOW})
    ctx.expect(
        answer.fault == "LimitExceededFault", "the second start", "LimitExceededFault", answer
    )


@case(
    "quotas",
    "a domain above the quota is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    given="nothing",
    needs="settings",
    covers="op/RegisterDomain/LimitExceededFault",
)
def domains(ctx: Context) -> None:
    ctx.target.set(max_domains=1)
    body = {"name": "one-more", "workflowExecutionRetentionPeriodInDays": "1"}
    answer = ctx.call("RegisterDomain", body)
    ctx.expect(answer.fault == "LimitExceededFault", "fault", "LimitExceededFault", answer)


@case(
    "quotas",
    "a workflow type above the quota is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    covers="op/RegisterWorkflowType/LimitExceededFault",
)
def workflow_types(ctx: Context) -> None:
    ctx.target.set(max_types=1)
    answer = ctx.call("RegisterWorkflowType", {"name": "one more", "version": "1"})
    ctx.expect(answer.fault == "LimitExceededFault", "fault", "LimitExceededFault", answer)


@case(
    "quotas",
    "an activity type above the quota is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    covers="op/RegisterActivityType/LimitExceededFault",
)
def activity_types(ctx: Context) -> None:
    ctx.target.set(max_types=1)
    answer = ctx.call("RegisterActivityType", {"name": "one more", "version": "1"})
    ctx.expect(answer.fault == "LimitExceededFault", "fault", "LimitExceededFault", answer)


@case(
    "quotas",
    "the history limit terminates the execution",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    covers="cause/WorkflowExecutionTerminated/EVENT_LIMIT_EXCEEDED",
)
def history_events(ctx: Context) -> None:
    ctx.target.set(max_events=10)
    ctx.start()
    ctx.decide(*(_decision("RecordMarker", markerName=f"m{n}") for n in range(12)))
    last = ctx.history()[-1]
    cause = last.get("workflowExecutionTerminatedEventAttributes", {}).get("cause")
    ctx.expect(
        cause == "EVENT_LIMIT_EXCEEDED",
        "the last event",
        "WorkflowExecutionTerminated, EVENT_LIMIT_EXCEEDED",
        last,
    )
    ctx.expect(last["eventId"] == 10, "the last event", "id 10", last["eventId"], Grade.INFERRED)


@case(
    "quotas",
    "a Lambda task above the quota of open ones is refused",
    "API: ScheduleLambdaFunctionFailedEventAttributes",
    Grade.DOCUMENTED,
    needs="settings",
    covers="cause/ScheduleLambdaFunctionFailed/OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED",
)
def open_lambda_functions(ctx: Context) -> None:
    ctx.target.set(max_open_lambda_functions=1)
    ctx.start(lambdaRole="arn:aws:iam::123456789012:role/r")
    ctx.decide(*(_decision("ScheduleLambdaFunction", id=f"l{n}", name="f") for n in range(2)))
    _expect_cause(ctx, "ScheduleLambdaFunctionFailed", "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED")


def _too_many_pollers(ctx: Context, operation: str) -> None:
    ctx.target.set(max_pollers=1, poll_hold_seconds=0.5)
    body = {"taskList": {"name": "crowded"}}
    with ThreadPoolExecutor(2) as pool:
        polls = [pool.submit(ctx.call, operation, body, 2.0) for _ in range(2)]
        done, _ = wait(polls, return_when=FIRST_COMPLETED)
        answer = done.pop().result()
    ctx.expect(
        answer.fault == "LimitExceededFault", "the second poller", "LimitExceededFault", answer
    )


@case(
    "quotas",
    "a decider above the quota of pollers is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    covers="op/PollForDecisionTask/LimitExceededFault",
)
def decision_pollers(ctx: Context) -> None:
    _too_many_pollers(ctx, "PollForDecisionTask")


@case(
    "quotas",
    "a worker above the quota of pollers is refused",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
    covers="op/PollForActivityTask/LimitExceededFault",
)
def activity_pollers(ctx: Context) -> None:
    _too_many_pollers(ctx, "PollForActivityTask")


@case(
    "quotas",
    "a child that failed to start, or has closed, counts no longer",
    _SOURCE,
    Grade.DOCUMENTED,
    needs="settings",
)
def children_are_counted_while_open(ctx: Context) -> None:
    ctx.target.set(max_open_children=1)
    kids = {"name": "kids"}
    ctx.start("taken", taskList=kids, taskPriority="-1")
    ctx.start()
    for workflow_id in ("taken", "first", "second"):
        members = {"workflowId": workflow_id, "workflowType": FLOW, "taskList": kids}
        ctx.decide(_decision("StartChildWorkflowExecution", **members))
        if workflow_id == "first":
            ctx.decide()
            ctx.decide(_decision("CompleteWorkflowExecution"), taskList=kids)
    started = "ChildWorkflowExecutionStarted"
    ctx.eventually(lambda: [e["eventType"] for e in ctx.history()].count(started) == 2)
    _expect_cause(ctx, "StartChildWorkflowExecutionFailed", "WORKFLOW_ALREADY_RUNNING")
    children = [e["eventType"] for e in ctx.history()].count(started)
    ctx.expect(children == 2, "started children", 2, children)
