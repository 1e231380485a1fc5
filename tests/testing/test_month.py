"""Real threads run a workflow of thirty days correctly; the benchmarks measure the time."""

from __future__ import annotations

from datetime import timedelta

from swf_emulator import Emulator, VirtualClock
from swf_emulator.testing import ActivityFailed, drive, outcome, wait_closed
from tests.profiles import THOROUGH

from . import month


def run_with_threads() -> None:
    """Run the complete workflow."""
    clock = VirtualClock(auto_skip=True)
    with Emulator(clock=clock) as emulator:
        swf = emulator.client()
        month.register(swf)
        crew = month.Crew(emulator.client)
        began = clock.now()
        with crew:
            swf.start_workflow_execution(
                domain=month.DOMAIN, workflowId="month", workflowType=month.PARENT
            )
            done = wait_closed(emulator, "month", timeout_seconds=20)
            crew.stop()
            emulator.close()
    assert crew.errors == []
    check(done.status, [event["eventType"] for event in done.events])
    assert done.result == "30 days"
    backoff = 3 * timedelta(seconds=120 + 240)
    weeks = 4 * timedelta(hours=1)
    assert clock.now() - began == timedelta(days=month.DAYS) + backoff + weeks
    assert sum(crew.heartbeats.values()) == 3 * (month.DAYS + 6)


def check(status: str, types: list[str]) -> None:
    assert status == "COMPLETED"
    assert types.count("TimerFired") == month.DAYS + 6
    assert types.count("ActivityTaskFailed") == 6
    assert types.count("ActivityTaskCompleted") == month.DAYS
    assert types.count("ChildWorkflowExecutionCompleted") == 4
    assert not [kind for kind in types if kind.endswith("TimedOut")]


def test_a_month_with_real_threads() -> None:
    for _ in range(10 if THOROUGH else 1):
        run_with_threads()


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
