"""One engine for each account: what accounts share, what they do not, and which engines are kept.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.core.faults import Fault
from swf_emulator.engine import accounts
from swf_emulator.engine.domains import Scope

from .stage import OURS, Stage, activity

ONE, TWO, THREE = (
    Scope(account, "us-east-1") for account in ("111122223333", "444455556666", "777788889999")
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Three accounts with a domain each, under a virtual clock."""
    with Emulator(clock="virtual", seed=7) as emulator:
        stage = Stage(emulator)
        for scope in (OURS, ONE, TWO):
            stage.register(scope)
        yield stage


def test_each_account_has_an_engine_of_its_own(stage: Stage) -> None:
    engines = stage.emulator.accounts
    assert list(engines.in_use()) == [OURS.account, ONE.account, TWO.account]
    assert engines.in_use()[ONE.account] is engines.engine(ONE.account)
    assert len(set(engines.engines())) == 3


def test_executions_are_ordered_by_their_starts_over_all_accounts(stage: Stage) -> None:
    scopes = [TWO, OURS, ONE, OURS]
    for number, scope in enumerate(scopes):
        stage.start(f"w{number}", scope)
    found = [(each.account, each.workflow_id) for each in stage.emulator.executions()]
    assert found == [(scope.account, f"w{number}") for number, scope in enumerate(scopes)]


def test_the_history_is_that_of_the_last_run_in_any_account(stage: Stage) -> None:
    first, _, _ = [stage.start("w", scope) for scope in (ONE, TWO, OURS)]
    stage.signal("w")
    assert len(stage.emulator.history("w")) == 3
    assert len(stage.emulator.history("w", first)) == 2
    with pytest.raises(KeyError, match="unknown"):
        stage.emulator.history("unknown")


def test_run_ids_are_reproducible_in_each_account() -> None:
    def made(*scopes: Scope) -> dict[Scope, str]:
        with Emulator(clock="virtual", seed=7) as emulator:
            stage = Stage(emulator)
            for scope in scopes:
                stage.register(scope)
            return {scope: stage.start("w", scope) for scope in scopes}

    one, other = made(OURS, ONE), made(ONE, OURS)
    assert one == other
    assert len(set(one.values())) == 2


def test_settings_hold_in_all_accounts_old_and_new(stage: Stage) -> None:
    stage.emulator.configure(max_open_executions=1)
    stage.register(THREE)
    for scope in (OURS, ONE, TWO, THREE):
        stage.start("w1", scope)
        with pytest.raises(Fault, match="Open workflow executions"):
            stage.start("w2", scope)
    with pytest.raises(ValueError, match="unknown setting"):
        stage.emulator.configure(max_open=1)


def test_observers_get_the_events_of_all_accounts(stage: Stage) -> None:
    seen: list[tuple[Scope, str]] = []
    stage.emulator.accounts.observers.append(
        lambda run, events: seen.append((run.domain.region.scope, events[0].event_type))
    )
    stage.register(THREE)
    for scope in (OURS, THREE):
        stage.start("w", scope)
    assert seen == [(OURS, "WorkflowExecutionStarted"), (THREE, "WorkflowExecutionStarted")]


def test_changes_in_any_account_count(stage: Stage) -> None:
    before = stage.emulator.accounts.changes
    stage.start("w", TWO)
    assert stage.emulator.accounts.changes > before


def test_the_next_deadline_is_the_earliest_of_all_accounts(stage: Stage) -> None:
    engines, clock = stage.emulator.accounts, stage.emulator.clock
    assert engines.next_due() is None
    assert not clock.advance_to_next_deadline()
    stage.start("ours")
    stage.start("theirs", ONE)
    clock.advance(1)
    stage.start("later", TWO)
    due = engines.next_due()
    assert due is not None
    assert due.at_ms == engines.sharing.next_deadline_ms()
    assert (due.execution.workflow_id, due.timeout_type) == ("ours", "START_TO_CLOSE")
    assert clock.advance_to_next_deadline()
    opened = engines.collect(lambda view: view.executions(open_only=True))
    assert [each.workflow_id for each in opened] == ["later"]


def test_a_reset_of_one_account_leaves_the_others(stage: Stage) -> None:
    for scope in (OURS, ONE):
        stage.start("w", scope)
    stage.emulator.reset(account=ONE.account)
    assert [each.account for each in stage.emulator.executions()] == [OURS.account]
    stage.emulator.reset()
    assert stage.emulator.executions() == []
    assert stage.emulator.accounts.collect(lambda view: view.scopes()) == []


def test_an_engine_that_cannot_be_entered_is_noticed(stage: Stage) -> None:
    engines = stage.emulator.accounts
    assert engines.stuck(0.01) is None
    with engines.engine(ONE.account).transaction:
        reason = engines.stuck(0.01)
    assert reason is not None
    assert reason.startswith(f"the state of account {ONE.account} is locked for ")
    assert engines.stuck(0.01) is None


# Snapshots.


def test_a_snapshot_holds_all_accounts(stage: Stage) -> None:
    for workflow_id in ("w0", "w1", "w2"):
        for scope in (ONE, OURS):
            stage.start(workflow_id, scope)
    stage.decide(activity("a"))
    token = stage.poll("Activity")["taskToken"]
    stage.call("RecordActivityTaskHeartbeat", taskToken=token, details="half")
    stage.start("closed")
    stage.terminate("closed")
    document = stage.emulator.export_state()
    with Emulator(clock="virtual") as emulator:
        emulator.import_state(document)
        restored = Stage(emulator)
        assert emulator.export_state() == document
        assert emulator.executions() == stage.emulator.executions()
        assert restored.items("w0") == stage.items("w0")
        lists = emulator.accounts.collect(lambda view: view.task_lists())
        heads = sorted((each.first for each in lists if each.first), key=lambda head: head.order)
        assert [(head.execution.scope, head.execution.workflow_id) for head in heads] == [
            (ONE, "w0"),
            (OURS, "w1"),
        ]
        restored.start("w3")
        assert emulator.executions()[-1].workflow_id == "w3"
        polled = [restored.poll("Decision")["workflowExecution"] for _ in range(3)]
        assert [each["workflowId"] for each in polled] == ["w1", "w2", "w3"]


