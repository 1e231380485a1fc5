"""Compare an event history with the lines of a case.

A line is ``[id] EventType [only] [same-time] attribute=value ... -attribute``. Attributes that are
not named are free, unless ``only`` says that there are no others. ``-attribute`` must be absent.
``same-time`` asks for the timestamp of the event before. A line ``...`` stands for any events, and
so does a first line with an id above 1 for those before it. Two lines with the same id speak of
the same event, so that they can carry different grades.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance import model
from conformance.case import Difference, Grade
from conformance.caselang import CaseSyntaxError, Expectation, parse_members
from conformance.matching import ABSENT, mismatches, show
from conformance.values import Pattern

Event = dict[str, Any]
GAP = "..."


@dataclass(frozen=True, slots=True)
class EventLine:
    """One expected event."""

    text: str
    grade: Grade | None
    event_id: int | None
    event_type: str
    only: bool
    same_time: bool
    attributes: dict[str, Any]
    absent: frozenset[str]


def parse_line(expectation: Expectation) -> EventLine:
    """Read one line; names of events and attributes are checked against the model."""
    words, members, absent = parse_members(expectation.text)
    event_id = int(words.pop(0)) if words and words[0].isdigit() else None
    if words == [GAP]:
        return EventLine(GAP, expectation.grade, None, GAP, False, False, {}, frozenset())
    event_type = words.pop(0) if words else ""
    if event_type not in model.event_types():
        raise CaseSyntaxError(f"no such event type: {expectation.text}")
    known = model.event_attributes(event_type).members
    for name in {*members, *absent} - known.keys():
        raise CaseSyntaxError(f"{event_type} has no attribute {name}")
    for word in set(words) - {"only", "same-time"}:
        raise CaseSyntaxError(f"not understood: {word} in {expectation.text}")
    attributes = {k: model.coerce(v, known[k]) for k, v in members.items()}
    return EventLine(
        expectation.text,
        expectation.grade,
        event_id,
        event_type,
        "only" in words,
        "same-time" in words,
        attributes,
        absent,
    )


def render(event: Event) -> str:
    """An event as one line in the notation of the cases."""
    kind = str(event.get("eventType"))
    attributes = event.get(model.attributes_member(kind)) or {}
    parts = [f"{name}={_short(value)}" for name, value in sorted(attributes.items())]
    return " ".join([kind, *parts])


def _short(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"name"}:
        return str(value["name"])
    if isinstance(value, dict) and set(value) == {"name", "version"}:
        return f"{value['name']}:{value['version']}"
    text = value if isinstance(value, str) and value and " " not in value else show(value)
    return text if len(text) <= 60 else text[:57] + "..."


def compare(
    lines: Sequence[EventLine], events: Sequence[Event], variables: dict[str, Any], grade: Grade
) -> list[Difference]:
    """The differences of a history, the first one carrying the table."""
    pairs = _align(lines, events)
    problems: list[tuple[int, str, str, str, Grade]] = []
    for row, (line, event) in enumerate(pairs):
        for where, expected, got in _line_problems(line, event, pairs, row, variables):
            line_grade = (line.grade if line else None) or grade
            problems.append((row, where, expected, got, line_grade))
    if not problems:
        return []
    table = _table(pairs, problems[0][0])
    return [
        Difference(where, expected, got, found, table if number == 0 else ())
        for number, (_, where, expected, got, found) in enumerate(problems)
    ]


_Pairs = list[tuple[EventLine | None, Event | None]]


def _align(lines: Sequence[EventLine], events: Sequence[Event]) -> _Pairs:
    pairs: _Pairs = []
    at = 0
    if lines and (lines[0].event_id or 1) > 1:
        at = _next_match(list(lines), events, 0)
    for number, line in enumerate(lines):
        if line.event_type == GAP:
            following = [x for x in lines[number + 1 :] if x.event_type != GAP]
            end = _next_match(following, events, at) if following else len(events)
            pairs.append((line, None))
            pairs += [(line, event) for event in events[at:end]]
            at = end
        elif number and _same_event(lines[number - 1], line):
            pairs.append((line, pairs[-1][1]))
        else:
            pairs.append((line, events[at] if at < len(events) else None))
            at += 1
    pairs += [(None, event) for event in events[at:]]
    return pairs


def _same_event(one: EventLine, other: EventLine) -> bool:
    return one.event_id is not None and one.event_id == other.event_id


def _next_match(following: list[EventLine], events: Sequence[Event], at: int) -> int:
    run = [
        line.event_type
        for number, line in enumerate(following)
        if number == 0 or not _same_event(following[number - 1], line)
    ]
    named = (following[0].event_id or 0) - 1
    if at <= named < len(events) and events[named].get("eventType") == run[0]:
        return named
    for start in range(at, len(events)):
        wanted = run[: len(events) - start]
        if [e.get("eventType") for e in events[start : start + len(wanted)]] == wanted:
            return start
        if len(wanted) < len(run):
            break
    for start in range(at, len(events)):
        if events[start].get("eventType") == run[0]:
            return start
    return len(events)


def _line_problems(
    line: EventLine | None,
    event: Event | None,
    pairs: _Pairs,
    row: int,
    variables: dict[str, Any],
) -> list[tuple[str, str, str]]:
    if line is not None and line.event_type == GAP:
        return []
    if line is None:
        return [(f"event {(event or {}).get('eventId')}", "no further event", render(event or {}))]
    if event is None:
        return [("history", line.text, "no further event")]
    where = f"event {event.get('eventId')} {event.get('eventType')}"
    if event.get("eventType") != line.event_type:
        return [(where, line.text, render(event))]
    found: list[tuple[str, str, str]] = []
    if line.event_id is not None and event.get("eventId") != line.event_id:
        found.append((where, f"id {line.event_id}", f"id {event.get('eventId')}"))
    if line.same_time:
        before = pairs[row - 1][1] or {}
        if before.get("eventTimestamp") != event.get("eventTimestamp"):
            expected = f"the timestamp of the event before, {before.get('eventTimestamp')}"
            found.append((where, expected, str(event.get("eventTimestamp"))))
    attributes = event.get(model.attributes_member(line.event_type), {})
    for name, expected_value in line.attributes.items():
        got = attributes.get(name, ABSENT)
        found += [
            (f"{where} {path}", expected, shown)
            for path, expected, shown in mismatches(expected_value, got, variables, name)
        ]
    banned = line.absent | (set(attributes) - set(line.attributes) if line.only else set())
    for name in sorted(banned & set(attributes)):
        found.append((f"{where} {name}", str(Pattern("absent")), show(attributes[name])))
    return found


def _table(pairs: _Pairs, first: int) -> tuple[tuple[str, str, str], ...]:
    rows = []
    for row, (line, event) in enumerate(pairs):
        mark = "> " if row == first else "  "
        event_id = str(event.get("eventId", "")) if event else ""
        expected = line.text if line else ""
        if line and line.event_type == GAP and event:
            expected = ""
        rows.append((mark + event_id, expected, render(event) if event else ""))
    return tuple(rows)
