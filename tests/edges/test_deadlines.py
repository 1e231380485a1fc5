"""Under the real clock deadlines fire by themselves, without any call."""

from __future__ import annotations

import time
from typing import Any

import pytest

from swf_emulator import Emulator
from tests.sim.inject import broken

from . import wire, workload
from .wire import Wire

pytestmark = pytest.mark.usefixtures("way")

LATE_SECONDS = 1.0
"""The delay that is allowed for an answer on a busy machine."""


def seconds_between(first: dict[str, Any], second: dict[str, Any]) -> float:
    return float(second["eventTimestamp"] - first["eventTimestamp"])


def test_a_timer_wakes_a_held_poll(patient: tuple[Emulator, str]) -> None:
    """The poll is the last call; a second later it has the decision task."""
    _, url = patient
    workload.start(url, "w")
    decision = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
    workload.decide(url, decision["taskToken"], workload.start_timer("t", "1"))
    began = time.monotonic()
    with Wire(url) as waiting:
        task = waiting.send(workload.decision_poll()).receive().json()
    took = time.monotonic() - began
    types = workload.types_of(task["events"])
    assert types[-3:] == ["TimerFired", "DecisionTaskScheduled", "DecisionTaskStarted"]
    started, fired = task["events"][-4], task["events"][-3]
    assert started["eventType"] == "TimerStarted"
    assert seconds_between(started, fired) == pytest.approx(1.0, abs=0.0015)
    assert took < 1.0 + LATE_SECONDS


def test_timeouts_happen_while_nobody_calls(patient: tuple[Emulator, str]) -> None:
    """The engine's state changes although no call comes in; seen without a call."""
    emulator, url = patient
    short, long = (
        workload.start(url, name, executionStartToCloseTimeout=seconds)
        for name, seconds in (("short", "1"), ("long", "100"))
    )
    runs = workload.runs(emulator)
    workload.await_that(lambda: runs[short].execution.closed, "the execution has timed out")
    assert runs[short].execution.close_status == "TIMED_OUT"
    assert runs[short].execution.close_ms == runs[short].execution.started_ms + 1000
    assert not runs[long].execution.closed


def test_an_earlier_deadline_is_not_slept_over(patient: tuple[Emulator, str]) -> None:
    """A second execution is due before the one that the clock was set to."""
    emulator, url = patient
    workload.start(url, "long", executionStartToCloseTimeout="1000")
    short = workload.start(url, "short", executionStartToCloseTimeout="1")
    runs = workload.runs(emulator)
    workload.await_that(lambda: runs[short].execution.closed, "the execution has timed out")


def test_a_fault_of_ours_does_not_stop_the_clock(
    patient: tuple[Emulator, str], caplog: pytest.LogCaptureFixture
) -> None:
    """The first event that is recorded fails: a timeout. The others happen."""
    emulator, url = patient
    for name in ("first", "second", "third"):
        workload.start(url, name, executionStartToCloseTimeout="1")
    runs = workload.runs(emulator)
    with broken("encode", 1) as fuse:
        workload.await_that(
            lambda: sum(run.execution.closed for run in runs.values()) >= 2,
            "two of three executions have timed out",
        )
    assert fuse.blown
    assert caplog.records, "the fault is not logged"
