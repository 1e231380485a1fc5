"""Histories are read in every format, and their text is the same in every run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.histories import (
    elapsed,
    events_of,
    format_history,
    format_timeline,
    whole_history,
)
from swf_emulator.testing import assert_history, drive

from . import shop


@pytest.fixture
def events(virtual: Emulator) -> list[dict[str, Any]]:
    shop.begin(virtual)
    return drive(virtual, shop.decide, {"work": lambda task: "done and gone"}).events


def test_all_forms_give_the_same_text(virtual: Emulator, events: list[dict[str, Any]]) -> None:
    swf = virtual.client()
    run_id = virtual.executions()[0].run_id
    parameters = {"domain": shop.DOMAIN, "execution": {"workflowId": "job-1", "runId": run_id}}
    text = format_history(events)
    answer = swf.get_workflow_execution_history(**parameters)
    assert format_history(answer) == text
    assert format_history(answer["events"]) == text
    pages = [swf.get_workflow_execution_history(**parameters, maximumPageSize=4, reverseOrder=True)]
    while "nextPageToken" in pages[-1]:
        token = pages[-1]["nextPageToken"]
        pages.append(
            swf.get_workflow_execution_history(
                **parameters, maximumPageSize=4, reverseOrder=True, nextPageToken=token
            )
        )
    assert len(pages) > 2
    assert format_history(pages) == text
    printed = json.loads(json.dumps(answer, default=lambda moment: moment.isoformat()))
    assert format_history(printed) == text
    as_text = [{**event, "eventTimestamp": str(event["eventTimestamp"])} for event in events]
    assert format_history(as_text) == text


def test_the_text_is_the_same_in_every_run(events: list[dict[str, Any]]) -> None:
    later = VirtualClock(datetime(2031, 5, 5, tzinfo=UTC))
    with Emulator(clock=later) as other:
        shop.begin(other)
        done = drive(other, shop.decide, {"work": lambda task: "done and gone"})
    assert format_history(done.events) == format_history(events)


def test_the_lines_of_a_history(events: list[dict[str, Any]]) -> None:
    lines = format_history(events).splitlines()
    assert len(lines) == len(events)
    assert lines[5].split() == ["6", "+1h", "TimerFired", "timerId=hour", "startedEventId=5"]
    assert lines[11].endswith('result="done and gone" scheduledEventId=10 startedEventId=11')
    assert 'input="all"…(9 characters)' in format_history(events, shorten=3)
    assert "identity" not in format_history(events, leave_out=["identity"])


def test_run_ids_have_names_in_the_order_of_their_appearance() -> None:
    def event(number: int, **attributes: Any) -> dict[str, Any]:
        return {
            "eventId": number,
            "eventTimestamp": number,
            "eventType": "ChildWorkflowExecutionStarted",
            "childWorkflowExecutionStartedEventAttributes": attributes,
        }

    text = format_history(
        [
            event(1, workflowExecution={"workflowId": "a b", "runId": "22x"}, runId="22y"),
            event(2, newExecutionRunId="22x", tagList=["t", "u v"], odd={"b": 1, "a": None}),
        ]
    )
    assert 'runId=<run 1> workflowExecution="a b"@<run 2>' in text
    assert 'newExecutionRunId=<run 2> odd={a=null b=1} tagList=[t, "u v"]' in text
    assert text.splitlines()[1].split()[1] == "+1s"


def test_a_timeline_tells_what_happened(events: list[dict[str, Any]]) -> None:
    assert format_timeline(events).splitlines() == [
        "    1  +0s  WorkflowExecutionStarted    workflowType=job/1 taskList=jobs"
        ' input="all of it"',
        "  2–4  +0s  DecisionTaskCompleted",
        "    5  +0s  TimerStarted                hour startToFireTimeout=3600",
        "    6  +1h  TimerFired                  hour",
        "  7–9  +1h  DecisionTaskCompleted",
        "   10  +1h  ActivityTaskScheduled       work activityType=work/1 taskList=work",
        "   11  +1h  ActivityTaskStarted         work identity=worker",
        '   12  +1h  ActivityTaskCompleted       work result="done and gone"',
        "13–15  +1h  DecisionTaskCompleted",
        '   16  +1h  WorkflowExecutionCompleted  result="done and gone"',
    ]
    assert "(6 lines omitted)" in format_timeline(events, lines=5)
    assert len(format_timeline(events, lines=5).splitlines()) == 5


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [
        (0, "0s"),
        (1, "0.001s"),
        (1500, "1.5s"),
        (60_000, "1m"),
        (90_061_000, "1d1h1m1s"),
        (10_000, "10s"),
    ],
)
def test_lengths_of_time(length_ms: int, text: str) -> None:
    assert elapsed(length_ms) == text


@pytest.mark.parametrize(
    "history",
    [
        None,
        "x",
        1,
        {},
        {"events": "x"},
        [1],
        [{}],
        [{"eventId": 1, "eventType": "X", "eventTimestamp": "soon"}],
        [{"eventId": 1, "eventType": "X", "eventTimestamp": 1e400}],
        [{"eventId": 1, "eventType": "X", "eventTimestamp": 1}] * 2,
    ],
)
def test_what_is_no_history(history: Any) -> None:
    with pytest.raises(ValueError, match=r"a history must be|invalid event|must be unique"):
        events_of(history)


def test_what_is_no_whole_history(events: list[dict[str, Any]]) -> None:
    assert len(whole_history(events)) == len(events)
    for part, message in [
        (events[1:], "event 1 is missing"),
        (events[:3] + events[4:], "event 4 is missing"),
        ({"events": events[:4], "nextPageToken": "x"}, "has a nextPageToken"),
        ([{"events": events[:4], "nextPageToken": "x"}], "has a nextPageToken"),
        ([], "must begin with"),
    ]:
        with pytest.raises(ValueError, match=message):
            whole_history(part)


# Assertions.


def test_a_history_that_is_as_expected(events: list[dict[str, Any]]) -> None:
    assert_history(events, [event["eventType"] for event in events])
    assert_history({"events": events}, [...])
    assert_history(events, ["WorkflowExecutionStarted", ..., "WorkflowExecutionCompleted"])
    assert_history(
        events,
        [
            ("WorkflowExecutionStarted", {"workflowType": {"name": "job"}}),
            "TimerStarted",
            "TimerFired",
            ...,
            ("ActivityTaskCompleted", {"result": "done and gone"}),
            ("WorkflowExecutionCompleted", {}),
            ...,
        ],
        decision_tasks=False,
    )
    assert_history([], [])


def test_the_difference_is_shown_line_by_line(events: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_history(
            events,
            [
                "WorkflowExecutionStarted",
                ("TimerStarted", {"timerId": "day", "control": "x"}),
                "TimerFired",
                "MarkerRecorded",
                ...,
                "ActivityTaskCompleted",
            ],
            decision_tasks=False,
        )
    assert str(caught.value).splitlines()[1:] == [
        "    1  WorkflowExecutionStarted",
        "!   5  TimerStarted",
        "!       timerId: expected 'day', got 'hour'",
        "!       control: expected 'x', got absent",
        "    6  TimerFired",
        "-      MarkerRecorded",
        "   10  ActivityTaskScheduled  (...)",
        "   11  ActivityTaskStarted  (...)",
        "   12  ActivityTaskCompleted",
        "+  16  WorkflowExecutionCompleted",
    ]


def test_an_event_type_that_there_is_not(events: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="unknown event type 'TimerCancelled'"):
        assert_history(events, ["TimerCancelled"])
