"""Histories that tests put into the emulator: recorded ones, and one of every event type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from swf_emulator import Emulator
from swf_emulator.core.events import Event
from swf_emulator.core.registry import EVENTS, Effect
from swf_emulator.engine.history import encode_event
from swf_emulator.engine.view import View
from swf_emulator.histories import events_of

from ..shapes import service
from .conftest import DOMAIN, SCOPE

RECORDINGS = Path(__file__).parents[2] / "conformance" / "recordings"


def recorded() -> Iterator[tuple[str, list[Event]]]:
    """Every recorded history, with its name."""
    for path in sorted(RECORDINGS.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["kind"] == "history":
            for number, history in enumerate(_histories(found["response"])):
                yield f"{path.stem}-{number}", history


def _histories(value: Any) -> Iterator[list[Event]]:
    if isinstance(value, dict) and "events" in value:
        events = events_of(value)
        if events and events[0].event_id == 1:
            # Left out where a recording was printed as source code.
            events[0].attributes.setdefault("parentInitiatedEventId", 0)
            for event in events:
                rule = EVENTS[event.event_type]
                if rule.effect is Effect.REFUSES and rule.link:
                    event.attributes.setdefault(rule.link, 0)
            yield events
    elif isinstance(value, dict):
        for each in value.values():
            yield from _histories(each)


def of_type(event_type: str, links: dict[str, int]) -> dict[str, Any]:
    """Attributes of an event with all of its members; event ids are those of ``links``."""
    name = f"{event_type}EventAttributes"
    made: dict[str, Any] = _value(name, links)
    return made


def _value(shape_name: str, links: dict[str, int], member: str = "") -> Any:
    shape = service()["shapes"].get(shape_name, {"type": "string"})
    match shape["type"]:
        case "structure":
            return {
                name: _value(each["shape"], links, name) for name, each in shape["members"].items()
            }
        case "list":
            return [_value(shape["member"]["shape"], links)]
        case "long" | "integer":
            return links.get(member, 0)
        case _:
            if member.endswith("Timeout"):
                return "60"
            return shape["enum"][0] if "enum" in shape else f"<{member}>"


def every_type() -> list[Event]:
    """A history in which every event type follows the events that it names."""
    types = ["WorkflowExecutionStarted", "DecisionTaskScheduled", "DecisionTaskStarted"]
    types.append("DecisionTaskCompleted")
    closing = [name for name, rule in EVENTS.items() if rule.close_status]
    types += [name for name in EVENTS if name not in types and name not in closing]
    types += closing
    events: list[Event] = []
    opened: dict[str, int] = {}
    for number, event_type in enumerate(types, 1):
        concept = EVENTS[event_type].concept
        links = {"decisionTaskCompletedEventId": 4, "startedEventId": 3}
        if concept.link:
            links[concept.link] = opened.get(concept.name, 0)
        events.append(Event(number, number * 700, event_type, of_type(event_type, links)))
        if EVENTS[event_type].effect.value == "opens":
            opened[concept.name] = number
    return events


def put(emulator: Emulator, workflow_id: str, events: Sequence[Event]) -> None:
    """Store a history in place of that of the last execution of a workflow id."""

    def stored(view: View) -> Any:
        return view.history(view.executions(SCOPE, DOMAIN, workflow_id=workflow_id)[-1])

    history = emulator.service.engine.read(stored)
    history[:] = [encode_event(event) for event in events]
