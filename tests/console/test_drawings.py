"""Axis, bars, lanes, words, verdicts and payloads: pure functions over events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swf_emulator.console.axis import FOLD, FUTURE, Axis
from swf_emulator.console.bars import Bar, density, draw, pack, strip
from swf_emulator.console.lanes import LANES_MAX, lanes_of
from swf_emulator.console.payloads import tree, visible
from swf_emulator.console.spans import Spans
from swf_emulator.console.verdict import verdict_of
from swf_emulator.console.words import duration_since, gist, ids_text, late
from swf_emulator.core.events import Event
from swf_emulator.engine.domains import Scope
from swf_emulator.engine.history import encode_event
from swf_emulator.engine.view import ExecutionRecord, OpenRecord

Step = tuple[int, str, dict[str, Any]]
START: Step = (
    0,
    "WorkflowExecutionStarted",
    {"workflowType": {"name": "T", "version": "1"}, "executionStartToCloseTimeout": "3600"},
)


def spans_of(*steps: Step) -> Spans:
    """Spans of a history whose steps are (milliseconds since the step before, type, attributes)."""
    history, at_ms = [], 1_000_000
    for number, (later_ms, event_type, attributes) in enumerate((START, *steps), 1):
        at_ms += later_ms
        history.append(encode_event(Event(number, at_ms, event_type, attributes)))
    spans = Spans(history)
    spans.extend(history)
    return spans


def decision(first: int) -> list[Step]:
    """A decision task that takes 10 ms; its first event has that number."""
    return [
        (0, "DecisionTaskScheduled", {"taskList": {"name": "l"}}),
        (0, "DecisionTaskStarted", {"scheduledEventId": first}),
        (10, "DecisionTaskCompleted", {"scheduledEventId": first, "startedEventId": first + 1}),
    ]


def timer(timer_id: str, decided: int) -> Step:
    members = {"timerId": timer_id, "startToFireTimeout": "60"}
    return 0, "TimerStarted", {**members, "decisionTaskCompletedEventId": decided}


def fired(timer_id: str, opened: int, after_ms: int) -> Step:
    return after_ms, "TimerFired", {"timerId": timer_id, "startedEventId": opened}


def activity(activity_id: str, decided: int = 4) -> Step:
    named = {"activityType": {"name": "A", "version": "1"}, "activityId": activity_id}
    timeouts = {"heartbeatTimeout": "20", "scheduleToStartTimeout": "300"}
    return (
        0,
        "ActivityTaskScheduled",
        {**named, **timeouts, "decisionTaskCompletedEventId": decided},
    )


def record(status: str, spans: Spans) -> ExecutionRecord:
    closed = None if status == "OPEN" else spans.last.timestamp_ms
    return ExecutionRecord(
        Scope("1", "r"), "d", "w", "r1", "T", "1", status, spans.first.timestamp_ms, closed,
        spans.last.timestamp_ms, spans.length, False, None, None, 1, None,
    )  # fmt: skip


def item(kind: str, event_id: int, **more: Any) -> OpenRecord:
    empty = OpenRecord(kind, "", "", event_id, False, False, None, None, None, "", None, False)
    return empty._replace(**more)


# The axis of time.


def test_an_axis_is_even_without_idle_time() -> None:
    spans = spans_of(*decision(2), timer("a", 4), fired("a", 5, 10), *decision(7))
    axis = Axis(spans, spans.last.timestamp_ms)
    assert (axis.folds, axis.now) == ([], None)
    assert axis.at(spans.first.timestamp_ms) == 0
    assert axis.at(spans.last.timestamp_ms) == axis.at(None) == 100
    assert axis.at(spans.first.timestamp_ms + 15) == 50


def test_a_long_idle_stretch_is_folded() -> None:
    spans = spans_of(*decision(2), timer("a", 4), fired("a", 5, 60_000), *decision(7))
    axis = Axis(spans, spans.last.timestamp_ms)
    (fold,) = axis.folds
    assert (fold.length_ms, fold.width) == (60_000, FOLD)
    middle = axis.at(fold.from_ms + 30_000)
    assert middle == pytest.approx(fold.x + FOLD / 2)
    assert axis.at(fold.to_ms) == pytest.approx(fold.x + FOLD)
    assert axis.at(None) == 100
    assert not [tick for tick in axis.ticks() if fold.x < tick.x < fold.x + FOLD]
    assert Axis(spans, spans.last.timestamp_ms, folded=False).folds == []
    times = [axis.at(at_ms) for at_ms in range(spans.times[0], spans.times[-1] + 1, 500)]
    assert times == sorted(times)


def test_equal_stretches_and_work_are_not_folded() -> None:
    steps = [fired("x", 0, 60_000) for _ in range(4)]
    spans = spans_of(*steps)
    assert Axis(spans, spans.last.timestamp_ms).folds == []
    working = spans_of(
        *decision(2),
        activity("a"),
        (0, "ActivityTaskStarted", {"scheduledEventId": 5}),
        (3000, "ActivityTaskCompleted", {"scheduledEventId": 5, "startedEventId": 6}),
        (1000, "WorkflowExecutionSignaled", {"signalName": "s"}),
    )
    assert Axis(working, working.last.timestamp_ms).folds == []


def test_an_open_execution_has_room_for_its_deadlines() -> None:
    spans = spans_of(*decision(2), timer("a", 4))
    now_ms = spans.last.timestamp_ms + 100
    axis = Axis(spans, now_ms, [now_ms + 5000, now_ms + 10**9])
    assert axis.now == 100 - FUTURE
    assert axis.at(now_ms) == pytest.approx(axis.now, abs=0.01)
    near, far = axis.due(now_ms + 5000), axis.due(now_ms + 10**9)
    assert near == (98, False)
    assert far == (98, True)
    assert Axis(spans, now_ms, []).now == 98


def test_each_event_has_the_same_room_on_an_even_axis() -> None:
    spans = spans_of(*decision(2), timer("a", 4), fired("a", 5, 60_000))
    axis = Axis(spans, spans.last.timestamp_ms, even=True)
    places = [axis.at(None, event_id) for event_id in range(1, 7)]
    assert places == pytest.approx([100 * number / 6 for number in range(6)], abs=0.01)
    assert [tick.label for tick in axis.ticks()][:2] == ["event 1", "event 2"]


# Bars and lanes.


def bar(number: int, begin: float, end: float, tone: str = "") -> Bar:
    return Bar(number, f"b{number}", "", "bar", tone, begin, begin, end)


def test_overlapping_bars_get_rows() -> None:
    bars = [bar(1, 0, 10), bar(2, 5, 15), bar(3, 10, 20), bar(4, 11, 12), bar(5, 11, 12)]
    assert pack(bars, 3) == 3
    assert [each.row for each in bars] == [0, 1, 0, 2, 2]
    assert pack([bar(1, 0, 1), bar(2, 50, 51)], 3) == 1


def test_a_band_is_as_high_as_many_bars_lie_there() -> None:
    cells = density([bar(1, 0, 50), bar(2, 25, 50, "no"), bar(3, 99, 100)], cells=4)
    assert cells == [(0, 25, 1, False), (25, 25, 2, True), (50, 25, 2, True), (75, 25, 1, False)]


def test_geometry_stands_in_attributes() -> None:
    for tone in ("", "on", "no", "late", "off"):
        for shape in ("bar", "timer", "signal", "marker", "point"):
            drawn = draw(Bar(1, "n", "", shape, tone, 1, 2, 3, due=5, waits=True), 0, 10)
            assert "style" not in drawn
            assert "%" in drawn
    waiting = draw(Bar(1, "n", "", "bar", "on", 1, None, 3, waits=True), 0, 10)
    assert 'class="w stuck"' in waiting
    assert "<rect" not in waiting


def test_lanes_by_task_type_and_worker() -> None:
    steps = [*decision(2), activity("a"), activity("b"), activity("a"), timer("t", 4)]
    steps += [(5, "ActivityTaskStarted", {"scheduledEventId": 6, "identity": "w"})]
    spans = spans_of(*steps, (5, "MarkerRecorded", {"markerName": "m"}))
    axis = Axis(spans, spans.last.timestamp_ms)

    def labels(by: str, **more: Any) -> list[tuple[str, int]]:
        found = lanes_of(spans, axis, {}, by, **more)
        return [(lane.label, lane.rows) for lane in found.lanes]

    rest = [("Timers", 1), ("Signals, markers", 1)]
    assert labels("task") == [("Decisions", 1), ("a", 2), ("b", 1), *rest]
    assert labels("") == labels("task")
    assert labels("type", notes=False) == [("Decisions", 1), ("A 1", 3), ("Timers", 1)]
    assert labels("worker")[1:3] == [("no worker", 2), ("w", 1)]


def test_more_lanes_than_fit_become_one_band() -> None:
    steps = [*decision(2), *(activity(f"a{number}") for number in range(LANES_MAX + 9))]
    spans = spans_of(*steps)
    axis = Axis(spans, spans.last.timestamp_ms)
    found = lanes_of(spans, axis, {}, "task")
    assert len(found.lanes) == LANES_MAX
    assert (found.lanes[-1].label, found.lanes[-1].dense) == ("11 more", True)
    assert lanes_of(spans, axis, {}).by == "type"
    assert "style" not in strip(spans, axis, {})


# Words.


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ('{"order": 1, "gift": false, "items": [1, 2], "deep": {"a": 1}}',
         "order 1, gift no, items 2"),
        ('{"deep": {}}', "1 keys"),
        ("[1, 2]", "1, 2"),
        ("[{}]", "1 items"),
        ('"quoted"', "quoted"),
        ("plain\n text", "plain text"),
        ("{broken", "{broken"),
        ("[" * 100_000, "[" * 160 + "…"),
        ("x" * 200, "x" * 160 + "…"),
    ],
)  # fmt: skip
def test_a_payload_has_a_gist(payload: str, text: str) -> None:
    assert gist(payload) == text


def test_lengths_ids_and_timeouts_in_words() -> None:
    lengths = (0, 7_790, 59_999, 294_000, 7_500_000, 200_000_000)
    texts = ["+0.00 s", "+7.79 s", "+60.00 s", "+4:54 min", "+2:05 h", "+2 d 7 h"]
    assert [duration_since(length).replace("\u00a0", " ") for length in lengths] == texts
    assert ids_text([27, 28, 33]) == "27 28 33"
    assert ids_text([1, 2, 3, 9]) == "1–3 9"
    settings = {"heartbeatTimeout": "20", "scheduleToStartTimeout": "NONE"}
    assert late("HEARTBEAT", settings).replace("\u00a0", " ") == "no heartbeat for 20 s"
    assert late("SCHEDULE_TO_START", settings) == "timed out (schedule to start)"
    assert late("LEASE", {}) == "timed out (lease)"


def said(status: str, spans: Spans, *items: OpenRecord, now_ms: int = 2_000_000) -> str:
    verdict = verdict_of(record(status, spans), spans, items, now_ms)
    return f"{verdict.status}: {verdict.text}".replace("\u00a0", " ")


def test_verdicts_on_closed_executions() -> None:
    begin = [*decision(2), activity("charge"), activity("other")]
    begin += [(0, "ActivityTaskStarted", {"scheduledEventId": 5, "identity": "w"})]
    links = {"scheduledEventId": 5, "startedEventId": 7}
    begin += [(5, "ActivityTaskFailed", {**links, "reason": "refused"}), *decision(9)]
    decided = {"decisionTaskCompletedEventId": 11}
    failed = spans_of(*begin, (0, "WorkflowExecutionFailed", {"reason": "no", **decided}))
    assert said("FAILED", failed) == "FAILED: Failed: no after charge failed."
    result = json.dumps({"order": 1})
    completed = spans_of(
        *begin, activity("charge", 11),
        (0, "WorkflowExecutionCompleted", {"result": result, **decided}),
    )  # fmt: skip
    assert said("COMPLETED", completed) == (
        "COMPLETED: Completed: order 1. charge needed 2 attempts (refused)."
    )
    late_one = spans_of(*begin, (0, "WorkflowExecutionTimedOut", {"timeoutType": "START_TO_CLOSE"}))
    assert said("TIMED_OUT", late_one) == (
        "TIMED_OUT: Timed out: it was open for 1 h. Still open: other."
    )
    ended = spans_of(*begin, (0, "WorkflowExecutionTerminated", {"cause": "CHILD_POLICY_APPLIED"}))
    assert "Terminated: child policy applied. Still open: other." in said("TERMINATED", ended)
    canceled = spans_of(*begin, (0, "WorkflowExecutionCanceled", {"details": "d", **decided}))
    assert "Canceled: d." in said("CANCELED", canceled)
    again = spans_of(
        *begin, (0, "WorkflowExecutionContinuedAsNew", {"newExecutionRunId": "r2", **decided})
    )
    verdict = verdict_of(record("CONTINUED_AS_NEW", again), again, (), 0)
    assert verdict.lead[0].run == ("w", "r2")


def test_the_longest_wait_is_told() -> None:
    spans = spans_of(
        *decision(2),
        (300_000, "WorkflowExecutionSignaled", {"signalName": "approval"}),
        *decision(6),
        (0, "WorkflowExecutionCompleted", {"decisionTaskCompletedEventId": 8}),
    )
    assert said("COMPLETED", spans) == (
        "COMPLETED: Completed. 5 min passed until the signal approval came."
    )


def test_verdicts_on_open_executions() -> None:
    spans = spans_of(*decision(2), activity("charge"), timer("t", 4))
    waiting = item("activity", 5, title="charge", task_list="work", since_ms=1, due_ms=5)
    lifetime = item("execution", 1)
    assert said("OPEN", spans, lifetime, waiting) == (
        "STUCK: Waiting for : nobody polls work. Unless somebody does, it times out in ."
    )
    taken = item("activity", 5, title="charge", taken=True, since_ms=1)
    assert said("OPEN", spans, taken) == "OPEN: A worker works on charge, for ."
    running = item("timer", 6, title="t", due_ms=9)
    assert said("OPEN", spans, lifetime, running) == (
        "OPEN: Waiting for the timer t. It fires in ."
    )
    assert said("OPEN", spans, lifetime) == (
        "OPEN: Waiting for a signal or a cancel request: the last decision scheduled nothing."
    )
    assert said("OPEN", spans, item("lock", 9)) == "OPEN: Waiting for the lock lock."


# Payloads.


def test_json_is_a_tree_that_keeps_what_was_sent() -> None:
    drawn = tree('{"a": 1.50, "a": 1e400, "b": {}, "c": [], "d": "\\u202e", "e": [null]}')
    for text in ("1.50", "1e400", "{}", "[]", "[RLO]", "null"):
        assert f">{text}<" in drawn or text in drawn
    assert drawn.count("<details") == 2
    assert tree("<b>") == '<pre class="s">&lt;b&gt;</pre>'
    assert tree('{"<b>": 1}').count("<b>") == 0
    assert tree("[" * 50 + "]" * 50).count("<details") == 40
    assert tree({"a": True, "n": 5}).count('class="n"') == 1
    assert tree("[" + "1," * 16_000 + "1]").count('class="n"') == 16_001


def test_direction_marks_are_visible() -> None:
    assert visible("a\u202eb\u2066c\u200fd") == "a[RLO]b[LRI]c[RLM]d"
    assert visible("שלום") == "שלום"