def test_an_import_sets_the_time_of_all_accounts(stage: Stage) -> None:
    document = stage.emulator.export_state()
    early = stage.emulator.clock.now()
    stage.emulator.clock.advance(1)
    stage.register(THREE)
    stage.start("w", THREE)
    stage.emulator.import_state(document)
    assert stage.emulator.clock.now() == early
    stage.register(THREE)
    stage.start("w", THREE)
    assert stage.emulator.history("w")[0]["eventTimestamp"] == early.timestamp()


def test_an_import_ends_the_polls_of_all_accounts(stage: Stage) -> None:
    held = [stage.hold("Decision", scope) for scope in (OURS, ONE)]
    stage.emulator.import_state({**stage.emulator.export_state(), "domains": []})
    assert [each.wait()["startedEventId"] for each in held] == [0, 0]


def test_a_document_that_is_no_snapshot_changes_nothing(stage: Stage) -> None:
    stage.start("w", ONE)
    before = stage.emulator.export_state()
    documents: list[tuple[Any, str]] = [
        ([], "the document: must be an object"),
        ({}, "the format must be 'swf-emulator state', version 1"),
        ({**before, "version": 2}, "the format must be 'swf-emulator state', version 1"),
        ({**before, "domains": [{}]}, r"domains\[0\]\.account: is missing"),
    ]
    for document, message in documents:
        with pytest.raises(ValueError, match=message):
            stage.emulator.import_state(document)
    assert stage.emulator.export_state() == before


# Empty engines.


def test_empty_engines_are_dropped_when_there_are_many(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "EMPTY_MAX", 10)
    stage.emulator.accounts._drop_empty()
    for number in range(11):
        with pytest.raises(Fault):
            stage.call("DescribeDomain", Scope(f"{number:012}", "us-east-1"), name="none")
    used = [OURS.account, ONE.account, TWO.account]
    assert list(stage.emulator.accounts.in_use()) == used
    stage.start("w", ONE)


def test_a_dropped_engine_that_a_call_still_uses_is_not_lost(stage: Stage) -> None:
    """Its first domain arrives after it was dropped: it is the account's engine again."""
    engines = stage.emulator.accounts
    used = engines.engine(THREE.account)
    engines._drop_empty()
    assert THREE.account not in engines.in_use()
    assert engines.engine(THREE.account) is used
    engines._drop_empty()
    with used.transaction:
        used.recorder.register_domain(used.region(THREE), "d", None, "1", {})
    assert engines.in_use()[THREE.account] is used
    engines._drop_empty()
    assert engines.engine(THREE.account) is used


def test_a_dropped_engine_takes_no_memory(stage: Stage) -> None:
    dropped = weakref.ref(stage.emulator.accounts.engine(THREE.account))
    stage.emulator.accounts._drop_empty()
    gc.collect()
    assert dropped() is None


# Skipping time.


def test_time_is_skipped_only_when_no_account_has_a_task_to_do() -> None:
    """A poll is held in one account, a task is open in another: the worker may be slow."""
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=None)
    with Emulator(clock=clock) as emulator, clock.hold():
        stage = Stage(emulator)
        for scope in (OURS, ONE):
            stage.register(scope)
        stage.start("w", ONE)
        poll = stage.hold("Decision")
        assert emulator.accounts.sharing.seconds_to_skip() is None
        stage.decide(scope=ONE)
        assert emulator.accounts.sharing.seconds_to_skip() == 0.0
        poll.expire()
        assert emulator.accounts.sharing.seconds_to_skip() is None


def test_a_skip_goes_to_the_earliest_deadline_of_all_accounts() -> None:
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=0.0)
    with Emulator(clock=clock) as emulator, clock.hold():
        stage = Stage(emulator)
        for scope in (OURS, ONE, TWO):
            stage.register(scope)
        for scope in (ONE, TWO):
            stage.start("w", scope)
            clock.advance(1)
        before = clock.now_ms()
        poll = stage.hold("Decision")
        emulator.accounts.sharing.skip()
        assert clock.now_ms() == before + 3_598_000
        poll.expire()


@pytest.mark.timeout(60)
def test_many_accounts_at_once_under_a_clock_that_skips() -> None:
    """Calls, skips, reads and changes of all accounts, each in its thread, come to an end."""
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=0.0)
    with Emulator(clock=clock) as emulator:
        stage = Stage(emulator)
        scopes = [OURS, ONE, TWO, THREE]
        for scope in scopes:
            stage.register(scope)

        def work(scope: Scope) -> None:
            for number in range(25):
                stage.start(f"w{number}", scope)
                held = stage.hold("Decision", scope)
                emulator.accounts.collect(lambda view: view.executions(open_only=True))
                held.expire()
                assert held.wait()["startedEventId"] == 0

        def disturb() -> None:
            for _ in range(50):
                emulator.configure(max_open_timers=1000)
                emulator.accounts._drop_empty()
                emulator.export_state()
                clock.advance(1)

        with ThreadPoolExecutor(len(scopes) + 1) as threads:
            done = [threads.submit(work, scope) for scope in scopes]
            done.append(threads.submit(disturb))
            for each in done:
                each.result()
        assert len(emulator.executions()) == 100
