"""Histories as bytes: each event is serialized once, pages are joined from the stored bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from ..compact_json import encode_json
from ..core.events import Event, attributes_name
from ..core.registry import EVENTS

_ATTRIBUTES_NAMES = {event_type: attributes_name(event_type, "Event") for event_type in EVENTS}


def timestamp(at_ms: int) -> float | int:
    """Convert epoch milliseconds to the epoch seconds that the service writes."""
    return at_ms / 1000


def encode_event(event: Event) -> bytes:
    """Serialize one event as the service writes it."""
    return to_keep(
        encode_json(
            {
                "eventId": event.event_id,
                "eventTimestamp": timestamp(event.timestamp_ms),
                "eventType": event.event_type,
                _ATTRIBUTES_NAMES[event.event_type]: event.attributes,
            }
        )
    )


def to_keep(made: bytes) -> bytes:
    """Copy ``made`` to bytes of just its length: those that orjson returns take 4 KiB each."""
    return memoryview(made).tobytes()


def decode_event(stored: bytes) -> Event:
    """Parse one stored event: the inverse of `encode_event`."""
    members: dict[str, Any] = orjson.loads(stored)
    event_type = members["eventType"]
    return Event(
        members["eventId"],
        round(members["eventTimestamp"] * 1000),
        event_type,
        members[attributes_name(event_type, "Event")],
    )


def page_of(
    history: Sequence[bytes], first: int, last: int, start: int, size: int, newest_first: bool
) -> tuple[Sequence[bytes], int | None]:
    """Return a page of the events ``first`` to ``last`` (ids, inclusive) from ``start`` on.

    Returns the stored bytes and the id at which the next page begins, None after the last page.
    """
    if newest_first:
        stop = max(start - size, first - 1)
        page = history[stop:start][::-1]
        return page, stop if stop >= first else None
    stop = min(start + size - 1, last)
    return history[start - 1 : stop], stop + 1 if stop < last else None
