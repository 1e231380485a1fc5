"""Events: recorded ones, and new ones before they are numbered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Attributes = dict[str, Any]
"""The members of one event's or one decision's attribute structure, as the API has them."""


class NewEvent(NamedTuple):
    """An event without a number: what a decide function yields."""

    event_type: str
    attributes: Attributes


class Event(NamedTuple):
    """A recorded event: numbered from 1 without gaps, timestamped in epoch milliseconds."""

    event_id: int
    timestamp_ms: int
    event_type: str
    attributes: Attributes


NewEvents = Iterator[NewEvent]


def attributes_name(type_name: str, owner: str) -> str:
    """The member that holds a structure: ``timerFiredEventAttributes`` for TimerFired, Event."""
    return f"{type_name[0].lower()}{type_name[1:]}{owner}Attributes"


def pick(source: Mapping[str, Any], *names: str) -> Attributes:
    """The members of ``source`` that are present, in the order of ``names``.

    Absent members stay absent: the service never writes ``null``, and keeps empty strings.
    """
    return {name: source[name] for name in names if name in source}
