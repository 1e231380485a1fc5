"""The timeline of an execution: lanes of bars on an axis of time, and the same as a list."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from ..engine.view import OpenRecord
from .axis import Axis
from .events import Entered, row_of
from .execution import axis_of, execution_page, number_of, open_items
from .lanes import BY, draw_chart, lanes_of
from .pages import Data, Entry, wants_json
from .panels import panel_of
from .site import Shown, Site
from .spans import Span, Spans

LIST = 100
SWITCHES = ("fold", "deadlines", "notes")
SCALES = ("time", "events")


@dataclass(slots=True)
class Window:
    """The visible part, in milliseconds since the start, and its neighbors."""

    from_ms: int
    to_ms: int
    whole: bool

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms


@execution_page("timeline", "execution_timeline.html", tab=Entry(2, "Timeline"))
def show_timeline(site: Site, shown: Shown) -> Data:
    """Arguments: ``by`` (task, type, worker), ``scale`` (events: the same room for each event),
    ``hide`` (of fold, deadlines, notes), ``from`` and ``to`` (the visible part, in milliseconds
    since the start), ``event`` (the chosen one), ``page`` of the list.
    """
    spans = site.spans(shown)
    items = open_items(site, shown)
    hide = set(request.args.get("hide", "").split(",")) & set(SWITCHES)
    even = request.args.get("scale") == "events"
    whole = axis_of(site, shown, spans, items)
    total = whole.end_ms - whole.start_ms
    even = even or not total
    window = _window(total)
    options = {} if window.whole else {"window": _absolute(window, whole)}
    axis = axis_of(site, shown, spans, items, folded="fold" not in hide, even=even, **options)
    ghosts = {} if "deadlines" in hide else items
    found = lanes_of(spans, axis, ghosts, request.args.get("by", ""), "notes" not in hide)
    chosen = number_of("event", _chosen(spans, items))
    span = spans.span_of(chosen)
    chosen = span.opened if span is not None else chosen
    listed = [span for span in spans.by_id.values() if span.concept != "decision"]
    pages = max(1, -(-len(listed) // LIST))
    page = min(number_of("page"), pages)
    part = listed[(page - 1) * LIST : page * LIST]
    data: Data = {
        "timeline": {
            "by": found.by,
            "lanes": found.lanes,
            "headings": found.headings,
            "height": found.height,
            "bars": found.bars,
            "hidden": found.hidden,
            "dense": found.dense,
            "ticks": axis.ticks(),
            "folds": axis.folds,
            "now": axis.now,
            "scale": "events" if even else "time",
        },
        "choices": {"by": BY, "hide": sorted(hide), "scale": SCALES},
        "window": window,
        "total_ms": total,
        "list": [row_of(spans, whole, items, Entered(each, False, ())) for each in part],
        "axis": {"folds": whole.folds, "length_ms": total},
        "listed": len(listed),
        "page": page,
        "pages": pages,
        "chosen": chosen,
        "panel": panel_of(spans, items, min(chosen, spans.length), whole.end_ms),
    }
    if not wants_json():
        at = shown.at

        def address(event_id: int) -> str:
            return url_for("console.show_events", **at, event=event_id)

        data["chart"] = draw_chart(found, spans, axis, address, chosen)
    return data


def _window(total: int) -> Window:
    """The visible part that the request asks for."""
    first = number_of("from", 0) if "from" in request.args else 0
    last = number_of("to") if "to" in request.args else total
    first, last = min(first, total), min(max(last, 1), total)
    if last <= first:
        return Window(0, total, True)
    return Window(first, last, (first, last) == (0, total))


def _absolute(window: Window, axis: Axis) -> tuple[int, int]:
    return axis.start_ms + window.from_ms, axis.start_ms + window.to_ms


def _chosen(spans: Spans, items: dict[int, OpenRecord]) -> int:
    """The span that is chosen at first: one that waits, one that failed, or the longest."""
    for item in items.values():
        if item.task_list is not None:
            return item.event_id
    others = [span for span in spans.by_id.values() if span.concept != "decision"]
    bad = [span for span in others if span.problem]
    longest = max(bad or others, key=lambda span: _length(span, spans), default=None)
    return 1 if longest is None else longest.opened


def _length(span: Span, spans: Spans) -> int:
    return (span.closed_ms or spans.last.timestamp_ms) - span.opened_ms
