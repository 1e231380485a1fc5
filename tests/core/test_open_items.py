"""Open items: their clocks, and what people see of them."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from swf_emulator.core import activities, children, decision_tasks, executions, lambdas
from swf_emulator.core.activities import ActivityTask
from swf_emulator.core.children import Child
from swf_emulator.core.durations import milliseconds
from swf_emulator.core.events import Event
from swf_emulator.core.execution import Execution
from swf_emulator.core.external import ExternalRequest
from swf_emulator.core.lambdas import LambdaTask
from swf_emulator.core.open_items import Deadline, OpenItem, earliest
from swf_emulator.core.registry import EVENTS, Effect

from .bench import ACTIVITY_SETTINGS, EXECUTION_SETTINGS, TYPE, Bench


@pytest.mark.parametrize(
    ("clocks", "deadline"),
    [
        ([], None),
        ([(0, None, "a")], None),
        ([(5, 10, "a")], Deadline(15, "a")),
        ([(0, None, "a"), (5, 0, "b")], Deadline(5, "b")),
        ([(0, 20, "a"), (5, 10, "b")], Deadline(15, "b")),
        ([(0, 10, "a"), (5, 10, "b")], Deadline(10, "a")),
        ([(0, 15, "a"), (5, 10, "b")], Deadline(15, "a")),
    ],
)
def test_the_earliest_of_some_clocks(
    clocks: list[tuple[int, int | None, str]], deadline: Deadline | None
) -> None:
    assert earliest(*clocks) == deadline


@pytest.mark.parametrize(
    ("duration", "length_ms"),
    [("NONE", None), ("0", 0), ("007", 7_000), ("31536000", 31_536_000_000)],
)
def test_durations(duration: str, length_ms: int | None) -> None:
    assert milliseconds(duration) == length_ms


def test_an_item_without_a_clock_cannot_expire() -> None:
    with pytest.raises(NotImplementedError, match="OpenItem has no clock START_TO_CLOSE"):
        OpenItem(5).expire("START_TO_CLOSE")


def test_each_request_to_another_execution_must_define_its_arrival() -> None:
    request = ExternalRequest(Event(5, 0, "", {"workflowId": "v"}))
    with pytest.raises(NotImplementedError):
        request.arrival(Execution("w", "r"))


class Seen(NamedTuple):
    """The properties of an open item that people see."""

    concept: str
    title: str = ""
    type_name: str = ""
    since_ms: int | None = None
    taken: bool = False
    heartbeat: str | None = None
    cancel_requested: bool = False


def seen(item: OpenItem) -> Seen:
    return Seen(*(getattr(item, name) for name in Seen._fields))


def everything_open() -> Bench:
    """One of each item, opened at 1000, and a decision task that waits since 2000."""
    bench = Bench()
    bench.decide(
        ("ScheduleActivityTask", {"activityId": "a", "activityType": TYPE, **ACTIVITY_SETTINGS}),
        ("StartTimer", {"timerId": "x", "startToFireTimeout": "9"}),
        ("ScheduleLambdaFunction", {"id": "l", "name": "function"}),
        (
            "StartChildWorkflowExecution",
            {"workflowId": "c", "workflowType": TYPE, **EXECUTION_SETTINGS},
        ),
        ("SignalExternalWorkflowExecution", {"workflowId": "v", "signalName": "s"}),
        ("RequestCancelExternalWorkflowExecution", {"workflowId": "v"}),
    )
    bench.now_ms = 2000
    bench.record(bench.run.open_items[6].expire("START_TO_FIRE"))
    return bench


def test_what_people_see_before_and_after_an_item_is_taken() -> None:
    bench = everything_open()
    assert list(map(seen, bench.run.open_items.values())) == [
        Seen("execution", since_ms=1000),
        Seen("activity", "a", "t", since_ms=1000),
        Seen("lambda", "l", "function"),
        Seen("child", "c", "t"),
        Seen("signal", "v"),
        Seen("cancel request", "v"),
        Seen("decision", since_ms=2000),
    ]
    _, activity, function, child, *_, decision_task = bench.run.open_items.values()
    assert isinstance(activity, ActivityTask)
    assert isinstance(function, LambdaTask)
    assert isinstance(child, Child)
    bench.now_ms = 3000
    bench.record(activities.start(activity, None))
    bench.record(lambdas.start(function, "role"))
    bench.record(children.started(child, "run"))
    bench.decide(("RequestCancelActivityTask", {"activityId": "a"}))
    assert seen(activity) == Seen("activity", "a", "t", 3000, taken=True, cancel_requested=True)
    assert seen(function) == Seen("lambda", "l", "function", 3000, taken=True)
    assert seen(child) == Seen("child", "c", "t", taken=True)
    assert seen(decision_task).taken


def test_heartbeats_of_an_activity() -> None:
    bench = everything_open()
    activity = bench.run.open_items[5]
    assert isinstance(activity, ActivityTask)
    bench.record(activities.start(activity, "me"))
    heartbeats = []
    for details in (None, "half", None):
        activities.heartbeat(activity, details, 4000)
        heartbeats.append(activity.heartbeat)
    assert heartbeats == ["", "half", ""]


def test_a_timer_is_shown_since_its_start() -> None:
    bench = Bench()
    bench.decide(("StartTimer", {"timerId": "x", "startToFireTimeout": "9"}))
    assert seen(bench.run.open_items[5]) == Seen("timer", "x", since_ms=1000)


def test_a_decision_task_behind_a_started_one_does_not_wait_yet() -> None:
    bench = Bench()
    task = bench.run.decision_waiting
    assert task is not None
    bench.record(decision_tasks.start(task, None))
    bench.record(executions.signal({"signalName": "s"}, {}))
    assert bench.run.decision_waiting is not None
    assert seen(bench.run.decision_waiting) == Seen("decision")
    assert bench.run.decision_waiting.queued() is None


def test_items_are_of_the_concept_that_opens_them() -> None:
    bench = everything_open()
    opened = {item.event_id: item.concept for item in bench.run.open_items.values()}
    rules = {event.event_id: EVENTS[event.event_type] for event in bench.history}
    assert opened == {event_id: rules[event_id].concept.name for event_id in opened}
    assert all(rules[event_id].effect is Effect.OPENS for event_id in opened)
