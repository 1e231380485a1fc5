"""The engines that live by one clock, and when their time may be skipped."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from .clock import LATEST_MS, Clock
from .engine import Engine


class Followers:
    """Engines that share a clock: those of all accounts without a clock of their own, or one.

    ``engines`` returns those in use at present. ``on_changed`` is called, without locks, when
    a thread that sleeps by this clock must look again, ``on_ticked`` after what was due has fired.
    """

    def __init__(
        self,
        clock: Clock,
        engines: Callable[[], list[Engine]],
        on_changed: Callable[[Followers], None],
        on_ticked: Callable[[], None],
    ) -> None:
        self.clock = clock
        self._engines = engines
        self._on_changed = on_changed
        self._on_ticked = on_ticked
        clock.attach(self)

    def close(self) -> None:
        """Leave the clock."""
        self.clock.detach(self)

    def clock_changed(self) -> None:
        """Wake the threads that sleep by the clock."""
        self._on_changed(self)

    def tick(self) -> None:
        """Fire what is due."""
        for engine in self._engines():
            engine.tick()
        self._on_ticked()

    def next_deadline_ms(self) -> int | None:
        """Return the time of the earliest deadline, None without deadlines."""
        found = [engine.next_deadline_ms() for engine in self._engines()]
        return min((at_ms for at_ms in found if at_ms is not None), default=None)

    def seconds_to_act(self) -> float | None:
        """Return the real seconds until there may be something to do; None: not before a change."""
        at_ms = self.next_deadline_ms()
        if at_ms is None:
            return None
        return self.seconds_to_skip() if self.clock.skips else self.clock.seconds_until(at_ms)

    def act(self) -> None:
        """Skip time if it may be skipped now, or fire what is due."""
        if self.clock.skips:
            self.skip()
        else:
            self.tick()

    def seconds_to_skip(self) -> float | None:
        """Return the real seconds until time may be skipped; None: not before a change.

        Time may be skipped while an execution is open and a poll is held, once nothing has
        changed for the clock's grace, or for its patience if a task is open that a worker
        could still take or answer.
        """
        engines = self._engines()
        with self.clock.moving, _locked(engines):
            return self._seconds_to_skip(engines)

    def skip(self) -> None:
        """Jump to the next deadline and fire it, if time may be skipped now.

        All locks are held between the look and the jump, so that nothing can happen between.
        """
        engines = self._engines()
        with self.clock.moving:
            with _locked(engines):
                found = [entry[0].at_ms for e in engines if (entry := e.deadlines.next())]
                if not found or self._seconds_to_skip(engines) != 0.0:
                    return
                self.clock.set_instant(max(min(found), *(engine.now_ms for engine in engines)))
            self.tick()

    def _seconds_to_skip(self, engines: list[Engine]) -> float | None:
        recorders = [engine.recorder for engine in engines]
        held = any(engine.polls.held for engine in engines)
        if not held or not any(d.open_runs for recorder in recorders for d in recorder.domains()):
            return None
        busy = any(recorder.outstanding for recorder in recorders)
        needed = self.clock.patience_seconds if busy else self.clock.grace_seconds
        if needed is None or self.clock.now_ms() >= LATEST_MS:
            return None
        last_change_at = max(recorder.last_change_at for recorder in recorders)
        return max(0.0, last_change_at + needed - time.monotonic())


def _locked(engines: list[Engine]) -> ExitStack:
    """Acquire the locks of all engines. Requires ``clock.moving``, so that one thread does."""
    with ExitStack() as locks:
        for engine in engines:
            locks.enter_context(engine.transaction.lock)
        return locks.pop_all()
