"""The engines of one emulator: one for each account, since accounts share nothing in SWF.

Nobody ever holds the locks of two engines: whoever asks for several reads one after the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

from .clock import Clock
from .engine import Engine
from .view import View

T = TypeVar("T")


class Accounts:
    """A map from account to engine; ``make`` makes the engine of a new account."""

    def __init__(self, make: Callable[[str], Engine], clock: Clock) -> None:
        self._make = make
        self._engines: dict[str, Engine] = {}
        self._lock = threading.Lock()
        self.clock = clock
        self.on_earlier_deadline: Callable[[], None] | None = None

    def engine(self, account: str) -> Engine:
        """The engine of an account, which naming it brings into being."""
        found = self._engines.get(account)
        if found is None:
            with self._lock:
                found = self._engines.get(account)
                if found is None:
                    found = self._make(account)
                    found.on_earlier_deadline = self.clock_changed
                    self._engines[account] = found
        return found

    def engines(self) -> list[Engine]:
        with self._lock:
            return list(self._engines.values())

    def read(self, look: Callable[[View], T]) -> list[T]:
        """What ``look`` finds in each account, one after the other."""
        return [engine.read(look) for engine in self.engines()]

    def clock_changed(self) -> None:
        if self.on_earlier_deadline is not None:
            self.on_earlier_deadline()

    def tick(self) -> None:
        for engine in self.engines():
            engine.tick()

    def next_deadline_ms(self) -> int | None:
        found = [engine.next_deadline_ms() for engine in self.engines()]
        return min((at_ms for at_ms in found if at_ms is not None), default=None)

    def seconds_to_skip(self) -> float | None:
        """As `Engine.seconds_to_skip`, of all accounts that live by this clock together."""
        engines = self.engines()
        with ExitStack() as locks:
            for engine in engines:
                locks.enter_context(engine.lock)
            return self._seconds_to_skip(engines)

    def _seconds_to_skip(self, engines: list[Engine]) -> float | None:
        held = any(engine.handoff.held for engine in engines)
        opened = any(domain.open_runs for engine in engines for domain in engine.domains())
        if not held or not opened:
            return None
        busy = any(engine.outstanding for engine in engines)
        needed = self.clock.patience_seconds if busy else self.clock.grace_seconds
        if needed is None:
            return None
        last = max(engine.last_change_at for engine in engines)
        return max(0.0, last + needed - time.monotonic())

    def skip(self) -> None:
        """As `Engine.skip`: nobody can come between the look and the jump."""
        engines = self.engines()
        with self.clock.moving:
            with ExitStack() as locks:
                for engine in engines:
                    locks.enter_context(engine.lock)
                found = [entry[0].at_ms for e in engines if (entry := e.deadlines.next())]
                if not found or self._seconds_to_skip(engines) != 0.0:
                    return
                self.clock.set_instant(max(min(found), *(engine.now_ms for engine in engines)))
            self.tick()
