"""A call with an internal error changes nothing, and the service continues."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swf_emulator import Settings
from swf_emulator.protocol.answers import Answer, HeldPoll

from . import names
from .fingerprint import differences, fingerprint
from .histories import read
from .inject import PLACES, broken, ill
from .obligations import check_obligations
from .service import Refused
from .simulation import Simulation

NORTH = names.DOMAINS[0]
MAIN = {"name": names.TASK_LISTS[0]}

FULL_BATCH: list[dict[str, Any]] = [
    {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {"activityId": "new", "activityType": names.FULL},
    },
    {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": "new", "startToFireTimeout": "50"},
    },
    {"decisionType": "RecordMarker", "recordMarkerDecisionAttributes": {"markerName": "m"}},
    {"decisionType": "CancelTimer", "cancelTimerDecisionAttributes": {"timerId": "t1"}},
    {
        "decisionType": "RequestCancelActivityTask",
        "requestCancelActivityTaskDecisionAttributes": {"activityId": "a1"},
    },
    {"decisionType": "CancelTimer", "cancelTimerDecisionAttributes": {"timerId": "unknown"}},
]


def activity(activity_id: str) -> dict[str, Any]:
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": activity_id,
            "activityType": names.FULL,
        },
    }


def timer(timer_id: str, seconds: str = "200") -> dict[str, Any]:
    return {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": timer_id, "startToFireTimeout": seconds},
    }


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Silence the log: injected errors are logged as any internal error."""
    caplog.set_level(logging.CRITICAL, logger="swf_emulator")


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Three executions: w1 with a started decision and a started activity, w2 and w3 waiting."""
    sim = Simulation(Settings())
    sim.start(NORTH, "w1", names.FULL, {})
    sim.drive(NORTH, "main", [([activity("a1"), activity("a2"), timer("t1")], {})])
    sim.poll("Activity", NORTH, "main", held=False)
    sim.work(0, "Heartbeat")
    sim.intervene(NORTH, "w1", "Signal", "")
    sim.poll("Decision", NORTH, "main", held=False)
    sim.start(NORTH, "w2", names.FULL, {})
    sim.start(NORTH, "w3", names.FULL, {})
    sim.check()
    yield sim
    sim.check()


Call = Callable[[Simulation], Any]


def call(operation: str, **parameters: Any) -> Call:
    return lambda sim: sim.service.call(operation, domain=NORTH, **parameters)


def complete_activity(sim: Simulation) -> Any:
    return sim.service.call("RespondActivityTaskCompleted", taskToken=sim.activity_tokens[-1])


def complete_decision(sim: Simulation) -> Any:
    token = sim.decision_tokens[-1]
    return sim.service.call("RespondDecisionTaskCompleted", taskToken=token, decisions=FULL_BATCH)


CALLS: dict[str, tuple[Call, int]] = {
    "start": (
        call("StartWorkflowExecution", workflowId="new", workflowType=names.FULL),
        2,
    ),
    "signal": (call("SignalWorkflowExecution", workflowId="w1", signalName="go"), 2),
    "cancel": (call("RequestCancelWorkflowExecution", workflowId="w2"), 1),
    "terminate": (call("TerminateWorkflowExecution", workflowId="w1"), 1),
    "complete an activity": (complete_activity, 2),
    "complete a decision": (complete_decision, 8),
    "poll for a decision": (call("PollForDecisionTask", taskList=MAIN), 1),
    "poll for an activity": (call("PollForActivityTask", taskList=MAIN), 1),
}
"""Calls with the number of events that each records in its own execution."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CALLS)
def test_nothing_has_changed(sim: Simulation, name: str, place: str) -> None:
    make, events = CALLS[name]
    before = fingerprint(sim.service.engine)
    for at in range(1, events + 1):
        with broken(place, at) as fuse, pytest.raises(Refused) as refused:
            make(sim)
        assert fuse.blown
        assert (refused.value.status, refused.value.code) == (500, "InternalFailure")
        changed = differences(before, fingerprint(sim.service.engine))
        assert not changed, f"changed by a fault at event {at}"
        check_obligations(sim.service.engine)
    answer = make(sim)
    assert fingerprint(sim.service.engine) != before
    if answer is not None and "taskToken" in answer:
        sim.handed_out.add((answer["workflowExecution"]["runId"], answer["startedEventId"]))


@pytest.mark.parametrize("name", CALLS)
def test_all_events_of_a_call_are_tried(sim: Simulation, name: str) -> None:
    """The numbers in the table are right: one more event, and nothing fails."""
    make, events = CALLS[name]
    with broken("encode", events + 1) as fuse:
        answer = make(sim)
    assert fuse.count == events
    if answer is not None and "taskToken" in answer:
        sim.handed_out.add((answer["workflowExecution"]["runId"], answer["startedEventId"]))


def test_a_poll_whose_task_cannot_be_started_goes_on_waiting(sim: Simulation) -> None:
    """The task stays with its execution, the poll on its list; the next task is the poll's."""
    sim.poll("Decision", NORTH, "other", held=True)
    other = {"taskList": {"name": "other"}}
    with broken("encode", 3) as fuse:
        sim.start(NORTH, "late", names.FULL, other)
    assert fuse.blown
    assert [poll.identity for poll in sim.service.held_polls()] == [sim.pollers[0].identity]
    sim.start(NORTH, "later", names.FULL, other)
    assert len(sim.pollers[0].answers) == 1, "the poll has got neither task"
    sim.collect()
    sim.poll("Decision", NORTH, "other", held=False)


