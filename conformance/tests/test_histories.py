"""Histories against the lines of a case."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.language import event_lines, replay
from conformance.language.read import Expectation
from conformance.verdict import Grade

Event = dict[str, Any]


def _lines(text: str) -> list[event_lines.EventLine]:
    return [
        event_lines.parse_line(Expectation(line.strip(), None, 0))
        for line in text.strip().splitlines()
    ]


def _compare(text: str, events: list[Event]) -> list[str]:
    found = event_lines.compare(_lines(text), events, {}, Grade.RECORDED)
    return [f"{d.where}: {d.expected} / {d.got}" for d in found]


@pytest.fixture
def events() -> list[Event]:
    return replay.recorded_histories("boto-tutorial-hello-history")["main"]


def test_a_history_fits_its_own_lines(events: list[Event]) -> None:
    assert _compare("...", events) == []
    text = "\n".join(f"{e['eventId']} {e['eventType']}" for e in events)
    assert _compare(text, events) == []


def test_gaps_are_found_by_what_follows(events: list[Event]) -> None:
    text = """
        1 WorkflowExecutionStarted
        ...
        7 ActivityTaskCompleted scheduledEventId=5 startedEventId=6
        8 DecisionTaskScheduled same-time
        ...
    """
    assert _compare(text, events) == []


def test_a_first_line_with_an_id_begins_there(events: list[Event]) -> None:
    assert _compare("11 WorkflowExecutionCompleted", events) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("10 DecisionTaskCompleted", "no further event"),
        ("11 WorkflowExecutionFailed", "WorkflowExecutionFailed"),
        ("11 WorkflowExecutionCompleted result=done", "result"),
        ("11 WorkflowExecutionCompleted -decisionTaskCompletedEventId", "absent"),
        ("11 WorkflowExecutionCompleted only", "decisionTaskCompletedEventId"),
        ("11 WorkflowExecutionCompleted\n12 DecisionTaskScheduled", "no further event"),
        ("10 DecisionTaskCompleted\n11 WorkflowExecutionCompleted same-time", ""),
    ],
)
def test_differences_are_told(events: list[Event], text: str, part: str) -> None:
    if "same-time" in text:
        events[10]["eventTimestamp"] += 1
    found = _compare(text, events)
    assert found
    assert part in " ".join(found)


def test_the_first_difference_is_marked(events: list[Event]) -> None:
    text = "\n".join(f"{e['eventId']} {e['eventType']}" for e in events)
    wrong = text.replace("5 ActivityTaskScheduled", "5 ActivityTaskScheduled activityId=other")
    (found,) = event_lines.compare(_lines(wrong), events, {}, Grade.RECORDED)
    assert [row[0] for row in found.table if row[0].startswith(">")] == ["> 5"]


def test_two_lines_may_speak_of_one_event(events: list[Event]) -> None:
    lines = [
        event_lines.parse_line(Expectation("11 WorkflowExecutionCompleted", None, 0)),
        event_lines.parse_line(
            Expectation("11 WorkflowExecutionCompleted result=x", Grade.INFERRED, 0)
        ),
    ]
    (found,) = event_lines.compare(lines, events, {}, Grade.RECORDED)
    assert found.grade is Grade.INFERRED
