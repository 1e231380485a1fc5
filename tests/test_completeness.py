"""The service model is complete in the emulator, and what is described agrees with the model.

A missing type or operation fails here; the message names the line to add and its file.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path

import pytest

import swf_emulator.core
from swf_emulator.core.registry import DECISIONS, EVENTS, Effect, failure_of
from swf_emulator.protocol.call import OPERATIONS
from swf_emulator.protocol.model import ServiceModel, service_model
from swf_emulator.protocol.service import Service  # noqa: F401  fills the table of operations
from tools import build_model

from . import undescribed

SHAPES = service_model().shapes


def members(structure: str) -> set[str]:
    return set(SHAPES[structure]["members"])


def of_event(event_type: str) -> set[str]:
    return members(f"{event_type}EventAttributes")


def of_decision(decision_type: str) -> set[str]:
    return members(f"{decision_type}DecisionAttributes")


# Nothing is missing.


def test_every_operation_has_a_function() -> None:
    missing = list(undescribed.operations(service_model(), OPERATIONS))
    assert not missing, "\n".join(missing)


def test_every_decision_type_is_described() -> None:
    missing = list(undescribed.decisions(SHAPES, DECISIONS))
    assert not missing, "\n".join(missing)


def test_every_event_type_is_described() -> None:
    missing = list(undescribed.events(SHAPES, EVENTS, DECISIONS))
    assert not missing, "\n".join(missing)


def test_the_model_is_that_of_botocore() -> None:
    assert build_model.TARGET.read_text() == build_model.rendered(), "run tools/build_model.py"


# What is described agrees with the model.


@pytest.mark.parametrize("event_type", EVENTS)
def test_the_facts_of_an_event_agree_with_its_structure(event_type: str) -> None:
    rule = EVENTS[event_type]
    assert rule.link == "" or rule.link in of_event(event_type)
    assert bool(rule.decision) == ("decisionTaskCompletedEventId" in of_event(event_type))
    if rule.effect is Effect.OPENS and rule.concept.link:
        key = {rule.concept.key} if rule.concept.key else set()
        assert key | set(rule.concept.label) <= of_event(event_type)


@pytest.mark.parametrize("decision_type", DECISIONS)
def test_the_facts_of_a_decision_agree_with_its_structure(decision_type: str) -> None:
    rule = DECISIONS[decision_type]
    failed = of_event(failure_of(decision_type))
    assert set(rule.repeats) == of_decision(decision_type) & failed
    assert rule.concept.late == ("initiatedEventId" in failed)
    assert set(rule.settles) <= of_decision(decision_type)


@pytest.mark.parametrize("decision_type", DECISIONS)
def test_one_event_records_each_decision(decision_type: str) -> None:
    (recorded,) = (
        rule
        for rule in EVENTS.values()
        if rule.decision == decision_type and rule.effect is not Effect.REFUSES
    )
    assert recorded.concept is DECISIONS[decision_type].concept
    assert (recorded.close_status is not None) == DECISIONS[decision_type].closes


def test_executions_close_with_the_statuses_of_the_model() -> None:
    statuses = [rule.close_status for rule in EVENTS.values() if rule.close_status is not None]
    assert sorted(statuses) == sorted(SHAPES["CloseStatus"]["enum"])


# The messages.

AMENDED = deepcopy(SHAPES)
AMENDED["DecisionType"]["enum"] = [*DECISIONS, "PauseTimer"]
AMENDED["EventType"]["enum"] = [*EVENTS, "TimerPaused", "PauseTimerFailed"]
AMENDED["PauseTimerDecisionAttributes"] = {
    "members": {"timerId": "TimerId", "startToFireTimeout": "DurationInSeconds"}
}
AMENDED["TimerPausedEventAttributes"] = {
    "members": {
        "timerId": "TimerId",
        "startedEventId": "EventId",
        "decisionTaskCompletedEventId": "EventId",
    }
}
AMENDED["PauseTimerFailedEventAttributes"] = {
    "members": {"timerId": "TimerId", "cause": "x", "decisionTaskCompletedEventId": "EventId"}
}


def test_an_unknown_decision_is_reported_with_its_line() -> None:
    assert list(undescribed.decisions(AMENDED, DECISIONS)) == [
        "PauseTimer is not described. Add to swf_emulator/core/timers.py:\n"
        '    TIMER.decision("PauseTimer", pause_timer, repeats=("timerId",))'
    ]


def test_an_unknown_event_is_reported_with_its_line() -> None:
    assert list(undescribed.events(AMENDED, EVENTS, DECISIONS)) == [
        "TimerPaused is not described. Add to swf_emulator/core/timers.py "
        "(or with another effect: opens, starts, requests, closes, notes):\n"
        '    TIMER.changes("TimerPaused", ..., by="PauseTimer")'
    ]


@pytest.mark.parametrize(
    ("event_type", "file", "line"),
    [
        ("TimerFired", "timers", 'TIMER.changes("TimerFired", ...)'),
        ("TimerStarted", "timers", 'TIMER.starts("TimerStarted", by="StartTimer")'),
        ("MarkerRecorded", "markers", 'MARKER.notes("MarkerRecorded", by="RecordMarker")'),
        ("ActivityTaskTimedOut", "activities", 'ACTIVITY.closes("ActivityTaskTimedOut")'),
        (
            "LambdaFunctionScheduled",
            "lambdas",
            'LAMBDA.opens("LambdaFunctionScheduled", ..., by="ScheduleLambdaFunction")',
        ),
        (
            "ChildWorkflowExecutionCanceled",
            "children",
            'CHILD.closes("ChildWorkflowExecutionCanceled")',
        ),
        (
            "ActivityTaskCancelRequested",
            "activities",
            'ACTIVITY.requests("ActivityTaskCancelRequested", ..., by="RequestCancelActivityTask")',
        ),
        (
            "ExternalWorkflowExecutionSignaled",
            "external",
            'SIGNAL.notes("ExternalWorkflowExecutionSignaled")',
        ),
    ],
)
def test_the_line_and_the_file_are_near_what_is_missing(
    event_type: str, file: str, line: str
) -> None:
    described = {name: rule for name, rule in EVENTS.items() if name != event_type}
    shapes = {**SHAPES, "EventType": {"enum": list(EVENTS)}}
    (message,) = undescribed.events(shapes, described, DECISIONS)
    head, _, code = message.partition("\n    ")
    assert f"Add to swf_emulator/core/{file}.py " in head
    assert code == line


@pytest.mark.parametrize(
    ("operation", "file", "line"),
    [
        ("PauseWorkflowExecution", "executions", '@operation("PauseWorkflowExecution")'),
        ("ListPausedDomains", "domains", '@operation("ListPausedDomains", reads=True)'),
    ],
)
def test_an_operation_without_a_function_is_reported_with_its_file(
    operation: str, file: str, line: str
) -> None:
    known = service_model().operations
    known = {name: known[name] for name in OPERATIONS} | {operation: known["ListDomains"]}
    path = f"swf_emulator/protocol/operations/{file}.py"
    assert list(undescribed.operations(ServiceModel(known, SHAPES), OPERATIONS)) == [
        f"{operation} has no function. Add to {path}:\n    {line}"
    ]


def test_what_the_model_does_not_have_is_reported() -> None:
    shapes = {
        **SHAPES,
        "DecisionType": {"enum": [name for name in DECISIONS if name != "CancelTimer"]},
        "EventType": {"enum": [name for name in EVENTS if name != "TimerCanceled"]},
    }
    known = service_model().operations
    known = {name: known[name] for name in OPERATIONS if name != "ListDomains"}
    advice = "is not in the service model: run tools/build_model.py"
    assert list(undescribed.decisions(shapes, DECISIONS)) == [f"CancelTimer {advice}"]
    assert list(undescribed.events(shapes, EVENTS, DECISIONS)) == [f"TimerCanceled {advice}"]
    assert list(undescribed.operations(ServiceModel(known, SHAPES), OPERATIONS)) == [
        f"ListDomains {advice}"
    ]


# The core.


def test_the_core_imports_nothing_impure() -> None:
    """The core imports itself, and types and data structures of the standard library."""
    pure = {"__future__", "enum", "collections", "collections.abc", "dataclasses", "typing"}
    for path in _core():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= pure, path.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1 or node.module in pure, path.name


def _core() -> list[Path]:
    assert swf_emulator.core.__file__ is not None
    return sorted(Path(swf_emulator.core.__file__).parent.glob("*.py"))
