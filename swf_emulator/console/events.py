"""The events of an execution: type, time, gist, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from ..compact_json import encode_json
from ..core.events import Event
from ..core.registry import EVENTS
from ..engine.history import decode_event
from .execution import execution_page, number_of
from .formats import tone_of
from .pages import Data, Entry
from .site import Shown, Site
from .spans import Spans

PAGE = 200
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
"""The members that make an event's gist, in order."""

_TYPE = re.compile(rb'"eventType":"(\w+)"')


@dataclass(slots=True)
class Row:
    """One event. ``span_id`` is 0 without a span, ``since_previous_ms`` None without a previous
    event."""

    event_id: int
    event_type: str
    timestamp_ms: int
    since_previous_ms: int | None
    since_start_ms: int
    tone: str
    gist: str
    span_id: int
    attributes: dict[str, Any]


@execution_page("events", "execution_events.html", tab=Entry(2, "Events"))
def show_events(site: Site, shown: Shown) -> Data:
    """Arguments: ``family``, ``text``, ``order`` (newest), and ``page``, or ``event`` for the
    page with that event."""
    query = {name: request.args.get(name, "") for name in ("family", "text", "order")}
    found = _matching(shown.history, query["family"], query["text"])
    if query["order"] == "newest":
        found = found[::-1]
    pages = max(1, -(-len(found) // PAGE))
    page = min(number_of("page"), pages)
    if "event" in request.args and (event_id := number_of("event")) in found:
        page = found.index(event_id) // PAGE + 1
    spans = site.spans(shown)
    rows = [
        _row(shown.history, spans, event_id) for event_id in found[(page - 1) * PAGE : page * PAGE]
    ]
    return {
        "query": query,
        "families": list(dict.fromkeys(rule.family for rule in EVENTS.values())),
        "events": {
            "rows": rows,
            "page": page,
            "pages": pages,
            "matching": len(found),
            "total": len(shown.history),
        },
    }


def _matching(history: Sequence[bytes], family: str, text: str) -> Sequence[int]:
    """The ids of the events of a family that contain a string, found without parsing them."""
    if not family and not text:
        return range(1, len(history) + 1)
    types = {name.encode() for name, rule in EVENTS.items() if rule.family == family}
    wanted = encode_json(text)[1:-1].decode().casefold()
    return [
        event_id
        for event_id, stored in enumerate(history, 1)
        if (not family or not types.isdisjoint(_TYPE.findall(stored)))
        and wanted in stored.decode().casefold()
    ]


def _row(history: Sequence[bytes], spans: Spans, event_id: int) -> Row:
    event = decode_event(history[event_id - 1])
    previous = decode_event(history[event_id - 2]) if event_id > 1 else None
    return Row(
        event.event_id,
        event.event_type,
        event.timestamp_ms,
        None if previous is None else event.timestamp_ms - previous.timestamp_ms,
        event.timestamp_ms - spans.first.timestamp_ms,
        tone_of(event.event_type),
        gist_of(event),
        spans.span_ids.get(event.event_id, 0),
        event.attributes,
    )


def gist_of(event: Event) -> str:
    """The event in a few words."""
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
