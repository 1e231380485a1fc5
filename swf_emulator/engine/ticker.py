"""The thread that follows the clock: fires deadlines as they come, skips time when it may.

It sleeps until the next deadline of a clock that runs, or, under a clock that skips, until
nothing has changed for long enough; changes wake it.
"""

from __future__ import annotations

import threading

from .accounts import Accounts
from .transaction import attempt

AFTER_ERROR_SECONDS = 1.0


class Ticker:
    """One thread for all accounts, started when there is first something to wait for."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._condition = threading.Condition()
        self._woken = False
        self._stopped = False
        self._worker: threading.Thread | None = None
        accounts.on_clock_changed = self.wake

    def wake(self) -> None:
        """Look again: a deadline comes earlier than all others, or the clock has changed."""
        with self._condition:
            self._woken = True
            if self._worker is None and not self._stopped:
                self._worker = threading.Thread(target=self._run, name="swf-ticker", daemon=True)
                self._worker.start()
            self._condition.notify()

    def stop(self) -> None:
        """Stop following the clock. Returns once the thread has ended."""
        with self._condition:
            self._stopped = True
            self._condition.notify()
            thread = self._worker
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def disown(self) -> None:
        """Forget the thread, in a child process, where it does not exist."""
        self._condition = threading.Condition()
        self._worker, self._stopped = None, True

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
            if not attempt("clock thread", self._act):
                with self._condition:
                    self._condition.wait(AFTER_ERROR_SECONDS)

    def _seconds_to_sleep(self) -> float | None:
        """Return the seconds until there may be something to do; None: not before a change."""
        accounts = self._accounts
        at_ms = accounts.next_deadline_ms()
        if at_ms is None:
            return None
        if accounts.clock.skips:
            return accounts.seconds_to_skip()
        return accounts.clock.seconds_until(at_ms)

    def _act(self) -> None:
        if self._accounts.clock.skips:
            self._accounts.skip()
        else:
            self._accounts.tick()
