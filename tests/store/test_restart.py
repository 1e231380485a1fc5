"""A restart: everything goes on as it was, and nothing that was answered is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.engine.clock import VirtualClock
from swf_emulator.store.errors import StoreError
from tests.waiting import wait_until

from ..engine.stage import LIST, OURS, TYPE, Stage, decision

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "swf.db"


def restarted(emulator: Emulator, data: Path) -> Emulator:
    emulator.close()
    return Emulator(clock="virtual", data=data)


def schedule(activity_id: str, **attributes: Any) -> dict[str, Any]:
    timeouts = dict.fromkeys(
        ("scheduleToStartTimeout", "scheduleToCloseTimeout", "startToCloseTimeout"), "600"
    )
    return decision(
        "ScheduleActivityTask",
        activityId=activity_id,
        activityType=TYPE,
        taskList=LIST,
        heartbeatTimeout="60",
        **timeouts,
        **attributes,
    )


def busy(stage: Stage) -> None:
    """Domains, types, tags, tasks that wait in a certain order, heartbeats, closed executions."""
    stage.register()
    stage.call("RegisterDomain", name="old", workflowExecutionRetentionPeriodInDays="1")
    stage.call("DeprecateDomain", name="old")
    stage.call(
        "TagResource",
        resourceArn=f"arn:aws:swf:{OURS.region}:{OURS.account}:/domain/d",
        tags=[{"key": "k", "value": "v"}],
    )
    for name in ("w1", "w2", "w3"):
        stage.start(name)
    stage.decide(*(schedule(name) for name in ("a3", "a1", "a2")))
    stage.decide(decision("CompleteWorkflowExecution"))
    token = stage.call("PollForActivityTask", domain="d", taskList=LIST)["taskToken"]
    stage.call("RecordActivityTaskHeartbeat", taskToken=token, details="half")
    stage.emulator.clock.advance(7)


CHANGES: dict[str, Callable[[Stage], object]] = {
    "busy": lambda stage: None,
    "a deleted type": lambda stage: (
        stage.call("DeprecateWorkflowType", domain="d", workflowType=TYPE),
        stage.call("DeleteWorkflowType", domain="d", workflowType=TYPE),
    ),
    "a timeout": lambda stage: stage.emulator.clock.advance(3600),
    "the end of a retention": lambda stage: stage.emulator.clock.advance(100 * 86400),
    "a domain removed": lambda stage: stage.emulator.reset(domain="d"),
    "everything removed": lambda stage: stage.emulator.reset(),
    "an import": lambda stage: stage.emulator.import_state(stage.emulator.export_state()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_state_after_a_restart_is_that_before(data: Path, name: str) -> None:
    with Emulator(clock="virtual", data=data) as emulator:
        busy(Stage(emulator))
        CHANGES[name](Stage(emulator))
        before = emulator.export_state()
        with restarted(emulator, data) as second:
            assert second.export_state() == before
            assert second.clock.now_ms() == emulator.clock.now_ms()
            with restarted(second, data) as third:
                assert third.export_state() == before


def test_both_go_on_equally(data: Path, tmp_path: Path) -> None:
    """The rest of a workflow, with tokens from before the restart, gives equal histories."""

    def play(data: Path, restarts: bool) -> list[str]:
        emulator = Emulator(clock=VirtualClock(), seed=1, data=data)
        try:
            stage = Stage(emulator)
            stage.register()
            stage.start("w1")
            stage.decide(*(schedule(name) for name in ("a3", "a1", "a2")))
            token = stage.call("PollForActivityTask", domain="d", taskList=LIST)["taskToken"]
            stage.call("RecordActivityTaskHeartbeat", taskToken=token)
            emulator.clock.advance(59)
            if restarts:
                emulator.close()
                emulator = Emulator(clock=VirtualClock(), seed=1, data=data)
                stage = Stage(emulator)
            stage.call("RespondActivityTaskCompleted", taskToken=token, result="r")
            polled = [
                stage.call("PollForActivityTask", domain="d", taskList=LIST)["activityId"]
                for _ in range(2)
            ]
            emulator.clock.advance(3600)
            events = emulator.history("w1")
            return [*polled, *(f"{each['eventTimestamp']} {each['eventType']}" for each in events)]
        finally:
            emulator.close()

    through = play(data, restarts=False)
    assert through[:2] == ["a1", "a2"]
    assert play(tmp_path / "other.db", restarts=True) == through


def test_deadlines_that_passed_meanwhile_fire_at_their_own_instants(data: Path) -> None:
    with Emulator(clock="real", data=data) as emulator:
        emulator.clock.set_mode("real", speed=1000)
        stage = Stage(emulator)
        stage.register()
        stage.start("w1")
        stage.decide(decision("StartTimer", timerId="t1", startToFireTimeout="100"))
        due_ms = emulator.clock.now_ms() + 100_000
    wait_until(lambda: emulator.clock.now_ms() > due_ms)  # the time goes on while it is closed
    with Emulator(data=data) as second:
        assert second.clock.speed == 1000
        second.accounts.sharing.tick()
        events = {each["eventType"]: each["eventTimestamp"] for each in second.history("w1")}
        waited = events["TimerFired"] - events["TimerStarted"]
        assert waited == pytest.approx(100, abs=0.0015)


def test_a_second_owner_is_refused_with_the_first_ones_name(data: Path) -> None:
    with Emulator(data=data), pytest.raises(StoreError, match=r"is in use by process \d+ on "):
        Emulator(data=data)
    Emulator(data=data).close()


def test_other_files_are_refused_and_stay_as_they_are(data: Path) -> None:
    def newer() -> None:
        Emulator(data=data).close()
        execute(data, "PRAGMA user_version = 99")

    contents: dict[str, Callable[[], object]] = {
        "file is not a database": partial(data.write_bytes, b"no database" * 1000),
        "of another program": partial(execute, data, "CREATE TABLE t (a)"),
        "has schema version 99": newer,
    }
    for text, make in contents.items():
        data.unlink(missing_ok=True)
        make()
        before = data.read_bytes()
        with pytest.raises(StoreError, match=text):
            Emulator(data=data)
        assert data.read_bytes() == before


def execute(data: Path, statement: str) -> None:
    connection = sqlite3.connect(data)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("DELETE FROM events WHERE event_id = 2", "predecessor"),
        ("DELETE FROM marks", "order of the tasks"),
        ("DELETE FROM domains", "is missing"),
        ("DELETE FROM events", "has no events"),
        ("UPDATE events SET event = x'7b' WHERE event_id = 1", "JSONDecodeError"),
    ],
)
def test_rows_that_do_not_fit_are_refused(data: Path, statement: str, text: str) -> None:
    with Emulator(clock="virtual", data=data) as emulator:
        busy(Stage(emulator))
    execute(data, statement)
    before = data.read_bytes()
    with pytest.raises(StoreError, match=text):
        Emulator(data=data)
    assert data.read_bytes() == before


def test_a_lost_file_with_a_log_is_not_begun_again(data: Path) -> None:
    Path(f"{data}-wal").write_bytes(b"changes")
    with pytest.raises(StoreError, match="its log is not"):
        Emulator(data=data)
    assert not data.exists()
