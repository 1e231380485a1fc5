"""Exploration finds planted bugs in few steps and accepts a correct decider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError
from hypothesis import HealthCheck, Phase, settings

from swf_emulator.testing import Stuck
from swf_emulator.testing.state_machine import explore
from tests.examples import order
from tests.profiles import effort

SETTINGS: dict[str, Any] = {
    "stateful_step_count": 10,
    "phases": [Phase.generate, Phase.shrink],
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
FIND = effort(15, 200, **SETTINGS)
"""For planted faults."""
FIND_UNSHRUNK = settings(FIND, phases=[Phase.generate])
FEW = effort(8, 200, **SETTINGS)
"""For deciders without a fault."""

Decider = Callable[[dict[str, Any]], list[dict[str, Any]]]


def notes_of(error: BaseException) -> str:
    return "\n".join(error.__notes__)


def steps_of(error: BaseException) -> list[str]:
    """Return the steps of the shortest run, as Hypothesis prints them."""
    lines = notes_of(error).splitlines()
    return [line.partition("(")[0] for line in lines if line.startswith("state.")]


def test_a_good_decider_passes() -> None:
    explore(order.decide, signals={"address": ["office"]}, settings=FEW)


def handles_each_event(task: dict[str, Any]) -> list[dict[str, Any]]:
    """The planted bug: it handles each new event alone, as if there were no other.

    If a cancel request comes together with a completion, it schedules the next activity and
    closes in one batch, which the service rejects.
    """
    decisions: list[dict[str, Any]] = []
    for event in task["events"][task["previousStartedEventId"] :]:
        match event["eventType"]:
            case "WorkflowExecutionStarted":
                decisions.append(order.schedule("reserve", 1))
            case "ActivityTaskCompleted":
                completed = order.activities(task["events"][: event["eventId"]], "Completed")
                if completed == ["reserve"]:
                    decisions.append(order.schedule("charge", 1))
                else:
                    decisions.append(order.close("CompleteWorkflowExecution"))
            case "ActivityTaskFailed" | "ActivityTaskTimedOut":
                decisions.append(order.close("FailWorkflowExecution"))
            case "WorkflowExecutionCancelRequested":
                decisions.append(order.close("CancelWorkflowExecution"))
    return decisions


def test_a_planted_bug_is_found_with_the_shortest_history() -> None:
    with pytest.raises(Exception, match="incompatible with close decision") as caught:
        explore(handles_each_event, settings=FIND)
    assert steps_of(caught.value) in (
        ["state.start", "state.request_cancel", "state.decide", "state.teardown"],
        ["state.start", "state.request_cancel", "state.teardown"],
    )
    told = notes_of(caught.value)
    assert "The shortest history found with this failure:" in told
    history = told.partition("with this failure:\n")[2].splitlines()
    types = [line.split()[2] for line in history[:4]]
    assert types == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "WorkflowExecutionCancelRequested",
        "DecisionTaskStarted",
    ]


def test_a_signal_that_is_taken_for_the_last_word_is_found() -> None:
    """The planted bug: it uses only the last event."""

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        last = [e for e in task["events"] if not e["eventType"].startswith("DecisionTask")][-1]
        if last["eventType"] == "WorkflowExecutionStarted":
            return [order.schedule("reserve", 1)]
        if last["eventType"].startswith("ActivityTask"):
            return [order.close("CompleteWorkflowExecution")]
        return []

    with pytest.raises(Stuck, match="never closes") as caught:
        explore(decide, signals={"address": ["office"]}, cancel_requests=False, settings=FIND)
    assert steps_of(caught.value) == ["state.start", "state.signal", "state.teardown"]


def closes_early(task: dict[str, Any]) -> list[dict[str, Any]]:
    return [order.close("CompleteWorkflowExecution")]


def test_refusals_may_be_forbidden() -> None:
    """A signal during a decision makes the close fail."""
    with pytest.raises(AssertionError, match="UNHANDLED_DECISION") as caught:
        explore(
            closes_early,
            signals={"s": [None]},
            cancel_requests=False,
            refusals=frozenset(),
            settings=FIND,
        )
    assert steps_of(caught.value)[:4] == [
        "state.start",
        "state.begin_decision",
        "state.signal",
        "state.answer_decision",
    ]


def test_what_must_not_be_is_found() -> None:
    def check(events: list[dict[str, Any]]) -> None:
        assert order.activities(events, "TimedOut") == [], "too late"

    with pytest.raises(AssertionError, match="too late") as caught:
        explore(order.decide, check=check, cancel_requests=False, settings=FIND)
    assert steps_of(caught.value)[:3] == ["state.start", "state.decide", "state.let_time_pass"]
    explore(order.decide, check=check, time_outs=False, settings=FEW)


def test_what_a_decider_raises_is_found() -> None:
    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        if order.activities(task["events"], "Failed"):
            raise KeyError("not thought of")
        return order.decide(task)

    with pytest.raises(KeyError) as caught:
        explore(decide, cancel_requests=False, settings=FIND_UNSHRUNK)
    assert "ActivityTaskFailed" in notes_of(caught.value)
    explore(decide, activity_failures=False, settings=FEW)


def test_decisions_are_checked_as_boto3_does() -> None:
    wrong = order.decision("StartTimer", timerId="t", startToFireTimeout=60)
    with pytest.raises(ParamValidationError, match="startToFireTimeout"):
        explore(lambda task: [wrong], settings=FIND_UNSHRUNK)


def test_children_close_in_every_way() -> None:
    seen: set[str] = set()

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        types = [event["eventType"] for event in task["events"]]
        seen.update(kind for kind in types if kind.startswith("ChildWorkflowExecution"))
        ways = ("Completed", "Failed", "Canceled", "Terminated")
        if any(f"ChildWorkflowExecution{way}" in types for way in ways):
            return [order.close("CompleteWorkflowExecution")]
        if "StartChildWorkflowExecutionInitiated" in types:
            return []
        return [order.start_shipment(task, "home")]

    explore(decide, cancel_requests=False, settings=FEW)
    assert len(seen) == 5


def test_children_may_have_deciders_of_their_own() -> None:
    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        types = [event["eventType"] for event in task["events"]]
        assert "ChildWorkflowExecutionFailed" not in types
        if "ChildWorkflowExecutionCompleted" in types:
            return [order.close("CompleteWorkflowExecution")]
        if "StartChildWorkflowExecutionInitiated" in types:
            return []
        return [order.start_shipment(task, "home")]

    explore(decide, deciders={"shipment": closes_early}, cancel_requests=False, settings=FEW)


def test_a_workflow_that_waits_for_a_signal_is_told_which() -> None:
    members: dict[str, Any] = {"signals": {"delivered": [None]}, "cancel_requests": False}
    with pytest.raises(Stuck):
        explore(order.decide_shipment, settings=FIND_UNSHRUNK, **members)
    explore(order.decide_shipment, settings=FEW, closing_signals=["delivered"], **members)
    explore(order.decide_shipment, settings=FEW, must_close=False, **members)
