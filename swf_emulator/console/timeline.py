"""A history as a picture: one row for each thing, waiting and running time apart.

Only numbers are made here; a template draws them. Lengths are those of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.registry import EVENTS
from .events import tone_of
from .spans import Span, Story

LABELS, WIDTH, RIGHT = 250, 1200, 20
ROW, TOP = 24, 34
ROWS_MAX = 150
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
    """A stretch of time: ``phase`` is waiting or running, ``tone`` its outcome."""

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
    """One row: its label, and what is on it."""

    label: str
    kind: str
    y: int
    bars: list[Bar]
    marks: list[Mark]


@dataclass(slots=True)
class Tick:
    x: float
    label: str


@dataclass(slots=True)
class Timeline:
    lanes: list[Lane]
    ticks: list[Tick]
    width: int
    height: int
    page: int
    pages: int
    by_event: bool


class _Axis:
    """From an instant, or an event's number, to a place in the picture."""

    def __init__(self, story: Story, now_ms: int, by_event: bool) -> None:
        assert story.first is not None
        self.by_event = by_event
        self.now_ms = now_ms
        self.start_ms = story.first.timestamp_ms
        length = story.length if by_event else now_ms - self.start_ms
        self.length = max(length, 1)
        self.end = story.length + 1

    def at(self, at_ms: int | None, event_id: int) -> float:
        if self.by_event:
            place: float = (event_id or self.end) - 1
        else:
            place = (self.now_ms if at_ms is None else at_ms) - self.start_ms
        return round(LABELS + (WIDTH - LABELS - RIGHT) * place / self.length, 2)

    def ticks(self) -> list[Tick]:
        if self.by_event:
            step = max(1, self.length // TICKS)
            return [
                Tick(self.at(None, event_id), str(event_id))
                for event_id in range(1, self.length + 1, step)
            ]
        step = next((nice for nice in NICE_MS if self.length / nice <= TICKS), NICE_MS[-1])
        return [
            Tick(self.at(self.start_ms + passed_ms, 0), duration(passed_ms))
            for passed_ms in range(0, self.length + 1, step)
        ]


def timeline(story: Story, now_ms: int, *, by_event: bool = False, page: int = 1) -> Timeline:
    """The picture of a history until now, or until its end if it is closed."""
    assert story.first is not None
    assert story.last is not None
    closed = EVENTS[story.last.event_type].close_status is not None
    axis = _Axis(story, story.last.timestamp_ms if closed else now_ms, by_event)
    others = [span for span in story.spans.values() if span.kind != "decision"]
    pages = max(1, -(-len(others) // ROWS_MAX))
    page = min(max(page, 1), pages)
    lanes = [_decisions(story, axis), _points(story, axis)]
    for span in others[(page - 1) * ROWS_MAX : page * ROWS_MAX]:
        label = f"{span.label} #{span.attempt}" if span.attempt > 1 else span.label
        lanes.append(Lane(label, span.kind, 0, _bars(span, axis), []))
    lanes = [lane for lane in lanes if lane.bars or lane.marks]
    for index, lane in enumerate(lanes):
        lane.y = TOP + index * ROW
    height = TOP + len(lanes) * ROW + 12
    return Timeline(lanes, axis.ticks(), WIDTH, height, page, pages, by_event)


def _decisions(story: Story, axis: _Axis) -> Lane:
    spans = story.of_kind("decision")[-2000:]
    return Lane("Decision tasks", "decision", 0, [b for s in spans for b in _bars(s, axis)], [])


def _points(story: Story, axis: _Axis) -> Lane:
    marks = [
        Mark(
            axis.at(event.timestamp_ms, event.event_id),
            tone_of(event.event_type),
            f"{event.event_id} {event.event_type}: "
            f"{event.attributes.get('signalName') or event.attributes.get('markerName') or ''}",
            event.event_id,
        )
        for event in story.points[-2000:]
    ]
    return Lane("Signals and markers", "signal", 0, [], marks)


def _bars(span: Span, axis: _Axis) -> list[Bar]:
    """The time until somebody took it, and the time from then on."""
    tone = "open" if not span.closed else tone_of(span.outcome)
    opened = axis.at(span.opened_ms, span.opened)
    closed = axis.at(span.closed_ms, span.closed)
    title = f"{span.label}: {span.outcome}"
    bars = []
    waited, ran = span.waited_ms(axis.now_ms), span.ran_ms(axis.now_ms)
    began = opened
    if waited is not None:
        began = axis.at(span.started_ms, span.started) if span.started else closed
        text = f"{title}, waited {duration(waited)}"
        bars.append(Bar(opened, _width(opened, began), "waiting", tone, text, span.opened))
    if ran is not None:
        text = f"{title}, ran {duration(ran)}"
        bars.append(Bar(began, _width(began, closed), "running", tone, text, span.opened))
    return bars


def _width(begin: float, end: float) -> float:
    """Never nothing: an instant is seen too."""
    return round(max(end - begin, 1.5), 2)


def duration(length_ms: float) -> str:
    """A length of time in at most two units: 250 ms, 12.5 s, 3 m 20 s, 2 d 4 h."""
    if length_ms < 1000:
        return f"{round(length_ms)} ms"
    seconds = length_ms / 1000
    if seconds < 60:
        return f"{seconds:.3g} s"
    for size, unit, smaller, name in (
        (3600, "m", 60, "s"),
        (86400, "h", 3600, "m"),
        (float("inf"), "d", 86400, "h"),
    ):
        if seconds < size:
            units, rest = divmod(round(seconds), smaller)
            rest //= {"s": 1, "m": 60, "h": 3600}[name]
            return f"{units} {unit} {rest} {name}" if rest else f"{units} {unit}"
    raise AssertionError("no length of time is beyond infinity")
