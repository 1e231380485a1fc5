"""The read model: records of one instant. Source of the rules: the emulator's own design."""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.engine.domains import Scope
from swf_emulator.engine.view import states_around

from .stage import OURS, TYPE, Stage, activity, decision

EUROPE = Scope(OURS.account, "eu-west-1")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator(clock="virtual", seed=1) as emulator:
        stage = Stage(emulator)
        stage.register()
        yield stage


def test_domains_are_counted(stage: Stage) -> None:
    stage.register(EUROPE, "e")
    for workflow_id in ("w0", "w1"):
        stage.start(workflow_id)
    stage.decide(decision("CompleteWorkflowExecution"))
    stage.call("DeprecateDomain", name="d")
    scopes, domains, european = stage.engine.read(
        lambda view: (view.scopes(), view.domains(), view.domains(EUROPE))
    )
    assert scopes == [EUROPE, OURS]
    assert european == [each for each in domains if each.scope == EUROPE]
    (ours,) = (each for each in domains if each.scope == OURS)
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
    assert ids(scope=OURS, workflow_id="w0", open_only=True) == [fourth]


def test_one_execution_is_found_by_its_ids(stage: Stage) -> None:
    run_id = stage.start("w")
    found = stage.engine.read(lambda view: view.execution(OURS, "d", "w", run_id))
    assert (found.workflow_id, found.run_id, found.event_count) == ("w", run_id, 2)
    assert (found.open, found.is_child, found.decider_has_work) == (True, False, True)
    assert stage.engine.read(lambda view: view.find(OURS, run_id)) == found
    assert stage.engine.read(lambda view: view.find(OURS, "no run")) is None
    assert stage.engine.read(lambda view: view.find(EUROPE, run_id)) is None
    wrong: list[tuple[Scope, str, str, str]] = [
        (OURS, "d", "w", "no run"),
        (OURS, "d", "v", run_id),
        (OURS, "e", "w", run_id),
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
    token = stage.poll("Activity")["taskToken"]
    taken_ms = stage.engine.now_ms
    stage.emulator.clock.advance(5)
    task = stage.items("w")["activity"]
    assert (task.taken, task.since_ms, task.task_list) == (True, taken_ms, None)
    stage.call("RecordActivityTaskHeartbeat", taskToken=token)
    assert stage.items("w")["activity"].heartbeat == ""
    stage.call("RecordActivityTaskHeartbeat", taskToken=token, details="half")
    assert stage.items("w")["activity"].heartbeat == "half"
    stage.signal("w")
    stage.decide(decision("RequestCancelActivityTask", activityId="a"))
    assert stage.items("w")["activity"].cancel_requested


def test_a_decision_task_may_wait_behind_another(stage: Stage) -> None:
    stage.start("w")
    assert not stage.items("w")["decision"].behind
    stage.poll("Decision")
    assert not stage.items("w")["decision"].behind
    stage.signal("w")
    waiting = stage.items("w")["decision"]
    assert (waiting.behind, waiting.taken, waiting.task_list) == (True, False, None)


def test_lists_tell_both_sides(stage: Stage) -> None:
    stage.start("w")
    started_ms = stage.engine.now_ms
    stage.emulator.clock.advance(1)
    held = stage.hold("Activity")
    lists = stage.lists()
    assert list(lists) == [("decision", "L"), ("activity", "M")]
    ours, theirs = lists.values()
    assert (ours.scope, ours.domain, ours.waiting, ours.pollers) == (OURS, "d", 1, [])
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
        stage.poll("Activity")
    assert stage.engine.read(lambda view: view.tasks(found)) == []
    stage.emulator.reset()
    assert stage.engine.read(lambda view: view.tasks(found)) == []


def test_the_next_deadline_may_be_the_end_of_a_retention(stage: Stage) -> None:
    stage.start("w")
    stage.decide(decision("CompleteWorkflowExecution"))
    closed_ms = stage.engine.now_ms
    stage.emulator.clock.advance(89 * 86_400)
    due = stage.engine.read(lambda view: view.next_due())
    assert due is not None
    assert (due.at_ms, due.item.kind) == (closed_ms + 90 * 86_400_000, "retention")
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
    stage.poll("Decision")
    stage.signal("w")
    behind = stage.items("w")["decision"]
    execution = stage.execution("w")
    assert behind.behind
    assert stage.engine.take(execution, behind.event_id, "hand") is None
    assert stage.engine.take(execution, 2, "hand") == 3
    assert stage.engine.take(execution, 1, "hand") is None
    stage.terminate("w")
    assert stage.engine.take(execution, 2, "hand") is None
    stage.emulator.reset()
    assert stage.engine.take(execution, 2, "hand") is None
