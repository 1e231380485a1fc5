"""The watchdog: a transition that lasts too long is logged once, with its place."""

from __future__ import annotations

import logging
import threading

import pytest

from swf_emulator import Emulator
from swf_emulator.telemetry import watchdog
from swf_emulator.telemetry.watchdog import Watchdog
from tests.waiting import wait_until


def test_a_long_transition_is_logged_once(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watchdog, "PATIENCE_SECONDS", 0.02)
    engine, entered, may_end = emulator.service.engine, threading.Event(), threading.Event()

    def a_long_transition() -> None:
        with engine.transaction:
            entered.set()
            may_end.wait(20)

    thread = threading.Thread(target=a_long_transition)
    caplog.set_level(logging.WARNING, "swf_emulator.watchdog")
    with Watchdog(emulator.accounts, every_seconds=0.005):
        thread.start()
        entered.wait(20)
        wait_until(lambda: caplog.messages)
        reason = emulator.accounts.stuck(0.3)
        may_end.set()
        thread.join()
        wait_until(lambda: "calls are answered again" in caplog.messages)
    assert reason is not None
    assert "account 123456789012 is locked for " in reason
    assert "threading.py" in reason
    (stuck, again) = caplog.messages
    assert stuck.startswith("calls wait: the state of account 123456789012 is locked for 0.")
    assert again == "calls are answered again"
