"""`record`, the one door into a history, and the fold behind it."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator.core import executions
from swf_emulator.core.events import Event, NewEvent, attributes_name, pick
from swf_emulator.core.execution import Execution
from swf_emulator.core.record import fold, record
from swf_emulator.core.settings import DEFAULTS, Settings

SETTINGS: dict[str, Any] = {
    "executionStartToCloseTimeout": "60",
    "taskList": {"name": "L"},
    "taskStartToCloseTimeout": "NONE",
    "childPolicy": "ABANDON",
}
KIND = {"name": "n", "version": "v"}


def started(settings: Settings = DEFAULTS) -> tuple[Execution, list[Event]]:
    run = Execution("w", "r")
    first = executions.start(KIND, SETTINGS, {}, {"parentInitiatedEventId": 0})
    return run, record(run, first, 1000, settings)


def test_events_are_numbered_without_gaps() -> None:
    run, events = started()
    events += record(run, executions.signal({"signalName": "s"}, {}), 2000, DEFAULTS)
    assert [event.event_id for event in events] == [1, 2, 3]
    assert [event.timestamp_ms for event in events] == [1000, 1000, 2000]


def test_nothing_follows_the_close() -> None:
    run, _ = started()
    record(run, executions.terminate(run, {}, "OPERATOR_INITIATED"), 2000, DEFAULTS)
    with pytest.raises(AssertionError, match="WorkflowExecutionSignaled after the close of r"):
        record(run, executions.signal({"signalName": "s"}, {}), 3000, DEFAULTS)


def test_what_a_decide_function_yields_after_the_close_is_dropped() -> None:
    run, _ = started()

    def both() -> Any:
        yield from executions.terminate(run, {}, "OPERATOR_INITIATED")
        yield NewEvent("MarkerRecorded", {"markerName": "m"})

    (closing,) = record(run, both(), 2000, DEFAULTS)
    assert closing.event_type == "WorkflowExecutionTerminated"


def test_folding_a_history_again_gives_the_same_execution() -> None:
    run, events = started()
    events += record(run, executions.signal({"signalName": "s"}, {}), 2000, DEFAULTS)
    events += record(run, executions.request_cancel({}), 3000, DEFAULTS)
    again = Execution("w", "r")
    for event in events:
        fold(again, event)
    plain = set(Execution.__slots__) - {"open_items", "changed_items", "decision_waiting"}
    assert {name: getattr(again, name) for name in plain} == {
        name: getattr(run, name) for name in plain
    }
    assert again.open_items.keys() == run.open_items.keys()


def test_members_that_are_absent_stay_absent() -> None:
    assert pick({"a": "", "b": None, "c": 1}, "a", "b", "x") == {"a": "", "b": None}


def test_names_of_attribute_structures() -> None:
    assert attributes_name("TimerFired", "Event") == "timerFiredEventAttributes"
    assert attributes_name("StartTimer", "Decision") == "startTimerDecisionAttributes"
