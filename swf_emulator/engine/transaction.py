"""The life of a call inside the engine: one lock, one instant.

::

    lock ─▶ catch up ─▶ the change ─▶ settle ─▶ unlock ─▶ after_unlock
            │                         │                   │
            fire what is overdue      what follows now    answer polls, invoke functions
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from .clock import Clock
from .deadlines import Deadlines

log = logging.getLogger(__name__)


class Transaction:
    """One hold of an engine's lock. An engine has one and enters it for each change or read.

    It cannot be entered within itself. ``settle`` does everything that must happen at the
    present instant; it is called after each change, and at each deadline that has passed.
    """

    __slots__ = (
        "_deadlines",
        "_settle",
        "after_unlock",
        "clock",
        "entered",
        "lock",
        "now_ms",
        "submit",
    )

    def __init__(self, clock: Clock, deadlines: Deadlines, settle: Callable[[], None]) -> None:
        self.clock = clock
        self._deadlines = deadlines
        self._settle = settle
        self.lock = threading.Lock()
        self.now_ms = clock.now_ms()
        """The instant of the present transaction, or of the last one."""
        self.entered: tuple[float, int] | None = None
        """The real time (monotonic) of the present transaction, and its thread."""
        self.after_unlock: list[Callable[[], object]] = []
        """Steps that follow once the lock is released."""
        self.submit: Callable[[int], object] | None = None
        """Called with the instant before the lock is released: see `engine.journal`."""

    def __enter__(self) -> None:
        self.lock.acquire()
        self.entered = time.monotonic(), threading.get_ident()
        try:
            self._catch_up()
        except BaseException:
            self._leave()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self._settle()
        finally:
            self._leave()

    def _catch_up(self) -> None:
        """Fire the deadlines that have passed since the last transaction, each at its time."""
        now_ms = self.clock.now_ms()
        if now_ms < self.now_ms:
            now_ms = self.now_ms
        while (entry := self._deadlines.due(now_ms)) is not None:
            self.now_ms = max(self.now_ms, entry[0].at_ms)
            self._settle()
        self.now_ms = now_ms

    def _leave(self) -> None:
        try:
            if self.submit is not None:
                self.submit(self.now_ms)
        finally:
            self._unlock()

    def _unlock(self) -> None:
        steps = self.after_unlock
        if self._deadlines.earlier or self.clock.skips:
            self._deadlines.earlier = False
            steps.append(self.clock.wake)
        if steps:
            self.after_unlock = []
        self.entered = None
        self.lock.release()
        for step in steps:
            attempt("post-call work", step)


def attempt(name: str, step: Callable[[], object]) -> bool:
    """Run one step; log an exception that it raises and return False."""
    try:
        step()
    except Exception:
        log.exception("internal error in %s", name)
        return False
    return True
