"""A fourteenth decision, RestartTimer, wherever a decision shows."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.protocol.validation import validate
from swf_emulator.telemetry import webhook
from swf_emulator.telemetry.cloudwatch import prometheus_name
from swf_emulator.telemetry.metrics import Metrics
from swf_emulator.testing import Mismatch, replay
from tests.testing.shop import decision
from tools import tables

from .conftest import Get, Workflow

START = decision("StartTimer", timerId="t", startToFireTimeout="60")
RESTART = decision("RestartTimer", timerId="t", startToFireTimeout="300")
UNKNOWN = decision("RestartTimer", timerId="u", startToFireTimeout="300")


def respond(*decisions: dict[str, Any]) -> None:
    validate("RespondDecisionTaskCompleted", {"taskToken": "t", "decisions": list(decisions)})


def test_validation_requires_its_members() -> None:
    with pytest.raises(Fault, match=r"restartTimerDecisionAttributes\.startToFireTimeout' failed"):
        respond(decision("RestartTimer", timerId="t"))
    with pytest.raises(Fault, match="RestartTimerDecisionAttributes must be specified"):
        respond({"decisionType": "RestartTimer"})


def test_validation_prints_it_after_the_recorded_ones() -> None:
    with pytest.raises(Fault, match=r"CancelWorkflowExecution, RestartTimer\]"):
        respond({"decisionType": "PauseTimer"})


def test_it_can_be_refused(emulator: Emulator, workflow: Workflow) -> None:
    emulator.refusals.refuse_decision("RestartTimer", "OPERATION_NOT_PERMITTED", times=1)
    failed = workflow.decide(START, RESTART)[-2]
    assert failed["eventType"] == "RestartTimerFailed"
    assert failed["restartTimerFailedEventAttributes"] == {
        "timerId": "t",
        "cause": "OPERATION_NOT_PERMITTED",
        "decisionTaskCompletedEventId": 4,
    }


def test_replay_compares_it(workflow: Workflow) -> None:
    history = workflow.decide(START, RESTART, UNKNOWN)
    assert replay(history, lambda task: [START, RESTART, UNKNOWN]) == 1
    shorter = decision("RestartTimer", timerId="t", startToFireTimeout="60")
    with pytest.raises(Mismatch, match='startToFireTimeout: "300" → "60"'):
        replay(history, lambda task: [START, shorter, UNKNOWN])


def test_its_events_are_sent_to_eventbridge() -> None:
    assert {"TimerRestarted", "RestartTimerFailed"} <= webhook.EVENT_TYPES


def test_metrics_count_it(emulator: Emulator, workflow: Workflow) -> None:
    metrics = Metrics(emulator.service)
    emulator.refusals.refuse_decision("RestartTimer", "TIMER_RESTART_RATE_EXCEEDED")
    workflow.decide(START, RESTART)
    text = metrics.render()[0].decode()
    assert 'swf_emulator_events_total{event_type="RestartTimerFailed"} 1.0' in text
    throttled = prometheus_name("ThrottledEvents")
    assert f'{throttled}_total{{api_name="",decision_name="RestartTimer"' in text


def test_the_support_table_counts_it() -> None:
    table = tables.support()
    assert "14 of 14" in table
    assert "RestartTimer" in table
    assert "56 of 56" in table


def test_every_page_of_an_execution_shows_it(get: Get, workflow: Workflow) -> None:
    workflow.decide(START, RESTART, UNKNOWN)
    tabs = get(f"{workflow.path}/events").one("nav", class_="tabs").all("a")
    assert len(tabs) >= 6
    for tab in tabs:
        get(tab.attributes["href"])
    assert "TimerRestarted" in get(f"{workflow.path}/events").text
    assert "TimerRestarted" in get(f"{workflow.path}/events?family=timers").text


def test_the_form_of_decisions_offers_it(get: Get, workflow: Workflow) -> None:
    form = get(f"{workflow.path}/decide")
    offered = [option.text for option in form.one("select", id="decision-type").all("option")]
    assert offered.count("RestartTimer") == 1
    fields = form.one("template", id="decision-RestartTimer")
    names = {each.attributes.get("name") for each in fields.all("input")}
    assert names >= {"timerId", "startToFireTimeout"}
