"""Bars and marks: where a span or an event lies in a drawing, and how it is drawn.

A `Bar` holds places in percent; `draw` makes SVG of it, with the geometry in attributes. The
waterfall, the strip above the tabs and the timeline use the same bars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from markupsafe import Markup, escape

from ..core.events import Event
from ..core.registry import EVENTS, Effect
from ..engine.view import OpenRecord
from .axis import Axis, Fold
from .formats import duration
from .spans import TAKEN, Span, Spans
from .words import ended_how, title_of, what_it_is

LINES = frozenset(("timer",))
"""The concepts that only pass time, drawn as hollow pills."""
STRIP_ROWS, STRIP_MAX = 4, 400
HEARTBEAT = "HEARTBEAT"


@dataclass(slots=True)
class Bar:
    """A span or a point, in percent of the drawing.

    ``start`` is where it was taken (None: not yet), ``end`` where it ended or now. ``shape`` is
    bar, timer, signal, marker or point; ``tone`` as in `Span.tone`; ``due`` the place of its
    deadline, which lies beyond the drawing if ``far``.
    """

    span_id: int
    name: str
    title: str
    shape: str
    tone: str
    begin: float
    start: float | None
    end: float
    concept: str = ""
    waits: bool = False
    fired: bool = False
    due: float | None = None
    far: bool = False
    text: str = ""
    row: int = 0

    @property
    def right(self) -> float:
        """The end of everything that is drawn of it."""
        return self.end if self.due is None else max(self.end, self.due)


def bar_of(span: Span, axis: Axis, item: OpenRecord | None = None, *, titled: bool = False) -> Bar:
    """The bar of a span; ``item`` is its record while it is open, ``titled``: say what it is."""
    taken = span.concept in TAKEN
    begin = axis.at(span.opened_ms, span.opened)
    end = axis.at(span.closed_ms, span.closed)
    start: float | None = begin
    if taken:
        start = axis.at(span.started_ms, span.started) if span.started else None
    bar = Bar(
        span.opened,
        span.name,
        _title(span, axis.end_ms) if titled else "",
        "timer" if span.concept in LINES else "bar",
        "dec" if span.concept == "decision" and not span.problem else span.tone,
        begin,
        start,
        end,
        span.concept,
        waits=not span.closed and item is not None and item.task_list is not None,
        fired=span.concept in LINES and span.outcome == "Fired",
    )
    if item is not None and item.due_ms is not None and span.closed_ms is None:
        bar.due, bar.far = axis.due(item.due_ms)
    if span.problem:
        bar.text = ended_how(span)
    elif span.concept == "activity" and span.identity:
        bar.text = span.identity
    elif span.concept == "child":
        bar.text = span.type_name
    elif span.concept in LINES:
        bar.text = span.name
    return bar


def mark_of(event: Event, axis: Axis) -> Bar:
    """The mark of an event without a span."""
    rule = EVENTS.get(event.event_type)
    from_outside = rule is not None and rule.triggers and rule.effect is not Effect.REFUSES
    shape = "signal" if from_outside else "marker"
    if rule is not None and rule.effect is Effect.OPENS:
        shape = "point"
    refused = rule is not None and rule.effect is Effect.REFUSES
    name = title_of(event)
    x = axis.at(event.timestamp_ms, event.event_id)
    return Bar(
        event.event_id,
        name or event.event_type,
        f"{event.event_type} {name}".strip(),
        shape,
        "no" if refused else "",
        x,
        x,
        x,
        text=name,
    )


def _title(span: Span, now_ms: int) -> str:
    words = [span.name, what_it_is(span)]
    waited, ran = span.waited_ms(now_ms), span.ran_ms(now_ms)
    if waited:
        words.append(f"waited {duration(waited)}")
    if ran is not None:
        words.append(f"ran {duration(ran)}")
    if span.identity:
        words.append(f"by {span.identity}")
    if span.problem:
        words.append(ended_how(span))
    return ", ".join(words)


def pack(bars: Iterable[Bar], rows_max: int) -> int:
    """Give overlapping bars different rows, as few as possible; return their number.

    Bars for which ``rows_max`` rows are not enough share the last one.
    """
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    count = 0
    for bar in sorted(bars, key=lambda each: (each.begin, each.span_id)):
        while busy and busy[0][0] <= bar.begin:
            heappush(free, heappop(busy)[1])
        if free:
            bar.row = heappop(free)
        elif count < rows_max:
            bar.row, count = count, count + 1
        else:
            bar.row = rows_max - 1
            continue
        heappush(busy, (max(bar.end, bar.begin + 0.4), bar.row))
    return count


def density(bars: Sequence[Bar], cells: int = 200) -> list[tuple[float, float, int, bool]]:
    """The density of bars: (place, width, number, whether one of them failed) for each place."""
    counts = [0] * (cells + 1)
    problems = [0] * (cells + 1)
    for bar in bars:
        first = min(max(int(bar.begin * cells / 100), 0), cells - 1)
        last = min(max(int(bar.end * cells / 100), first), cells - 1)
        for changes in (counts, problems) if bar.tone in ("no", "late") else (counts,):
            changes[first] += 1
            changes[last + 1] -= 1
    found: list[tuple[float, float, int, bool]] = []
    number = bad = 0
    for cell in range(cells):
        number, bad = number + counts[cell], bad + problems[cell]
        if number:
            found.append((cell * 100 / cells, 100 / cells, number, bad > 0))
    return found


def draw(bar: Bar, y: float, height: float) -> Markup:
    """The SVG of a bar whose upper edge lies at ``y`` pixels."""
    middle = y + height / 2
    if bar.shape in ("signal", "marker"):
        size = min(height / 2, 6)
        style = "sig" if bar.shape == "signal" else "mk"
        style += " no" if bar.tone == "no" else ""
        return Markup(
            f'<svg x="{bar.begin}%" y="{middle}" width="1" height="1" overflow="visible">'
            f'<path class="{style}" d="M0-{size} {size} 0 0 {size}-{size} 0z"/></svg>'
        )
    if bar.shape == "point":
        return Markup(
            f'<rect class="b dec" x="{bar.begin}%" y="{y:g}" width="4" height="{height:g}" rx="1"/>'
        )
    out = []
    started = bar.end if bar.start is None else bar.start
    if started > bar.begin:
        style = "w stuck" if bar.waits else "w"
        out.append(
            f'<line class="{style}" x1="{bar.begin}%" x2="{started}%" y1="{middle}" y2="{middle}"/>'
        )
    if bar.due is not None:
        calm = " calm" if bar.tone == "on" and not bar.waits else ""
        width = round(bar.due - bar.end, 3)
        top, high = y + height * 0.08, height * 0.84
        out.append(
            f'<rect class="ghost{calm}" x="{bar.end}%" y="{top:g}" width="{max(width, 0)}%" '
            f'height="{high:g}" rx="2"/>'
        )
        if not bar.far:
            out.append(
                f'<line class="ghost-end{calm}" x1="{bar.due}%" x2="{bar.due}%" '
                f'y1="{y:g}" y2="{y + height:g}"/>'
            )
    width = round(max(bar.end - started, 0.05), 3)
    if bar.shape == "timer":
        out.append(_pill(bar, started, width, y, height))
    elif bar.start is not None:
        style = " ".join(
            filter(None, ("b", bar.tone, "kid" if bar.concept == "child" and not bar.tone else ""))
        )
        box = f'y="{y:g}" height="{height:g}"'
        out.append(f'<rect class="{style}" x="{started}%" {box} width="3" rx="1"/>')
        out.append(f'<rect class="{style}" x="{started}%" {box} width="{width}%" rx="2"/>')
    elif bar.tone in ("no", "late", "off"):
        out.append(
            f'<rect class="b {bar.tone}" x="{bar.end}%" y="{y:g}" width="3" height="{height:g}" '
            'rx="1"/>'
        )
    return Markup("".join(out))


def _pill(bar: Bar, x: float, width: float, y: float, height: float) -> str:
    """A timer: a hollow pill, with a dot if it fired and a stop mark if it was stopped."""
    off = " off" if bar.tone == "off" else " on" if bar.tone == "on" else ""
    thin = height * (0.6 if height < 12 else 0.8)
    top, middle = y + (height - thin) / 2, y + height / 2
    text = (
        f'<rect class="tm{off}" x="{x}%" y="{top:g}" width="{width}%" height="{thin:g}" '
        f'rx="{thin / 2:g}"/>'
    )
    if bar.fired:
        text += (
            f'<svg x="{bar.end}%" y="{middle:g}" width="1" height="1" overflow="visible">'
            '<circle class="b" r="3"/></svg>'
        )
    elif bar.tone == "off":
        text += f'<rect class="b off" x="{bar.end}%" y="{middle - 4:g}" width="2" height="8"/>'
    return text


def draw_folds(folds: Iterable[Fold], y: float, height: float) -> Markup:
    """The folded stretches of an axis, hatched."""
    out = []
    for fold in folds:
        right = round(fold.x + fold.width, 3)
        box = f'x="{fold.x}%" y="{y:g}" width="{fold.width}%" height="{height:g}"'
        ends = f'y1="{y:g}" y2="{y + height:g}"'
        out.append(
            f'<rect class="fold" {box}/><rect fill="url(#hatch)" {box}/>'
            f'<line class="fold-edge" x1="{fold.x}%" x2="{fold.x}%" {ends}/>'
            f'<line class="fold-edge" x1="{right}%" x2="{right}%" {ends}/>'
        )
    return Markup("".join(out))


def strip(spans: Spans, axis: Axis, items: dict[int, OpenRecord]) -> Markup:
    """The whole execution in 40 pixels: decisions above, everything else packed below."""
    decisions: list[Bar] = []
    others: list[Bar] = []
    marks = [
        mark_of(event, axis)
        for event in spans.points[-STRIP_MAX:]
        if "signalName" in event.attributes
    ]
    for span in spans.by_id.values():
        bar = bar_of(span, axis, items.get(span.opened))
        (decisions if span.concept == "decision" else others).append(bar)
    out = [draw_folds(axis.folds, 0, 40)]
    if axis.now is not None:
        width = 100 - axis.now
        out.append(
            Markup(f'<rect class="future" x="{axis.now}%" y="0" width="{width}%" height="40"/>')
        )
    if len(decisions) > STRIP_MAX:
        out.append(draw_density(decisions, 0, 5, "dec"))
    else:
        out += [
            Markup(f'<rect class="b {bar.tone}" x="{bar.begin}%" y="0" width="2" height="5"/>')
            for bar in decisions
        ]
    rows = pack(others, 1000)
    if len(others) > STRIP_MAX or rows > STRIP_ROWS:
        out.append(draw_density(others, 9, 30))
    else:
        out += [draw(bar, 10 + 8 * bar.row, 6) for bar in others]
    out += [draw(bar, 0, 10) for bar in marks]
    if axis.now is not None:
        out.append(Markup(f'<line class="now" x1="{axis.now}%" x2="{axis.now}%" y1="0" y2="40"/>'))
    return Markup("").join(out)


def draw_density(bars: Sequence[Bar], y: float, height: float, tone: str = "") -> Markup:
    """A band that is as high at each place as many bars lie there; red where one failed."""
    cells = density(bars)
    highest = max((number for _, _, number, _ in cells), default=1)
    out = []
    for x, width, number, bad in cells:
        high = max(height * number / highest, 1.5)
        style = "no" if bad else tone
        out.append(
            f'<rect class="b {style}" x="{x:g}%" y="{y + height - high:.1f}" width="{width:g}%" '
            f'height="{high:.1f}"><title>{escape(str(number))}</title></rect>'
        )
    return Markup("".join(out))
