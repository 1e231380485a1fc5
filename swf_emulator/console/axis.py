"""The axis of time of an execution: from a time to a place in a drawing, in percent.

A long stretch in which nothing happens is folded: it takes the same little room at any length.
Behind the present, an open execution has room for what is due. On an even axis each event has
the same room instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .formats import duration, moment_of
from .spans import TAKEN, Span, Spans

FOLD, LAST_FOLD, FUTURE, MARGIN = 5.0, 12.0, 28.0, 2.0
"""Room in percent: of a folded stretch, of one that lasts until now, of the future."""
FOLDS_MAX = 6
FOLD_FROM_MS = 1000
FAR = {"child"}
"""The concepts whose work is done elsewhere."""
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
TICKS = 7


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch without an event."""

    from_ms: int
    to_ms: int
    x: float
    width: float

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


class Axis:
    """From a time, or an event's number, to percent.

    Args:
        end_ms: the close of the execution, or the present.
        due: deadlines of an open execution, in milliseconds; None if it is closed.
        folded: whether idle stretches are folded.
        even: whether each event has the same room.
        window: the times at the left and the right edge; the whole execution by default.
    """

    def __init__(
        self,
        spans: Spans,
        end_ms: int,
        due: Sequence[int] | None = None,
        *,
        folded: bool = True,
        even: bool = False,
        window: tuple[int, int] | None = None,
    ) -> None:
        self.start_ms = spans.first.timestamp_ms
        self.end_ms = max(end_ms, spans.last.timestamp_ms)
        self.open = due is not None
        self.even = even
        self.events = spans.length
        self.folds: list[Fold] = []
        self.now: float | None = None
        first, last = window or (self.start_ms, self.end_ms)
        self.window = first, max(last, first + 1)
        inside = window is not None and last < self.end_ms
        future = FUTURE if due else MARGIN
        self.now = 100.0 - future if self.open and not inside else None
        self.right = 100.0 if self.now is None else self.now
        self._far_ms = _far(due or [], self.end_ms)
        gaps = _idle(spans, self.end_ms, self.open) if folded and not even and not window else []
        self._lay(gaps)

    def _lay(self, gaps: list[tuple[int, int]]) -> None:
        """Divide the room among the stretches between the folds, by their lengths."""
        first, last = self.window
        rooms = [LAST_FOLD if self.open and to == last else FOLD for _, to in gaps]
        plain = max(last - first - sum(to - start for start, to in gaps), 1)
        scale = (self.right - sum(rooms)) / plain
        self._from: list[int] = []
        self._at: list[tuple[float, float]] = []
        x, at = 0.0, first
        for (start, to), room in zip(gaps, rooms, strict=True):
            self._from.append(at)
            self._at.append((x, scale))
            x += (start - at) * scale
            self._from.append(start)
            self._at.append((x, room / (to - start)))
            self.folds.append(Fold(start, to, round(x, 3), room))
            x, at = x + room, to
        self._from.append(at)
        self._at.append((x, scale))

    def at(self, at_ms: int | None, event_id: int = 0) -> float:
        """The place of a time; None is the end. On an even axis the event's number counts."""
        if self.even:
            number = event_id or self.events + 1
            return round(self.right * (number - 1) / self.events, 3)
        if at_ms is None:
            return self.right
        index = max(bisect_right(self._from, at_ms) - 1, 0)
        x, scale = self._at[index]
        return round(x + (at_ms - self._from[index]) * scale, 3)

    def due(self, at_ms: int) -> tuple[float, bool]:
        """The place of a deadline ahead, and whether it lies beyond the drawing."""
        if self.now is None:
            x = self.at(at_ms)
            return min(x, 100.0), x > 100
        part = (at_ms - self.end_ms) / max(self._far_ms - self.end_ms, 1)
        return round(self.now + min(max(part, 0), 1) * (98 - self.now), 3), part > 1

    def ticks(self) -> list[Tick]:
        """Labelled places, none inside a fold."""
        if self.even:
            step = max(1, self.events // TICKS)
            return [
                Tick(self.at(None, number), f"event {number}")
                for number in range(1, self.events + 1, step)
            ]
        first, last = self.window
        visible = last - first - sum(fold.length_ms for fold in self.folds)
        step = next((nice for nice in NICE_MS if visible / nice <= TICKS), NICE_MS[-1])
        edges = [first, *(edge for fold in self.folds for edge in (fold.from_ms, fold.to_ms)), last]
        ticks: list[Tick] = []
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            at_ms = self.start_ms + -(-(begin - self.start_ms) // step) * step
            for time_ms in range(at_ms, end + 1, step):
                x = self.at(time_ms)
                if x < self.right - 3 and (not ticks or x - ticks[-1].x >= 6):
                    ticks.append(Tick(x, self._label(time_ms)))
        return ticks

    def _label(self, at_ms: int) -> str:
        """The time of day at the start, the time since then elsewhere."""
        if at_ms == self.start_ms:
            return moment_of(at_ms).strftime("%H:%M:%S")
        return f"+{duration(at_ms - self.start_ms)}"


def _far(due: Sequence[int], now_ms: int) -> int:
    """The time at the right edge: that of the last deadline that is not far beyond the next."""
    if not due:
        return now_ms
    nearest = max(min(due) - now_ms, 1)
    return now_ms + max(each - now_ms for each in due if each - now_ms <= 10 * nearest)


def _idle(spans: Spans, end_ms: int, is_open: bool) -> list[tuple[int, int]]:
    """The stretches between events that are folded, in order.

    In them, nobody works: only timers, children and waiting tasks are open, or it is the time
    until now. They are the longest ones, if each is at least half as long as all that is not
    folded and at least twice as long as the next one.
    """
    times = [*spans.times, end_ms] if is_open else spans.times
    total = times[-1] - times[0]
    long = [
        (to - start, start, to)
        for start, to in pairwise(times)
        if to - start >= FOLD_FROM_MS and (to - start) * 20 > total
    ]
    if not long:
        return []
    work = [span for span in spans.by_id.values() if span.concept in TAKEN - FAR]
    found = [
        each
        for each in sorted(long, reverse=True)
        if (is_open and each[1] == spans.times[-1])
        or not any(_runs(span, *each[1:]) for span in work)
    ]
    rest, folded = total, 0
    for number, (length, _, _) in enumerate(found[:FOLDS_MAX], 1):
        rest -= length
        following = found[number][0] if number < len(found) else 0
        if 0 < rest <= 2 * length and following * 2 < length:
            folded = number
    return sorted((start, to) for _, start, to in found[:folded])


def _runs(span: Span, from_ms: int, to_ms: int) -> bool:
    started_ms = span.started_ms
    if started_ms is None or started_ms > from_ms:
        return False
    return span.closed_ms is None or span.closed_ms >= to_ms
