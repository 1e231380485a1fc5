"""The read model: records of one instant. Source of the rules: the emulator's own design."""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.engine.domains import Scope
from swf_emulator.engine.engine import Engine
from swf_emulator.engine.view import ExecutionRecord, ListRecord, OpenRecord, states_around

SCOPE = Scope("123456789012", "us-east-1")
EUROPE = Scope("123456789012", "eu-west-1")
TYPE = {"name": "T", "version": "1"}
LIST = {"name": "L"}


class Stage:
    """An emulator under a virtual clock, with the domain ``d`` and a type for everything."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.register(SCOPE, "d")

    @property
    def engine(self) -> Engine:
        return self.emulator.accounts.engine(SCOPE.account)

    def call(self, operation: str, scope: Scope = SCOPE, **members: Any) -> dict[str, Any]:
        members.setdefault("domain", "d")
        return self.emulator.service.call(scope, operation, **members)

    def register(self, scope: Scope, domain: str) -> None:
        self.emulator.service.call(
            scope, "RegisterDomain", name=domain, workflowExecutionRetentionPeriodInDays="1"
        )
        defaults = {"defaultTaskList": LIST, "defaultTaskStartToCloseTimeout": "600"}
        self.call(
            "RegisterWorkflowType",
            scope,
            domain=domain,
            **TYPE,
            **defaults,
            defaultExecutionStartToCloseTimeout="3600",
            defaultChildPolicy="TERMINATE",
        )
        self.call(
            "RegisterActivityType",
            scope,
            domain=domain,
            **TYPE,
            **defaults,
            defaultTaskScheduleToStartTimeout="100",
            defaultTaskScheduleToCloseTimeout="1000",
            defaultTaskHeartbeatTimeout="NONE",
        )

    def start(self, workflow_id: str, scope: Scope = SCOPE, **members: Any) -> str:
        started = self.call(
            "StartWorkflowExecution", scope, workflowId=workflow_id, workflowType=TYPE, **members
        )
        run_id: str = started["runId"]
        return run_id

    def take(self, operation: str, task_list: str = "L") -> str:
        task = self.call(operation, taskList={"name": task_list}, identity="me")
        token: str = task["taskToken"]
        return token

    def decide(self, *decisions: dict[str, Any]) -> None:
        token = self.take("PollForDecisionTask")
        self.emulator.service.call(
            SCOPE, "RespondDecisionTaskCompleted", taskToken=token, decisions=list(decisions)
        )

    def execution(self, workflow_id: str) -> ExecutionRecord:
        found = self.engine.read(lambda view: view.executions(SCOPE, "d", workflow_id=workflow_id))
        return found[-1]

    def items(self, workflow_id: str) -> dict[str, OpenRecord]:
        """The open items of an execution, by kind."""
        execution = self.execution(workflow_id)
        found = self.engine.read(lambda view: view.open_items(execution))
        return {item.kind: item for item in found}

    def lists(self) -> dict[tuple[str, str], ListRecord]:
        found = self.engine.read(lambda view: view.task_lists())
        return {(each.list_kind, each.name): each for each in found}


def decision(decision_type: str, **attributes: Any) -> dict[str, Any]:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, member: attributes}


def activity(activity_id: str, priority: str = "0") -> dict[str, Any]:
    return decision(
        "ScheduleActivityTask", activityId=activity_id, activityType=TYPE, taskPriority=priority
    )


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator(clock="virtual", seed=1) as emulator:
        yield Stage(emulator)


def test_domains_are_counted(stage: Stage) -> None:
    stage.register(EUROPE, "e")
    for workflow_id in ("w0", "w1"):
        stage.start(workflow_id)
    stage.decide(decision("CompleteWorkflowExecution"))
    stage.emulator.service.call(SCOPE, "DeprecateDomain", name="d")
    scopes, domains, european = stage.engine.read(
        lambda view: (view.scopes(), view.domains(), view.domains(EUROPE))
    )
    assert scopes == [EUROPE, SCOPE]
    assert european == [each for each in domains if each.scope == EUROPE]
    (ours,) = (each for each in domains if each.scope == SCOPE)
    assert (ours.name, ours.status) == ("d", "DEPRECATED")
    assert (ours.open_count, ours.closed_count) == (1, 1)
    assert (ours.workflow_types, ours.activity_types) == (1, 1)


def test_executions_are_found_by_every_filter(stage: Stage) -> None:
    stage.register(EUROPE, "d")
    stage.start("w0")
    stage.start("w1")
    stage.start("w0", EUROPE)
    stage.decide(decision("CompleteWorkflowExecution"))
    stage.start("w0")

    def ids(**filters: Any) -> list[tuple[str, str, str]]:
        found = stage.engine.read(lambda view: view.executions(**filters))
        assert [each.sequence for each in found] == sorted(each.sequence for each in found)
        return [(each.scope.region[:2], each.workflow_id, each.status) for each in found]

    first, second = ("us", "w0", "COMPLETED"), ("us", "w1", "OPEN")
    third, fourth = ("eu", "w0", "OPEN"), ("us", "w0", "OPEN")
    assert ids() == [first, second, third, fourth]
    assert ids(scope=EUROPE) == [third]
    assert ids(domain="none") == []
    assert ids(workflow_id="w0") == [first, third, fourth]
    assert ids(open_only=True) == [second, third, fourth]
    assert ids(scope=SCOPE, workflow_id="w0", open_only=True) == [fourth]


def test_one_execution_is_found_by_its_ids(stage: Stage) -> None:
    run_id = stage.start("w")
    found = stage.engine.read(lambda view: view.execution(SCOPE, "d", "w", run_id))
    assert (found.workflow_id, found.run_id, found.event_count) == ("w", run_id, 2)
    assert (found.open, found.is_child, found.decider_has_work) == (True, False, True)
    assert stage.engine.read(lambda view: view.find(SCOPE, run_id)) == found
    assert stage.engine.read(lambda view: view.find(SCOPE, "no run")) is None
    assert stage.engine.read(lambda view: view.find(EUROPE, run_id)) is None
    wrong: list[tuple[Scope, str, str, str]] = [
        (SCOPE, "d", "w", "no run"),
        (SCOPE, "d", "v", run_id),
        (SCOPE, "e", "w", run_id),
        (EUROPE, "d", "w", run_id),
    ]
    for ids in wrong:
        with pytest.raises(Fault, match="Unknown"):
            stage.engine.read(methodcaller("execution", *ids))


def test_records_stay_as_they_were(stage: Stage) -> None:
    """The history alone grows, and ends when its execution is forgotten."""
    stage.start("w")
    before = stage.execution("w")
    history = stage.engine.read(lambda view: view.history(before))
    stage.decide(decision("CompleteWorkflowExecution", result="done"))
    after = stage.execution("w")
    assert (before.status, before.event_count, before.closed_ms) == ("OPEN", 2, None)
    assert (after.status, after.event_count, len(history)) == ("COMPLETED", 5, 5)
    assert after.closed_ms == after.last_event_ms
    assert stage.engine.read(lambda view: view.open_items(after)) == []
    stage.emulator.reset()
    assert list(stage.engine.read(lambda view: view.history(after))) == []
    assert stage.engine.read(lambda view: view.open_items(before)) == []


def test_open_items_tell_what_they_are_and_when_they_end(stage: Stage) -> None:
    stage.start("w")
    stage.decide(
        activity("a"),
        decision("StartTimer", timerId="t", startToFireTimeout="50"),
        decision("StartChildWorkflowExecution", workflowId="child", workflowType=TYPE),
    )
    now_ms = stage.engine.now_ms
    items = stage.items("w")
    assert list(items) == ["execution", "activity", "timer", "child", "decision"]
    task, timer, child = items["activity"], items["timer"], items["child"]
    assert (task.title, task.type_name, task.task_list) == ("a", "T", "L")
    assert (task.due_ms, task.timeout_type) == (now_ms + 100_000, "SCHEDULE_TO_START")
    assert (task.taken, task.heartbeat, task.cancel_requested) == (False, None, False)
    assert (timer.title, timer.due_ms, timer.task_list) == ("t", now_ms + 50_000, None)
    assert (child.title, child.type_name, child.taken) == ("child", "T", True)
    assert (child.due_ms, child.timeout_type) == (None, "")
    assert items["execution"].due_ms == now_ms + 3_600_000
    assert stage.execution("child").is_child
    assert stage.execution("child").parent == {
        "workflowId": "w",
        "runId": stage.execution("w").run_id,
    }


def test_a_taken_activity_tells_its_heartbeat_and_its_cancel_request(stage: Stage) -> None:
    stage.start("w")
    stage.decide(activity("a"))
    token = stage.take("PollForActivityTask")
    taken_ms = stage.engine.now_ms
    stage.emulator.clock.advance(5)
    task = stage.items("w")["activity"]
    assert (task.taken, task.since_ms, task.task_list) == (True, taken_ms, None)
    for details in (None, "half"):
        given = {} if details is None else {"details": details}
        stage.emulator.service.call(SCOPE, "RecordActivityTaskHeartbeat", taskToken=token, **given)
        assert stage.items("w")["activity"].heartbeat == (details or "")
    stage.call("SignalWorkflowExecution", workflowId="w", signalName="s")
    stage.decide(decision("RequestCancelActivityTask", activityId="a"))
    assert stage.items("w")["activity"].cancel_requested


def test_a_decision_task_may_wait_behind_another(stage: Stage) -> None:
    stage.start("w")
    assert not stage.items("w")["decision"].behind
    stage.take("PollForDecisionTask")
    assert not stage.items("w")["decision"].behind
    stage.call("SignalWorkflowExecution", workflowId="w", signalName="s")
    waiting = stage.items("w")["decision"]
    assert (waiting.behind, waiting.taken, waiting.task_list) == (True, False, None)


def test_lists_tell_both_sides(stage: Stage) -> None:
    stage.start("w")
    started_ms = stage.engine.now_ms
    stage.emulator.clock.advance(1)
    held = stage.emulator.service.hold(
        SCOPE, "PollForActivityTask", 60.0, domain="d", taskList={"name": "M"}, identity="me"
    )
    lists = stage.lists()
    assert list(lists) == [("decision", "L"), ("activity", "M")]
    ours, theirs = lists.values()
    assert (ours.scope, ours.domain, ours.waiting, ours.pollers) == (SCOPE, "d", 1, [])
    assert ours.oldest_ms == started_ms
    assert ours.first is not None
    assert (ours.first.execution.workflow_id, ours.first.item.kind) == ("w", "decision")
    assert (theirs.waiting, theirs.oldest_ms, theirs.first) == (0, None, None)
    assert theirs.pollers == [("me", started_ms + 1000)]
    held.expire()
    assert list(stage.lists()) == [("decision", "L")]


def test_the_tasks_of_a_list_come_in_the_order_of_the_polls(stage: Stage) -> None:
    stage.start("w")
    stage.decide(activity("a"), activity("b", priority="9"))
    scheduled_ms = stage.engine.now_ms
    stage.emulator.clock.advance(1)
    stage.start("v")
    stage.decide(activity("c"))
    found = stage.lists()["activity", "L"]
    tasks = stage.engine.read(lambda view: view.tasks(found))
    assert [task.item.title for task in tasks] == ["b", "a", "c"]
    assert found.first == tasks[0]
    assert (found.waiting, found.oldest_ms) == (3, scheduled_ms)
    for _ in tasks:
        stage.take("PollForActivityTask")
    assert stage.engine.read(lambda view: view.tasks(found)) == []
    stage.emulator.reset()
    assert stage.engine.read(lambda view: view.tasks(found)) == []


def test_the_next_deadline_may_be_the_end_of_a_retention(stage: Stage) -> None:
    stage.start("w")
    stage.decide(decision("CompleteWorkflowExecution"))
    closed_ms = stage.engine.now_ms
    stage.emulator.clock.advance(86_000)
    due = stage.engine.read(lambda view: view.next_due())
    assert due is not None
    assert (due.at_ms, due.item.kind) == (closed_ms + 86_400_000, "retention")
    assert stage.engine.read(lambda view: view.next_due(retention=False)) is None
    stage.start("v", executionStartToCloseTimeout="1000")
    due = stage.engine.read(lambda view: view.next_due(retention=False))
    assert due is not None
    assert (due.execution.workflow_id, due.timeout_type) == ("v", "START_TO_CLOSE")
    assert stage.engine.read(lambda view: view.deadline_count) == 2


def test_the_late_result_of_a_function_is_a_deadline_too(stage: Stage) -> None:
    stage.emulator.register_lambda("work", lambda event: "done", seconds=5)
    stage.start("w", lambdaRole="arn:aws:iam::123456789012:role/r")
    stage.decide(decision("ScheduleLambdaFunction", id="f", name="work"))
    due = stage.engine.read(lambda view: view.next_due())
    assert due is not None
    assert (due.item.kind, due.item.title, due.item.type_name) == ("result", "f", "work")
    stage.emulator.clock.advance(5)
    assert "lambda" not in stage.items("w")


def test_the_states_around_an_event_are_folded_from_the_history(stage: Stage) -> None:
    stage.start("w")
    stage.decide(decision("StartTimer", timerId="t", startToFireTimeout="50"))
    execution = stage.execution("w")
    history = list(stage.engine.read(lambda view: view.history(execution)))
    before, after = states_around(history, 5)
    assert (before.open_counts["openTimers"], after.open_counts["openTimers"]) == (0, 1)
    assert [item.kind for item in after.open_items] == ["execution", "timer"]
    unknown = history[4].replace(b"TimerStarted", b"TimerRestarted")
    unknown = unknown.replace(b"timerStarted", b"timerRestarted")
    before, after = states_around([*history[:4], unknown], 5)
    assert before == after


# A task taken by hand.


def test_a_task_is_taken_by_hand(stage: Stage) -> None:
    stage.start("w")
    stage.decide(activity("a"), activity("b"))
    execution, items = stage.execution("w"), stage.items("w")
    second = items["activity"].event_id
    assert stage.engine.take(execution, second, "hand") == 7
    assert stage.engine.take(execution, second, "hand") == 7
    assert stage.items("w")["activity"].taken
    assert stage.emulator.history("w")[-1]["activityTaskStartedEventAttributes"] == {
        "identity": "hand",
        "scheduledEventId": second,
    }
    assert stage.lists()["activity", "L"].waiting == 1


def test_only_an_offered_task_is_taken_by_hand(stage: Stage) -> None:
    stage.start("w")
    stage.take("PollForDecisionTask")
    stage.call("SignalWorkflowExecution", workflowId="w", signalName="s")
    behind = stage.items("w")["decision"]
    execution = stage.execution("w")
    assert behind.behind
    assert stage.engine.take(execution, behind.event_id, "hand") is None
    assert stage.engine.take(execution, 2, "hand") == 3
    assert stage.engine.take(execution, 1, "hand") is None
    stage.call("TerminateWorkflowExecution", workflowId="w")
    assert stage.engine.take(execution, 2, "hand") is None
    stage.emulator.reset()
    assert stage.engine.take(execution, 2, "hand") is None
