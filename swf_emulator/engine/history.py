"""Histories as bytes: an event is serialised once, pages are joined from the stored bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from ..compact_json import encode_json
from ..core.events import Event, attributes_name
from ..core.registry import EVENTS

_ATTRIBUTES_NAMES = {event_type: attributes_name(event_type, "Event") for event_type in EVENTS}


def timestamp(at_ms: int) -> float | int:
    """An instant on the wire: epoch seconds, with three decimals at most."""
    return at_ms / 1000


def encode_event(event: Event) -> bytes:
    """One event as the service writes it: compact, members in alphabetical order."""
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
    """A copy that takes no more memory than it is long: orjson's own bytes take 4 KiB each."""
    return memoryview(made).tobytes()


def decode_event(stored: bytes) -> Event:
    """The event behind its bytes: the inverse of `encode_event`."""
    members: dict[str, Any] = orjson.loads(stored)
    event_type = members["eventType"]
    return Event(
        members["eventId"],
        round(members["eventTimestamp"] * 1000),
        event_type,
        members[_ATTRIBUTES_NAMES[event_type]],
    )


def page_of(
    history: Sequence[bytes], first: int, last: int, start: int, size: int, newest_first: bool
) -> tuple[Sequence[bytes], int | None]:
    """A page of the events ``first`` to ``last`` (ids, inclusive), beginning with id ``start``.

    Returns the stored bytes and the id with which the next page begins, None after the last.
    """
    if newest_first:
        stop = max(start - size, first - 1)
        page = history[stop:start][::-1]
        return page, stop if stop >= first else None
    stop = min(start + size - 1, last)
    return history[start - 1 : stop], stop + 1 if stop < last else None
