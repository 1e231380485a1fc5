"""The clock that a test moves. Source of the rules: the emulator's own design."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from swf_emulator import SystemClock, VirtualClock
from swf_emulator.engine.clock import LATEST_MS
from swf_emulator.engine.domains import DAY_MS

START = datetime(2026, 1, 1, tzinfo=UTC)


class Recorder:
    """Something with deadlines that notes at which instants they fire."""

    def __init__(self, clock: VirtualClock, *due_ms: int) -> None:
        self.clock = clock
        self.due_ms = sorted(due_ms)
        self.fired: list[int] = []
        clock.attach(self)

    def next_deadline_ms(self) -> int | None:
        return self.due_ms[0] if self.due_ms else None

    def tick(self) -> None:
        while self.due_ms and self.due_ms[0] <= self.clock.now_ms():
            self.fired.append(self.due_ms.pop(0))

    def clock_changed(self) -> None:
        """Do nothing: no thread sleeps by this clock."""


def test_it_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(START)
    assert clock.now() == START
    clock.advance(1.5)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == START + timedelta(seconds=61.5)
    clock.advance_to(START + timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)


def test_naive_instants_are_utc() -> None:
    clock = VirtualClock(datetime(2026, 1, 1))
    assert clock.now() == START
    clock.advance_to(datetime(2026, 1, 2))
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("by", [-1, -0.001, timedelta(seconds=-1), float("nan")])
def test_it_does_not_go_back(by: float | timedelta) -> None:
    clock = VirtualClock(START)
    with pytest.raises(ValueError, match="must be 0 or more"):
        clock.advance(by)
    assert clock.now() == START


def test_it_does_not_go_back_to_an_instant() -> None:
    clock = VirtualClock(START)
    with pytest.raises(ValueError, match="must not be before"):
        clock.advance_to(START - timedelta(milliseconds=1))


def test_everything_on_the_way_fires() -> None:
    clock = VirtualClock(START)
    now_ms = clock.now_ms()
    recorder = Recorder(clock, now_ms + 10, now_ms + 20, now_ms + 31)
    clock.advance(0.030)
    assert recorder.fired == [now_ms + 10, now_ms + 20]


def test_it_jumps_to_the_next_deadline_of_any() -> None:
    clock = VirtualClock(START)
    now_ms = clock.now_ms()
    one, other = Recorder(clock, now_ms + 500), Recorder(clock, now_ms + 200)
    assert clock.advance_to_next_deadline()
    assert clock.now_ms() == now_ms + 200
    assert (one.fired, other.fired) == ([], [now_ms + 200])
    assert clock.advance_to_next_deadline()
    assert one.fired == [now_ms + 500]
    assert not clock.advance_to_next_deadline()
    assert clock.now_ms() == now_ms + 500


@pytest.mark.parametrize("speed", [0, -1])
def test_time_only_goes_forward(speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be"):
        SystemClock(speed)


@pytest.mark.parametrize("speed", [1e308, float("inf"), float("nan"), 1.1e9])
def test_a_speed_has_a_bound(speed: float) -> None:
    with pytest.raises(ValueError, match=r"speed must be a number above 0, at most 1e\+09"):
        SystemClock(speed)


def test_no_clock_goes_beyond_the_year_9000() -> None:
    late = datetime(8999, 12, 31, tzinfo=UTC)
    clock = VirtualClock(late)
    recorder = Recorder(clock, clock.now_ms() + 365 * DAY_MS)
    with pytest.raises(ValueError, match="the time must not be after the year 9000"):
        clock.advance(2 * 86_400)
    assert not clock.advance_to_next_deadline()
    assert (clock.now(), recorder.fired) == (late, [])
    with pytest.raises(ValueError, match="the time must not be after the year 9000"):
        VirtualClock(late + timedelta(days=2))
    clock.set_instant(clock.now_ms() + 365 * DAY_MS)
    assert clock.now_ms() == LATEST_MS


def test_a_fast_clock_stops_at_the_year_9000(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock(speed=1e9)
    real_ns = time.time_ns() + 3_600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: real_ns)
    assert clock.now_ms() == LATEST_MS


def test_a_fast_clock_needs_less_real_time() -> None:
    clock = SystemClock(speed=1_000_000)
    at_ms = clock.now_ms() + 1_000_000_000
    seconds = clock.seconds_until(at_ms)
    assert seconds is not None
    assert seconds <= 1.0
    assert VirtualClock(START).seconds_until(at_ms) is None
