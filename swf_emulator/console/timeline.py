"""The timeline of an execution: one row for each span, waiting and running time apart.

Only numbers are computed here; a template draws them. Lengths are those of the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from .execution import execution_page, number_of
from .formats import duration, tone_of
from .pages import Data, Entry
from .site import Shown, Site
from .spans import Span, Spans

LABELS, WIDTH, RIGHT = 250, 1200, 20
ROW, TOP = 24, 34
ROWS_MAX = 150
MARKS_MAX = 2000
TICKS = 8
NICE_MS = [
    step * unit
    for unit, steps in (
        (1, (1, 2, 5, 10, 20, 50, 100, 200, 500)),
        (1000, (1, 2, 5, 10, 15, 30)),
        (60_000, (1, 2, 5, 10, 15, 30)),
        (3_600_000, (1, 2, 3, 6, 12)),
        (86_400_000, (1, 2, 7, 14, 30, 90, 180, 365)),
    )
    for step in steps
]


@dataclass(slots=True)
class Bar:
    """A period: ``phase`` is waiting or running, ``tone`` the color of the outcome."""

    x: float
    width: float
    phase: str
    tone: str
    title: str
    event_id: int


@dataclass(slots=True)
class Mark:
    """A moment."""

    x: float
    tone: str
    title: str
    event_id: int


@dataclass(slots=True)
class Lane:
    """One row. ``concept`` is "" for events without a span."""

    label: str
    concept: str
    bars: list[Bar]
    marks: list[Mark]
    y: int = 0


@execution_page("timeline", "execution_timeline.html", tab=Entry(4, "Timeline"))
def show_timeline(site: Site, shown: Shown) -> Data:
    """Arguments: ``scale`` (events: the same room for each event), ``page``."""
    spans = site.spans(shown)
    end_ms = shown.record.closed_ms or site.accounts.clock.now_ms()
    axis = _Axis(spans, end_ms, request.args.get("scale") == "events")
    others = [span for span in spans.by_id.values() if span.concept != "decision"]
    pages = max(1, -(-len(others) // ROWS_MAX))
    page = min(number_of("page"), pages)
    lanes = [_decisions(spans, axis), _points(spans, axis)]
    for span in others[(page - 1) * ROWS_MAX : page * ROWS_MAX]:
        label = f"{span.label} #{span.attempt}" if span.attempt > 1 else span.label
        lanes.append(Lane(label, span.concept, _bars(span, axis), []))
    lanes = [lane for lane in lanes if lane.bars or lane.marks]
    for index, lane in enumerate(lanes):
        lane.y = TOP + index * ROW
    return {
        "timeline": {
            "lanes": lanes,
            "ticks": axis.ticks(),
            "width": WIDTH,
            "height": TOP + len(lanes) * ROW + 12,
            "page": page,
            "pages": pages,
            "by_event": axis.by_event,
        }
    }


class _Axis:
    """From a time, or an event's number, to a place in the drawing."""

    def __init__(self, spans: Spans, end_ms: int, by_event: bool) -> None:
        self.by_event = by_event
        self.end_ms = end_ms
        self.start_ms = spans.first.timestamp_ms
        self.length = max(spans.length if by_event else end_ms - self.start_ms, 1)
        self.end = spans.length + 1

    def at(self, at_ms: int | None, event_id: int) -> float:
        if self.by_event:
            place: float = (event_id or self.end) - 1
        else:
            place = (self.end_ms if at_ms is None else at_ms) - self.start_ms
        return round(LABELS + (WIDTH - LABELS - RIGHT) * place / self.length, 2)

    def ticks(self) -> list[Data]:
        if self.by_event:
            step = max(1, self.length // TICKS)
            return [
                {"x": self.at(None, event_id), "label": str(event_id)}
                for event_id in range(1, self.length + 1, step)
            ]
        step = next((nice for nice in NICE_MS if self.length / nice <= TICKS), NICE_MS[-1])
        return [
            {"x": self.at(self.start_ms + passed_ms, 0), "label": duration(passed_ms)}
            for passed_ms in range(0, self.length + 1, step)
        ]


def _decisions(spans: Spans, axis: _Axis) -> Lane:
    decisions = spans.of_concept("decision")[-MARKS_MAX:]
    bars = [bar for span in decisions for bar in _bars(span, axis)]
    return Lane("Decision tasks", "decision", bars, [])


def _points(spans: Spans, axis: _Axis) -> Lane:
    marks = []
    for event in spans.points[-MARKS_MAX:]:
        name = event.attributes.get("signalName") or event.attributes.get("markerName") or ""
        marks.append(
            Mark(
                axis.at(event.timestamp_ms, event.event_id),
                tone_of(event.event_type),
                f"{event.event_id} {event.event_type}: {name}",
                event.event_id,
            )
        )
    return Lane("Signals and markers", "", [], marks)


def _bars(span: Span, axis: _Axis) -> list[Bar]:
    """The time until it was taken, and the time from then on."""
    tone = "open" if not span.closed else tone_of(span.outcome)
    opened = axis.at(span.opened_ms, span.opened)
    closed = axis.at(span.closed_ms, span.closed)
    title = f"{span.label}: {span.outcome}"
    bars = []
    waited, ran = span.waited_ms(axis.end_ms), span.ran_ms(axis.end_ms)
    started = opened
    if waited is not None:
        started = axis.at(span.started_ms, span.started) if span.started else closed
        text = f"{title}, waited {duration(waited)}"
        bars.append(Bar(opened, _width(opened, started), "waiting", tone, text, span.opened))
    if ran is not None:
        text = f"{title}, ran {duration(ran)}"
        bars.append(Bar(started, _width(started, closed), "running", tone, text, span.opened))
    return bars


def _width(begin: float, end: float) -> float:
    """At least 1.5, so that a moment is visible."""
    return round(max(end - begin, 1.5), 2)
