"""One engine for each account: what accounts share, what they do not, and which engines are kept.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.core.faults import Fault
from swf_emulator.engine import accounts
from swf_emulator.engine.domains import Scope

OURS = "123456789012"
OTHERS = ["111122223333", "444455556666", "777788889999"]
TYPE = {"name": "T", "version": "1"}
LIST = {"name": "L"}


def scope(account: str) -> Scope:
    return Scope(account, "us-east-1")


def call(emulator: Emulator, account: str, operation: str, **members: Any) -> dict[str, Any]:
    return emulator.service.call(scope(account), operation, **members)


def register(emulator: Emulator, account: str) -> None:
    call(
        emulator,
        account,
        "RegisterDomain",
        name="d",
        workflowExecutionRetentionPeriodInDays="90",
    )
    call(
        emulator,
        account,
        "RegisterWorkflowType",
        domain="d",
        **TYPE,
        defaultTaskList=LIST,
        defaultExecutionStartToCloseTimeout="3600",
        defaultTaskStartToCloseTimeout="600",
        defaultChildPolicy="TERMINATE",
    )


def start(emulator: Emulator, account: str, workflow_id: str) -> str:
    started = call(
        emulator,
        account,
        "StartWorkflowExecution",
        domain="d",
        workflowId=workflow_id,
        workflowType=TYPE,
    )
    run_id: str = started["runId"]
    return run_id


def take_decision(emulator: Emulator, account: str) -> str:
    task = call(emulator, account, "PollForDecisionTask", domain="d", taskList=LIST)
    workflow_id: str = task["workflowExecution"]["workflowId"]
    return workflow_id


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Three accounts with a domain each, under a virtual clock."""
    with Emulator(clock="virtual", seed=7) as emulator:
        for account in (OURS, *OTHERS[:2]):
            register(emulator, account)
        yield emulator


def test_each_account_has_an_engine_of_its_own(emulator: Emulator) -> None:
    found = emulator.accounts.in_use()
    assert list(found) == [OURS, *OTHERS[:2]]
    assert found[OURS] is emulator.accounts.engine(OURS)
    assert len(set(found.values())) == 3


def test_executions_are_ordered_by_their_starts_over_all_accounts(emulator: Emulator) -> None:
    for number, account in enumerate([OTHERS[1], OURS, OTHERS[0], OURS]):
        start(emulator, account, f"w{number}")
    assert [(each.account, each.workflow_id) for each in emulator.executions()] == [
        (OTHERS[1], "w0"),
        (OURS, "w1"),
        (OTHERS[0], "w2"),
        (OURS, "w3"),
    ]


def test_the_history_is_that_of_the_last_run_in_any_account(emulator: Emulator) -> None:
    run_ids = [start(emulator, account, "w") for account in (OTHERS[0], OTHERS[1], OURS)]
    call(emulator, OURS, "SignalWorkflowExecution", domain="d", workflowId="w", signalName="s")
    assert len(emulator.history("w")) == 3
    assert len(emulator.history("w", run_ids[0])) == 2
    with pytest.raises(KeyError, match="unknown"):
        emulator.history("unknown")


def test_run_ids_are_reproducible_in_each_account() -> None:
    def made(order: list[str]) -> dict[str, str]:
        with Emulator(clock="virtual", seed=7) as emulator:
            for account in order:
                register(emulator, account)
            return {account: start(emulator, account, "w") for account in order}

    one, other = made([OURS, OTHERS[0]]), made([OTHERS[0], OURS])
    assert one == other
    assert len(set(one.values())) == 2


def test_settings_hold_in_all_accounts_old_and_new(emulator: Emulator) -> None:
    emulator.configure(max_open_executions=1)
    register(emulator, OTHERS[2])
    for account in (OURS, *OTHERS):
        start(emulator, account, "w1")
        with pytest.raises(Fault, match="Open workflow executions"):
            start(emulator, account, "w2")
    with pytest.raises(ValueError, match="unknown setting"):
        emulator.configure(max_open=1)


def test_observers_get_the_events_of_all_accounts(emulator: Emulator) -> None:
    seen: list[tuple[str, str]] = []
    emulator.accounts.observers.append(
        lambda run, events: seen.append((run.domain.region.scope.account, events[0].event_type))
    )
    register(emulator, OTHERS[2])
    for account in (OURS, OTHERS[2]):
        start(emulator, account, "w")
    event_type = "WorkflowExecutionStarted"
    assert seen == [(OURS, event_type), (OTHERS[2], event_type)]


