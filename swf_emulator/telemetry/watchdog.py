"""Logs once, not for ever, that a transition holds the lock of an account too long."""

from __future__ import annotations

import logging
import threading

from ..engine.accounts import Accounts

log = logging.getLogger("swf_emulator.watchdog")

PATIENCE_SECONDS = 1.0
"""The time for which a transition may hold the lock."""


class Watchdog:
    """A thread that looks at the accounts from time to time. A context manager."""

    def __init__(self, accounts: Accounts, every_seconds: float = 5.0) -> None:
        self._accounts = accounts
        self._every_seconds = every_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="swf-watchdog", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def _run(self) -> None:
        was_stuck = False
        while not self._closed.wait(self._every_seconds):
            reason = self._accounts.stuck(PATIENCE_SECONDS)
            if reason is not None and not was_stuck:
                log.error("calls wait: %s", reason)
            elif reason is None and was_stuck:
                log.warning("calls are answered again")
            was_stuck = reason is not None
