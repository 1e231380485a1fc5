"""`drive` runs workflows to their end or reports why it cannot."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.engine.accounts import Accounts
from swf_emulator.engine.domains import Scope
from swf_emulator.testing import (
    NO_ANSWER,
    ActivityCanceled,
    ActivityFailed,
    Stuck,
    assert_history,
    drive,
    explain,
    outcome,
    run_decider,
    run_worker,
    wait_closed,
)

from . import shop


def work(task: dict[str, Any]) -> str:
    return f"done {task['activityId']}"


def test_a_workflow_is_driven_to_its_end(virtual: Emulator) -> None:
    shop.begin(virtual)
    began = virtual.clock.now()
    done = drive(virtual, shop.decide, {"work": work})
    assert (done.status, done.result, done.workflow_id) == ("COMPLETED", "done work", "job-1")
    assert (virtual.clock.now() - began).total_seconds() == 3600
    assert "WorkflowExecutionCompleted" in str(done)


@pytest.mark.parametrize(
    ("deciders", "workers", "told"),
    [
        ({"job": shop.decide}, {}, "task list 'jobs': it has no decider (deciders: 'job')"),
        (shop.decide, {}, "task list 'work': no function for 'work' (functions: none)"),
        (shop.decide, {"works": work}, "no function for 'work' (functions: 'works')"),
        (shop.decide, {"work": {"wrk": work}}, "no function for 'work' (functions: 'wrk')"),
        (lambda task: [], {}, "no task, timer, child or request is open"),
    ],
)
def test_why_it_is_stuck(virtual: Emulator, deciders: Any, workers: Any, told: str) -> None:
    shop.begin(virtual)
    with pytest.raises(Stuck, match="No task is left, but the execution is not closed") as caught:
        drive(virtual, deciders, workers)
    assert told in str(caught.value)
    assert "Next deadline: in" in str(caught.value)
    assert "WorkflowExecutionStarted" in str(caught.value)


def test_a_timer_is_named_when_time_stands_still(virtual: Emulator) -> None:
    shop.begin(virtual)
    with pytest.raises(Stuck, match="timer 'hour' fires in 1h"):
        drive(virtual, shop.decide, advance="never")


def test_tasks_that_were_taken_are_named(virtual: Emulator) -> None:
    swf = shop.begin(virtual)
    swf.poll_for_decision_task(domain=shop.DOMAIN, taskList={"name": "jobs"})
    virtual.clock.advance(10)
    told = explain(virtual)
    assert "decision task: taken 10s ago and not answered; times out in 50s" in told


def test_polls_are_named(virtual: Emulator) -> None:
    shop.begin(virtual, domain="other").terminate_workflow_execution(
        domain="other", workflowId="job-1"
    )
    assert explain(virtual) == "No execution is open."
    poll = {"domain": "other", "taskList": {"name": "job"}}
    scope = Scope(virtual.service.account, virtual.service.region)
    held = [virtual.service.hold(scope, "PollForDecisionTask", 60, **poll) for _ in range(2)]
    assert explain(virtual).splitlines() == [
        "No execution is open.",
        "2 polls wait on the decision task list 'job'.",
    ]
    for each in held:
        each.expire()


def test_what_is_left_unanswered_on_purpose_times_out(virtual: Emulator) -> None:
    shop.begin(virtual)
    answers = iter([NO_ANSWER, "at last"])
    done = drive(virtual, shop.decide, {"work": lambda task: next(answers)})
    assert done.result == "at last"
    assert_history(done, [..., ("ActivityTaskTimedOut", {"timeoutType": "START_TO_CLOSE"}), ...])


def test_a_decider_that_gives_no_answer_is_asked_again(virtual: Emulator) -> None:
    shop.begin(virtual)
    answers = iter([NO_ANSWER, [shop.decision("CompleteWorkflowExecution")]])
    done = drive(virtual, lambda task: next(answers))
    assert_history(done, [..., "DecisionTaskTimedOut", ..., "WorkflowExecutionCompleted"])


def test_whatever_is_due_next(virtual: Emulator) -> None:
    shop.begin(virtual)
    done = drive(
        virtual,
        lambda task: shop.decide(task) if task["startedEventId"] < 20 else [],
        advance="all",
    )
    assert_history(
        done,
        [
            ...,
            "TimerFired",
            ...,
            ("ActivityTaskTimedOut", {"timeoutType": "SCHEDULE_TO_START"}),
            ...,
            "WorkflowExecutionTimedOut",
        ],
    )


def test_until_idle_and_until_a_condition(virtual: Emulator) -> None:
    shop.begin(virtual)
    assert drive(virtual, shop.decide, until="idle", advance="never").status == "OPEN"
    done = drive(
        virtual,
        shop.decide,
        until=lambda: virtual.history("job-1")[-1]["eventType"] == "ActivityTaskScheduled",
    )
    assert done.status == "OPEN"
    with pytest.raises(Stuck, match="but the condition is not met"):
        drive(virtual, shop.decide, until=lambda: False)


def test_the_reads_of_the_engine_grow_with_the_tasks_only(
    virtual: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All executions are driven to their end, and the costs are not quadratic."""
    reads = Counter[int]()
    read = Accounts.read
    for count in (10, 40):

        def counted(*arguments: Any, count: int = count) -> Any:
            reads[count] += 1
            return read(*arguments)

        monkeypatch.setattr(Accounts, "read", counted)
        swf = shop.begin(virtual, f"first-{count}", f"domain-{count}")
        for number in range(count):
            swf.start_workflow_execution(
                domain=f"domain-{count}", workflowId=f"{number}", workflowType=shop.TYPE
            )
        drive(virtual, lambda task: [shop.decision("CompleteWorkflowExecution")])
        opened = swf.count_open_workflow_executions(
            domain=f"domain-{count}", startTimeFilter={"oldestDate": 0}
        )
        assert opened["count"] == 0
    assert reads[40] < 5 * reads[10]


