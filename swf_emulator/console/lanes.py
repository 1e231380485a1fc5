"""The lanes of the timeline: what lies in which row, and the drawing of them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from ..core.registry import EVENTS
from ..engine.view import OpenRecord
from .axis import Axis
from .bars import Bar, bar_of, draw, draw_density, draw_folds, mark_of, pack
from .formats import duration
from .spans import Span, Spans
from .words import icon_of

BY = ("task", "type", "worker")
TASKS_MAX, LANES_MAX = 24, 60
ROWS_MAX, BARS_MAX = 12, 2000
TOP, ROW, BAR, LANE, GAP = 32, 20, 16, 28, 8
OTHERS = {"timer": ("Timers", "timer"), "signal": ("Signals sent", "signal")}
"""Concepts whose spans share one lane, with its name and icon."""
POINTS = "Signals, markers"


@dataclass(slots=True)
class Lane:
    """One lane: ``dense`` if its bars are drawn as a band. ``y`` and ``height`` are in pixels."""

    label: str
    count: str
    icon: str
    group: str
    bars: list[Bar] = field(default_factory=list)
    rows: int = 1
    dense: bool = False
    y: int = 0

    @property
    def height(self) -> int:
        return LANE if self.rows == 1 else GAP + ROW * self.rows


@dataclass(slots=True)
class Lanes:
    """All lanes in order, with the names of the groups before which a heading stands."""

    by: str
    lanes: list[Lane]
    height: int
    bars: int
    hidden: int
    headings: list[tuple[str, int]]

    @property
    def dense(self) -> bool:
        return any(lane.dense for lane in self.lanes)


def lanes_of(
    spans: Spans, axis: Axis, items: dict[int, OpenRecord], by: str = "", notes: bool = True
) -> Lanes:
    """The lanes of everything that is visible on the axis.

    ``by`` is task, type or worker; by default task, or type if there are many tasks. ``notes``:
    with signals and markers.
    """
    first, last = axis.window
    seen = [span for span in spans.by_id.values() if _seen(span, first, last)]
    tasks = {span.name for span in seen if span.concept == "activity"}
    by = by if by in BY else "task" if len(tasks) <= TASKS_MAX else "type"
    many = len(seen) > BARS_MAX
    found: dict[tuple[str, str], Lane] = {}
    for span in sorted(seen, key=_order):
        group, label, count, icon = _place(span, by)
        lane = found.setdefault((group, label), Lane(label, count, icon, group))
        lane.bars.append(bar_of(span, axis, items.get(span.opened), titled=not many))
    points = [event for event in spans.points if first <= event.timestamp_ms <= last]
    points = [event for event in points if event.event_id > 1 and not _closes(event.event_type)]
    if points and notes:
        lane = Lane(POINTS, str(len(points)), "signal", "Everything else")
        lane.bars = [mark_of(event, axis) for event in points]
        found["Everything else", POINTS] = lane
    lanes = list(found.values())
    hidden = max(len(lanes) - LANES_MAX, 0)
    if hidden:
        rest = Lane(f"{hidden + 1} more", "", "list", lanes[LANES_MAX - 1].group)
        rest.bars = [bar for lane in lanes[LANES_MAX - 1 :] for bar in lane.bars]
        rest.dense = True
        lanes[LANES_MAX - 1 :] = [rest]
    _arrange(lanes, many)
    headings: list[tuple[str, int]] = []
    y = TOP
    for index, lane in enumerate(lanes):
        if lane.group and (not index or lanes[index - 1].group != lane.group):
            headings.append((lane.group, y))
            y += LANE
        lane.y = y
        y += lane.height
    return Lanes(by, lanes, y, sum(len(lane.bars) for lane in lanes), hidden, headings)


def _arrange(lanes: Sequence[Lane], many: bool) -> None:
    """Give the bars of each lane their rows; a lane with too many becomes a band."""
    for lane in lanes:
        if lane.dense or (many and len(lane.bars) > 100):
            lane.dense, lane.rows = True, 2 if lane.group else 1
        elif not lane.group or lane.label == POINTS:
            lane.rows = 1
        else:
            lane.rows = max(pack(lane.bars, ROWS_MAX + 1), 1)
            if lane.rows > ROWS_MAX:
                lane.dense, lane.rows = True, 3
        if not lane.count and len(lane.bars) > 1:
            lane.count = str(len(lane.bars))


def _seen(span: Span, first: int, last: int) -> bool:
    return span.opened_ms <= last and (span.closed_ms is None or span.closed_ms >= first)


def _closes(event_type: str) -> bool:
    rule = EVENTS.get(event_type)
    return rule is not None and rule.close_status is not None


def _order(span: Span) -> tuple[int, int]:
    rank = {"decision": 0, "activity": 1, "timer": 3}
    return rank.get(span.concept, 2), span.opened


def _place(span: Span, by: str) -> tuple[str, str, str, str]:
    """Group, label, count and icon of the lane of a span."""
    icon, _ = icon_of(span) if not span.problem and span.concept != "activity" else ("", "")
    if span.concept == "decision":
        return "", "Decisions", "", "decision"
    if span.concept == "activity":
        heading = {"type": "Activities by type", "worker": "Activities by worker"}
        label = {"type": span.type_name, "worker": span.identity or "no worker"}
        group = heading.get(by, "Activities")
        return group, label.get(by, span.name), "", "person" if by == "worker" else "activity"
    if span.concept in OTHERS:
        label_, icon_ = OTHERS[span.concept]
        return "Everything else", label_, "", icon_
    label_ = span.type_name if by == "type" and span.type_name else span.name
    return "Everything else", label_, span.concept, icon or "shapes"


def draw_chart(
    found: Lanes, spans: Spans, axis: Axis, address: Callable[[int], str], chosen: int
) -> Markup:
    """The whole drawing. ``address`` makes the link of a span; ``chosen`` is the chosen one."""
    bottom = found.height
    out: list[Markup] = []
    if axis.now is not None:
        out.append(
            Markup(
                f'<rect class="future" x="{axis.now}%" y="{TOP}" width="{100 - axis.now:g}%" '
                f'height="{bottom - TOP}"/>'
            )
        )
    out.append(draw_folds(axis.folds, TOP, bottom - TOP))
    out += [
        Markup(
            f'<line class="grid" x1="{tick.x}%" x2="{tick.x}%" y1="24" y2="{bottom}"/>'
            f'<text class="lab" x="{tick.x}%" dx="6" y="20">{escape(tick.label)}</text>'
        )
        for tick in axis.ticks()
    ]
    for _, y in found.headings:
        out.append(Markup(f'<rect class="groupband" x="0" y="{y}" width="100%" height="{LANE}"/>'))
    for lane in found.lanes:
        out.append(Markup(f'<line class="base" x1="0" x2="100%" y1="{lane.y}.5" y2="{lane.y}.5"/>'))
        out.append(_draw_lane(lane, axis, address, chosen))
    out.append(_draw_cause(found, spans, axis, chosen))
    for fold in axis.folds:
        middle = round(fold.x + fold.width / 2, 3)
        out.append(
            Markup(
                f'<text class="lab ink halo" x="{middle}%" text-anchor="middle" y="20">'
                f"{escape(duration(fold.length_ms))}</text>"
            )
        )
    if axis.now is not None:
        out.append(
            Markup(
                f'<line class="now" x1="{axis.now}%" x2="{axis.now}%" y1="24" y2="{bottom}"/>'
                f'<text class="lab accent halo" x="{axis.now}%" dx="4" y="20">now</text>'
            )
        )
    return Markup("").join(out)


def _draw_cause(found: Lanes, spans: Spans, axis: Axis, chosen: int) -> Markup:
    """A dotted line from the decision that caused the chosen bar."""
    span = spans.by_id.get(chosen)
    decided = None if span is None else spans.span_of(span.decided)
    lane = next((each for each in found.lanes if any(b.span_id == chosen for b in each.bars)), None)
    if span is None or decided is None or lane is None or lane.dense or not lane.group:
        return Markup("")
    row = next(bar.row for bar in lane.bars if bar.span_id == chosen)
    x, y = axis.at(span.opened_ms, span.opened), lane.y + ROW * row + 4
    return Markup(f'<line class="link" x1="{x}%" x2="{x}%" y1="{TOP + 20}" y2="{y}"/>')


def _draw_lane(lane: Lane, axis: Axis, address: Callable[[int], str], chosen: int) -> Markup:
    if lane.dense:
        tone = "dec" if not lane.group else ""
        return draw_density(lane.bars, lane.y + 4, lane.height - 6, tone)
    out = []
    inset = (LANE - BAR) // 2 if lane.rows == 1 else GAP // 2
    ends = _ends(lane.bars)
    for bar in lane.bars:
        y = lane.y + inset + ROW * bar.row
        current = Markup(' aria-current="true"') if bar.span_id == chosen else ""
        drawn = draw(bar, y, BAR)
        out.append(
            Markup('<a href="{}" data-span="{}"{}><title>{}</title>{}</a>').format(
                address(bar.span_id), bar.span_id, current, bar.title or bar.name, drawn
            )
        )
        if bar.span_id == chosen:
            width = max(round(bar.end - bar.begin, 3), 0.4)
            out.append(
                Markup(
                    f'<rect class="sel" x="{bar.begin}%" y="{y - 2}" width="{width}%" '
                    f'height="{BAR + 4}" rx="4"/>'
                )
            )
        out.append(_label(bar, y, ends.get(bar.span_id, 100.0)))
    return Markup("").join(out)


def _ends(bars: Sequence[Bar]) -> dict[int, float]:
    """The beginning of the next bar of the same row, by span id."""
    following: dict[int, float] = {}
    ends: dict[int, float] = {}
    for bar in sorted(bars, key=lambda each: each.begin, reverse=True):
        ends[bar.span_id] = following.get(bar.row, 100.0)
        following[bar.row] = bar.begin
    return ends


def _label(bar: Bar, y: float, free: float) -> Markup:
    """The text of a bar: inside if it fits, behind it if it went wrong."""
    base = y + 12
    start = bar.begin if bar.start is None else bar.start
    if bar.shape in ("signal", "marker"):
        if not bar.text or free - bar.begin < 1 + 0.75 * len(bar.text):
            return Markup("")
        return Markup('<text class="lab" x="{}%" dx="10" y="{}">{}</text>').format(
            bar.begin, base, bar.text
        )
    if bar.waits and bar.due is not None:
        return Markup('<text class="lab halo warn" x="{}%" dx="8" y="{}">{}</text>').format(
            bar.end, base, "nobody takes it"
        )
    room = bar.end - start
    if bar.tone in ("no", "late"):
        style, icon = ("end-no", "failed") if bar.tone == "no" else ("end-late", "late")
        drawn = Markup(
            f'<svg class="{style}" x="{bar.end}%" y="{y}" width="22" height="16">'
            f'<use href="#i-{icon}" x="5" width="14" height="14" y="1"/></svg>'
        )
        if free - bar.end > 2.5 + 0.6 * len(bar.text):
            tone = "bad" if bar.tone == "no" else "warn"
            drawn += Markup('<text class="lab {}" x="{}%" dx="24" y="{}">{}</text>').format(
                tone, bar.end, base, bar.text
            )
        return drawn
    if bar.text and bar.start is not None and room > 1.5 + 0.7 * len(bar.text):
        style = "in tmr" if bar.shape == "timer" else "in in-on" if bar.tone == "on" else "in in-ok"
        return Markup('<text class="{}" x="{}%" dx="8" y="{}">{}</text>').format(
            style, start, base, bar.text
        )
    return Markup("")
