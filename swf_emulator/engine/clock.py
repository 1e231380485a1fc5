"""The clock of an emulator: real, faster than real, or stopped until it is moved.

Times are integers: milliseconds since the epoch, as in SWF's timestamps. A clock is a line
through real time: a time, the real time at which the clock shows it, and the speed from there
on. Moving the clock moves the line.
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
"""The year 9000: clients cannot parse timestamps long after it. No clock goes beyond."""

SPEED_MAX = 1e9

BEYOND = "the time must not be after the year 9000"

MODES = ("real", "virtual", "skip")


class Ticking(Protocol):
    """Something with deadlines that follows a clock: the engines of an emulator."""

    def next_deadline_ms(self) -> int | None: ...

    def tick(self) -> None:
        """Fire everything that is due now."""

    def clock_changed(self) -> None:
        """Wake the threads that sleep by the clock: deadlines, mode or speed have changed."""


class ClockState(NamedTuple):
    """The mode of a clock and the line through real time that it shows."""

    mode: str
    instant_ns: int
    real_ns: int
    speed: float


class _Line(NamedTuple):
    instant_ns: int
    real_ns: int
    speed: float


class Clock:
    """The clock of one emulator.

    Modes: ``real`` (time passes, ``speed`` times as fast as the machine's), ``virtual`` (time
    stops until the clock is moved), ``skip`` (time stops, and jumps to the next deadline when
    every client is waiting: see "Skipping time" in the design document).

    Before a jump nothing must have changed for ``grace_seconds`` (real seconds) if no task is
    open, or for ``patience_seconds`` if one is, whose worker may be slow or gone. With None
    instead of ``patience_seconds`` time is never skipped while a task is open.
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
        if instant_ns > LATEST_MS * NS_PER_MS:
            raise ValueError(BEYOND)
        self._line = _Line(instant_ns, now_ns, 0.0)
        self._ticking: list[Ticking] = []
        self._mode = "virtual"
        self._holds = 0
        self.skips = False
        """Whether the clock may jump now."""
        self.moving = threading.RLock()
        """Held while the clock is moved; must be acquired before an engine's lock."""
        self.grace_seconds = grace_seconds
        self.patience_seconds = patience_seconds
        self.set_mode(mode, speed=speed)

    def copy(self) -> Clock:
        """Return a clock of its own that shows the same time and passes in the same way."""
        with self.moving:
            clock = Clock(
                self._mode,
                speed=self._line.speed or 1.0,
                grace_seconds=self.grace_seconds,
                patience_seconds=self.patience_seconds,
            )
            clock._line = self._line
        return clock

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def speed(self) -> float:
        """Seconds that pass in one real second; 0 while time is stopped."""
        return self._line.speed

    def set_mode(self, mode: str, *, speed: float = 1.0) -> None:
        """Change the mode; ``speed`` applies to the mode ``real``. Raises ValueError."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        if not 0 < speed <= SPEED_MAX:
            raise ValueError(
                f"speed must be a number above 0, at most {SPEED_MAX:.0e}, not {speed}"
            )
        with self.moving:
            self._mode = mode
            self._line = _Line(self._now_ns(), time.time_ns(), speed if mode == "real" else 0.0)
            self._update_skips()
        self.wake()

    def now_ms(self) -> int:
        instant_ns, real_ns, speed = self._line
        if speed == 1.0:
            return (instant_ns + time.time_ns() - real_ns) // NS_PER_MS
        return self._now_ns() // NS_PER_MS

    def now(self) -> datetime:
        """The present time, in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def seconds_until(self, at_ms: int) -> float | None:
        """Return the real seconds until ``at_ms``, 0 or less if it has passed.

        Returns None while time is stopped.
        """
        speed = self._line.speed
        return (at_ms - self.now_ms()) / 1000 / speed if speed else None

    def attach(self, ticking: Ticking) -> None:
        """Let ``ticking`` follow the clock."""
        self._ticking.append(ticking)

    def detach(self, ticking: Ticking) -> None:
        """Let ``ticking`` no longer follow the clock, if it does."""
        if ticking in self._ticking:
            self._ticking.remove(ticking)

    def wake(self) -> None:
        """Wake the threads that sleep by the clock."""
        for ticking in self._ticking:
            ticking.clock_changed()

    def advance(self, by: float | timedelta) -> None:
        """Move the clock forward by seconds or a timedelta. Raises ValueError.

        Every deadline on the way fires at its own time, in order.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if not seconds >= 0:
            raise ValueError(f"cannot advance by {seconds} s: the amount must be 0 or more")
        with self.moving:
            self._move(self._now_ns() + round(seconds * 1000) * NS_PER_MS)

    def advance_to(self, instant: datetime) -> None:
        """Move the clock forward to a time; a naive datetime is taken as UTC. Raises ValueError."""
        with self.moving:
            at_ns = instant_ms(instant) * NS_PER_MS
            if at_ns < self._now_ns():
                raise ValueError(f"{instant} must not be before {self.now()}")
            self._move(at_ns)

    def advance_to_next_deadline(self) -> bool:
        """Move the clock to the next deadline and fire it; return False if there is none.

        A deadline after the year 9000 is none: no clock reaches it.
        """
        with self.moving:
            due = [ticking.next_deadline_ms() for ticking in self._ticking]
            at_ms = min((at_ms for at_ms in due if at_ms is not None), default=None)
            if at_ms is None or at_ms > LATEST_MS:
                return False
            self._move(max(at_ms * NS_PER_MS, self._now_ns()))
            return True

    def set_instant(self, at_ms: int) -> None:
        """Set the time, forward or backward, without firing any deadlines."""
        at_ms = min(at_ms, LATEST_MS)
        self._line = _Line(at_ms * NS_PER_MS, time.time_ns(), self._line.speed)

    def state(self) -> ClockState:
        """Return what `restore` needs to continue as this clock does."""
        return ClockState(self._mode, *self._line)

    def restore(self, state: ClockState) -> None:
        """Continue as another clock did: one that runs has run in the meantime."""
        with self.moving:
            self._mode = state.mode
            self._line = _Line(*state[1:])
            self._update_skips()
        self.wake()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Do not skip time within the block."""
        with self.moving:
            self._holds += 1
            self._update_skips()
        try:
            yield
        finally:
            with self.moving:
                self._holds -= 1
                self._update_skips()
            self.wake()

    def _update_skips(self) -> None:
        self.skips = self._mode == "skip" and not self._holds

    def _now_ns(self) -> int:
        instant_ns, real_ns, speed = self._line
        if speed == 0.0:
            return instant_ns
        passed_ns = time.time_ns() - real_ns
        now_ns = instant_ns + (passed_ns if speed == 1.0 else int(passed_ns * speed))
        return min(now_ns, LATEST_MS * NS_PER_MS)

    def _move(self, to_ns: int) -> None:
        if to_ns > LATEST_MS * NS_PER_MS:
            raise ValueError(BEYOND)
        self._line = _Line(to_ns, time.time_ns(), self._line.speed)
        for ticking in self._ticking:
            ticking.tick()


class SystemClock(Clock):
    """The machine's clock, or a clock that runs ``speed`` times as fast from now on."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__("real", speed=speed)


class VirtualClock(Clock):
    """A clock that is stopped until it is moved, or that skips idle time with ``auto_skip``.

    >>> clock = VirtualClock()
    >>> clock.advance(3600)                 # seconds or a timedelta
    >>> clock.advance_to_next_deadline()    # False: no deadline is scheduled
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
