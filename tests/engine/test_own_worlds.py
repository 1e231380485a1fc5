"""Accounts with a clock, settings, refusals and functions of their own.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from swf_emulator import Account, Emulator

ONE, TWO = "111122223333", "444455556666"
DAY = 86_400


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(clock="virtual", seed=7) as emulator:
        yield emulator


def begin(account: Account, seconds: int = 10 * DAY, workflow_id: str = "w") -> Any:
    """Start an execution that times out after that long; return the client."""
    swf = account.client()
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="90")
    swf.register_workflow_type(domain="d", name="t", version="1")
    start(swf, seconds, workflow_id)
    return swf


def start(swf: Any, seconds: int, workflow_id: str) -> None:
    swf.start_workflow_execution(
        domain="d",
        workflowId=workflow_id,
        workflowType={"name": "t", "version": "1"},
        taskList={"name": "l"},
        childPolicy="TERMINATE",
        taskStartToCloseTimeout="NONE",
        executionStartToCloseTimeout=str(seconds),
        lambdaRole="arn:aws:iam::123456789012:role/swf",
    )


def timed_out(account: Account) -> bool:
    history = account.history("w")
    return bool(history[-1]["eventType"] == "WorkflowExecutionTimedOut")


def test_an_account_moves_only_its_own_time(emulator: Emulator) -> None:
    one, two = emulator.account(ONE), emulator.account(TWO)
    shared_ms = emulator.clock.now_ms()
    begin(one)
    begin(two)
    one.clock.advance(11 * DAY)
    assert timed_out(one)
    assert not timed_out(two)
    assert one.clock.now_ms() == shared_ms + 11 * DAY * 1000
    assert two.clock.now_ms() == emulator.clock.now_ms() == shared_ms


def test_the_shared_clock_moves_the_other_accounts_only(emulator: Emulator) -> None:
    own = emulator.account(ONE)
    begin(own)
    emulator.clock.advance(11 * DAY)
    assert not timed_out(own)
    assert emulator.accounts.clocks() == [emulator.clock, own.clock]


def test_an_account_that_has_begun_gets_its_own_clock_at_the_same_time(emulator: Emulator) -> None:
    swf = emulator.client(aws_access_key_id=ONE)
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="90")
    swf.register_workflow_type(domain="d", name="t", version="1")
    start(swf, 5, "w")
    own = emulator.account(ONE)
    assert own.clock.now_ms() == emulator.clock.now_ms()
    emulator.clock.advance(5)
    assert not timed_out(own)
    own.clock.advance(5)
    assert timed_out(own)


def test_one_account_runs_while_another_stands_still(emulator: Emulator) -> None:
    running, still = emulator.account(ONE), emulator.account(TWO)
    begin(running, 60)
    begin(still, 60)
    closed = threading.Event()
    emulator.accounts.observers.append(
        lambda run, events, *rest: closed.set() if run.execution.closed else None
    )
    running.clock.set_mode("real", speed=10_000)
    assert closed.wait(10)
    assert timed_out(running)
    assert not timed_out(still)


def test_skipping_looks_at_the_own_work_only() -> None:
    """One account skips ten days while another has an open task and a third is real."""
    with Emulator() as emulator:
        busy, skipping = emulator.account(ONE), emulator.account(TWO)
        begin(busy).poll_for_decision_task(domain="d", taskList={"name": "l"})
        skipping.clock.set_mode("skip")
        skipping.clock.patience_seconds = 0.05
        swf = begin(skipping)
        swf.poll_for_decision_task(domain="d", taskList={"name": "l"})
        with ThreadPoolExecutor(1) as pool:
            poll = pool.submit(swf.poll_for_decision_task, domain="d", taskList={"name": "other"})
            deadline = time.monotonic() + 20
            while not timed_out(skipping) and time.monotonic() < deadline:
                threading.Event().wait(0.01)
            assert timed_out(skipping)
            assert not timed_out(busy)
            skipping.reset()
            poll.result(20)


def test_accounts_in_parallel_threads_skip_days_independently(emulator: Emulator) -> None:
    def test(number: int) -> int:
        with emulator.account() as account:
            begin(account, DAY * (number + 1))
            for _ in range(number):
                account.clock.advance(DAY)
            assert not timed_out(account)
            account.clock.advance(DAY)
            assert timed_out(account)
            return account.clock.now_ms()

    before_ms = emulator.clock.now_ms()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(test, range(40)))
    assert found == [before_ms + DAY * 1000 * (number + 1) for number in range(40)]
    assert emulator.clock.now_ms() == before_ms


def test_settings_of_an_account_come_before_the_shared_ones(emulator: Emulator) -> None:
    own = emulator.account(ONE)
    own.configure(max_open_timers=3)
    emulator.configure(max_open_timers=5, poll_hold_seconds=2)
    assert (own.settings.max_open_timers, own.settings.poll_hold_seconds) == (3, 2)
    assert emulator.settings.max_open_timers == 5
    assert emulator.accounts.engine(ONE).settings == own.settings
    assert emulator.accounts.engine(TWO).settings == emulator.settings
    with pytest.raises(ValueError, match="unknown setting"):
        own.configure(max_timers=3)
    with pytest.raises(ValueError, match="max_open_timers must be"):
        own.configure(max_open_timers=-1)
    assert own.settings.max_open_timers == 3


def test_refusals_of_an_account_come_before_the_shared_ones(emulator: Emulator) -> None:
    own = emulator.account(ONE)
    own.refusals.refuse_operation("ListDomains", "OperationNotPermittedFault", 1)
    emulator.refusals.refuse_operation("ListDomains", "ThrottlingException", 2)

    def refused(swf: Any) -> str | None:
        try:
            swf.list_domains(registrationStatus="REGISTERED")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return None

    mine, other = own.client(), emulator.account(TWO).client()
    emulator.refusals.permit()
    assert refused(mine) == "OperationNotPermittedFault"
    assert refused(mine) is None
    assert refused(other) is None
    emulator.refusals.refuse_operation("ListDomains", "OperationNotPermittedFault")
    assert refused(mine) == refused(other) == "OperationNotPermittedFault"


def test_functions_of_an_account_come_before_the_shared_ones(emulator: Emulator) -> None:
    emulator.register_lambda("both", lambda event: "shared")
    emulator.register_lambda("shared", lambda event: "shared")
    own = emulator.account(ONE)
    own.register_lambda("both", lambda event: "own")
    swf = begin(own)
    task = swf.poll_for_decision_task(domain="d", taskList={"name": "l"})
    decisions = [
        {
            "decisionType": "ScheduleLambdaFunction",
            "scheduleLambdaFunctionDecisionAttributes": {"id": name, "name": name},
        }
        for name in ("both", "shared")
    ]
    swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decisions)
    results = [
        event["lambdaFunctionCompletedEventAttributes"]["result"]
        for event in own.history("w")
        if event["eventType"] == "LambdaFunctionCompleted"
    ]
    assert results == ['"own"', '"shared"']


def test_a_reset_removes_the_state_of_one_account(emulator: Emulator) -> None:
    one, two = emulator.account(ONE), emulator.account(TWO)
    begin(one)
    begin(two)
    one.reset()
    assert one.executions() == []
    assert [each.account for each in two.executions()] == [TWO]
    with pytest.raises(KeyError, match="'w'"):
        one.history("w")


def test_a_closed_account_leaves_nothing_behind(emulator: Emulator) -> None:
    with emulator.account() as account:
        begin(account)
        name = account.id
    assert emulator.executions() == []
    assert emulator.accounts.find_own(name) is None
    assert emulator.accounts.clocks() == [emulator.clock]
    assert name not in emulator.accounts.in_use()


def test_fresh_accounts_differ_and_are_not_in_use(emulator: Emulator) -> None:
    names = {emulator.account().id for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) == 12 and name.isdigit() for name in names)


def test_an_account_is_named_by_12_digits(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        emulator.account("123")


def test_thousands_of_accounts_need_one_thread(emulator: Emulator) -> None:
    before = threading.active_count()
    accounts = [emulator.account(f"{number:012}") for number in range(2_000)]
    for account in accounts[:50]:
        account.clock.set_mode("real")
        begin(account)
    assert threading.active_count() <= before + 1


def test_an_import_sets_all_clocks(emulator: Emulator) -> None:
    own = emulator.account(ONE)
    begin(own)
    own.clock.advance(DAY)
    document = emulator.export_state()
    assert document["nowMs"] == own.clock.now_ms()
    with Emulator(clock="virtual") as other:
        again = other.account(ONE)
        other.import_state(document)
        assert again.clock.now_ms() == own.clock.now_ms()
        assert again.history("w") == own.history("w")
