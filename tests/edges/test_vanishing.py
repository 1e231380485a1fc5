"""Pollers that vanish while they wait: no task is lost to them, unless that is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swf_emulator import Emulator, Settings

from . import wire, workload
from .conftest import Serve
from .wire import Wire

pytestmark = pytest.mark.usefixtures("way")

MANY = 60
ROUNDS = 10

Leave = Callable[[Wire], None]
leaving = pytest.mark.parametrize("leave", [Wire.close, Wire.reset], ids=["close", "reset"])


def held(emulator: Emulator, url: str, count: int) -> list[Wire]:
    wires = [Wire(url).send(workload.decision_poll()) for _ in range(count)]
    workload.await_held(emulator, count)
    return wires


@leaving
def test_many_that_vanish_at_once_take_no_task(patient: tuple[Emulator, str], leave: Leave) -> None:
    emulator, url = patient
    for gone in held(emulator, url, MANY):
        leave(gone)
    workload.await_held(emulator, 0)
    run_id = workload.start(url, "w")
    with Wire(url) as alive:
        task = alive.send(workload.decision_poll()).receive().json()
    assert task["workflowExecution"]["runId"] == run_id


@leaving
def test_the_one_that_stays_gets_the_task(patient: tuple[Emulator, str], leave: Leave) -> None:
    """It is neither the oldest nor the youngest; the others leave just before the task comes."""
    emulator, url = patient
    for number in range(ROUNDS):
        wires = held(emulator, url, 5)
        stays = wires.pop(2)
        for gone in wires:
            leave(gone)
        workload.await_held(emulator, 1)
        run_id = workload.start(url, f"w{number}")
        with stays:
            assert stays.receive().json()["workflowExecution"]["runId"] == run_id


@leaving
def test_those_that_left_a_moment_before_take_no_task(
    patient: tuple[Emulator, str], leave: Leave
) -> None:
    """The call that brings the task is on its way while the server learns that they have gone."""
    emulator, url = patient
    for number in range(ROUNDS):
        wires = held(emulator, url, 3)
        asked = wire.request(
            "StartWorkflowExecution",
            {
                "domain": workload.DOMAIN,
                "workflowId": f"w{number}",
                "workflowType": workload.TYPE,
            },
        )
        with Wire(url) as starter:
            starter.send(wire.request("DescribeDomain", {"name": workload.DOMAIN})).receive()
            for gone in wires:
                leave(gone)
            run_id = starter.send(asked).receive().json()["runId"]
        with Wire(url) as alive:
            task = alive.send(workload.decision_poll()).receive().json()
        assert task["workflowExecution"]["runId"] == run_id


def test_a_poll_cut_off_within_its_request_is_never_held(patient: tuple[Emulator, str]) -> None:
    emulator, url = patient
    poll = workload.decision_poll()
    for end in range(1, len(poll), 17):
        Wire(url).send(poll[:end]).close()
    run_id = workload.start(url, "w")
    with Wire(url) as alive:
        task = alive.send(poll).receive().json()
    assert task["workflowExecution"]["runId"] == run_id
    assert not workload.held_polls(emulator)


def test_with_the_setting_a_task_may_be_lost_to_a_vanished_poller(serve: Serve) -> None:
    """As with the service itself: the task has to time out."""
    emulator, url = serve(Settings(poll_hold_seconds=30.0, lose_tasks_of_vanished_pollers=True))
    (gone,) = held(emulator, url, 1)
    gone.close()
    run_id = workload.start(url, "w")
    workload.await_held(emulator, 0)
    types = workload.types_of(workload.history(url, "w", run_id))
    assert types[-1] == "DecisionTaskStarted"


def test_with_the_setting_a_vanished_poller_is_forgotten_when_its_time_is_over(
    serve: Serve,
) -> None:
    emulator, url = serve(Settings(poll_hold_seconds=0.5, lose_tasks_of_vanished_pollers=True))
    for gone in held(emulator, url, 3):
        gone.close()
    workload.await_held(emulator, 0)
    run_id = workload.start(url, "w")
    with Wire(url) as alive:
        task = alive.send(workload.decision_poll()).receive().json()
    assert task["workflowExecution"]["runId"] == run_id


def test_a_poll_with_another_request_behind_it_is_withdrawn_too(
    patient: tuple[Emulator, str],
) -> None:
    """The connection is lost for the request that is being answered, not only for the last."""
    emulator, url = patient
    connection = Wire(url).send(workload.decision_poll() * 2)
    workload.await_held(emulator, 1)
    connection.close()
    workload.await_held(emulator, 0)
