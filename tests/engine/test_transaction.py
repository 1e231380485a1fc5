"""One hold of the lock, and the thread that follows the clock: what happens after errors.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.engine import ticker
from swf_emulator.engine.deadlines import Deadlines
from swf_emulator.engine.transaction import Transaction


class Broken(Exception):
    """The injected error."""


class BrokenClock(VirtualClock):
    """A clock that cannot be read while ``broken`` is set."""

    broken = False

    def now_ms(self) -> int:
        if self.broken:
            raise Broken
        return super().now_ms()


def transaction(clock: VirtualClock, settle: Callable[[], None] = lambda: None) -> Transaction:
    return Transaction(clock, Deadlines(), settle)


def test_a_journal_that_fails_leaves_the_lock_free() -> None:
    def fail(now_ms: int) -> None:
        raise Broken

    made = transaction(VirtualClock())
    made.submit = fail
    with pytest.raises(Broken), made:
        pass
    assert not made.lock.locked()
    assert made.entered is None


def test_a_clock_that_fails_leaves_the_lock_free() -> None:
    clock = BrokenClock()
    made = transaction(clock)
    clock.broken = True
    with pytest.raises(Broken), made:
        raise AssertionError("the transaction must not begin")
    assert not made.lock.locked()
    clock.broken = False
    with made:
        assert made.lock.locked()


def test_settling_happens_after_a_fault_too() -> None:
    settled: list[bool] = []
    made = transaction(VirtualClock(), lambda: settled.append(made.lock.locked()))
    with pytest.raises(Broken), made:
        raise Broken
    assert settled == [True]
    assert not made.lock.locked()


def test_steps_follow_in_order_without_the_lock(caplog: pytest.LogCaptureFixture) -> None:
    made = transaction(VirtualClock())
    done: list[tuple[str, bool]] = []

    def fail() -> None:
        done.append(("failing", made.lock.locked()))
        raise Broken

    with made:
        made.after_unlock += [fail, lambda: done.append(("next", made.lock.locked()))]
        assert done == []
    assert done == [("failing", False), ("next", False)]
    assert [record.getMessage() for record in caplog.records] == [
        "internal error in post-call work"
    ]
    with made:
        assert made.after_unlock == []


def test_the_instant_does_not_go_back() -> None:
    clock = VirtualClock()
    made = transaction(clock)
    before = made.now_ms
    clock.set_instant(before - 1000)
    with made:
        assert made.now_ms == before


@pytest.mark.timeout(20)
def test_the_thread_of_the_clock_survives_an_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ticker, "AFTER_ERROR_SECONDS", 0.001)
    with Emulator(clock="virtual") as emulator:
        looked = threading.Event()
        look = emulator.accounts.sharing.seconds_to_act

        def fail_once() -> None:
            monkeypatch.setattr(emulator.accounts.sharing, "seconds_to_act", looked.set)
            raise Broken

        monkeypatch.setattr(emulator.accounts.sharing, "seconds_to_act", fail_once)
        emulator.clock.wake()
        while not looked.wait(0.01):
            emulator.clock.wake()
        monkeypatch.setattr(emulator.accounts.sharing, "seconds_to_act", look)
    assert [record.getMessage() for record in caplog.records] == ["internal error in clock thread"]
