"""Thirty days pass while real threads work, in less than two seconds, every time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.testing import ActivityFailed, drive, outcome, wait_closed

from . import month

SECONDS_MAX = 2.0


def run_with_threads() -> float:
    """The whole workflow; returns the real seconds that it took."""
    clock = VirtualClock(auto_skip=True)
    with Emulator(clock=clock) as emulator:
        swf = emulator.client()
        month.register(swf)
        crew = month.Crew(emulator.client)
        began, started = clock.now(), time.perf_counter()
        with crew:
            swf.start_workflow_execution(
                domain=month.DOMAIN, workflowId="month", workflowType=month.PARENT
            )
            done = wait_closed(emulator, "month", timeout_seconds=20)
            seconds = time.perf_counter() - started
            crew.stop()
            emulator.close()
    assert crew.errors == []
    check(done.status, [event["eventType"] for event in done.events])
    assert done.result == "30 days"
    backoff = 3 * timedelta(seconds=120 + 240)
    weeks = 4 * timedelta(hours=1)
    assert clock.now() - began == timedelta(days=month.DAYS) + backoff + weeks
    assert sum(crew.heartbeats.values()) == 3 * (month.DAYS + 6)
    return seconds


def check(status: str, types: list[str]) -> None:
    assert status == "COMPLETED"
    assert types.count("TimerFired") == month.DAYS + 6
    assert types.count("ActivityTaskFailed") == 6
    assert types.count("ActivityTaskCompleted") == month.DAYS
    assert types.count("ChildWorkflowExecutionCompleted") == 4
    assert not [kind for kind in types if kind.endswith("TimedOut")]


@pytest.mark.parametrize("time_of_many", range(3))
def test_a_month_with_real_threads(time_of_many: int) -> None:
    assert run_with_threads() < SECONDS_MAX


def test_a_month_in_one_thread() -> None:
    with Emulator(clock=VirtualClock()) as emulator:
        swf = emulator.client()
        month.register(swf)
        swf.start_workflow_execution(
            domain=month.DOMAIN, workflowId="month", workflowType=month.PARENT
        )
        tries: dict[str, int] = {}

        def daily(task: dict[str, str]) -> str:
            day, attempt = task["input"].split()
            tries[day] = int(attempt)
            if int(day) % 10 == 0 and int(attempt) < 3:
                raise ActivityFailed("not yet", task["input"])
            return task["input"]

        drive(emulator, month.decide, {"daily": daily}, execution="month")
        done = outcome(emulator, "month")
        check(done.status, [event["eventType"] for event in done.events])
        assert tries["20"] == 3
