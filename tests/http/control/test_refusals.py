"""Calls and decisions that are made to fail over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from werkzeug.test import Client

from swf_emulator import Emulator

from .api import decide, fault_of, last, ok, rejected, start

NOTHING: dict[str, Any] = {"operations": {}, "decisions": {}}


def test_an_operation_is_refused_a_number_of_times(http: Client, virtual: Emulator) -> None:
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    body = {"operation": "ListDomains", "times": 2}
    entry = {"code": "ThrottlingException", "times": 2}
    assert ok(http.post("/_emulator/refusals", json=body)) == {
        "operations": {"ListDomains": entry},
        "decisions": {},
    }
    call = virtual.client(config=Config(retries={"total_max_attempts": 1})).list_domains
    assert fault_of(call, registrationStatus="REGISTERED") == "ThrottlingException"
    left = ok(http.get("/_emulator/refusals"))["operations"]["ListDomains"]
    assert left == {**entry, "times": 1}
    assert fault_of(call, registrationStatus="REGISTERED") == "ThrottlingException"
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    assert fault_of(call, registrationStatus="REGISTERED") == ""


def test_an_operation_is_not_permitted_until_it_is(http: Client, virtual: Emulator) -> None:
    body = {"operation": "ListDomains", "code": "OperationNotPermittedFault"}
    assert ok(http.post("/_emulator/refusals", json=body))["operations"]["ListDomains"] == {
        "code": "OperationNotPermittedFault",
        "times": None,
    }
    call = virtual.client().list_domains
    for _ in range(3):
        assert fault_of(call, registrationStatus="REGISTERED") == "OperationNotPermittedFault"
    assert ok(http.delete("/_emulator/refusals")) == NOTHING
    assert fault_of(call, registrationStatus="REGISTERED") == ""


def test_a_decision_is_refused_with_a_cause(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    body = {"decision": "StartTimer", "cause": "TIMER_CREATION_RATE_EXCEEDED", "times": 1}
    assert ok(http.post("/_emulator/refusals", json=body))["decisions"] == {
        "StartTimer": {"cause": "TIMER_CREATION_RATE_EXCEEDED", "times": 1}
    }
    decide(swf, "StartTimer", timerId="t", startToFireTimeout="5")
    assert last(virtual, "StartTimerFailed")["cause"] == "TIMER_CREATION_RATE_EXCEEDED"
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    decide(swf, "StartTimer", timerId="t", startToFireTimeout="5")
    assert last(virtual, "TimerStarted")["timerId"] == "t"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "the body must have either an operation or a decision"),
        (
            {"operation": "ListDomains", "decision": "StartTimer"},
            "either an operation or a decision",
        ),
        ({"operation": "MakeCoffee"}, "operation must be one of: CountClosed"),
        ({"operation": ["ListDomains"]}, "operation must be one of: "),
        (
            {"operation": "ListDomains", "code": "LimitExceededFault"},
            "code must be one of: Throttling",
        ),
        (
            {"operation": "ListDomains", "cause": "x"},
            "unknown member 'cause'; known: operation, code, times",
        ),
        ({"decision": "MakeCoffee", "cause": "x"}, "decision must be one of: ScheduleActivityTask"),
        ({"decision": "StartTimer"}, "cause must be one of: TIMER_ID_ALREADY_IN_USE"),
        (
            {"decision": "StartTimer", "cause": "UNHANDLED_DECISION"},
            "cause must be one of: TIMER_ID",
        ),
        ({"operation": "ListDomains", "times": 0}, "times must be a whole number from 1"),
        ({"operation": "ListDomains", "times": True}, "times must be a whole number from 1"),
        ({"operation": "ListDomains", "often": 1}, "unknown member 'often'"),
    ],
)
def test_an_invalid_refusal_changes_nothing(
    http: Client, body: dict[str, Any], message: str
) -> None:
    assert message in rejected(http.post("/_emulator/refusals", json=body))
    assert ok(http.get("/_emulator/refusals")) == NOTHING
