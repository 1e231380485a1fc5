"""Time as a port: real, faster than real, or moved by a test.

All instants are integers: milliseconds since the epoch, as in SWF's timestamps.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Ticking(Protocol):
    """Something with deadlines that a clock can drive."""

    def next_deadline_ms(self) -> int | None: ...

    def tick(self) -> None:
        """Fire everything that is due by the clock's present instant."""


class Clock(Protocol):
    """Where the engine reads the time."""

    @property
    def runs_by_itself(self) -> bool:
        """Whether time passes without anybody moving it."""

    def now_ms(self) -> int: ...

    def seconds_until(self, at_ms: int) -> float:
        """Real seconds until that instant; 0 or less once it is over."""

    def attach(self, ticking: Ticking) -> None:
        """Take an engine into the clock's care."""


class SystemClock:
    """The machine's clock, or one that runs ``speed`` times as fast from now on."""

    runs_by_itself = True

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._origin_ns = time.time_ns()

    def now_ms(self) -> int:
        now_ns = time.time_ns()
        if self.speed != 1.0:
            now_ns = self._origin_ns + int((now_ns - self._origin_ns) * self.speed)
        return now_ns // 1_000_000

    def seconds_until(self, at_ms: int) -> float:
        return (at_ms - self.now_ms()) / 1000 / self.speed

    def attach(self, ticking: Ticking) -> None:
        """Nothing to do: whoever waits asks for the time."""


class VirtualClock:
    """A clock that stands still until it is moved, and then stops at every deadline.

    >>> clock = VirtualClock()
    >>> clock.advance(3600)                 # seconds or a timedelta
    >>> clock.advance_to_next_deadline()    # False: nothing is due, ever
    False
    """

    runs_by_itself = False

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now_ms = _instant_ms(start)
        self._ticking: list[Ticking] = []

    def now_ms(self) -> int:
        return self._now_ms

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.fromtimestamp(self._now_ms / 1000, UTC)

    def seconds_until(self, at_ms: int) -> float:
        return (at_ms - self._now_ms) / 1000

    def attach(self, ticking: Ticking) -> None:
        self._ticking.append(ticking)

    def advance(self, by: float | timedelta) -> None:
        """Let time pass: seconds or a timedelta, not negative.

        Every deadline on the way fires at its own instant, in order, before the next.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if seconds < 0:
            raise ValueError(f"time cannot go back by {-seconds} s")
        self._advance_to_ms(self._now_ms + round(seconds * 1000))

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until an instant; a naive datetime is taken as UTC."""
        at_ms = _instant_ms(instant)
        if at_ms < self._now_ms:
            raise ValueError(f"{instant} is before {self.now()}")
        self._advance_to_ms(at_ms)

    def advance_to_next_deadline(self) -> bool:
        """Jump to the next deadline and fire it; False if there is none."""
        at_ms = self._next_deadline_ms()
        if at_ms is None:
            return False
        self._advance_to_ms(max(at_ms, self._now_ms))
        return True

    def _next_deadline_ms(self) -> int | None:
        due = [ticking.next_deadline_ms() for ticking in self._ticking]
        return min((at_ms for at_ms in due if at_ms is not None), default=None)

    def _advance_to_ms(self, at_ms: int) -> None:
        while (next_ms := self._next_deadline_ms()) is not None and next_ms <= at_ms:
            self._now_ms = max(self._now_ms, next_ms)
            for ticking in self._ticking:
                ticking.tick()
        self._now_ms = at_ms
        for ticking in self._ticking:
            ticking.tick()


def _instant_ms(instant: datetime) -> int:
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return round(instant.timestamp() * 1000)