def test_nothing_to_drive(virtual: Emulator) -> None:
    with pytest.raises(LookupError, match="no execution is open"):
        drive(virtual, shop.decide)


def test_a_decider_without_end_is_stopped(virtual: Emulator) -> None:
    shop.begin(virtual)

    def again(task: dict[str, Any]) -> list[dict[str, Any]]:
        return [shop.decision("StartTimer", timerId="t", startToFireTimeout="1")]

    with pytest.raises(Stuck, match="Stopped after 20 tasks"):
        drive(virtual, again, max_tasks=20)


def test_what_a_decider_raises_carries_the_history(virtual: Emulator) -> None:
    shop.begin(virtual)

    def broken(task: dict[str, Any]) -> None:
        raise KeyError("oops")

    with pytest.raises(KeyError) as caught:
        drive(virtual, broken)
    assert "WorkflowExecutionStarted" in "".join(caught.value.__notes__)


def test_a_refused_answer_carries_the_history(virtual: Emulator) -> None:
    swf = shop.begin(virtual)
    close = shop.decision("CompleteWorkflowExecution")
    with pytest.raises(swf.exceptions.ClientError, match="Close must be last") as caught:
        drive(virtual, lambda task: [close, close])
    assert "WorkflowExecutionStarted" in "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("raised", "event"),
    [
        (ActivityFailed("r", "d"), ("ActivityTaskFailed", {"reason": "r", "details": "d"})),
        (ValueError("v"), ("ActivityTaskFailed", {"reason": "ValueError", "details": "v"})),
        (ActivityCanceled("c"), ("ActivityTaskCanceled", {"details": "c"})),
    ],
)
def test_how_activities_end(virtual: Emulator, raised: Exception, event: Any) -> None:
    shop.begin(virtual)

    def broken(task: dict[str, Any]) -> None:
        raise raised

    ended = drive(
        virtual,
        shop.decide,
        {"work": broken},
        until=lambda: virtual.history("job-1")[-2]["eventType"] == event[0],
    )
    assert_history(ended, [..., event, "DecisionTaskScheduled"])


def test_a_result_that_is_no_text(virtual: Emulator) -> None:
    shop.begin(virtual)
    with pytest.raises(TypeError, match="a result must be a string or None"):
        drive(virtual, shop.decide, {"work": lambda task: 1})


