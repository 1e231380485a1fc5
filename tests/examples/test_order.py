"""The guide's test suite of an order."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.testing import (
    NO_ANSWER,
    Mismatch,
    Stuck,
    assert_history,
    drive,
    format_history,
    replay,
)

from . import order


# [fixture]
@pytest.fixture
def placed(swf: Any, swf_domain: str) -> str:
    """An order that has just been placed."""
    order.register(swf, swf_domain)
    order.start(swf, swf_domain, "order-1")
    return "order-1"


# [/fixture]


# [first]
def answer(result: str | None = None) -> Callable[[dict[str, Any]], str | None]:
    """An activity that always succeeds."""
    return lambda task: result


def deliver(task: dict[str, Any]) -> list[dict[str, Any]]:
    """A stand-in for the decider of the shipment."""
    return [order.close("CompleteWorkflowExecution", result="delivered")]


DECIDERS = {"orders": order.decide, "shipments": deliver}


def test_an_order_is_shipped(swf_emu: Emulator, placed: str) -> None:
    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": answer()})
    assert done.result == "shipped"


# [/first]


# [history]
def test_the_order_of_events(swf_emu: Emulator, placed: str) -> None:
    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": answer("42 EUR")})
    assert_history(
        done,
        [
            "WorkflowExecutionStarted",
            ("ActivityTaskScheduled", {"activityId": "reserve-1"}),
            ...,
            ("ActivityTaskScheduled", {"activityType": {"name": "charge"}}),
            "ActivityTaskStarted",
            ("ActivityTaskCompleted", {"result": "42 EUR"}),
            "StartChildWorkflowExecutionInitiated",
            ...,
            ("WorkflowExecutionCompleted", {"result": "shipped"}),
        ],
        decision_tasks=False,
    )


# [/history]


# [retry]
def test_a_failed_charge_is_retried(swf_emu: Emulator, placed: str) -> None:
    tries = []

    def charge(task: dict[str, Any]) -> str:
        tries.append(swf_emu.clock.now())
        if len(tries) < 3:
            raise ConnectionError("the bank does not answer")
        return "42 EUR"

    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": charge})
    assert done.status == "COMPLETED"
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]
    assert waits == [120, 240]


# [/retry]


# [timeout]
def test_a_worker_crashes(swf_emu: Emulator, placed: str) -> None:
    crashed: list[str] = []

    def charge(task: dict[str, Any]) -> Any:
        if crashed:
            return "42 EUR"
        crashed.append(task["activityId"])
        return NO_ANSWER

    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": charge})
    assert done.status == "COMPLETED"
    assert_history(done, [..., ("ActivityTaskTimedOut", {"timeoutType": "HEARTBEAT"}), ...])


def test_no_worker_takes_a_task(swf_emu: Emulator, placed: str) -> None:
    done = drive(swf_emu, DECIDERS, {}, advance="all")
    assert done.reason == "cannot be delivered"
    assert_history(done, [..., ("ActivityTaskTimedOut", {"timeoutType": "SCHEDULE_TO_START"}), ...])


# [/timeout]


# [signal]
def test_a_signal_changes_the_address(
    swf: Any, swf_emu: Emulator, swf_domain: str, placed: str
) -> None:
    def charge(task: dict[str, Any]) -> str:
        swf.signal_workflow_execution(
            domain=swf_domain, workflowId=placed, signalName="address", input="office"
        )
        return "42 EUR"

    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": charge})
    assert_history(done, [..., ("StartChildWorkflowExecutionInitiated", {"input": "office"}), ...])


# [/signal]


# [cancel]
def test_an_order_can_be_canceled_before_it_is_paid(
    swf: Any, swf_emu: Emulator, swf_domain: str, placed: str
) -> None:
    drive(swf_emu, DECIDERS, {"reserve": answer()}, until="idle", advance="never")
    swf.request_cancel_workflow_execution(domain=swf_domain, workflowId=placed)
    assert drive(swf_emu, DECIDERS).status == "CANCELED"


# [/cancel]


# [child]
def test_the_order_waits_for_its_shipment(
    swf: Any, swf_emu: Emulator, swf_domain: str, placed: str
) -> None:
    deciders = {"orders": order.decide, "shipments": order.decide_shipment}
    desk = {"reserve": answer(), "charge": answer()}
    waiting = drive(swf_emu, deciders, desk, execution=placed, until="idle", advance="never")
    assert waiting.status == "OPEN"
    swf.signal_workflow_execution(
        domain=swf_domain, workflowId="order-1-shipment", signalName="delivered"
    )
    assert drive(swf_emu, deciders, desk, execution=placed).result == "shipped"


# [/child]


# [stuck]
def test_a_missing_function_is_reported(swf_emu: Emulator, placed: str) -> None:
    with pytest.raises(Stuck) as caught:
        drive(swf_emu, DECIDERS, {"reserve": answer()})
    assert "activity 'charge-1' (charge): waits on the activity task list 'desk'" in str(
        caught.value
    )


# [/stuck]


# [snapshot]
def test_the_history_has_not_changed(swf_emu: Emulator, placed: str) -> None:
    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": answer()})
    snapshot = Path(__file__).with_name("order.history.txt")
    assert format_history(done.events) + "\n" == snapshot.read_text()


# [/snapshot]


# [replay]
def test_the_decisions_have_not_changed() -> None:
    recorded = Path(__file__).with_name("order.history.json")
    assert replay(recorded, order.decide, workflow_id="order-1") == 6


# [/replay]


def test_changed_decisions_are_reported() -> None:
    def changed(task: dict[str, Any]) -> list[dict[str, Any]]:
        decisions = order.decide(task)
        for decision in decisions:
            if "startTimerDecisionAttributes" in decision:
                decision["startTimerDecisionAttributes"]["startToFireTimeout"] = "60"
        return decisions

    with pytest.raises(Mismatch, match='startToFireTimeout: "120" → "60"') as caught:
        replay(Path(__file__).with_name("order.history.json"), changed)
    assert caught.value.number == 3


def test_the_recorded_history_is_that_of_the_emulator(swf_emu: Emulator, placed: str) -> None:
    """The file has the format of the AWS CLI; the first charge of the order fails."""
    tries: list[str] = []

    def charge(task: dict[str, Any]) -> None:
        tries.append(task["activityId"])
        if len(tries) == 1:
            raise ConnectionError("the bank does not answer")

    done = drive(swf_emu, DECIDERS, {"reserve": answer(), "charge": charge})
    recorded = json.loads(Path(__file__).with_name("order.history.json").read_text())
    assert format_history(recorded) == format_history(done.events)
