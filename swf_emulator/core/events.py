"""What enters a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Attributes = dict[str, Any]
"""The members of one event's or one decision's attribute structure, as they go on the wire."""


class NewEvent(NamedTuple):
    """An event that has no number yet: what a decide function yields."""

    event_type: str
    attributes: Attributes


class Event(NamedTuple):
    """A recorded event: numbered from 1 without gaps, timestamped in epoch milliseconds."""

    event_id: int
    timestamp_ms: int
    event_type: str
    attributes: Attributes


NewEvents = Iterator[NewEvent]


def attributes_name(prefix: str, kind: str) -> str:
    """The member that holds a structure: of ``TimerFired``, ``timerFiredEventAttributes``."""
    return f"{prefix[0].lower()}{prefix[1:]}{kind}Attributes"


def pick(source: Mapping[str, Any], *names: str) -> Attributes:
    """The members of ``source`` that are present, in the order asked.

    Absent members stay absent: the service never writes ``null``, and keeps empty strings.
    """
    return {name: source[name] for name in names if name in source}
