"""Assertions on histories, by event types and selected attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import EllipsisType
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS
from ..histories import events_of, matches

Expected = str | tuple[str, Mapping[str, Any]] | EllipsisType
"""An event type, a type with some of its attributes, or ``...`` for any number of events."""

DECISION_TASK_EVENTS = {name for name, rule in EVENTS.items() if rule.concept.name == "decision"}

_MISSING = object()


def assert_history(
    history: Any, expected: Sequence[Expected], *, decision_tasks: bool = True
) -> None:
    """Assert that a history matches, event by event.

    Args:
        history: events in any format of `swf_emulator.histories`, or an `ExecutionResult`.
        expected: event types, pairs of a type and some of its attributes (objects in them may
            be partial), and ``...`` for any number of events.
        decision_tasks: if False, events of decision tasks are ignored.

    Raises AssertionError with a diff, and ValueError for an unknown event type.
    """
    __tracebackhide__ = True
    events = events_of(getattr(history, "events", history))
    if not decision_tasks:
        events = [event for event in events if event.event_type not in DECISION_TASK_EVENTS]
    for item in expected:
        _check(item)
    steps = list(_aligned(events, expected))
    if any(mark != " " for mark, _ in steps):
        lines = "\n".join(f"{mark} {text}".rstrip() for mark, text in steps)
        raise AssertionError(
            "the history does not match (- expected, + actual, ! attributes differ):\n" + lines
        )


def _check(item: Expected) -> None:
    if item is ...:
        return
    event_type = item if isinstance(item, str) else item[0]
    if event_type not in EVENTS:
        raise ValueError(f"unknown event type {event_type!r}")


def _aligned(events: Sequence[Event], expected: Sequence[Expected]) -> Iterator[tuple[str, str]]:
    """Yield the lines of the best alignment, each with its mark: blank if the line matches."""
    costs = _costs(events, expected)
    row, column = 0, 0
    while row < len(events) or column < len(expected):
        item = expected[column] if column < len(expected) else None
        event = events[row] if row < len(events) else None
        here = costs[row][column]
        if item is ...:
            if costs[row][column + 1] == here:
                column += 1
            else:
                row += 1
                yield " ", f"{_shown(event)}  (...)"
        elif item is not None and event is not None and _fits(event, item, costs, row, column):
            yield from _compared(event, item)
            row, column = row + 1, column + 1
        elif item is not None and here == costs[row][column + 1] + 1:
            yield "-", _wanted(item)
            column += 1
        else:
            yield "+", _shown(event)
            row += 1


def _fits(event: Event, item: Expected, costs: list[list[float]], row: int, column: int) -> bool:
    cost = _difference(event, item)
    return cost is not None and costs[row][column] == costs[row + 1][column + 1] + cost


def _costs(events: Sequence[Event], expected: Sequence[Expected]) -> list[list[float]]:
    """Return the cost of the best alignment of the rest, for each pair of positions."""
    rows, columns = len(events), len(expected)
    costs = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            if row == rows and column == columns:
                continue
            item = expected[column] if column < columns else None
            extra = 0 if item is ... else 1
            missing = 0 if item is ... else 1
            options = []
            if row < rows:
                options.append(costs[row + 1][column] + extra)
            if column < columns:
                options.append(costs[row][column + 1] + missing)
            if row < rows and item is not None and item is not ...:
                difference = _difference(events[row], item)
                if difference is not None:
                    options.append(costs[row + 1][column + 1] + difference)
            costs[row][column] = min(options)
    return costs


def _difference(event: Event, item: Expected) -> float | None:
    """Return 0 for a match, 0.5 if attributes differ, None for another type."""
    if isinstance(item, str):
        return 0 if event.event_type == item else None
    assert isinstance(item, tuple)
    event_type, attributes = item
    if event.event_type != event_type:
        return None
    return 0 if matches(attributes, event.attributes) else 0.5


def _compared(event: Event, item: Expected) -> Iterator[tuple[str, str]]:
    if isinstance(item, str) or item is ... or not _difference(event, item):
        yield " ", _shown(event)
        return
    yield "!", _shown(event)
    for path, wanted, value in _differing(item[1], event.attributes, ""):
        shown = "absent" if value is _MISSING else repr(value)
        yield "!", f"      {path}: expected {wanted!r}, got {shown}"


def _differing(wanted: Any, value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        for name in wanted:
            inner = f"{path}.{name}" if path else name
            yield from _differing(wanted[name], value.get(name, _MISSING), inner)
    elif value is _MISSING or not matches(wanted, value):
        yield path, wanted, value


def _wanted(item: Expected) -> str:
    if isinstance(item, str):
        return f"     {item}"
    assert isinstance(item, tuple)
    return f"     {item[0]}  {dict(item[1])!r}"


def _shown(event: Event | None) -> str:
    assert event is not None
    return f"{event.event_id:>3}  {event.event_type}"
