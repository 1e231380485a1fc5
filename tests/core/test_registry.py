"""The tables of the state machine refuse duplicates and record refusals alike."""

from __future__ import annotations

import pytest

from swf_emulator.core import registry
from swf_emulator.core.events import NewEvent
from swf_emulator.core.execution import Execution
from swf_emulator.core.registry import DECISIONS, EVENTS, refusal
from swf_emulator.core.timers import TIMER


@pytest.fixture(autouse=True)
def _tables_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "DECISIONS", dict(DECISIONS))
    monkeypatch.setattr(registry, "EVENTS", dict(EVENTS))


def test_a_decision_is_described_once() -> None:
    with pytest.raises(ValueError, match="the decision StartTimer is described twice"):
        TIMER.decision("StartTimer", lambda run, attributes, world: iter(()))


def test_an_event_is_described_once() -> None:
    with pytest.raises(ValueError, match="the event TimerFired is described twice"):
        TIMER.closes("TimerFired")


def test_a_refusal_repeats_what_the_decision_names() -> None:
    run = Execution("w", "r")
    run.decision_completed_event_id = 4
    asked = {"workflowId": "c", "workflowType": {"name": "n", "version": "v"}, "input": "x"}
    refused = refusal(run, "StartChildWorkflowExecution", asked, "OPERATION_NOT_PERMITTED")
    assert refused == NewEvent(
        "StartChildWorkflowExecutionFailed",
        {
            "workflowId": "c",
            "workflowType": {"name": "n", "version": "v"},
            "initiatedEventId": 0,
            "cause": "OPERATION_NOT_PERMITTED",
            "decisionTaskCompletedEventId": 4,
        },
    )
