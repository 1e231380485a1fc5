"""The scenarios bring about everything in the service model: operations, events, members, causes.

Exceptions are listed with their reason; one that is not needed any more fails its test.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from swf_emulator.core.events import attributes_name
from swf_emulator.protocol.call import OPERATIONS

from .playing import NAMES, PATHS, played
from .shapes import mismatches, service

SHAPES = service()["shapes"]
ATTRIBUTES = [
    (event_type, member)
    for event_type in SHAPES["EventType"]["enum"]
    for member in SHAPES[f"{event_type}EventAttributes"]["members"]
]

ALWAYS_PRESENT = {
    "resolved settings of an execution or a task, which cannot be without": {
        ("ActivityTaskScheduled", "heartbeatTimeout"),
        ("ActivityTaskScheduled", "scheduleToCloseTimeout"),
        ("ActivityTaskScheduled", "scheduleToStartTimeout"),
        ("ActivityTaskScheduled", "startToCloseTimeout"),
        ("DecisionTaskScheduled", "startToCloseTimeout"),
        ("StartChildWorkflowExecutionInitiated", "executionStartToCloseTimeout"),
        ("StartChildWorkflowExecutionInitiated", "taskStartToCloseTimeout"),
        ("WorkflowExecutionContinuedAsNew", "executionStartToCloseTimeout"),
        ("WorkflowExecutionContinuedAsNew", "taskStartToCloseTimeout"),
        ("WorkflowExecutionStarted", "executionStartToCloseTimeout"),
        ("WorkflowExecutionStarted", "taskStartToCloseTimeout"),
    },
    "0 when there is no such event (recorded 2012 to 2023)": {
        ("WorkflowExecutionCancelRequested", "externalInitiatedEventId"),
        ("WorkflowExecutionSignaled", "externalInitiatedEventId"),
        ("WorkflowExecutionStarted", "parentInitiatedEventId"),
    },
    "every termination has one of the model's three causes": {
        ("WorkflowExecutionTerminated", "cause"),
    },
    "members of the outcome of a Lambda task, which has all of them or is another event": {
        ("LambdaFunctionCompleted", "result"),
        ("LambdaFunctionFailed", "details"),
        ("LambdaFunctionFailed", "reason"),
        ("LambdaFunctionTimedOut", "timeoutType"),
        ("StartLambdaFunctionFailed", "cause"),
        ("StartLambdaFunctionFailed", "message"),
        ("StartLambdaFunctionFailed", "scheduledEventId"),
    },
}
"""Members that the model does not require, yet every event has, by the reason."""


@cache
def events() -> list[dict[str, Any]]:
    """Every event of every scenario."""
    return [
        event for path in PATHS for history in played(path).histories.values() for event in history
    ]


@cache
def attribute_structures() -> dict[str, list[dict[str, Any]]]:
    """The attributes of every event of every scenario, by event type."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SHAPES["EventType"]["enum"]}
    for event in events():
        event_type = event["eventType"]
        found[event_type].append(event[attributes_name(event_type, "Event")])
    return found


def causes() -> Iterator[tuple[str, str]]:
    """Every cause of every event that has one."""
    for event_type in SHAPES["EventType"]["enum"]:
        members = SHAPES[f"{event_type}EventAttributes"]["members"]
        if "cause" in members:
            for cause in SHAPES[members["cause"]["shape"]]["enum"]:
                yield event_type, cause


def test_scenarios_call_every_operation() -> None:
    called = {operation for path in PATHS for operation, _ in played(path).answers}
    assert called == OPERATIONS.keys()


@pytest.mark.parametrize("event_type", SHAPES["EventType"]["enum"])
def test_scenarios_record_every_event_type(event_type: str) -> None:
    assert attribute_structures()[event_type]


@pytest.mark.parametrize(("event_type", "cause"), list(causes()))
def test_scenarios_bring_about_every_cause(event_type: str, cause: str) -> None:
    structures = attribute_structures()[event_type]
    assert any(attributes.get("cause") == cause for attributes in structures)


@pytest.mark.parametrize(("event_type", "member"), ATTRIBUTES)
def test_scenarios_show_every_member(event_type: str, member: str) -> None:
    assert any(member in attributes for attributes in attribute_structures()[event_type])


@pytest.mark.parametrize(("event_type", "member"), ATTRIBUTES)
def test_scenarios_leave_out_every_optional_member(event_type: str, member: str) -> None:
    required = member in SHAPES[f"{event_type}EventAttributes"].get("required", ())
    left_out = any(member not in attributes for attributes in attribute_structures()[event_type])
    always = any((event_type, member) in members for members in ALWAYS_PRESENT.values())
    assert left_out != (required or always)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_answers_have_the_shapes_of_the_model(path: Path) -> None:
    """Histories are among the answers."""
    for operation, answer in played(path).answers:
        output = service()["operations"][operation].get("output")
        if output is None:
            assert answer == {}, operation
        elif answer.get("taskToken") or "taskToken" not in SHAPES[output["shape"]]["members"]:
            assert not list(mismatches(output["shape"], answer)), operation
