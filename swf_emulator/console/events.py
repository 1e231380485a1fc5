"""The events of an execution: compact as turns, or raw, with a panel for the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, render_template, request

from ..compact_json import encode_json
from ..core.events import Event
from ..core.registry import EVENTS, Effect
from ..engine.history import decode_event
from ..engine.view import OpenRecord
from .axis import Axis
from .bars import Bar, bar_of, mark_of
from .execution import PATH, axis_of, execution_page, number_of, open_items
from .pages import Data, Entry, get
from .panels import panel_of
from .site import Shown, Site
from .spans import Span, Spans, tone_of_end
from .words import (
    causes_of,
    close_word,
    ended_how,
    event_icon,
    gist,
    gist_of,
    icon_of,
    ids_text,
    payload_of,
    title_of,
    title_of_type,
    what_it_is,
)

PAGE = 200
T = TypeVar("T")
VIEWS = ("compact", "raw")
PROBLEMS = "problems"


@dataclass(slots=True)
class Row:
    """A row of the compact view: a span or an event on its own. ``kid``: came of a decision.

    ``icon_tone`` and ``says_tone`` are good, bad, warn, accent, soft or "". ``took_ms`` is None
    for a moment; ``since_ms`` is set while it is open.
    """

    event_id: int
    ids: str
    kid: bool
    family: str
    problem: bool
    icon: str
    icon_tone: str
    title: str
    about: str
    says: str
    says_tone: str
    offset_ms: int
    took_ms: int | None
    since_ms: int | None
    bar: Bar


@dataclass(slots=True)
class RawRow:
    """One event. ``span_id`` is 0 without a span."""

    event_id: int
    event_type: str
    family: str
    problem: bool
    icon: str
    icon_tone: str
    gist: str
    timestamp_ms: int
    since_previous_ms: int
    offset_ms: int
    span_id: int
    attributes: dict[str, Any]


@dataclass(slots=True)
class Entered:
    """A span or event with its place among the turns."""

    thing: Span | Event
    kid: bool
    causes: Sequence[int]

    @property
    def ids(self) -> Sequence[int]:
        thing = self.thing
        return thing.events if isinstance(thing, Span) else (thing.event_id,)


@execution_page("events", "execution_events.html", tab=Entry(1, "Events"))
def show_events(site: Site, shown: Shown) -> Data:
    """Arguments: ``view`` (compact, raw), ``kind`` (a family of events, or problems), ``text``,
    ``order`` (newest), and ``page``, or ``event`` for the page with that event, chosen.
    """
    query = {name: request.args.get(name, "") for name in ("view", "kind", "text", "order")}
    raw = query["view"] == "raw"
    spans = site.spans(shown)
    matching = _matching(shown.history, query["text"])
    wanted = number_of("event") if "event" in request.args else 0
    items = open_items(site, shown)
    axis = axis_of(site, shown, spans, items)
    if raw:
        part: _Part[Any] = _raw_part(shown.history, spans, query, matching, wanted)
    else:
        part = _compact_part(spans, axis, items, query, matching, wanted)
    rows = part.rows
    ids = [each.event_id for each in rows]
    chosen = wanted if 0 < wanted <= spans.length else _default(spans, ids)
    return {
        "query": query,
        "families": _families(spans),
        "axis": {"folds": axis.folds, "length_ms": axis.end_ms - axis.start_ms},
        "events": {
            "rows": rows,
            "page": part.page,
            "pages": part.pages,
            "matching": part.matching,
            "total": spans.length,
        },
        "chosen": chosen,
        "chose": bool(wanted),
        "panel": panel_of(spans, items, chosen, axis.end_ms),
    }


@dataclass(slots=True)
class _Part(Generic[T]):
    """One page of rows, and how many there are."""

    rows: list[T]
    page: int
    pages: int
    matching: int


def _part(found: Sequence[T], wanted: int, has: Callable[[T, int], bool]) -> _Part[T]:
    """The page of the request; the page with an event, if one is wanted."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(number_of("page"), pages)
    if wanted:
        place = next((number for number, each in enumerate(found) if has(each, wanted)), None)
        page = page if place is None else place // PAGE + 1
    return _Part(list(found[(page - 1) * PAGE : page * PAGE]), page, pages, len(found))