def test_changes_in_any_account_count(emulator: Emulator) -> None:
    before = emulator.accounts.changes
    start(emulator, OTHERS[1], "w")
    assert emulator.accounts.changes > before


def test_the_next_deadline_is_the_earliest_of_all_accounts(emulator: Emulator) -> None:
    assert emulator.accounts.next_due() is None
    assert not emulator.clock.advance_to_next_deadline()
    start(emulator, OURS, "ours")
    start(emulator, OTHERS[0], "theirs")
    emulator.clock.advance(1)
    start(emulator, OTHERS[1], "later")
    due = emulator.accounts.next_due()
    assert due is not None
    assert due.at_ms == emulator.accounts.next_deadline_ms()
    assert (due.execution.workflow_id, due.timeout_type) == ("ours", "START_TO_CLOSE")
    assert emulator.clock.advance_to_next_deadline()
    opened = emulator.accounts.collect(lambda view: view.executions(open_only=True))
    assert [each.workflow_id for each in opened] == ["later"]


def test_a_reset_of_one_account_leaves_the_others(emulator: Emulator) -> None:
    for account in (OURS, OTHERS[0]):
        start(emulator, account, "w")
    emulator.reset(account=OTHERS[0])
    assert [each.account for each in emulator.executions()] == [OURS]
    emulator.reset()
    assert emulator.executions() == []
    assert emulator.accounts.collect(lambda view: view.scopes()) == []


def test_an_engine_that_cannot_be_entered_is_noticed(emulator: Emulator) -> None:
    assert emulator.accounts.responsive(0.01)
    with emulator.accounts.engine(OTHERS[0]).transaction:
        assert not emulator.accounts.responsive(0.01)
    assert emulator.accounts.responsive(0.01)


# Snapshots.


def test_a_snapshot_holds_all_accounts(emulator: Emulator) -> None:
    for workflow_id in ("w0", "w1", "w2"):
        for account in (OTHERS[0], OURS):
            start(emulator, account, workflow_id)
    assert take_decision(emulator, OURS) == "w0"
    start(emulator, OURS, "closed")
    call(emulator, OURS, "TerminateWorkflowExecution", domain="d", workflowId="closed")
    document = emulator.export_state()
    with Emulator(clock="virtual") as restored:
        restored.import_state(document)
        assert restored.export_state() == document
        assert restored.executions() == emulator.executions()
        lists = restored.accounts.collect(lambda view: view.task_lists())
        heads = sorted((each.first for each in lists if each.first), key=lambda head: head.order)
        assert [(head.execution.scope.account, head.execution.workflow_id) for head in heads] == [
            (OTHERS[0], "w0"),
            (OURS, "w1"),
        ]
        start(restored, OURS, "w3")
        assert restored.executions()[-1].workflow_id == "w3"
        assert [take_decision(restored, OURS) for _ in range(3)] == ["w1", "w2", "w3"]


def test_an_import_sets_the_time_of_all_accounts(emulator: Emulator) -> None:
    early = datetime(2026, 1, 1, tzinfo=UTC)
    with Emulator(clock=VirtualClock(early)) as other:
        register(other, OURS)
        document = other.export_state()
    register(emulator, OTHERS[2])
    start(emulator, OTHERS[2], "w")
    assert emulator.clock.now() > early
    emulator.import_state(document)
    assert emulator.clock.now() == early
    register(emulator, OTHERS[2])
    start(emulator, OTHERS[2], "w")
    (started, _) = emulator.history("w")
    assert started["eventTimestamp"] == early.timestamp()


def test_an_import_ends_the_polls_of_all_accounts(emulator: Emulator) -> None:
    polls = {"domain": "d", "taskList": LIST}
    held = [
        emulator.service.hold(scope(account), "PollForDecisionTask", 60.0, **polls)
        for account in (OURS, OTHERS[0])
    ]
    emulator.import_state({**emulator.export_state(), "domains": []})
    assert [each.wait()["startedEventId"] for each in held] == [0, 0]


def test_a_document_that_is_no_snapshot_changes_nothing(emulator: Emulator) -> None:
    start(emulator, OTHERS[0], "w")
    before = emulator.export_state()
    documents: list[Any] = [{}, [], {**before, "version": 2}, {**before, "domains": [{}]}]
    for document in documents:
        with pytest.raises(ValueError, match="swf-emulator state"):
            emulator.import_state(document)
    assert emulator.export_state() == before


