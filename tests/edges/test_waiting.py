"""Held polls over sockets: the oldest is served first and at once; time up, nothing to do."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from swf_emulator import Emulator, Settings

from . import wire, workload
from .conftest import Serve
from .wire import Wire

pytestmark = pytest.mark.usefixtures("way")

POLLERS = 8
PROMPT_SECONDS = 1.0
"""Far more than a woken poll needs, far less than it is held."""


def test_the_oldest_poll_gets_the_first_task(patient: tuple[Emulator, str]) -> None:
    emulator, url = patient
    with ExitStack() as stack:
        wires = []
        for number in range(POLLERS):
            waiting = stack.enter_context(Wire(url))
            wires.append(waiting.send(workload.decision_poll()))
            workload.await_held(emulator, number + 1)
        run_ids = [workload.start(url, f"w{number}") for number in range(POLLERS)]
        served = [waiting.receive().json()["workflowExecution"]["runId"] for waiting in wires]
    assert served == run_ids


def test_a_held_decision_poll_is_answered_when_the_task_comes(
    patient: tuple[Emulator, str],
) -> None:
    emulator, url = patient
    with Wire(url) as waiting:
        waiting.send(workload.decision_poll())
        workload.await_held(emulator, 1)
        began = time.monotonic()
        workload.start(url, "w")
        task = waiting.receive().json()
        took = time.monotonic() - began
    assert workload.types_of(task["events"])[-1] == "DecisionTaskStarted"
    assert took < PROMPT_SECONDS


def test_a_held_activity_poll_is_answered_when_the_task_comes(
    patient: tuple[Emulator, str],
) -> None:
    emulator, url = patient
    workload.start(url, "w")
    decision = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
    with Wire(url) as waiting:
        waiting.send(wire.request("PollForActivityTask", workload.poll_parameters()))
        workload.await_held(emulator, 1)
        began = time.monotonic()
        workload.decide(url, decision["taskToken"], workload.schedule_activity("a"))
        task = waiting.receive().json()
        took = time.monotonic() - began
    assert task["activityId"] == "a"
    assert took < PROMPT_SECONDS


@pytest.mark.parametrize(
    ("operation", "empty"),
    [
        ("PollForDecisionTask", {"previousStartedEventId": 0, "startedEventId": 0}),
        ("PollForActivityTask", {"startedEventId": 0}),
    ],
)
def test_a_poll_without_a_task_ends_empty_when_its_time_is_over(
    serve: Serve, operation: str, empty: dict[str, int]
) -> None:
    hold = 0.3
    emulator, url = serve(Settings(poll_hold_seconds=hold))
    began = time.monotonic()
    reply = wire.call(url, operation, **workload.poll_parameters())
    took = time.monotonic() - began
    assert (reply.status, reply.json()) == (200, empty)
    assert hold <= took < hold + PROMPT_SECONDS
    assert not workload.held_polls(emulator)


def test_one_poll_too_many_is_refused_and_the_others_wait_on(serve: Serve) -> None:
    emulator, url = serve(Settings(poll_hold_seconds=30.0, max_pollers=2))
    with Wire(url) as first, Wire(url) as second:
        first.send(workload.decision_poll())
        workload.await_held(emulator, 1)
        second.send(workload.decision_poll())
        workload.await_held(emulator, 2)
        refused = wire.call(url, "PollForDecisionTask", **workload.poll_parameters())
        assert (refused.status, refused.fault) == (400, "LimitExceededFault")
        workload.start(url, "w")
        assert "taskToken" in first.receive().json()
        workload.await_held(emulator, 1)


def test_a_reset_ends_held_polls_empty(patient: tuple[Emulator, str]) -> None:
    emulator, url = patient
    with Wire(url) as waiting:
        waiting.send(workload.decision_poll())
        workload.await_held(emulator, 1)
        with Wire(url) as other:
            reset = wire.http_request([], b"", "POST /_emulator/reset HTTP/1.1")
            assert other.send(reset).receive().status == 200
        assert "taskToken" not in waiting.receive().json()
    reply = wire.call(url, "DescribeDomain", name=workload.DOMAIN)
    assert reply.fault == "UnknownResourceFault"