def _compact_part(
    spans: Spans,
    axis: Axis,
    items: dict[int, OpenRecord],
    query: dict[str, str],
    matching: set[int] | None,
    wanted: int,
) -> _Part[Row]:
    found = _entries(spans, query["kind"], matching)
    if query["order"] == "newest":
        found = _newest(found)
    part = _part(found, wanted, lambda each, event_id: event_id in each.ids)
    rows = [row_of(spans, axis, items, each) for each in part.rows]
    return _Part(rows, part.page, part.pages, part.matching)


def _raw_part(
    history: Sequence[bytes],
    spans: Spans,
    query: dict[str, str],
    matching: set[int] | None,
    wanted: int,
) -> _Part[RawRow]:
    found = _raw_ids(spans, history, query["kind"], matching)
    if query["order"] == "newest":
        found = found[::-1]
    part = _part(found, wanted, int.__eq__)
    rows = [_raw_row(history, spans, event_id) for event_id in part.rows]
    return _Part(rows, part.page, part.pages, part.matching)


@get(f"{PATH}/events/<int:event_id>/panel")
def show_panel(
    site: Site, domain: str, workflow_id: str, run_id: str, event_id: int
) -> str | Response:
    """The panel of one event, for a page that shows another one."""
    shown = site.execution(domain, workflow_id, run_id)
    spans = site.spans(shown)
    event_id = min(max(event_id, 1), spans.length)
    items = open_items(site, shown)
    end_ms = (
        shown.record.closed_ms or site.accounts.followers(shown.record.scope.account).clock.now_ms()
    )
    panel = panel_of(spans, items, event_id, end_ms)
    return render_template("execution_panel.html", **shown.at, panel=panel)


def _default(spans: Spans, ids: Sequence[int]) -> int:
    """The event that is chosen at first: the last problem on the page, or the first row."""
    troubled = [
        event_id for event_id in ids if (span := spans.by_id.get(event_id)) and span.problem
    ]
    return next(iter(troubled[::-1] or ids), 1)


def _families(spans: Spans) -> list[str]:
    """The families of the events that the history may be filtered by, and problems."""
    concepts = {span.concept for span in spans.by_id.values()}
    known = dict.fromkeys(rule.family for rule in EVENTS.values() if rule.concept.name in concepts)
    for event in spans.points:
        rule = EVENTS.get(event.event_type)
        if rule is not None:
            known.setdefault(rule.family)
    return [*known, PROBLEMS]


def family_of(thing: Span | Event) -> str:
    """The family of a span or an event, "" if its type is unknown."""
    if isinstance(thing, Event):
        rule = EVENTS.get(thing.event_type)
        return "" if rule is None else rule.family
    return FAMILIES.get(thing.concept, thing.concept)


FAMILIES = {rule.concept.name: rule.concept.family for rule in EVENTS.values()}
"""The families of concepts."""


def is_problem(thing: Span | Event) -> bool:
    """Whether something failed, was late or was refused."""
    if isinstance(thing, Span):
        return thing.problem
    return tone_of_end(thing.event_type) in ("no", "late")


def _matching(history: Sequence[bytes], text: str) -> set[int] | None:
    """The ids of the events that contain a string, found without parsing; None: all."""
    if not text:
        return None
    wanted = encode_json(text)[1:-1].decode().casefold()
    return {
        event_id
        for event_id, stored in enumerate(history, 1)
        if wanted in stored.decode().casefold()
    }


def _entries(spans: Spans, kind: str, matching: set[int] | None) -> list[Entered]:
    """The rows of the compact view in order, before anything is drawn."""
    found = []
    for turn in spans.turns:
        for thing in turn.things:
            kid = thing is not turn.head
            entered = Entered(thing, kid, () if kid else turn.causes)
            if _wanted(thing, kind) and (
                matching is None or any(event_id in matching for event_id in entered.ids)
            ):
                found.append(entered)
    return found


def _wanted(thing: Span | Event, kind: str) -> bool:
    if kind == PROBLEMS:
        return is_problem(thing)
    return not kind or family_of(thing) == kind


def _newest(entries: list[Entered]) -> list[Entered]:
    """The turns in reverse, each with its effects behind it."""
    turns: list[list[Entered]] = []
    for each in entries:
        if each.kid and turns:
            turns[-1].append(each)
        else:
            turns.append([each])
    return [each for turn in reversed(turns) for each in turn]


