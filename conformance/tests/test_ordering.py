"""The order of histories is made the same where the service leaves it open, and nowhere else."""

from __future__ import annotations

import copy

import pytest

from conformance.language import replay
from conformance.language.ordering import ordered
from conformance.language.recordings import Event
from conformance.model import attributes_of
from conformance.verdict import Grade

HISTORIES = {
    f"{name} {run}": events
    for name in replay.replayable()
    for run, events in replay.recorded_histories(name).items()
}
MOVED = ("flowy-children-2016 main", "simpleflow-signal-to-itself main")
"""The recordings in which an outcome came late or out of order."""


@pytest.mark.parametrize("name", HISTORIES)
def test_only_late_outcomes_move(name: str) -> None:
    events = HISTORIES[name]
    made = ordered(events)
    assert (made.events == events) == (name not in MOVED)
    assert sorted(e["eventType"] for e in made.events) == sorted(e["eventType"] for e in events)
    assert [e["eventId"] for e in made.events] == list(range(1, len(events) + 1))
    assert ordered(made.events).events == made.events


def test_late_children_start_after_their_response_in_its_order() -> None:
    made = ordered(HISTORIES["flowy-children-2016 main"])
    started = [attributes_of(e)["initiatedEventId"] for e in made.events[12:17]]
    assert started == [5, 6, 7, 8, 11]
    types = [event["eventType"] for event in made.events[17:21]]
    assert types == [
        "DecisionTaskStarted",
        "DecisionTaskCompleted",
        "ChildWorkflowExecutionCompleted",
        "DecisionTaskScheduled",
    ]
    assert attributes_of(made.events[19])["startedEventId"] == made.ids[13]


def without(events: list[Event], event_type: str) -> list[Event]:
    """The history without the first event of a type, numbered again as a service would."""
    dropped = next(e["eventId"] for e in events if e["eventType"] == event_type)
    made = [copy.deepcopy(event) for event in events if event["eventId"] != dropped]
    for event in made:
        attributes = attributes_of(event)
        for member, value in [("eventId", event["eventId"]), *attributes.items()]:
            if member.endswith("ventId") and value > dropped:
                (event if member == "eventId" else attributes)[member] = value - 1
    return made


@pytest.mark.parametrize(
    "event_type",
    ["ChildWorkflowExecutionStarted", "ChildWorkflowExecutionTimedOut", "DecisionTaskStarted"],
)
def test_a_missing_event_is_still_a_difference(event_type: str) -> None:
    recorded = HISTORIES["flowy-children-2016 main"]
    got = ordered(without(recorded, event_type)).events
    assert replay.compare(ordered(recorded).events, got, Grade.RECORDED)
