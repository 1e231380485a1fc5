"""Two executions side by side: where they part, and in what they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from ..comparison import ABSENT, HAPPENED, LEVELS, Comparison, Pair, compare
from ..core.events import Event
from ..engine.domains import Scope
from ..engine.history import decode_event
from ..engine.view import ExecutionRecord, View
from .bars import strip
from .execution import axis_of, execution_page, open_items
from .pages import Data, wants_json
from .site import InputError, Shown, Site
from .spans import Spans
from .words import ended_how, event_icon, gist_of, split_words

FOLD_FROM, AROUND, TAIL, INSIDE_MAX = 6, 2, 5, 100
ROWS_MAX = 2000
CANDIDATES_MAX = 30
TEXTS = {HAPPENED: "What happened", "payloads": "Payloads too", "times": "Times too"}


@dataclass(slots=True)
class Side:
    """One event in a row."""

    event_id: int
    event_type: str
    icon: str
    icon_tone: str
    gist: str
    offset_ms: int


@dataclass(slots=True)
class Line:
    """Two events in a row, or one; ``differences`` are path, left and right as text."""

    left: Side | None
    right: Side | None
    verdict: str
    first: bool
    differences: list[tuple[str, str, str]]


@dataclass(slots=True)
class Block:
    """Lines that are shown, or folded: alike, or on one side only. ``more`` are left out."""

    kind: str
    lines: list[Line]
    folded: bool
    count: int
    more: int


@execution_page("compare", "execution_compare.html")
def show_comparison(site: Site, shown: Shown) -> Data:
    """Arguments: ``with`` (the run id of the other execution), ``level`` (happened, payloads,
    times). Without ``with``, the executions to choose from."""
    level = request.args.get("level", HAPPENED)
    if level not in LEVELS:
        raise InputError(f"level must be one of: {', '.join(LEVELS)}")
    candidates = site.read(_candidates, shown.record)
    data: Data = {
        "level": level,
        "levels": TEXTS,
        "candidates": candidates,
        "other": None,
        "compared": None,
    }
    other_run = request.args.get("with", "")
    if not other_run:
        return data
    other = site.read(_other, other_run)
    if other is None:
        raise InputError(f"The run {other_run} does not exist (any more)")
    left, right = _events(shown), _events(other)
    found = compare(left, right, level=level)
    spans = site.spans(shown), site.spans(other)
    data["other"] = _head(site, other)
    data["this"] = _head(site, shown)
    data["compared"] = {
        "alike": found.alike,
        "blocks": blocks_of(found, left, right),
        "payloads": found.payloads,
        "first": _first_id(found),
        **sentence(found, spans, (shown.record.workflow_id, other.record.workflow_id)),
    }
    return data


def _events(shown: Shown) -> list[Event]:
    return [decode_event(stored) for stored in tuple(shown.history)]


def _other(view: View, scope: Scope, run_id: str) -> Shown | None:
    record = view.find(scope, run_id)
    return None if record is None else Shown(record, view.history(record))


def _head(site: Site, shown: Shown) -> Data:
    record = shown.record
    spans, items = site.spans(shown), open_items(site, shown)
    axis = axis_of(site, shown, spans, items)
    data = {
        **shown.at,
        "status": record.status,
        "events": record.event_count,
        "length_ms": axis.end_ms - axis.start_ms,
    }
    if not wants_json():
        data["strip"] = strip(spans, axis, items)
        data["folds"] = axis.folds
    return data


def _candidates(view: View, scope: Scope, record: ExecutionRecord) -> list[Data]:
    """The runs to compare with: of the same workflow id, then of the same type, newest first."""
    found = [
        each
        for each in reversed(view.executions(scope, record.domain))
        if each.run_id != record.run_id and each.type_name == record.type_name
    ]
    found.sort(key=lambda each: each.workflow_id != record.workflow_id)
    return [
        {
            "workflow_id": each.workflow_id,
            "run_id": each.run_id,
            "status": each.status,
            "started_ms": each.started_ms,
            "events": each.event_count,
            "type": f"{each.type_name} {each.type_version}",
        }
        for each in found[:CANDIDATES_MAX]
    ]


def _first_id(found: Comparison) -> int | None:
    if found.first is None:
        return None
    pair = found.pairs[found.first]
    event = pair.left or pair.right
    assert event is not None
    return event.event_id


def sentence(
    found: Comparison, spans: tuple[Spans, Spans], names: tuple[str, str]
) -> dict[str, str]:
    """The verdict on two executions, and what proves it."""
    if found.first is None:
        alike = f"All {len(found.pairs)} events are alike."
        if found.payloads:
            alike += f" Payloads differ in {', '.join(found.payloads)}."
        return {"title": "They went the same way.", "text": alike}
    pair = found.pairs[found.first]
    event = pair.left or pair.right
    assert event is not None
    what, text = _parting(pair, spans, names)
    before = found.first
    went = f"Both went the same way for {before} events. " if before else ""
    return {"title": f"They part at event {event.event_id}: {what}.", "text": went + text}


def _parting(pair: Pair, spans: tuple[Spans, Spans], names: tuple[str, str]) -> tuple[str, str]:
    if pair.left is None or pair.right is None:
        side = 1 if pair.left is None else 0
        event = pair.right if pair.left is None else pair.left
        assert event is not None
        name = _about(event, spans[side])
        return (
            f"{name} is only in {names[side]}",
            f"Then {event.event_type} ({gist_of(event)}) follows in {names[side]} only.",
        )
    name = _about(pair.left, spans[0])
    if pair.moved:
        return f"{name} comes in another order", f"The same events come in another order: {name}."
    if pair.left.event_type != pair.right.event_type:
        left, right = _end(pair.left, spans[0]), _end(pair.right, spans[1])
        return (
            f"{name} {right}",
            f"Then {name} {left} in {names[0]}, and {right} in {names[1]}.",
        )
    paths = ", ".join(each.path for each in pair.differences[:3])
    return f"{name} differs in {paths}", f"Then {pair.left.event_type} differs in {paths}."


def _about(event: Event, spans: Spans) -> str:
    span = spans.span_of(event.event_id)
    if span is None:
        return gist_of(event) or event.event_type
    name = "the decision" if span.concept == "decision" else span.name
    return f"{name}, attempt {span.attempt}," if span.attempt > 1 and name == span.name else name


def _end(event: Event, spans: Spans) -> str:
    """The end of a span as an event tells it: ``failed (card refused)``."""
    span = spans.span_of(event.event_id)
    if span is None or span.closed != event.event_id:
        return f"has {event.event_type}"
    why = ended_how(span) if span.problem else ""
    return split_words(span.outcome) + (f" ({why})" if why else "")


def blocks_of(found: Comparison, left: Sequence[Event], right: Sequence[Event]) -> list[Block]:
    """The pairs in blocks: what is alike is folded but for two rows before a difference."""
    starts = (left[0].timestamp_ms if left else 0, right[0].timestamp_ms if right else 0)
    groups: list[tuple[str, int, int]] = []
    for index, pair in enumerate(found.pairs):
        kind = pair.verdict if pair.verdict in ("same", "left", "right") else "changed"
        if groups and groups[-1][0] == kind and index != found.first:
            groups[-1] = (kind, groups[-1][1], index + 1)
        else:
            groups.append((kind, index, index + 1))
    blocks: list[Block] = []

    def add(kind: str, begin: int, end: int, folded: bool) -> None:
        if begin < end:
            limit = INSIDE_MAX if folded else ROWS_MAX
            pairs = found.pairs[begin : min(end, begin + limit)]
            lines = [
                _line(pair, begin + number == found.first, starts)
                for number, pair in enumerate(pairs)
            ]
            blocks.append(Block(kind, lines, folded, end - begin, end - begin - len(lines)))

    for number, (kind, begin, end) in enumerate(groups):
        last = number == len(groups) - 1
        if kind == "same" and end - begin >= FOLD_FROM:
            visible = 0 if last else AROUND
            add(kind, begin, end - visible, True)
            add(kind, end - visible, end, False)
        elif kind in ("left", "right") and end - begin > 2 * FOLD_FROM:
            add(kind, begin, begin + TAIL, False)
            add(kind, begin + TAIL, end - 1, True)
            add(kind, end - 1, end, False)
        else:
            add(kind, begin, end, False)
    return blocks


def _line(pair: Pair, first: bool, starts: tuple[int, int]) -> Line:
    return Line(
        None if pair.left is None else _side(pair.left, starts[0]),
        None if pair.right is None else _side(pair.right, starts[1]),
        pair.verdict,
        first,
        [
            (each.path, _value(each.left), _value(each.right))
            for each in pair.differences
            if each.path != "eventType"
        ],
    )


def _side(event: Event, start_ms: int) -> Side:
    icon, tone = event_icon(event)
    return Side(
        event.event_id,
        event.event_type,
        icon,
        tone,
        gist_of(event),
        event.timestamp_ms - start_ms,
    )


def _value(value: Any) -> str:
    if value is ABSENT:
        return "–"
    if isinstance(value, tuple):
        return " ".join(map(str, value[:3]))
    return str(value)
