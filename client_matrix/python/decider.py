"""Decisions of every story: the input of the workflow says which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]
Decision = dict[str, Any]

FLOW = {"name": "flow", "version": "1"}
WORK = {"name": "work", "version": "1"}


def decide(events: Sequence[Event]) -> list[Decision]:
    """Return the next decisions of an execution."""
    story = attributes(events[0])["input"]
    last = next(e for e in reversed(events) if not e["eventType"].startswith("DecisionTask"))
    match last["eventType"]:
        case "WorkflowExecutionStarted":
            return _begin(story)
        case "ActivityTaskFailed" | "ActivityTaskTimedOut":
            return [_schedule(2, story)]
        case "ActivityTaskCompleted" | "ChildWorkflowExecutionCompleted":
            return [_complete(attributes(last)["result"])]
        case "TimerFired":
            return [_complete("the timer fired")]
        case "WorkflowExecutionSignaled":
            return [_complete(attributes(last)["input"])]
        case "WorkflowExecutionCancelRequested":
            return [_decision("CancelWorkflowExecution", details="as asked")]
        case _:
            return []


def attributes(event: Event) -> dict[str, Any]:
    """Return the attributes of an event, which has a member for each type."""
    found: dict[str, Any] = event[_lower_first(event["eventType"]) + "EventAttributes"]
    return found


def _begin(story: str) -> list[Decision]:
    match story:
        case "hello" | "retry" | "heartbeat":
            return [_schedule(1, story)]
        case "timer":
            return [_decision("StartTimer", timerId="t", startToFireTimeout="1")]
        case "child":
            return [
                _decision(
                    "StartChildWorkflowExecution",
                    workflowType=FLOW,
                    workflowId="the-child",
                    input="child-input",
                )
            ]
        case "child-input":
            return [_complete("from the child")]
        case "continue-as-new":
            return [_decision("ContinueAsNewWorkflowExecution", input="second-run")]
        case "second-run":
            return [_complete("from the second run")]
        case "long-poll":
            return [_complete("the poll woke up")]
        case _:
            return []


def _schedule(attempt: int, story: str) -> Decision:
    return _decision(
        "ScheduleActivityTask",
        activityType=WORK,
        activityId=f"attempt-{attempt}",
        input=story,
        heartbeatTimeout="5" if story == "heartbeat" else "NONE",
    )


def _complete(result: str) -> Decision:
    return _decision("CompleteWorkflowExecution", result=result)


def _decision(kind: str, **members: Any) -> Decision:
    return {"decisionType": kind, _lower_first(kind) + "DecisionAttributes": members}


def _lower_first(text: str) -> str:
    return text[0].lower() + text[1:]
