"""The thread that follows the clock: fires deadlines as they come, skips time when it may.

It sleeps until the next deadline of a clock that runs by itself, or, under a clock that
skips, until the engine has been idle for long enough; changes wake it.
"""

from __future__ import annotations

import logging
import threading

from .accounts import Accounts

log = logging.getLogger(__name__)

AFTER_ERROR_SECONDS = 1.0


class Ticker:
    """One thread per engine, started when there is first something to wait for."""

    def __init__(self, engine: Accounts) -> None:
        self._engine = engine
        self._condition = threading.Condition()
        self._woken = False
        self._stopped = False
        self._thread: threading.Thread | None = None
        engine.on_earlier_deadline = self.wake

    def wake(self) -> None:
        """Something is due earlier than what is slept for, or the clock has changed."""
        with self._condition:
            self._woken = True
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="swf-ticker", daemon=True)
                self._thread.start()
            self._condition.notify()

    def stop(self) -> None:
        """Follow the clock no more. Returns once the thread has ended."""
        with self._condition:
            self._stopped = True
            self._condition.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while True:
            seconds = self._seconds_to_sleep()
            with self._condition:
                if not self._stopped and not self._woken and (seconds is None or seconds > 0):
                    wait = None if seconds is None else min(seconds, threading.TIMEOUT_MAX)
                    self._condition.wait(wait)
                self._woken = False
                if self._stopped:
                    return
            self._guarded_act()

    def _guarded_act(self) -> None:
        """Whatever goes wrong, later deadlines must fire; a fault that lasts must not spin."""
        try:
            self._act()
        except Exception:
            log.exception("following the clock failed inside the emulator")
            with self._condition:
                self._condition.wait(AFTER_ERROR_SECONDS)

    def _seconds_to_sleep(self) -> float | None:
        """None: until something changes."""
        engine = self._engine
        at_ms = engine.next_deadline_ms()
        if at_ms is None:
            return None
        if engine.clock.skips:
            return engine.seconds_to_skip()
        return engine.clock.seconds_until(at_ms)

    def _act(self) -> None:
        engine = self._engine
        if engine.clock.skips:
            engine.skip()
        else:
            engine.tick()
