"""The parts of the example programs that need no service: decisions, and how a program stops."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.tests.sketch import Row, history
from examples.hello_world import decider as hello
from examples.history_table import history_table
from examples.polling import Shutdown
from examples.two_tasks import decider as two_tasks

A = {"activityType": {"name": "Test_Task_A", "version": "1.0"}, "activityId": "A"}
B = {"activityType": {"name": "Test_Task_B", "version": "1.0"}, "activityId": "B"}

STARTED: tuple[Row, ...] = (
    (0, "WorkflowExecutionStarted"),
    (0, "DTS"),
    (1, "DTT", {"scheduled": 2}),
)
FIRST: tuple[Row, ...] = (
    *STARTED,
    (1, "DTC", {"scheduled": 2, "started": 3}),
    (1, "ActivityTaskScheduled", {**A, "completed": 4}),
    (2, "ActivityTaskStarted", {"scheduled": 5}),
)
A_DONE: tuple[Row, ...] = (
    *FIRST,
    (3, "ActivityTaskCompleted", {"scheduled": 5, "started": 6, "result": "k"}),
)
SECOND: tuple[Row, ...] = (
    *A_DONE,
    (3, "DTS"),
    (4, "DTT", {"scheduled": 8}),
    (4, "DTC", {"scheduled": 8, "started": 9}),
    (4, "ActivityTaskScheduled", {**B, "completed": 10}),
    (5, "ActivityTaskStarted", {"scheduled": 11}),
)
B_DONE: tuple[Row, ...] = (
    *SECOND,
    (6, "ActivityTaskCompleted", {"scheduled": 11, "started": 12, "result": "kiwi"}),
)

DECIDED = {
    "starts with A": (STARTED, "ScheduleActivityTask", A),
    "goes on with what A wrote": (A_DONE, "ScheduleActivityTask", {**B, "input": "k"}),
    "ends with what B named": (B_DONE, "CompleteWorkflowExecution", {"result": "kiwi"}),
    "tries again after a refused close": (
        (
            *B_DONE,
            (6, "DTS"),
            (7, "DTT", {"scheduled": 14}),
            (8, "WorkflowExecutionSignaled"),
            (8, "DTS"),
            (9, "DTC", {"scheduled": 14, "started": 15}),
            (9, "CompleteWorkflowExecutionFailed", {"completed": 18}),
        ),
        "CompleteWorkflowExecution",
        {"result": "kiwi"},
    ),
    "gives up when an activity fails": (
        (
            *SECOND,
            (
                6,
                "ActivityTaskFailed",
                {"scheduled": 11, "started": 12, "reason": "no fruit", "details": "for x"},
            ),
        ),
        "FailWorkflowExecution",
        {"reason": "Test_Task_B failed: no fruit", "details": "for x"},
    ),
    "gives up when an activity takes too long": (
        (
            *FIRST,
            (22, "ActivityTaskTimedOut", {"scheduled": 5, "timeoutType": "START_TO_CLOSE"}),
        ),
        "FailWorkflowExecution",
        {"reason": "Test_Task_A timed out: START_TO_CLOSE"},
    ),
    "gives up when an activity cannot be scheduled": (
        (*STARTED, (1, "ScheduleActivityTaskFailed", {**A, "completed": 4})),
        "FailWorkflowExecution",
        {"reason": "Test_Task_A could not be scheduled: ACTIVITY_TYPE_DOES_NOT_EXIST"},
    ),
    "stops when asked to": (
        (*FIRST, (3, "WorkflowExecutionCancelRequested")),
        "CancelWorkflowExecution",
        {},
    ),
}


@pytest.mark.parametrize(
    ("rows", "decision_type", "attributes"),
    [pytest.param(*case, id=name) for name, case in DECIDED.items()],
)
def test_two_tasks_decides(
    rows: tuple[Row, ...], decision_type: str, attributes: dict[str, Any]
) -> None:
    (decision,) = two_tasks.decide(history(*rows))
    structure = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    assert decision == {"decisionType": decision_type, structure: attributes}


@pytest.mark.parametrize("decide", [hello.decide, two_tasks.decide])
def test_nothing_is_decided_while_an_activity_runs(decide: Any) -> None:
    assert decide(history(*FIRST, (3, "WorkflowExecutionSignaled"))) == []


def test_the_table_shows_what_matters() -> None:
    lines = history_table(history(*SECOND)).splitlines()
    assert lines[0].split() == ["id", "time", "event", "attributes"]
    assert lines[2] == (" 1  +0.000  WorkflowExecutionStarted  taskList=list  workflowType=Type/1")
    assert lines[8] == " 7  +3.000  ActivityTaskCompleted     result=k  scheduled=5  started=6"
    assert len(lines) == 2 + 12


@pytest.fixture
def shutdown() -> Iterator[Shutdown]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield Shutdown.on_signals()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_waiting_poll(shutdown: Shutdown, number: signal.Signals) -> None:
    def waiting_poll() -> dict[str, Any]:
        signal.raise_signal(number)
        pytest.fail("the poll went on waiting")

    assert shutdown.poll(waiting_poll) is None
    assert shutdown.requested


def test_a_signal_spares_the_task_in_hand(shutdown: Shutdown) -> None:
    task = {"taskToken": "token"}
    assert shutdown.poll(lambda: task) is task
    signal.raise_signal(signal.SIGTERM)
    assert shutdown.requested
    assert shutdown.poll(lambda: task) is None, "no further task is taken"


def test_an_idle_poll_brings_nothing() -> None:
    for answer in ({"startedEventId": 0}, {"startedEventId": 0, "taskToken": ""}):
        assert Shutdown().poll(dict, **answer) is None
