"""Several clients that make the same call at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from conformance.context import FLOW, WORK, Context
from conformance.endpoint.wire import Answer
from conformance.procedures.registry import case
from conformance.verdict import Grade

_CLIENTS = 6


def _together(ctx: Context, operation: str, body: dict[str, Any]) -> list[Answer]:
    with ThreadPoolExecutor(_CLIENTS) as pool:
        return list(pool.map(lambda _: ctx.call(operation, body), range(_CLIENTS)))


def _one_wins(ctx: Context, answers: list[Answer], fault: str) -> None:
    won = [a for a in answers if a.status == 200]
    ctx.expect(len(won) == 1, "calls that succeed", 1, len(won))
    faults = {a.fault for a in answers if a.status != 200}
    ctx.expect(faults == {fault}, "the others", fault, faults)


@case(
    "concurrency",
    "of simultaneous starts with one workflow id one succeeds",
    "API: StartWorkflowExecution",
    Grade.DOCUMENTED,
)
def one_start_wins(ctx: Context) -> None:
    answers = _together(ctx, "StartWorkflowExecution", {"workflowId": "w", "workflowType": FLOW})
    _one_wins(ctx, answers, "WorkflowExecutionAlreadyStartedFault")


@case(
    "concurrency",
    "of simultaneous registrations of one type one succeeds",
    "API: RegisterActivityType",
    Grade.DOCUMENTED,
)
def one_registration_wins(ctx: Context) -> None:
    answers = _together(ctx, "RegisterActivityType", {"name": "raced", "version": "1"})
    _one_wins(ctx, answers, "TypeAlreadyExistsFault")


@case(
    "concurrency",
    "of simultaneous completions of one activity task one succeeds",
    "API: RespondActivityTaskCompleted",
    Grade.DOCUMENTED,
)
def one_completion_wins(ctx: Context) -> None:
    ctx.start()
    ctx.decide(
        {
            "decisionType": "ScheduleActivityTask",
            "scheduleActivityTaskDecisionAttributes": {"activityId": "a", "activityType": WORK},
        }
    )
    token = ctx.poll("Activity")["taskToken"]
    answers = _together(ctx, "RespondActivityTaskCompleted", {"taskToken": token})
    _one_wins(ctx, answers, "UnknownResourceFault")
    completed = [e for e in ctx.history() if e["eventType"] == "ActivityTaskCompleted"]
    ctx.expect(len(completed) == 1, "ActivityTaskCompleted events", 1, len(completed))


@case(
    "concurrency",
    "of simultaneous responses to one decision task one succeeds",
    "API: RespondDecisionTaskCompleted",
    Grade.DOCUMENTED,
)
def one_decision_wins(ctx: Context) -> None:
    ctx.start()
    token = ctx.poll("Decision")["taskToken"]
    decision = {
        "decisionType": "RecordMarker",
        "recordMarkerDecisionAttributes": {"markerName": "m"},
    }
    body = {"taskToken": token, "decisions": [decision]}
    answers = _together(ctx, "RespondDecisionTaskCompleted", body)
    _one_wins(ctx, answers, "UnknownResourceFault")
    markers = [e for e in ctx.history() if e["eventType"] == "MarkerRecorded"]
    ctx.expect(len(markers) == 1, "MarkerRecorded events", 1, len(markers))


@case(
    "concurrency",
    "simultaneous signals are all recorded, with one decision task for them",
    "Developer Guide, swf-dg-dev-deciders",
    Grade.DOCUMENTED,
)
def signals_share_a_decision_task(ctx: Context) -> None:
    ctx.start()
    ctx.decide()
    answers = _together(
        ctx, "SignalWorkflowExecution", {"workflowId": "w", "signalName": "s", "input": "i"}
    )
    ctx.expect(all(a.status == 200 for a in answers), "signals", "all accepted", answers)
    kinds = [e["eventType"] for e in ctx.history()]
    signals = kinds.count("WorkflowExecutionSignaled")
    ctx.expect(signals == _CLIENTS, "WorkflowExecutionSignaled events", _CLIENTS, signals)
    tasks = kinds.count("DecisionTaskScheduled")
    ctx.expect(tasks == 2, "DecisionTaskScheduled events", 2, tasks)


@case(
    "concurrency",
    "waiting tasks are each handed to one of many workers",
    "Developer Guide, swf-dev-tasks",
    Grade.DOCUMENTED,
)
def tasks_are_handed_out_once(ctx: Context) -> None:
    ctx.start()
    names = [f"a{number}" for number in range(_CLIENTS)]
    ctx.decide(
        *(
            {
                "decisionType": "ScheduleActivityTask",
                "scheduleActivityTaskDecisionAttributes": {"activityId": n, "activityType": WORK},
            }
            for n in names
        )
    )
    with ThreadPoolExecutor(_CLIENTS) as pool:
        tasks = list(pool.map(lambda _: ctx.poll("Activity"), range(_CLIENTS)))
    got = sorted(task["activityId"] for task in tasks)
    ctx.expect(got == names, "activities handed out", names, got)