# Empty engines.


def test_empty_engines_are_dropped_when_there_are_many(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "EMPTY_MAX", 10)
    emulator.accounts._drop_empty()
    for number in range(11):
        with pytest.raises(Fault):
            call(emulator, f"{number:012}", "DescribeDomain", name="none")
    assert list(emulator.accounts.in_use()) == [OURS, *OTHERS[:2]]
    start(emulator, OTHERS[0], "w")


def test_a_dropped_engine_that_a_call_still_uses_is_not_lost(emulator: Emulator) -> None:
    """Its first domain arrives after it was dropped: it is the account's engine again."""
    used = emulator.accounts.engine(OTHERS[2])
    emulator.accounts._drop_empty()
    assert OTHERS[2] not in emulator.accounts.in_use()
    assert emulator.accounts.engine(OTHERS[2]) is used
    emulator.accounts._drop_empty()
    with used.transaction:
        region = used.recorder.region(scope(OTHERS[2]))
        used.recorder.register_domain(region, "d", None, "1", {})
    assert emulator.accounts.in_use()[OTHERS[2]] is used
    emulator.accounts._drop_empty()
    assert emulator.accounts.engine(OTHERS[2]) is used


def test_a_dropped_engine_takes_no_memory(emulator: Emulator) -> None:
    dropped = weakref.ref(emulator.accounts.engine(OTHERS[2]))
    emulator.accounts._drop_empty()
    gc.collect()
    assert dropped() is None


# Skipping time.


def test_time_is_skipped_only_when_no_account_has_a_task_to_do() -> None:
    """A poll is held in one account, a task is open in another: the worker may be slow."""
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=None)
    with Emulator(clock=clock) as emulator, clock.hold():
        for account in (OURS, OTHERS[0]):
            register(emulator, account)
        start(emulator, OTHERS[0], "w")
        poll = emulator.service.hold(
            scope(OURS), "PollForDecisionTask", 60.0, domain="d", taskList=LIST
        )
        assert emulator.accounts.seconds_to_skip() is None
        task = call(emulator, OTHERS[0], "PollForDecisionTask", domain="d", taskList=LIST)
        call(emulator, OTHERS[0], "RespondDecisionTaskCompleted", taskToken=task["taskToken"])
        assert emulator.accounts.seconds_to_skip() == 0.0
        poll.expire()
        assert emulator.accounts.seconds_to_skip() is None


def test_a_skip_goes_to_the_earliest_deadline_of_all_accounts() -> None:
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=0.0)
    with Emulator(clock=clock) as emulator:
        with clock.hold():
            for account in (OURS, *OTHERS[:2]):
                register(emulator, account)
            for account in OTHERS[:2]:
                start(emulator, account, "w")
                clock.advance(1)
            before = clock.now_ms()
            poll = emulator.service.hold(
                scope(OURS), "PollForDecisionTask", 60.0, domain="d", taskList=LIST
            )
            emulator.accounts.skip()
            assert clock.now_ms() == before + 3_598_000
        poll.expire()


@pytest.mark.timeout(60)
def test_many_accounts_at_once_under_a_clock_that_skips() -> None:
    """Calls, skips, reads and changes of all accounts, each in its thread, come to an end."""
    clock = VirtualClock(auto_skip=True, grace_seconds=0.0, patience_seconds=0.0)
    with Emulator(clock=clock) as emulator:
        for account in (OURS, *OTHERS):
            register(emulator, account)

        def work(account: str) -> None:
            for number in range(25):
                start(emulator, account, f"w{number}")
                held = emulator.service.hold(
                    scope(account), "PollForDecisionTask", 60.0, domain="d", taskList={"name": "M"}
                )
                emulator.accounts.collect(lambda view: view.executions(open_only=True))
                held.expire()
                assert held.wait()["startedEventId"] == 0

        def disturb() -> None:
            for _ in range(50):
                emulator.configure(max_open_timers=1000)
                emulator.accounts._drop_empty()
                emulator.export_state()
                clock.advance(1)

        with ThreadPoolExecutor(len(OTHERS) + 2) as threads:
            done = [threads.submit(work, account) for account in (OURS, *OTHERS)]
            done.append(threads.submit(disturb))
            for each in done:
                each.result()
        assert len(emulator.executions()) == 100