def test_an_assertion_in_an_activity_fails_the_test(virtual: Emulator) -> None:
    shop.begin(virtual)

    def check(task: dict[str, Any]) -> None:
        raise AssertionError("not this")

    with pytest.raises(AssertionError, match="not this"):
        drive(virtual, shop.decide, {"work": check})


def test_an_answer_that_comes_too_late_is_dropped(virtual: Emulator) -> None:
    shop.begin(virtual)
    tries: list[int] = []

    def slow(task: dict[str, Any]) -> str:
        tries.append(1)
        if len(tries) == 1:
            virtual.clock.advance(120)
        return "done"

    done = drive(virtual, shop.decide, {"work": slow})
    assert_history(done, [..., "ActivityTaskTimedOut", ..., "WorkflowExecutionCompleted"])


def test_other_regions_and_accounts_are_driven(virtual: Emulator) -> None:
    swf = virtual.client(region_name="eu-west-1", aws_access_key_id="999999999999")
    swf.register_domain(name="far", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="far", **shop.TYPE)
    swf.start_workflow_execution(
        domain="far",
        workflowId="w",
        workflowType=shop.TYPE,
        taskList={"name": "l"},
        childPolicy="TERMINATE",
        taskStartToCloseTimeout="1",
        executionStartToCloseTimeout="1",
    )
    done = drive(virtual, lambda task: [shop.decision("CompleteWorkflowExecution")])
    assert (done.domain, done.status) == ("far", "COMPLETED")


# The loops alone, and with any client.


def test_the_loops_end_with_an_empty_list(virtual: Emulator) -> None:
    swf = shop.begin(virtual)

    def decided() -> int:
        return run_decider(shop.decide, swf, domain=shop.DOMAIN, task_list="jobs")

    assert decided() == 1
    assert decided() == 0
    virtual.clock.advance(3600)
    assert decided() == 1
    assert run_worker({"work": work}, swf, domain=shop.DOMAIN, task_list="work") == 1
    assert decided() == 1
    assert outcome(virtual, "job-1").status == "COMPLETED"


def test_a_worker_without_the_function(virtual: Emulator) -> None:
    swf = shop.begin(virtual)
    run_decider(shop.decide, swf, domain=shop.DOMAIN, task_list="jobs")
    virtual.clock.advance(3600)
    run_decider(shop.decide, swf, domain=shop.DOMAIN, task_list="jobs")
    with pytest.raises(LookupError, match="'work'; known: 'play'"):
        run_worker({"play": work}, swf, domain=shop.DOMAIN, task_list="work")


def test_a_decision_task_has_all_its_pages(virtual: Emulator) -> None:
    swf = shop.begin(virtual)
    for number in range(1200):
        swf.signal_workflow_execution(
            domain=shop.DOMAIN, workflowId="job-1", signalName=str(number)
        )
    seen: list[int] = []

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        seen.extend(event["eventId"] for event in task["events"])
        return [shop.decision("CompleteWorkflowExecution")]

    drive(virtual, decide)
    assert seen == list(range(1, 1204))


def test_the_outcome_of_an_earlier_run(virtual: Emulator) -> None:
    swf = shop.begin(virtual)
    first = outcome(virtual, "job-1")
    swf.terminate_workflow_execution(domain=shop.DOMAIN, workflowId="job-1", reason="over")
    swf.start_workflow_execution(domain=shop.DOMAIN, workflowId="job-1", workflowType=shop.TYPE)
    assert outcome(virtual, "job-1").status == "OPEN"
    ended = outcome(virtual, "job-1", first.run_id)
    assert (ended.status, ended.reason, ended.details) == ("TERMINATED", "over", None)


def test_waiting_in_vain(virtual: Emulator) -> None:
    shop.begin(virtual)
    with pytest.raises(Stuck, match=r"still open after 0\.01 real seconds"):
        wait_closed(virtual, "job-1", timeout_seconds=0.01)
    with pytest.raises(KeyError):
        wait_closed(virtual, "nobody", timeout_seconds=0.01)
