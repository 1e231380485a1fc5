"""`record`, the only way into a history, and the fold behind it."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator.core import executions
from swf_emulator.core.events import NewEvent, attributes_name, pick
from swf_emulator.core.execution import Execution
from swf_emulator.core.record import fold
from swf_emulator.core.settings import Settings

from .bench import Bench, types_of


def test_events_are_numbered_without_gaps() -> None:
    bench = Bench()
    bench.now_ms = 2000
    bench.record(executions.signal({"signalName": "s"}, {}))
    assert [event.event_id for event in bench.history] == [1, 2, 3]
    assert [event.timestamp_ms for event in bench.history] == [1000, 1000, 2000]


def test_nothing_follows_the_close() -> None:
    bench = Bench()
    bench.record(executions.terminate(bench.run, {}, "OPERATOR_INITIATED"))
    with pytest.raises(AssertionError, match="WorkflowExecutionSignaled after the close of r"):
        bench.record(executions.signal({"signalName": "s"}, {}))


def test_events_that_a_decide_function_yields_after_the_close_are_dropped() -> None:
    bench = Bench()

    def both() -> Any:
        yield from executions.terminate(bench.run, {}, "OPERATOR_INITIATED")
        yield NewEvent("MarkerRecorded", {"markerName": "m"})

    assert types_of(bench.record(both())) == ["WorkflowExecutionTerminated"]


@pytest.mark.parametrize(("setting", "timeout"), [(True, "NONE"), (False, None)])
def test_the_schedule_to_start_timeout_of_a_decision_task(
    setting: bool, timeout: str | None
) -> None:
    scheduled = Bench(Settings(decision_task_schedule_to_start=setting)).history[1]
    assert scheduled.attributes.get("scheduleToStartTimeout") == timeout


@pytest.mark.source
def test_folding_a_history_again_gives_the_same_execution() -> None:
    bench = Bench()
    bench.record(executions.signal({"signalName": "s"}, {}))
    bench.record(executions.request_cancel({}))
    again = Execution("w", "r")
    for event in bench.history:
        fold(again, event)
    plain = set(Execution.__slots__) - {"open_items", "changed_items", "decision_waiting"}
    assert {name: getattr(again, name) for name in plain} == {
        name: getattr(bench.run, name) for name in plain
    }
    assert again.open_items.keys() == bench.run.open_items.keys()


def test_a_close_tells_the_engine_of_all_that_is_open() -> None:
    bench = Bench()
    bench.decide(("StartTimer", {"timerId": "t", "startToFireTimeout": "9"}))
    bench.run.changed_items.clear()
    bench.record(executions.terminate(bench.run, {}, "OPERATOR_INITIATED"))
    assert (bench.run.close_status, bench.run.close_ms) == ("TERMINATED", 1000)
    assert [item.concept for item in bench.run.changed_items] == ["execution", "timer"]
    assert bench.run.open_counts["openTimers"] == 1, "the counts of a closed execution are frozen"


def test_members_that_are_absent_stay_absent() -> None:
    assert pick({"a": "", "b": None, "c": 1}, "a", "b", "x") == {"a": "", "b": None}


def test_names_of_attribute_structures() -> None:
    assert attributes_name("TimerFired", "Event") == "timerFiredEventAttributes"
    assert attributes_name("StartTimer", "Decision") == "startTimerDecisionAttributes"
