"""The matcher for histories and the history grammar."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from conformance import grammar
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
    return replay.recorded_events("boto-tutorial-hello-history")


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


@pytest.mark.parametrize("name", replay.REPLAYED)
def test_the_grammar_accepts_recorded_histories(name: str) -> None:
    assert grammar.check(replay.recorded_events(name)) == []


def _drop(number: int) -> Callable[[list[Event]], None]:
    return lambda events: events.remove(events[number - 1])


def _set(number: int, name: str, value: Any) -> Callable[[list[Event]], None]:
    def change(events: list[Event]) -> None:
        grammar.attributes_of(events[number - 1])[name] = value

    return change


def _remove(number: int, name: str) -> Callable[[list[Event]], None]:
    def change(events: list[Event]) -> None:
        del grammar.attributes_of(events[number - 1])[name]

    return change


def _repeat(number: int, at: int) -> Callable[[list[Event]], None]:
    def change(events: list[Event]) -> None:
        events.insert(at - 1, copy.deepcopy(events[number - 1]))
        for position, event in enumerate(events, 1):
            event["eventId"] = position

    return change


def _earlier(number: int) -> Callable[[list[Event]], None]:
    def change(events: list[Event]) -> None:
        events[number - 1]["eventTimestamp"] -= 1000

    return change


def _second_structure(events: list[Event]) -> None:
    events[4]["markerRecordedEventAttributes"] = {}


def _other_time(events: list[Event]) -> None:
    for event in events[7:]:
        event["eventTimestamp"] += 1


DAMAGES: list[tuple[str, Callable[[list[Event]], None]]] = [
    ("ids", _drop(6)),
    ("times", _earlier(6)),
    ("structure", _second_structure),
    ("known", _set(5, "colour", "red")),
    ("known", _set(5, "heartbeatTimeout", 60)),
    ("known", _set(1, "childPolicy", "FORGET")),
    ("required", _remove(5, "activityId")),
    ("references", _set(7, "scheduledEventId", 6)),
    ("references", _set(11, "decisionTaskCompletedEventId", 9)),
    ("decision-tasks", _repeat(2, 3)),
    ("decision-tasks", _set(4, "startedEventId", 2)),
    ("tasks", _repeat(7, 8)),
    ("first", _repeat(1, 5)),
    ("closing", _repeat(2, 12)),
    ("triggers", _other_time),
    ("open-ids", _repeat(5, 6)),
    ("batch", _set(11, "decisionTaskCompletedEventId", 4)),
]


@pytest.mark.parametrize(("rule", "damage"), DAMAGES)
def test_the_grammar_rejects_damage(
    events: list[Event], rule: str, damage: Callable[[list[Event]], None]
) -> None:
    damage(events)
    assert rule in {v.rule for v in grammar.check(events)}


def test_every_rule_has_a_damage_that_breaks_it() -> None:
    assert {rule for rule, _ in DAMAGES} == {rule.name for rule in grammar.RULES}