def _raw_ids(
    spans: Spans, history: Sequence[bytes], kind: str, matching: set[int] | None
) -> list[int]:
    ids = range(1, spans.length + 1) if matching is None else sorted(matching)
    if not kind:
        return list(ids)
    return [event_id for event_id in ids if _wanted(decode_event(history[event_id - 1]), kind)]


def row_of(spans: Spans, axis: Axis, items: dict[int, OpenRecord], entered: Entered) -> Row:
    """A row of the compact view."""
    thing = entered.thing
    if isinstance(thing, Event):
        return _event_row(spans, axis, entered, thing)
    item = items.get(thing.opened)
    bar = bar_of(thing, axis, item)
    ran_ms, waited_ms = thing.ran_ms(axis.end_ms), thing.waited_ms(axis.end_ms)
    took_ms = waited_ms if ran_ms is None else ran_ms
    since_ms = None
    if item is not None and not thing.closed and axis.open:
        since_ms = thing.started_ms if thing.started_ms is not None else thing.opened_ms
    if thing.concept == "decision":
        title, about, says = "Decision", _causes(spans, entered.causes), ""
        turn = spans.turn_of(thing.closed)
        if turn is not None and not turn.effects and thing.closed:
            about += " · decided to wait"
        if thing.problem:
            says = ended_how(thing)
    else:
        title, about = thing.name, what_it_is(thing)
        says = ended_how(thing) if thing.closed else _now(bar, thing)
    icon, icon_tone = icon_of(thing, bar.waits)
    return Row(
        thing.opened,
        ids_text(thing.events),
        entered.kid,
        family_of(thing),
        thing.problem,
        icon,
        icon_tone,
        title,
        about,
        says,
        {"no": "bad", "late": "warn"}.get(thing.tone, "warn" if bar.waits else ""),
        _began_ms(thing) - axis.start_ms,
        took_ms,
        since_ms,
        bar,
    )


def _began_ms(span: Span) -> int:
    """When it was opened; of a decision, when a decider got it."""
    taken = span.concept == "decision" and span.started_ms is not None
    return span.started_ms if taken and span.started_ms is not None else span.opened_ms


def _now(bar: Bar, span: Span) -> str:
    if bar.waits:
        return "nobody takes it"
    if span.identity:
        return f"{span.identity} works on it"
    return "is open"


def _event_row(spans: Spans, axis: Axis, entered: Entered, event: Event) -> Row:
    rule = EVENTS.get(event.event_type)
    title = title_of(event)
    about = event.event_type
    if rule is not None and rule.effect is Effect.OPENS:
        title, about = "Started", title_of_type(event)
    elif rule is not None and rule.close_status is not None:
        title, about = close_word(event.event_type), ""
    elif (span := spans.span_of(event.event_id)) is not None:
        title, about = span.name, close_word(event.event_type)
    elif rule is not None and rule.effect is Effect.NOTES:
        about = close_word(event.event_type)
    elif rule is not None and rule.effect is Effect.REFUSES:
        about = f"{rule.decision} was refused"
    problem = is_problem(event)
    says = payload_of(event.attributes) or gist(event.attributes.get("cause", "") or "")
    icon, icon_tone = event_icon(event)
    return Row(
        event.event_id,
        str(event.event_id),
        entered.kid,
        family_of(event),
        problem,
        icon,
        icon_tone,
        title or (event.event_type if rule is None else close_word(event.event_type)),
        about if title else "",
        says,
        "bad" if problem else "",
        event.timestamp_ms - axis.start_ms,
        None,
        None,
        mark_of(event, axis),
    )


def _causes(spans: Spans, causes: Sequence[int]) -> str:
    """The causes of a decision; the start of something is one only if there is no other."""
    texts = [text for _, text in causes_of(spans, causes)]
    return f"after {', '.join(texts[:4])}{' …' if len(texts) > 4 else ''}" if texts else ""


def _raw_row(history: Sequence[bytes], spans: Spans, event_id: int) -> RawRow:
    event = decode_event(history[event_id - 1])
    icon, icon_tone = event_icon(event)
    return RawRow(
        event_id,
        event.event_type,
        family_of(event),
        is_problem(event),
        icon,
        icon_tone,
        gist_of(event),
        event.timestamp_ms,
        event.timestamp_ms - spans.times[event_id - 2] if event_id > 1 else 0,
        event.timestamp_ms - spans.first.timestamp_ms,
        spans.span_ids.get(event_id, 0),
        event.attributes,
    )
