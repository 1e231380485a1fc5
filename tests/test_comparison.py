"""Two histories side by side. Source of the rules: the module's own documentation."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator.comparison import (
    ABSENT,
    HAPPENED,
    PAYLOADS,
    TIMES,
    compare,
    json_differences,
)
from swf_emulator.core.events import Event

Step = tuple[str, dict[str, Any]]
START: Step = ("WorkflowExecutionStarted", {"input": '{"order": 1}'})


def history(*steps: Step, begin_ms: int = 0, step_ms: int = 10) -> list[Event]:
    return [
        Event(number, begin_ms + number * step_ms, event_type, attributes)
        for number, (event_type, attributes) in enumerate((START, *steps), 1)
    ]


def decision(first: int) -> tuple[Step, Step, Step]:
    """The three events of a decision task, of which the first has that number."""
    return (
        ("DecisionTaskScheduled", {"taskList": {"name": "l"}}),
        ("DecisionTaskStarted", {"scheduledEventId": first, "identity": f"d{first}"}),
        ("DecisionTaskCompleted", {"scheduledEventId": first, "startedEventId": first + 1}),
    )


def scheduled(activity_id: str, decided: int = 4, **more: Any) -> Step:
    named = {"activityType": {"name": "A", "version": "1"}, "activityId": activity_id}
    return "ActivityTaskScheduled", {**named, "decisionTaskCompletedEventId": decided, **more}


def ended(how: str, opened: int, **more: Any) -> Step:
    return f"ActivityTask{how}", {"scheduledEventId": opened, "startedEventId": 0, **more}


def test_a_history_is_like_itself_at_another_time() -> None:
    one = history(*decision(2), scheduled("a"), ended("Completed", 5, result="1"))
    two = history(*decision(2), scheduled("a"), ended("Completed", 5, result="1"), begin_ms=99)
    for level in (HAPPENED, PAYLOADS, TIMES):
        found = compare(one, two, level=level)
        assert found.alike
        assert [pair.verdict for pair in found.pairs] == ["same"] * 6
        assert found.payloads == []


def test_references_are_compared_by_what_they_refer_to() -> None:
    """An additional signal shifts all numbers behind it."""
    signal: Step = ("WorkflowExecutionSignaled", {"signalName": "s"})
    one = history(*decision(2), scheduled("a"), ended("Completed", 5))
    two = history(signal, *decision(3), scheduled("a", 5), ended("Completed", 6))
    found = compare(one, two)
    assert [pair.verdict for pair in found.pairs] == ["same", "right", *["same"] * 5]
    assert found.first == 1


def test_another_outcome_of_the_same_attempt_is_a_change() -> None:
    begin = (*decision(2), scheduled("a"), ended("Failed", 5), *decision(7), scheduled("a", 9))
    one = history(*begin, ended("Completed", 10, result="r"))
    two = history(*begin, ended("Failed", 10, reason="refused"))
    found = compare(one, two)
    last = found.pairs[-1]
    assert found.first == len(found.pairs) - 1
    assert last.verdict == "changed"
    assert last.differences == [
        ("eventType", "ActivityTaskCompleted", "ActivityTaskFailed", HAPPENED)
    ]
    assert found.payloads == ["result", "reason"]


def test_payloads_and_times_count_only_if_they_are_wanted() -> None:
    one = history(*decision(2), scheduled("a", input='{"items": [{"price": 1}], "x": 1}'))
    two = history(*decision(2), scheduled("a", input='{"items": [{"price": 2}, 3]}'), step_ms=20)
    assert compare(one, two).alike
    assert compare(one, two).payloads == ["input"]
    (changed,) = [pair for pair in compare(one, two, level=PAYLOADS).pairs if pair.differences]
    assert changed.differences == [
        ("input.items[0].price", 1, 2, PAYLOADS),
        ("input.items[1]", ABSENT, 3, PAYLOADS),
        ("input.x", 1, ABSENT, PAYLOADS),
    ]
    assert compare(one, two, level=PAYLOADS, ignore=("input",)).alike
    timed = compare(one, two, level=TIMES, ignore=("input",))
    assert timed.pairs[1].differences == [("eventTimestamp", 10, 20, TIMES)]


def test_another_order_is_not_another_event() -> None:
    one = history(*decision(2), scheduled("a"), scheduled("b"))
    two = history(*decision(2), scheduled("b"), scheduled("a"))
    found = compare(one, two)
    assert [pair.verdict for pair in found.pairs[-2:]] == ["moved", "same"]
    assert found.first == 4
    assert [pair.left for pair in found.pairs] == one
    assert [pair.right.event_id for pair in found.pairs if pair.right] == [1, 2, 3, 4, 6, 5]


def test_an_attempt_more_is_only_on_one_side() -> None:
    one = history(*decision(2), scheduled("a"))
    two = history(*decision(2), scheduled("a"), scheduled("a"))
    assert [pair.verdict for pair in compare(one, two).pairs[-2:]] == ["same", "right"]
    assert [pair.verdict for pair in compare(two, one).pairs[-2:]] == ["same", "left"]


def child(workflow_id: str, first: int) -> tuple[Step, Step]:
    workflow_type = {"name": "C", "version": "1"}
    execution = {"workflowId": workflow_id, "runId": f"r{first}"}
    return (
        (
            "StartChildWorkflowExecutionInitiated",
            {
                "workflowId": workflow_id,
                "workflowType": workflow_type,
                "decisionTaskCompletedEventId": 4,
            },
        ),
        (
            "ChildWorkflowExecutionStarted",
            {
                "initiatedEventId": first,
                "workflowExecution": execution,
                "workflowType": workflow_type,
            },
        ),
    )


def test_children_of_other_names_are_the_same_children() -> None:
    one = history(*decision(2), *child("stock-1", 5), *child("mail-1", 7))
    two = history(*decision(2), *child("stock-2", 5), *child("mail-2", 7))
    found = compare(one, two)
    assert [pair.verdict for pair in found.pairs] == ["same"] * 8
    assert found.payloads == ["workflowId", "workflowExecution"]
    changed = compare(one, two, level=PAYLOADS).pairs[4]
    assert changed.differences == [("workflowId", "stock-1", "stock-2", PAYLOADS)]
    more = history(*decision(2), *child("stock-2", 5))
    assert [pair.verdict for pair in compare(one, more).pairs[-2:]] == ["left", "left"]


def test_other_settings_of_the_same_activity_are_a_change() -> None:
    one = history(*decision(2), scheduled("a", taskList={"name": "x"}))
    two = history(*decision(2), scheduled("a", taskList={"name": "y"}))
    assert compare(one, two).pairs[-1].differences == [("taskList.name", "x", "y", HAPPENED)]


@pytest.mark.parametrize(
    "step",
    [
        ("SomethingNew", {"a": 1}),
        ("MarkerRecorded", {"markerName": "m", "decisionTaskCompletedEventId": 4}),
        ("StartTimerFailed", {"timerId": "t", "cause": "TIMER_ID_ALREADY_IN_USE"}),
        ("WorkflowExecutionFailed", {"reason": "r"}),
        ("ActivityTaskCancelRequested", {"activityId": "gone"}),
    ],
)
def test_any_event_has_a_counterpart(step: Step) -> None:
    one, two = history(step, step), history(step)
    assert [pair.verdict for pair in compare(one, one).pairs] == ["same"] * 3
    assert [pair.verdict for pair in compare(one, two).pairs][:2] == ["same", "same"]


def test_nothing_is_compared_with_nothing() -> None:
    assert compare([], []).alike
    assert [pair.verdict for pair in compare([], history()).pairs] == ["right"]


def test_an_unknown_level_is_rejected() -> None:
    with pytest.raises(ValueError, match="level must be one of: happened, payloads, times"):
        compare([], [], level="all")


def test_json_differs_by_path() -> None:
    assert list(json_differences({"a": [1, {"b": None}]}, {"a": [1, {"b": 0}], "c": ""})) == [
        ("a[1].b", None, 0),
        ("c", ABSENT, ""),
    ]
    assert list(json_differences(1, True)) == [("", 1, True)]
    assert list(json_differences([[[]]], [[[]]])) == []


def test_long_histories_are_compared_at_once() -> None:
    """25,000 events each, with one more in the middle."""
    steps = [scheduled(f"a{number}") for number in range(25_000)]
    found = compare(history(*steps), history(*steps[:100], scheduled("extra"), *steps[100:]))
    assert found.first == 101
    assert [pair.verdict for pair in found.pairs].count("same") == 25_001
