"""A store that fails: nothing is acknowledged, and the service goes on from what is committed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.engine.journal import Change
from swf_emulator.http.wsgi import create_app
from swf_emulator.store import writer
from swf_emulator.store.errors import StoreError
from swf_emulator.store.sqlite import SqliteStore

from ..engine.stage import LIST, OURS, Stage
from ..waiting import wait_until

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    with Emulator(clock="virtual", data=tmp_path / "swf.db") as emulator:
        made = Stage(emulator)
        made.register()
        made.start("w1")
        yield made


class Medium:
    """Makes the store fail before or after its commits, until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, after_commit: bool) -> None:
        self.broken = False
        write, begin = SqliteStore.write, SqliteStore.begin

        def failing_write(store: SqliteStore, changes: Sequence[Change]) -> None:
            if self.broken and not after_commit:
                store._disconnect()
                raise StoreError("the disk is full")
            write(store, changes)
            if self.broken:
                raise StoreError("the disk is full")

        def failing_begin(store: SqliteStore) -> None:
            if self.broken:
                raise StoreError("the disk is full")
            begin(store)

        monkeypatch.setattr(SqliteStore, "write", failing_write)
        monkeypatch.setattr(SqliteStore, "begin", failing_begin)


def signal_fails(stage: Stage) -> None:
    with pytest.raises(Fault, match="InternalFailure"):
        stage.signal("w1")


@pytest.mark.parametrize("after_commit", [False, True])
def test_memory_is_again_what_is_committed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, after_commit: bool
) -> None:
    medium = Medium(monkeypatch, after_commit=after_commit)
    stage.signal("w1")
    before = len(stage.emulator.history("w1"))
    medium.broken = True
    signal_fails(stage)
    signal_fails(stage)
    journal = stage.emulator.accounts.journal
    assert journal is not None
    assert journal.failing == "the disk is full"
    with pytest.raises(StoreError, match="the disk is full"):
        stage.emulator.reset()
    with pytest.raises(Fault, match="InternalFailure"):
        stage.call("ListDomains", registrationStatus="REGISTERED")
    medium.broken = False
    wait_until(lambda: journal.failing is None)
    assert len(stage.emulator.history("w1")) == before + after_commit
    stage.signal("w1")
    assert len(stage.emulator.history("w1")) == before + after_commit + 1


def test_health_says_what_is_wrong_and_other_pages_refuse(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = Medium(monkeypatch, after_commit=False)
    client = create_app(stage.emulator).test_client()
    assert client.get("/_emulator/health").get_json()["status"] == "ok"
    medium.broken = True
    signal_fails(stage)
    health = client.get("/_emulator/health")
    assert (health.status_code, health.get_json()["status"]) == (503, "failing")
    assert health.get_json()["reason"] == "the disk is full"
    assert client.get("/_emulator/state").status_code == 503
    medium.broken = False
    wait_until(lambda: client.get("/_emulator/health").status_code == 200)
    assert client.get("/_emulator/state").status_code == 200


def test_a_task_whose_start_is_not_committed_reaches_no_poller(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = Medium(monkeypatch, after_commit=False)
    held = stage.emulator.service.hold(
        OURS, "PollForDecisionTask", 20.0, domain="d", taskList={"name": "other"}
    )
    medium.broken = True
    results: list[object] = []

    def wait() -> None:
        try:
            results.append(held.wait())
        except Fault as fault:
            results.append(fault.code)

    thread = threading.Thread(target=wait)
    thread.start()
    with pytest.raises(Fault, match="InternalFailure"):
        stage.call(
            "StartWorkflowExecution",
            domain="d",
            workflowId="w2",
            workflowType={"name": "T", "version": "1"},
            taskList={"name": "other"},
        )
    thread.join()
    assert results == ["InternalFailure"]
    medium.broken = False
    journal = stage.emulator.accounts.journal
    assert journal is not None
    wait_until(lambda: journal.failing is None)
    assert [each.workflow_id for each in stage.emulator.executions()] == ["w1"]
    assert stage.call("PollForDecisionTask", domain="d", taskList=LIST)["taskToken"]


def test_an_answer_waits_for_its_commit_and_a_read_of_it_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = threading.Event()
    write = SqliteStore.write

    def slow(store: SqliteStore, changes: Sequence[Change]) -> None:
        may_write.wait()
        write(store, changes)

    monkeypatch.setattr(SqliteStore, "write", slow)
    calls: list[Callable[[], object]] = [
        lambda: stage.signal("w1"),
        lambda: stage.call("CountOpenWorkflowExecutions", domain="d", startTimeFilter=ALWAYS),
    ]
    threads = [threading.Thread(target=call) for call in calls]
    threads[0].start()
    wait_until(lambda: len(stage.emulator.history("w1")) == 3)
    threads[1].start()
    for thread in threads:
        thread.join(0.2)
        assert thread.is_alive()
    may_write.set()
    for thread in threads:
        thread.join()


ALWAYS = {"oldestDate": 0}


def test_calls_that_wait_share_one_commit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    may_write = threading.Event()
    sizes: list[int] = []
    write = SqliteStore.write

    def counted(store: SqliteStore, changes: Sequence[Change]) -> None:
        sizes.append(len(changes))
        may_write.wait()
        write(store, changes)

    monkeypatch.setattr(SqliteStore, "write", counted)
    threads = [threading.Thread(target=stage.signal, args=("w1",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(stage.emulator.history("w1")) == 22)
    may_write.set()
    for thread in threads:
        thread.join()
    assert sum(sizes) == 20
    assert len(sizes) <= 3


def test_an_import_is_committed_whole(stage: Stage, tmp_path: Path) -> None:
    """A store that fails at the second row of it has the state from before."""
    exported = stage.emulator.export_state()
    twice = {**exported, "domains": [*exported["domains"], {**exported["domains"][0]}]}
    twice["domains"][1] |= {"account": "210987654321", "executions": []}
    before = exported["domains"]
    failing = "CREATE TRIGGER t BEFORE INSERT ON domains WHEN NEW.account = '210987654321' "
    failing += "BEGIN SELECT RAISE(ABORT, 'no'); END"
    stage.emulator.close()
    connection = sqlite3.connect(tmp_path / "swf.db")
    connection.execute(failing)
    connection.close()
    with Emulator(data=tmp_path / "swf.db") as emulator:
        with pytest.raises(StoreError):
            emulator.import_state(twice)
        wait_until(lambda: emulator.accounts.flush())
        assert emulator.export_state()["domains"] == before
