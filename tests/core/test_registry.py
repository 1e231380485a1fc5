"""The registry: what the table of a concept says, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from swf_emulator.core import registry
from swf_emulator.core.events import Attributes, Event, NewEvent, NewEvents
from swf_emulator.core.execution import Execution, ExecutionView
from swf_emulator.core.open_items import Task
from swf_emulator.core.record import fold
from swf_emulator.core.registry import Concept, DecisionRule, Effect, EventRule, refusal
from swf_emulator.core.timers import TIMER
from swf_emulator.core.world import World

DOOR = Concept("door", "doors", link="openedEventId", key="doorId", late=True, dated=True)


class Door(Task):
    """An item of a concept that SWF does not have."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.color = "white"


def open_door(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    yield NewEvent("DoorOpened", attributes)


def paint(run: Execution, event: Event) -> None:
    door = run.open_items[event.attributes["openedEventId"]]
    assert isinstance(door, Door)
    door.color = event.attributes["color"]


class Tables(NamedTuple):
    events: dict[str, EventRule]
    decisions: dict[str, DecisionRule]


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Copies of the registry's tables, with doors."""
    tables = Tables(dict(registry.EVENTS), dict(registry.DECISIONS))
    with monkeypatch.context() as patched:
        patched.setattr(registry, "EVENTS", tables.events)
        patched.setattr(registry, "DECISIONS", tables.decisions)
        patched.setattr("swf_emulator.core.record.EVENTS", tables.events)
        DOOR.decision("OpenDoor", open_door, repeats=("doorId",))
        DOOR.opens("DoorOpened", Door, by="OpenDoor", told=True)
        DOOR.starts("DoorEntered")
        DOOR.changes("DoorPainted", paint, triggers=True)
        DOOR.requests("DoorCloseRequested", paint, link="doorId", family="requests")
        DOOR.closes("DoorClosed")
        DOOR.notes("DoorSeen")
        yield tables


def test_a_table_states_the_facts_of_each_event(tables: Tables) -> None:
    def facts(event_type: str) -> tuple[object, ...]:
        rule = tables.events[event_type]
        return rule.effect, rule.link, rule.decision, rule.triggers, rule.told, rule.family

    assert facts("DoorOpened") == (Effect.OPENS, "", "OpenDoor", False, True, "doors")
    assert facts("OpenDoorFailed") == (
        Effect.REFUSES, "openedEventId", "OpenDoor", True, True, "doors",
    )  # fmt: skip
    assert facts("DoorEntered") == (Effect.STARTS, "openedEventId", "", False, False, "doors")
    assert facts("DoorPainted") == (Effect.CHANGES, "openedEventId", "", True, False, "doors")
    assert facts("DoorCloseRequested") == (
        Effect.REQUESTS, "doorId", "", False, False, "requests",
    )  # fmt: skip
    assert facts("DoorClosed") == (Effect.CLOSES, "openedEventId", "", False, False, "doors")
    assert facts("DoorSeen") == (Effect.NOTES, "openedEventId", "", False, False, "doors")
    assert all(tables.events[name].concept is DOOR for name in tables.events if "Door" in name)
    assert DOOR.label == ("doorId",)


@pytest.mark.source
def test_usual_folds_keep_the_open_item(tables: Tables) -> None:
    run = Execution("w", "r")
    fold(run, Event(7, 10, "DoorOpened", {"doorId": "d"}))
    door = run.open_items[7]
    assert isinstance(door, Door)
    assert run.named == {("door", "d"): 7}
    fold(run, Event(8, 20, "DoorEntered", {"openedEventId": 7}))
    assert (door.started_event_id, door.started_ms) == (8, 20)
    fold(run, Event(9, 30, "DoorPainted", {"openedEventId": 7, "color": "red"}))
    assert door.color == "red"
    assert run.decision_needed
    fold(run, Event(10, 40, "DoorClosed", {"openedEventId": 7}))
    assert (run.open_items, run.named) == ({}, {})
    assert run.changed_items == [door, door, door]


@pytest.mark.source
def test_a_late_refusal_closes_what_was_open_and_an_immediate_one_nothing(tables: Tables) -> None:
    run = Execution("w", "r")
    fold(run, Event(7, 10, "DoorOpened", {"doorId": "d"}))
    fold(run, Event(8, 10, "OpenDoorFailed", {"openedEventId": 0}))
    assert list(run.open_items) == [7]
    fold(run, Event(9, 10, "OpenDoorFailed", {"openedEventId": 7}))
    assert not run.open_items


def test_refusals_do_not_count_as_activity(tables: Tables) -> None:
    run = Execution("w", "r")
    fold(run, Event(7, 10, "DoorSeen", {}))
    fold(run, Event(8, 20, "OpenDoorFailed", {"openedEventId": 0}))
    assert run.latest_activity_task_ms == 10


def test_an_opening_event_must_open_an_item(tables: Tables) -> None:
    with pytest.raises(AssertionError, match="GateOpened must open an item"):
        DOOR.opens("GateOpened")


def test_a_decision_is_described_once(tables: Tables) -> None:
    with pytest.raises(ValueError, match="the decision StartTimer must be described once"):
        TIMER.decision("StartTimer", open_door)


def test_an_event_is_described_once(tables: Tables) -> None:
    with pytest.raises(ValueError, match="the event TimerFired must be described once"):
        TIMER.closes("TimerFired")


def test_a_refusal_repeats_members_of_the_decision() -> None:
    run = Execution("w", "r")
    run.decision_completed_event_id = 4
    decided = {"workflowId": "c", "workflowType": {"name": "n", "version": "v"}, "input": "x"}
    refused = refusal(run, "StartChildWorkflowExecution", decided, "OPERATION_NOT_PERMITTED")
    assert refused == NewEvent(
        "StartChildWorkflowExecutionFailed",
        {
            "workflowId": "c",
            "workflowType": {"name": "n", "version": "v"},
            "initiatedEventId": 0,
            "cause": "OPERATION_NOT_PERMITTED",
            "decisionTaskCompletedEventId": 4,
        },
    )
