"""Time as a port: real, faster than real, or standing still until somebody moves it.

All instants are integers: milliseconds since the epoch, as in SWF's timestamps. A clock is a
line through real time: an instant, the real moment at which it was (or will be) that instant,
and how fast it goes on from there. Moving the clock moves the line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

NS_PER_MS = 1_000_000
LATEST_MS = 221_845_392_000_000
"""The year 9000: clients cannot read instants long after it."""

MODES = ("real", "virtual", "skip")


class Ticking(Protocol):
    """Something with deadlines that follows a clock: an engine."""

    def next_deadline_ms(self) -> int | None: ...

    def tick(self) -> None:
        """Fire everything that is due by the clock's present instant."""

    def clock_changed(self) -> None:
        """The clock goes at another pace; whoever sleeps by it must wake."""


class _Line(NamedTuple):
    instant_ns: int
    real_ns: int
    speed: float


class Clock:
    """The clock of one emulator.

    Modes: ``real`` (time passes by itself, ``speed`` times as fast as the machine's),
    ``virtual`` (it stands still), ``skip`` (it stands still, and jumps to the next deadline
    whenever everybody waits for time to pass: see "Skipping time" in the design document).

    ``grace_seconds`` and ``patience_seconds`` are real seconds for which nothing must have
    happened before a jump: the first when no task is waiting or being worked on, the second
    when one is, whose worker may be slow or gone. ``patience_seconds`` of None never gives
    such a worker up.
    """

    def __init__(
        self,
        mode: str = "real",
        *,
        start: datetime | None = None,
        speed: float = 1.0,
        grace_seconds: float = 0.01,
        patience_seconds: float | None = 5.0,
    ) -> None:
        now_ns = time.time_ns()
        instant_ns = now_ns if start is None else instant_ms(start) * NS_PER_MS
        self._line = _Line(instant_ns, now_ns, 0.0)
        self._ticking: list[Ticking] = []
        self._mode = "virtual"
        self._holds = 0
        self.skips = False
        """Whether it may jump now."""
        self.moving = threading.RLock()
        """Held while the clock is moved; taken before an engine's lock."""
        self.grace_seconds = grace_seconds
        self.patience_seconds = patience_seconds
        self.set_mode(mode, speed=speed)

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def speed(self) -> float:
        """Virtual seconds in a real second; 0 while it stands still."""
        return self._line.speed

    def set_mode(self, mode: str, *, speed: float = 1.0) -> None:
        """Go on in another way from the present instant. ``speed`` counts in mode ``real``."""
        if mode not in MODES:
            raise ValueError(f"a clock is one of {', '.join(MODES)}, not {mode!r}")
        if not 0 < speed < float("inf"):
            raise ValueError(f"speed must be a number above 0, not {speed}")
        with self.moving:
            self._mode = mode
            self._line = _Line(self._now_ns(), time.time_ns(), speed if mode == "real" else 0.0)
            self._look()
        for ticking in self._ticking:
            ticking.clock_changed()

    def now_ms(self) -> int:
        instant_ns, real_ns, speed = self._line
        if speed == 1.0:
            return (instant_ns + time.time_ns() - real_ns) // NS_PER_MS
        return self._now_ns() // NS_PER_MS

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def seconds_until(self, at_ms: int) -> float | None:
        """Real seconds until that instant, 0 or less once it is over; None if it stands still."""
        speed = self._line.speed
        return (at_ms - self.now_ms()) / 1000 / speed if speed else None

    def attach(self, ticking: Ticking) -> None:
        """Take an engine into the clock's care."""
        self._ticking.append(ticking)

    def detach(self, ticking: Ticking) -> None:
        """Let an engine go; it need not be in the clock's care."""
        if ticking in self._ticking:
            self._ticking.remove(ticking)

    def advance(self, by: float | timedelta) -> None:
        """Let time pass at once: seconds or a timedelta, not negative.

        Every deadline on the way fires at its own instant, in order. Raises ValueError.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if not seconds >= 0:
            raise ValueError(f"time cannot go back, nor by {seconds} s")
        with self.moving:
            self._move(self._now_ns() + round(seconds * 1000) * NS_PER_MS)

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until an instant; a naive datetime is taken as UTC. Raises ValueError."""
        with self.moving:
            at_ns = instant_ms(instant) * NS_PER_MS
            if at_ns < self._now_ns():
                raise ValueError(f"{instant} is before {self.now()}")
            self._move(at_ns)

    def advance_to_next_deadline(self) -> bool:
        """Jump to the next deadline and fire it; False if there is none."""
        with self.moving:
            due = [ticking.next_deadline_ms() for ticking in self._ticking]
            at_ms = min((at_ms for at_ms in due if at_ms is not None), default=None)
            if at_ms is None:
                return False
            self._move(max(at_ms * NS_PER_MS, self._now_ns()))
            return True

    def set_instant(self, at_ms: int) -> None:
        """Let it be another instant, earlier or later, without anything happening on the way."""
        self._line = _Line(at_ms * NS_PER_MS, time.time_ns(), self._line.speed)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Within the block time is not skipped: for a test that has something to do first."""
        with self.moving:
            self._holds += 1
            self._look()
        try:
            yield
        finally:
            with self.moving:
                self._holds -= 1
                self._look()
            for ticking in self._ticking:
                ticking.clock_changed()

    def _look(self) -> None:
        self.skips = self._mode == "skip" and not self._holds

    def _now_ns(self) -> int:
        instant_ns, real_ns, speed = self._line
        if speed == 0.0:
            return instant_ns
        passed_ns = time.time_ns() - real_ns
        return instant_ns + (passed_ns if speed == 1.0 else int(passed_ns * speed))

    def _move(self, to_ns: int) -> None:
        if to_ns > LATEST_MS * NS_PER_MS:
            raise ValueError("the clock ends with the year 9000")
        self._line = _Line(to_ns, time.time_ns(), self._line.speed)
        for ticking in self._ticking:
            ticking.tick()


class SystemClock(Clock):
    """The machine's clock, or one that runs ``speed`` times as fast from now on."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__("real", speed=speed)


class VirtualClock(Clock):
    """A clock that stands still until it is moved, or skips what everybody waits for.

    >>> clock = VirtualClock()
    >>> clock.advance(3600)                 # seconds or a timedelta
    >>> clock.advance_to_next_deadline()    # False: nothing is due, ever
    False
    """

    def __init__(
        self,
        start: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        *,
        auto_skip: bool = False,
        grace_seconds: float = 0.01,
        patience_seconds: float | None = 5.0,
    ) -> None:
        super().__init__(
            "skip" if auto_skip else "virtual",
            start=start,
            grace_seconds=grace_seconds,
            patience_seconds=patience_seconds,
        )


def instant_ms(instant: datetime) -> int:
    """Epoch milliseconds; a naive datetime is taken as UTC."""
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return round(instant.timestamp() * 1000)