def test_a_deadline_that_fails_disturbs_no_other_execution(sim: Simulation) -> None:
    """A timeout of one execution may be lost; others time out, and calls are answered."""
    with broken("encode", 1) as fuse:
        sim.let_pass(None)
    assert fuse.blown
    sim.let_pass(299)
    closed = [run.execution.workflow_id for run in sim.service.runs() if run.execution.closed]
    assert {"w2", "w3"} <= set(closed), "the others have not timed out"


CHILD = {
    "decisionType": "StartChildWorkflowExecution",
    "startChildWorkflowExecutionDecisionAttributes": {
        "workflowId": "child",
        "workflowType": names.FULL,
    },
}
SIGNAL = {
    "decisionType": "SignalExternalWorkflowExecution",
    "signalExternalWorkflowExecutionDecisionAttributes": {"workflowId": "w2", "signalName": "go"},
}


@pytest.mark.parametrize("decision", [CHILD, SIGNAL], ids=["child", "signal"])
@pytest.mark.parametrize("at", [3, 4, 5])
def test_an_effect_that_fails_disturbs_no_other_execution(
    decision: dict[str, Any], at: int
) -> None:
    """The response is recorded before its effects; each effect is a transition of its own."""
    sim = Simulation(Settings())
    for workflow_id in ("w1", "w2", "w3"):
        sim.start(NORTH, workflow_id, names.FULL, {"taskPriority": "-1"})
    sim.intervene(NORTH, "w1", "Signal", "")
    sim.poll("Decision", NORTH, "main", held=False)
    with broken("encode", at) as fuse:
        sim.service.call(
            "RespondDecisionTaskCompleted", taskToken=sim.decision_tokens[-1], decisions=[decision]
        )
    assert fuse.blown
    for run in sim.service.runs():
        live, folded = run.execution, run.folded()
        assert (live.event_count, live.close_status) == (folded.event_count, folded.close_status)
    for workflow_id in ("w2", "w3", "new"):
        sim.start(NORTH, workflow_id, names.FULL, {})
        sim.service.call(
            "SignalWorkflowExecution", domain=NORTH, workflowId=workflow_id, signalName="go"
        )
    held = sim.service.hold("PollForDecisionTask", domain=NORTH, taskList={"name": "other"})
    assert isinstance(held, HeldPoll)
    answers: list[Answer] = []
    held.on_answer(answers.append)
    sim.start(NORTH, "w5", names.FULL, {"taskList": {"name": "other"}})
    assert [answer.status for answer in answers] == [200]


def test_an_effect_that_fails_leaves_the_next_one_of_its_execution_whole() -> None:
    """The signal fails, which folds the execution again; its Lambda task is started and ends."""
    sim = Simulation(Settings())
    sim.start(NORTH, "w2", names.FULL, {})
    sim.start(NORTH, "w1", names.FULL, {"taskPriority": "5"})
    sim.poll("Decision", NORTH, "main", held=False)
    function = {
        "decisionType": "ScheduleLambdaFunction",
        "scheduleLambdaFunctionDecisionAttributes": {"id": "l", "name": names.LIVE_FUNCTION},
    }
    with broken("encode", 6) as fuse:
        sim.service.call(
            "RespondDecisionTaskCompleted",
            taskToken=sim.decision_tokens[-1],
            decisions=[SIGNAL, function],
        )
    assert fuse.blown
    types = [event["eventType"] for event in read(sim.service.runs()[1])]
    assert "ExternalWorkflowExecutionSignaled" not in types, "the signal has not failed"
    assert "LambdaFunctionCompleted" in types


@pytest.mark.timeout(10)
@pytest.mark.parametrize("decision", [CHILD, SIGNAL], ids=["child", "signal"])
def test_an_effect_is_not_repeated_when_the_state_is_folded_again(
    decision: dict[str, Any],
) -> None:
    """The child cannot start, or the signal has arrived; then an event of w1 fails."""
    sim = Simulation(Settings())
    for workflow_id in ("child", "w2", "w1"):
        sim.start(NORTH, workflow_id, names.FULL, {"taskPriority": "0"})
    sim.drive(NORTH, "main", [([], {}), ([], {}), ([decision], {})])
    before = fingerprint(sim.service.engine)
    signal = call("SignalWorkflowExecution", workflowId="w1", signalName="go")
    with broken("encode", 1), pytest.raises(Refused):
        signal(sim)
    assert not differences(before, fingerprint(sim.service.engine))
    check_obligations(sim.service.engine)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "decisions", [[timer("t", "5")], [CHILD], [SIGNAL]], ids=["timer", "child", "signal"]
)
def test_a_lasting_fault_of_one_execution_leaves_the_others_alone(
    decisions: list[dict[str, Any]],
) -> None:
    """After its response nothing more can be recorded in w1: no timer, no child, no outcome."""
    sim = Simulation(Settings())
    sim.start(NORTH, "w1", names.FULL, {})
    sim.poll("Decision", NORTH, "main", held=False)
    sim.start(NORTH, "w2", names.FULL, {})
    with ill("w1", from_event=6) as fuse:
        sim.service.call(
            "RespondDecisionTaskCompleted",
            taskToken=sim.decision_tokens[-1],
            decisions=decisions,
        )
        sim.let_pass(6)
        assert fuse.count, "nothing has failed"
        sim.start(NORTH, "w3", names.FULL, {})
        sim.let_pass(300)
    closed = {run.execution.workflow_id for run in sim.service.runs() if run.execution.closed}
    assert {"w2", "w3"} <= closed
    assert not sim.service.runs()[0].execution.closed
