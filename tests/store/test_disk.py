"""Power loss, torn writes and a full disk, at every point of a workload; damaged files.

The log only grows between checkpoints, so what a power loss leaves is the synchronized log and
any part of what was written after it, perhaps torn. A full disk is a limit of the operating
system on the size of files.
"""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.store import writer
from swf_emulator.store.errors import StoreError

from ..engine.stage import LIST, TYPE, Stage, decision
from ..waiting import wait_until
from .test_restart import schedule

pytestmark = pytest.mark.timeout(300)

CUTS = 3
"""Power losses tried within the writes of each call."""


def workload(stage: Stage) -> Iterator[None]:
    """A few hundred calls of all kinds; yields after each."""
    stage.register()
    yield
    for number in range(25):
        name = f"w{number}"
        stage.start(name)
        yield
        stage.decide(*(schedule(f"a{index}") for index in range(3)))
        yield
        token = stage.call("PollForActivityTask", domain="d", taskList=LIST)["taskToken"]
        yield
        stage.call("RecordActivityTaskHeartbeat", taskToken=token, details=name)
        yield
        stage.call("RespondActivityTaskCompleted", taskToken=token)
        yield
        stage.signal(name)
        yield
        stage.emulator.clock.advance(1)
        yield
        stage.decide(decision("CompleteWorkflowExecution"))
        yield
    stage.call("DeprecateActivityType", domain="d", activityType=TYPE)
    yield


def state_in(data: Path) -> dict[str, Any]:
    with Emulator(data=data) as emulator:
        return emulator.export_state()


def test_a_power_loss_at_any_point_loses_nothing_acknowledged(tmp_path: Path) -> None:
    data, log = tmp_path / "swf.db", tmp_path / "swf.db-wal"
    chance = random.Random(1)
    with Emulator(clock="virtual", data=data) as emulator:
        file = data.read_bytes()
        states, sizes = [emulator.export_state()], [log.stat().st_size if log.exists() else 0]
        for _ in workload(Stage(emulator)):
            states.append(emulator.export_state())
            sizes.append(log.stat().st_size)
        assert sizes == sorted(sizes), "the log must only grow here"
        assert data.read_bytes() == file, "there must be no checkpoint here"
        whole = log.read_bytes()
    lost = tmp_path / "lost.db"
    lost_log = tmp_path / "lost.db-wal"
    for number in range(len(states) - 1):
        synced, end = sizes[number], sizes[number + 1]
        for _ in range(CUTS if end > synced else 1):
            cut = chance.randint(synced, max(synced, end - 1))
            torn = chance.randbytes(chance.choice((0, 512, 5000)))
            lost.write_bytes(file)
            lost_log.write_bytes(whole[:cut] + torn)
            found = state_in(lost)
            # One call may commit several times, and only the last is awaited at its end.
            assert number == 0 or found["nowMs"] >= states[number]["nowMs"]
            assert lines(states[number]) <= lines(found) <= lines(states[number + 1])


def lines(state: dict[str, Any]) -> set[str]:
    """What a state has that is never removed in this workload."""
    return {
        f"{execution['runId']} {event}"
        for domain in state["domains"]
        for execution in domain["executions"]
        for event in execution["events"]
    } | {
        f"{domain['name']} {one['name']}" for domain in state["domains"] for one in domain["types"]
    }


@contextmanager
def full_disk(free_bytes: int, log: Path) -> Iterator[None]:
    """No file grows beyond the size of the log and so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + free_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def signals_until_refused(stage: Stage) -> int:
    """Return how many signals are acknowledged."""
    for number in range(100):
        try:
            stage.signal("w")
        except Fault:
            return number
    raise AssertionError("the disk does not become full")


@pytest.mark.parametrize("free_bytes", [0, 20, 1_000, 4_096, 5_000, 10_000, 30_000])
def test_a_full_disk_refuses_calls_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int
) -> None:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    data, log = tmp_path / "swf.db", tmp_path / "swf.db-wal"
    with Emulator(clock="virtual", data=data) as emulator:
        stage = Stage(emulator)
        stage.register()
        stage.start("w")
        journal = emulator.accounts.journal
        assert journal is not None
        with full_disk(free_bytes, log):
            acknowledged = signals_until_refused(stage)
            assert journal.generation > 0
        wait_until(lambda: journal.failing is None)
        signals = [each["eventType"] for each in emulator.history("w")].count(
            "WorkflowExecutionSignaled"
        )
        assert acknowledged <= signals <= acknowledged + 1
        stage.signal("w")
        before = emulator.export_state()
    assert state_in(data) == before


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused_and_not_overwritten(tmp_path: Path, share: float) -> None:
    data = tmp_path / "swf.db"
    with Emulator(clock="virtual", data=data) as emulator:
        for _ in workload(Stage(emulator)):
            pass
    whole = data.read_bytes()
    data.write_bytes(whole[: int(len(whole) * share)])
    before = data.read_bytes()
    with pytest.raises(StoreError):
        Emulator(data=data)
    assert data.read_bytes() == before
