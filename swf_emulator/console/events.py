"""One page of a history, ready to be shown: type, time, gist, and what belongs together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..compact_json import encode_json
from ..core.events import Event
from ..core.registry import EVENTS
from ..engine.history import decode_event
from .spans import Story

PAGE = 200
FAMILIES = tuple(dict.fromkeys(rule.family for rule in EVENTS.values()))
"""What may be asked for."""

_TYPE = re.compile(rb'"eventType":"(\w+)"')

GIST = (
    "activityId",
    "timerId",
    "workflowId",
    "id",
    "signalName",
    "markerName",
    "workflowExecution",
    "activityType",
    "workflowType",
    "name",
    "taskList",
    "startToFireTimeout",
    "timeoutType",
    "cause",
    "identity",
    "reason",
    "result",
    "details",
    "input",
)
"""The members from which an event's gist is made, in order."""


@dataclass(slots=True)
class Row:
    """One event. ``chain`` is the id of the event that opened what it belongs to, 0 for none;
    ``since_previous_ms`` is None for the first event."""

    event_id: int
    event_type: str
    timestamp_ms: int
    since_previous_ms: int | None
    since_start_ms: int
    tone: str
    gist: str
    chain: int
    attributes: dict[str, Any]


@dataclass(slots=True)
class EventsPage:
    """Some events, and where they stand: ``page`` of ``pages``, counted from 1."""

    rows: list[Row]
    page: int
    pages: int
    matching: int
    total: int


def events_page(
    history: Sequence[bytes],
    story: Story,
    *,
    family: str = "",
    text: str = "",
    newest_first: bool = False,
    page: int = 1,
    event_id: int | None = None,
) -> EventsPage:
    """A page of the events that match; with ``event_id`` the page that holds that event."""
    found = _matching(history, family, text)
    if newest_first:
        found = found[::-1]
    pages = max(1, -(-len(found) // PAGE))
    if event_id in found:
        page = found.index(event_id) // PAGE + 1
    page = min(max(page, 1), pages)
    asked = found[(page - 1) * PAGE : page * PAGE]
    rows = [_row(history, story, event_id) for event_id in asked]
    return EventsPage(rows, page, pages, len(found), len(history))


def _matching(history: Sequence[bytes], family: str, text: str) -> Sequence[int]:
    """The ids of the events of a family that contain a text; found without parsing them."""
    if not family and not text:
        return range(1, len(history) + 1)
    types = [name for name, rule in EVENTS.items() if family in ("", rule.family)]
    wanted = encode_json(text)[1:-1].decode().casefold()
    found = []
    for event_id, stored in enumerate(history, 1):
        named = _TYPE.search(stored)
        if named is None or named.group(1).decode() not in types:
            continue
        if wanted in stored.decode().casefold():
            found.append(event_id)
    return found


def _row(history: Sequence[bytes], story: Story, event_id: int) -> Row:
    event = decode_event(history[event_id - 1])
    previous = decode_event(history[event_id - 2]) if event_id > 1 else None
    assert story.first is not None
    return Row(
        event.event_id,
        event.event_type,
        event.timestamp_ms,
        None if previous is None else event.timestamp_ms - previous.timestamp_ms,
        event.timestamp_ms - story.first.timestamp_ms,
        tone_of(event.event_type),
        gist_of(event),
        story.chains.get(event.event_id, 0),
        event.attributes,
    )


def tone_of(event_type: str) -> str:
    """How an event or a close status is coloured."""
    if event_type.startswith("DecisionTask") and not event_type.endswith("TimedOut"):
        return "quiet"
    upper = event_type.upper().replace("_", "")
    if upper.endswith(("FAILED", "TIMEDOUT", "TERMINATED")):
        return "bad"
    if upper.endswith(("CANCELED", "CANCELREQUESTED")):
        return "warn"
    if upper.endswith(("COMPLETED", "FIRED", "CONTINUEDASNEW")):
        return "good"
    if upper.endswith(("SIGNALED", "MARKERRECORDED")):
        return "note"
    return "plain"


def gist_of(event: Event) -> str:
    """The event in a few words, from its telling members."""
    words = []
    for member in GIST:
        value = event.attributes.get(member)
        if isinstance(value, dict):
            value = " ".join(
                str(value[part]) for part in ("name", "version", "workflowId") if part in value
            )
        if value:
            words.append(str(value)[:120])
    return " · ".join(words[:4])
