"""Compare event histories with the lines of a case.

A line is ``[id] EventType [only] [same-time] [+seconds] attribute=value ... -attribute``; in a
transcript of several runs a label such as ``w`` or ``w.2`` comes first. Attributes that are not
named are free, unless ``only`` allows no others. ``-attribute`` must be absent. ``same-time``
requires the timestamp of the event before, ``+5`` one that is 5 seconds later. A line ``...``
stands for any events, and so does a first line with an id above 1 for those before it. Two lines
with the same id describe the same event, so that they can carry different grades.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from conformance import model
from conformance.language.matching import ABSENT, mismatches, show
from conformance.language.read import CaseSyntaxError, Expectation, parse_members
from conformance.language.values import Pattern
from conformance.verdict import Difference, Grade

Event = dict[str, Any]
GAP = "..."

_SECONDS = re.compile(r"\+\d+(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class EventLine:
    """One expected event, or a gap."""

    expectation: Expectation
    label: str
    """The run in a transcript; empty in a history."""
    event_id: int | None = None
    event_type: str = GAP
    only: bool = False
    same_time: bool = False
    after: float | None = None
    attributes: dict[str, Any] | None = None
    absent: frozenset[str] = frozenset()

    @property
    def is_gap(self) -> bool:
        """Whether it stands for any events."""
        return self.event_type == GAP


def parse_line(expectation: Expectation, labeled: bool = False) -> EventLine:
    """Parse one line. Raises `CaseSyntaxError` for names that the service model does not have."""
    words, members, absent = parse_members(expectation.text)
    label = words.pop(0) if labeled and words and words != [GAP] else ""
    if label.isdigit():
        raise CaseSyntaxError(f"the line must begin with the label of a run: {expectation.text}")
    event_id = int(words.pop(0)) if words and words[0].isdigit() else None
    if words == [GAP]:
        return EventLine(expectation, label)
    event_type = words.pop(0) if words else ""
    if event_type not in model.event_types():
        what = "a run and an event type" if labeled else "an event type"
        raise CaseSyntaxError(f"the line must name {what}: {expectation.text}")
    known = model.event_attributes(event_type).members
    for name in {*members, *absent} - known.keys():
        raise CaseSyntaxError(f"{event_type} has no attribute {name}")
    delays = [word for word in words if _SECONDS.match(word)]
    for word in set(words) - {"only", "same-time", *delays}:
        raise CaseSyntaxError(f"unknown word {word}: {expectation.text}")
    return EventLine(
        expectation,
        label,
        event_id,
        event_type,
        "only" in words,
        "same-time" in words,
        float(delays[0]) if delays else None,
        {k: model.coerce(v, known[k]) for k, v in members.items()},
        absent,
    )


def render(event: Event) -> str:
    """An event as one line in the notation of the cases."""
    event_type = str(event.get("eventType"))
    attributes = event.get(model.attributes_member(event_type)) or {}
    parts = [f"{name}={_short(value)}" for name, value in sorted(attributes.items())]
    return " ".join([event_type, *parts])


def _short(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"name"}:
        return str(value["name"])
    if isinstance(value, dict) and set(value) == {"name", "version"}:
        return f"{value['name']}:{value['version']}"
    text = value if isinstance(value, str) and value and " " not in value else show(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Pair(NamedTuple):
    """Lines about one event, and the event; either may be missing."""

    lines: list[EventLine]
    event: Event | None


def compare(
    lines: Sequence[EventLine],
    events: Sequence[Event],
    variables: dict[str, Any],
    grade: Grade,
    *,
    before: Event | None = None,
    late_seconds: float = 0.0,
) -> list[Difference]:
    """The differences of a history, the first one carrying the table.

    ``before`` is the event before the first of ``events``; ``late_seconds`` is how much later
    than ``+seconds`` an event may come.
    """
    pairs = align(lines, events)
    found: list[tuple[int, str, str, str, Grade]] = []
    last = before
    for row, (about, event) in enumerate(pairs):
        for line in about or (None,):
            graded = (line and line.expectation.grade) or grade
            problems = line_problems(line, event, last, variables, late_seconds)
            found += [(row, *problem, graded) for problem in problems]
        last = event or last
    if not found:
        return []
    table = _table(pairs, found[0][0])
    return [
        Difference(where, expected, got, graded, table if number == 0 else ())
        for number, (_, where, expected, got, graded) in enumerate(found)
    ]


_MATCH, _WRONG_ID, _WRONG_TYPE, _ALONE = 10, 4, -4, -3
"""Scores of the alignment: the best one pairs as many lines as it can with their events."""


def align(lines: Sequence[EventLine], events: Sequence[Event]) -> list[Pair]:
    """Pair lines with events, in order; the earliest of the best alignments.

    A gap takes any events, each in a pair of its own.
    """
    groups = [list(found) for _, found in groupby(enumerate(lines), _same_event)]
    about = [[line for _, line in group] for group in groups]
    if about and (about[0][0].event_id or 1) > 1:
        about.insert(0, [EventLine(Expectation(GAP, None, about[0][0].expectation.line), "")])
    choices = _choices(about, events)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(about) or j < len(events):
        line_step, event_step = choices[i][j]
        gap = i < len(about) and about[i][0].is_gap
        taken = about[i] if line_step or gap else []
        pairs.append(Pair(taken, events[j] if event_step else None))
        i, j = i + line_step, j + event_step
    return pairs


def _same_event(numbered: tuple[int, EventLine]) -> object:
    """A key that is equal for neighbors that describe the same event."""
    number, line = numbered
    return ("id", line.event_id) if line.event_id is not None else ("line", number)


def _choices(about: list[list[EventLine]], events: Sequence[Event]) -> list[list[tuple[int, int]]]:
    """For each place in lines and events the best step: how many of each it takes, 0 or 1."""
    rows, columns = len(about) + 1, len(events) + 1
    scores = [[0] * columns for _ in range(rows)]
    steps = [[(0, 0)] * columns for _ in range(rows)]
    for i in reversed(range(rows)):
        line = about[i][0] if i < len(about) else None
        for j in reversed(range(columns)):
            options: list[tuple[int, tuple[int, int]]] = []
            if line is not None and line.is_gap:
                options.append((scores[i + 1][j], (1, 0)))
                if j < len(events):
                    options.append((scores[i][j + 1], (0, 1)))
            else:
                if line is not None and j < len(events):
                    score = _likeness(line, events[j])
                    options.append((scores[i + 1][j + 1] + score, (1, 1)))
                if line is not None:
                    options.append((scores[i + 1][j] + _ALONE, (1, 0)))
                if j < len(events):
                    options.append((scores[i][j + 1] + _ALONE, (0, 1)))
            if options:
                scores[i][j], steps[i][j] = max(options, key=lambda option: option[0])
    return steps


def _likeness(line: EventLine, event: Event) -> int:
    if line.event_type != event.get("eventType"):
        return _WRONG_TYPE
    return _MATCH if line.event_id in (None, event.get("eventId")) else _WRONG_ID


def line_problems(
    line: EventLine | None,
    event: Event | None,
    before: Event | None,
    variables: dict[str, Any],
    late_seconds: float = 0.0,
) -> list[tuple[str, str, str]]:
    """(where, expected, got) for everything in which an event differs from its line."""
    if line is not None and line.is_gap:
        return []
    if line is None:
        return [(f"event {(event or {}).get('eventId')}", "no further event", render(event or {}))]
    if event is None:
        return [("history", line.expectation.text, "no further event")]
    where = f"event {event.get('eventId')} {event.get('eventType')}"
    if event.get("eventType") != line.event_type:
        return [(where, line.expectation.text, render(event))]
    found: list[tuple[str, str, str]] = []
    if line.event_id is not None and event.get("eventId") != line.event_id:
        found.append((where, f"id {line.event_id}", f"id {event.get('eventId')}"))
    found += _time_problems(line, event, before, where, late_seconds)
    attributes = event.get(model.attributes_member(line.event_type), {})
    expected = line.attributes or {}
    for name, value in expected.items():
        found += [
            (f"{where} {path}", wanted, got)
            for path, wanted, got in mismatches(
                value, attributes.get(name, ABSENT), variables, name
            )
        ]
    banned = line.absent | (set(attributes) - set(expected) if line.only else set())
    for name in sorted(banned & set(attributes)):
        found.append((f"{where} {name}", str(Pattern("absent")), show(attributes[name])))
    return found


def _time_problems(
    line: EventLine, event: Event, before: Event | None, where: str, late_seconds: float
) -> list[tuple[str, str, str]]:
    delay = seconds_between(before, event)
    if line.same_time and delay != 0:
        return [(where, "the timestamp of the event before", f"{delay} s later")]
    if line.after is None:
        return []
    fits = delay is not None and line.after <= delay <= line.after + late_seconds
    return [] if fits else [(where, f"{line.after:g} s after the event before", f"{delay} s")]


def seconds_between(before: Event | None, event: Event) -> float | None:
    """The seconds from one event to the next, to the millisecond; None without both times."""
    if before is None or "eventTimestamp" not in before or "eventTimestamp" not in event:
        return None
    return round(float(event["eventTimestamp"]) - float(before["eventTimestamp"]), 3)


def _table(pairs: list[Pair], first: int) -> tuple[tuple[str, str, str], ...]:
    rows = []
    for row, (lines, event) in enumerate(pairs):
        mark = "> " if row == first else "  "
        event_id = str(event.get("eventId", "")) if event else ""
        for number, line in enumerate(lines or [None]):
            shown = line is not None and not (line.is_gap and event)
            expected = line.expectation.text if line is not None and shown else ""
            got = render(event) if event and number == 0 else ""
            rows.append((mark + event_id if number == 0 else mark, expected, got))
    return tuple(rows)
