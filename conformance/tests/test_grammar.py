"""The history grammar accepts what the service wrote and refuses what it cannot have written.

Accepted: the complete recorded histories, and histories put together after recorded or documented
sequences. Refused: a table of small histories that differ from good ones in one point each.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance import grammar, model
from conformance.grammar import HistoryError, check_history
from conformance.grammar.table import CLOSING, DECISION_TAKEN, EVENTS, TRIGGERS, read
from conformance.language import recordings
from conformance.model import attributes_member
from conformance.tests.sketch import START, Event, Row, history
from conformance.verdict import Grade

OTHER = {"workflowId": "other", "runId": "r2"}
EXECUTION = {"workflowId": "w", "runId": "r"}

BEGIN: tuple[Row, ...] = (
    (0, "WorkflowExecutionStarted"),
    (0, "DTS"),
    (0.1, "DTT", {"scheduled": 2}),
)
"""Events 1 to 3: the first decision task is started."""

DECIDED: tuple[Row, ...] = (*BEGIN, (0.5, "DTC", {"scheduled": 2, "started": 3}))
"""Events 1 to 4: the events that follow are the batch of the first decision."""

SCHEDULED: tuple[Row, ...] = (*DECIDED, (0.5, "ActivityTaskScheduled", {"completed": 4}))
ACTIVE: tuple[Row, ...] = (*SCHEDULED, (0.6, "ActivityTaskStarted", {"scheduled": 5}))
TIMING: tuple[Row, ...] = (*DECIDED, (0.5, "TimerStarted", {"completed": 4}))
PARENT: tuple[Row, ...] = (
    *DECIDED,
    (0.5, "StartChildWorkflowExecutionInitiated", {"completed": 4}),
)
SIGNALING: tuple[Row, ...] = (
    *DECIDED,
    (0.5, "SignalExternalWorkflowExecutionInitiated", {"completed": 4}),
)
CALLING: tuple[Row, ...] = (*DECIDED, (0.5, "LambdaFunctionScheduled", {"completed": 4}))
QUEUED: tuple[Row, ...] = (
    *BEGIN,
    (0.2, "WorkflowExecutionSignaled"),
    (0.2, "DTS"),
    (0.5, "DTC", {"scheduled": 2, "started": 3}),
)
"""Events 1 to 6: the first decision is taken while a second decision task waits."""

ROW = "TimerFired timer closes startedEventId triggers recorded"

CHILD_START = {
    "parentWorkflowExecution": OTHER,
    "parentInitiatedEventId": 5,
}


# --- accepted: recorded ---------------------------------------------------------------------------


def recorded(case: str) -> list[Event]:
    return copy.deepcopy(recordings.events(case))


COMPLETE = {
    "boto-tutorial-hello-history": True,
    "garcon-two-parallel-activities": False,
    "simpleflow-activity-failed-2023": True,
    "simpleflow-markers-and-zero-timer": True,
    "simpleflow-two-activities-in-a-row": True,
}


@pytest.mark.parametrize(("case", "closed"), COMPLETE.items())
def test_accepts_what_the_service_wrote(case: str, closed: bool) -> None:
    check_history(recorded(case))
    check_history(recorded(case), closed=closed)
    with pytest.raises(HistoryError, match="the execution should be"):
        check_history(recorded(case), closed=not closed)


@pytest.mark.parametrize("case", COMPLETE)
def test_accepts_every_state_between_two_transactions(case: str) -> None:
    """A history may be read at any time, but never between a trigger and its decision task."""
    events = recorded(case)
    for length in range(1, len(events)):
        last, following = events[length - 1], events[length]
        if last["eventType"] in TRIGGERS and following["eventType"] == "DecisionTaskScheduled":
            with pytest.raises(HistoryError, match="DecisionTaskScheduled must follow"):
                check_history(events[:length])
        else:
            check_history(events[:length], closed=False)


def test_accepts_the_sample_of_a_poll() -> None:
    """The task priority was added to the printed sample long after it was captured."""
    events = recorded("apiref-poll-for-decision-task")
    with pytest.raises(HistoryError, match="event 2 DecisionTaskScheduled: taskPriority"):
        check_history(events)
    del events[1]["decisionTaskScheduledEventAttributes"]["taskPriority"]
    check_history(events, closed=False)


def test_accepts_the_sample_of_timeouts() -> None:
    """The sample lacks event 1 and has 12 ms between a decision and its event, as none since."""
    rest = recorded("apiref-get-workflow-execution-history")
    start = history((0, "WorkflowExecutionStarted"))
    start[0]["eventTimestamp"] = 1326668003.094
    start[0]["workflowExecutionStartedEventAttributes"] |= {
        "taskList": {"name": "specialTaskList"},
        "taskStartToCloseTimeout": "600",
    }
    with pytest.raises(HistoryError, match="event 8 ActivityTaskScheduled: must have the time"):
        check_history(start + rest)
    rest[6]["eventTimestamp"] = rest[5]["eventTimestamp"]
    check_history(start + rest, closed=True)


def test_accepts_times_as_boto3_gives_them() -> None:
    events = recorded("boto-tutorial-hello-history")
    for event in events:
        event["eventTimestamp"] = datetime.fromtimestamp(event["eventTimestamp"], UTC)
    check_history(events, closed=True)


# --- accepted: put together after recorded and documented sequences -------------------------------

GOOD: dict[str, tuple[Row, ...]] = {
    "coalescing while a decision task is started": (
        *SCHEDULED,
        (0.534, "ActivityTaskStarted", {"scheduled": 5}),
        (1.39, "WorkflowExecutionCancelRequested"),
        (1.39, "DTS"),
        (1.421, "DTT", {"scheduled": 8}),
        (1.787, "ActivityTaskCompleted", {"scheduled": 5, "started": 6}),
        (1.787, "DTS"),
        (1.824, "DTC", {"scheduled": 8, "started": 9}),
        (1.933, "DTT", {"scheduled": 11}),
        (2.1, "DTC", {"scheduled": 11, "started": 13}),
        (2.1, "COMPLETED", {"completed": 14}),
    ),
    "a child": (
        *PARENT,
        (0.741, "ChildWorkflowExecutionStarted", {"initiated": 5}),
        (0.741, "DTS"),
        (0.8, "DTT", {"scheduled": 7}),
        (0.9, "DTC", {"scheduled": 7, "started": 8}),
        (3.758, "ChildWorkflowExecutionCompleted", {"initiated": 5, "started": 6}),
        (3.758, "DTS"),
        (3.8, "DTT", {"scheduled": 11}),
        (4.0, "DTC", {"scheduled": 11, "started": 12}),
        (4.0, "COMPLETED", {"completed": 13}),
    ),
    "timers": (
        *DECIDED,
        (0.5, "TimerStarted", {"completed": 4, "timerId": "2", "startToFireTimeout": "120"}),
        (0.5, "TimerStarted", {"completed": 4, "timerId": "1", "startToFireTimeout": "2"}),
        (2.501, "TimerFired", {"timerId": "1", "started": 6}),
        (2.501, "DTS"),
        (2.7, "DTT", {"scheduled": 8}),
        (3.368, "DTC", {"scheduled": 8, "started": 9}),
        (3.368, "TimerCanceled", {"timerId": "2", "started": 5, "completed": 10}),
        (3.368, "TimerStarted", {"timerId": "2", "startToFireTimeout": "0", "completed": 10}),
        (3.38, "TimerFired", {"timerId": "2", "started": 12}),
        (3.38, "DTS"),
    ),
    "two signals to itself, a marker and a timer of 0 in one decision": (
        *SIGNALING,
        (0.5, "SignalExternalWorkflowExecutionInitiated", {"completed": 4}),
        (0.5, "MarkerRecorded", {"completed": 4}),
        (0.5, "TimerStarted", {"completed": 4, "startToFireTimeout": "0"}),
        (0.565, "TimerFired", {"started": 8}),
        (0.565, "DTS"),
        (
            0.619,
            "WorkflowExecutionSignaled",
            {"externalWorkflowExecution": EXECUTION, "externalInitiatedEventId": 6},
        ),
        (
            0.628,
            "WorkflowExecutionSignaled",
            {"externalWorkflowExecution": EXECUTION, "externalInitiatedEventId": 5},
        ),
        (0.641, "ExternalWorkflowExecutionSignaled", {"initiated": 6}),
        (0.649, "ExternalWorkflowExecutionSignaled", {"initiated": 5}),
        (0.941, "DTT", {"scheduled": 10}),
    ),
    "a Lambda task": (
        *CALLING,
        (0.526, "LambdaFunctionStarted", {"scheduled": 5}),
        (1.015, "LambdaFunctionCompleted", {"scheduled": 5, "started": 6, "result": "42"}),
        (1.015, "DTS"),
    ),
    "a Lambda task without a role": (
        *CALLING,
        (0.526, "StartLambdaFunctionFailed", {"scheduled": 5}),
        (0.526, "DTS"),
    ),
    "a Lambda task that takes too long": (
        *CALLING,
        (1, "LambdaFunctionStarted", {"scheduled": 5}),
        (
            901,
            "LambdaFunctionTimedOut",
            {"scheduled": 5, "started": 6, "timeoutType": "START_TO_CLOSE"},
        ),
        (901, "DTS"),
    ),
    "a child that fails while the parent decides": (
        *PARENT,
        (0.7, "ChildWorkflowExecutionStarted", {"initiated": 5}),
        (0.7, "DTS"),
        (0.8, "DTT", {"scheduled": 7}),
        (0.9, "ChildWorkflowExecutionFailed", {"initiated": 5, "started": 6}),
        (0.9, "DTS"),
        (1.0, "DTC", {"scheduled": 7, "started": 8}),
        (1.1, "DTT", {"scheduled": 10}),
        (1.2, "DTC", {"scheduled": 10, "started": 12}),
        (1.2, "COMPLETED", {"completed": 13}),
    ),
    "a child that continued as new closes as its last run": (
        *PARENT,
        (0.7, "ChildWorkflowExecutionStarted", {"initiated": 5}),
        (0.7, "DTS"),
        (
            9,
            "ChildWorkflowExecutionTerminated",
            {
                "initiated": 5,
                "started": 6,
                "workflowExecution": {"workflowId": "other", "runId": "r3"},
                "workflowType": {"name": "Type", "version": "2"},
            },
        ),
    ),
    "a child whose workflow id is taken": (
        *PARENT,
        (0.7, "StartChildWorkflowExecutionFailed", {"initiated": 5, "completed": 4}),
        (0.7, "DTS"),
    ),
    "a child of an unknown type, refused in the batch": (
        *DECIDED,
        (
            0.5,
            "StartChildWorkflowExecutionFailed",
            {"initiated": 0, "completed": 4, "cause": "WORKFLOW_TYPE_DOES_NOT_EXIST"},
        ),
        (0.5, "MarkerRecorded", {"completed": 4}),
        (0.5, "DTS"),
    ),
    "a signal and a cancel request that find nobody": (
        *SIGNALING,
        (0.5, "RequestCancelExternalWorkflowExecutionInitiated", {"completed": 4}),
        (0.6, "SignalExternalWorkflowExecutionFailed", {"initiated": 5, "completed": 4}),
        (0.6, "DTS"),
        (0.7, "RequestCancelExternalWorkflowExecutionFailed", {"initiated": 6, "completed": 4}),
    ),
    "an execution cancelled with a started activity": (
        *ACTIVE,
        (1, "WorkflowExecutionCancelRequested"),
        (1, "DTS"),
        (2, "DTT", {"scheduled": 8}),
        (3, "DTC", {"scheduled": 8, "started": 9}),
        (3, "ActivityTaskCancelRequested", {"completed": 10}),
        (3, "WorkflowExecutionCanceled", {"completed": 10}),
    ),
    "an activity cancelled before it started": (
        *SCHEDULED,
        (0.5, "ActivityTaskCancelRequested", {"completed": 4}),
        (0.5, "MarkerRecorded", {"completed": 4}),
        (
            0.6,
            "ActivityTaskCanceled",
            {"scheduled": 5, "started": 0, "latestCancelRequestedEventId": 6},
        ),
        (0.6, "DTS"),
    ),
    "a close beside the cancel request for an unstarted activity": (
        *SCHEDULED,
        (1, "WorkflowExecutionSignaled"),
        (1, "DTS"),
        (2, "DTT", {"scheduled": 7}),
        (3, "DTC", {"scheduled": 7, "started": 8}),
        (3, "ActivityTaskCancelRequested", {"completed": 9}),
        (3, "WorkflowExecutionCanceled", {"completed": 9}),
    ),
    "an activity cancelled by its worker, asked twice": (
        *ACTIVE,
        (1, "WorkflowExecutionSignaled"),
        (1, "DTS"),
        (2, "DTT", {"scheduled": 8}),
        (3, "DTC", {"scheduled": 8, "started": 9}),
        (3, "ActivityTaskCancelRequested", {"completed": 10}),
        (3, "ActivityTaskCancelRequested", {"completed": 10}),
        (
            4,
            "ActivityTaskCanceled",
            {"scheduled": 5, "started": 6, "latestCancelRequestedEventId": 12},
        ),
        (4, "DTS"),
    ),
    "a refused close retries by itself": (
        *DECIDED,
        (0.5, "RequestCancelActivityTaskFailed", {"completed": 4}),
        (0.5, "CompleteWorkflowExecutionFailed", {"completed": 4}),
        (0.5, "DTS"),
    ),
    "a close refused for what happened meanwhile": (
        *QUEUED,
        (0.5, "MarkerRecorded", {"completed": 6}),
        (0.5, "FailWorkflowExecutionFailed", {"completed": 6}),
        (0.6, "DTT", {"scheduled": 5}),
        (0.7, "DTC", {"scheduled": 5, "started": 9}),
        (0.7, "WorkflowExecutionFailed", {"completed": 10}),
    ),
    "a decision task that times out with another one waiting": (
        *BEGIN,
        (0.2, "WorkflowExecutionSignaled"),
        (0.2, "DTS"),
        (60.1, "DecisionTaskTimedOut", {"scheduled": 2, "started": 3}),
        (61, "DTT", {"scheduled": 5}),
    ),
    "a sticky task list that nobody polls": (
        *BEGIN,
        (
            0.5,
            "DTC",
            {
                "scheduled": 2,
                "started": 3,
                "taskList": {"name": "host"},
                "taskListScheduleToStartTimeout": "5",
            },
        ),
        (1, "WorkflowExecutionSignaled"),
        (1, "DTS", {"taskList": {"name": "host"}, "scheduleToStartTimeout": "5"}),
        (
            6,
            "DecisionTaskTimedOut",
            {"scheduled": 6, "started": 0, "timeoutType": "SCHEDULE_TO_START"},
        ),
        (6, "DTS"),
    ),
    "a task list changed for good": (
        *BEGIN,
        (0.5, "DTC", {"scheduled": 2, "started": 3, "taskList": {"name": "second"}}),
        (1, "WorkflowExecutionSignaled"),
        (1, "DTS", {"taskList": {"name": "second"}}),
        (2, "DTT", {"scheduled": 6}),
        (62, "DecisionTaskTimedOut", {"scheduled": 6, "started": 7}),
        (62, "DTS", {"taskList": {"name": "second"}}),
    ),
    "every timeout of an activity": (
        *DECIDED,
        (0.5, "ActivityTaskScheduled", {"completed": 4, "activityId": "1"}),
        (0.5, "ActivityTaskScheduled", {"completed": 4, "activityId": "2"}),
        (
            0.5,
            "ActivityTaskScheduled",
            {"completed": 4, "activityId": "3", "scheduleToStartTimeout": "NONE"},
        ),
        (
            0.5,
            "ActivityTaskScheduled",
            {"completed": 4, "activityId": "4", "heartbeatTimeout": "3"},
        ),
        (1, "ActivityTaskStarted", {"scheduled": 8}),
        (1, "ActivityTaskStarted", {"scheduled": 6}),
        (
            4,
            "ActivityTaskTimedOut",
            {"scheduled": 8, "started": 9, "timeoutType": "HEARTBEAT", "details": "half"},
        ),
        (4, "DTS"),
        (
            10.5,
            "ActivityTaskTimedOut",
            {"scheduled": 5, "started": 0, "timeoutType": "SCHEDULE_TO_START"},
        ),
        (
            21,
            "ActivityTaskTimedOut",
            {"scheduled": 6, "started": 10, "timeoutType": "START_TO_CLOSE"},
        ),
        (
            30.5,
            "ActivityTaskTimedOut",
            {"scheduled": 7, "started": 0, "timeoutType": "SCHEDULE_TO_CLOSE"},
        ),
    ),
    "terminated with everything open": (
        *ACTIVE,
        (1, "WorkflowExecutionTerminated", {"reason": "enough"}),
    ),
    "a child terminated by the policy of its parent": (
        (0, "WorkflowExecutionStarted", CHILD_START),
        (0, "DTS"),
        (1, "WorkflowExecutionTerminated", {"cause": "CHILD_POLICY_APPLIED"}),
    ),
    "the event limit strikes in place of a decision task": (
        *ACTIVE,
        (1, "ActivityTaskCompleted", {"scheduled": 5, "started": 6}),
        (1, "WorkflowExecutionTerminated", {"cause": "EVENT_LIMIT_EXCEEDED"}),
    ),
    "timed out": (*SCHEDULED, (3600, "WorkflowExecutionTimedOut")),
    "decisions that the caller may not take": (
        *QUEUED,
        (0.5, "CancelTimerFailed", {"completed": 6, "cause": "OPERATION_NOT_PERMITTED"}),
        (
            0.5,
            "SignalExternalWorkflowExecutionFailed",
            {"completed": 6, "initiated": 0, "cause": "OPERATION_NOT_PERMITTED"},
        ),
        (
            0.5,
            "RecordMarkerFailed",
            {"completed": 6, "markerName": "m", "cause": "OPERATION_NOT_PERMITTED"},
        ),
        (
            0.5,
            "CancelWorkflowExecutionFailed",
            {"completed": 6, "cause": "OPERATION_NOT_PERMITTED"},
        ),
    ),
    "continued as new": (*DECIDED, (0.5, "WorkflowExecutionContinuedAsNew", {"completed": 4})),
}


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in GOOD.items()])
def test_accepts(rows: tuple[Row, ...]) -> None:
    events = history(*rows)
    check_history(events, closed=events[-1]["eventType"] in CLOSING)


# --- refused: the sequence ------------------------------------------------------------------------

BAD: dict[str, tuple[str, tuple[Row, ...]]] = {
    "does not begin with the start": (
        "event 1 DecisionTaskScheduled: the first event, and only that",
        ((0, "DTS"),),
    ),
    "starts twice": (
        "event 4 WorkflowExecutionStarted: the first event, and only that",
        (*BEGIN, (1, "WorkflowExecutionStarted")),
    ),
    "time runs backwards": (
        "event 4 DecisionTaskCompleted: is older than event 3",
        (*BEGIN, (0.05, "DTC", {"scheduled": 2, "started": 3})),
    ),
    "goes on after its close": (
        "event 6 WorkflowExecutionSignaled: nothing may follow event 5 WorkflowExecutionCompleted",
        (*DECIDED, (0.5, "COMPLETED", {"completed": 4}), (1, "WorkflowExecutionSignaled")),
    ),
    "a parent's event without the parent": (
        "event 1 WorkflowExecutionStarted: .*must both name a parent",
        ((0, "WorkflowExecutionStarted", {"parentInitiatedEventId": 5}), (0, "DTS")),
    ),
    "a signal of a workflow without its event": (
        "event 4 WorkflowExecutionSignaled: .*must both name a sender",
        (
            *BEGIN,
            (1, "WorkflowExecutionSignaled", {"externalWorkflowExecution": OTHER}),
            (1, "DTS"),
        ),
    ),
    "child policy without a parent": (
        "event 4 WorkflowExecutionTerminated: CHILD_POLICY_APPLIED, but .* no parent",
        (*BEGIN, (1, "WorkflowExecutionTerminated", {"cause": "CHILD_POLICY_APPLIED"})),
    ),
    "times out early": (
        "event 6 WorkflowExecutionTimedOut: executionStartToCloseTimeout of 3600 s.*is not over",
        (*SCHEDULED, (3599.999, "WorkflowExecutionTimedOut")),
    ),
    "continues as another workflow": (
        "event 5 WorkflowExecutionContinuedAsNew: the new run must be of the same workflow type",
        (
            *DECIDED,
            (
                0.5,
                "WorkflowExecutionContinuedAsNew",
                {"completed": 4, "workflowType": {"name": "Another", "version": "1"}},
            ),
        ),
    ),
    # References.
    "refers to a later event": (
        "event 3 DecisionTaskStarted: scheduledEventId 4 is not an earlier event",
        (*BEGIN[:2], (0.1, "DTT", {"scheduled": 4})),
    ),
    "refers to the wrong kind of event": (
        "event 4 DecisionTaskCompleted: startedEventId 2 is a DecisionTaskScheduled, must be a "
        "DecisionTaskStarted",
        (*BEGIN, (0.5, "DTC", {"scheduled": 2, "started": 2})),
    ),
    "refers to no event where one is needed": (
        "event 7 ActivityTaskCompleted: startedEventId must not be 0",
        (*ACTIVE, (1, "ActivityTaskCompleted", {"scheduled": 5, "started": 0}), (1, "DTS")),
    ),
    # The decision task slot.
    "a trigger without a decision task": (
        "event 5 DecisionTaskCompleted: DecisionTaskScheduled must come first, for event 4 "
        "WorkflowExecutionSignaled",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.5, "DTC", {"scheduled": 2, "started": 3}),
        ),
    ),
    "a trigger without a decision task at the end": (
        "event 7 ActivityTaskCompleted: DecisionTaskScheduled must follow",
        (*ACTIVE, (1, "ActivityTaskCompleted", {"scheduled": 5, "started": 6})),
    ),
    "a decision task some time after its trigger": (
        "event 5 DecisionTaskScheduled: must have the timestamp of event 4",
        (*BEGIN, (0.2, "WorkflowExecutionSignaled"), (0.201, "DTS")),
    ),
    "a decision task for nothing": (
        "event 7 DecisionTaskScheduled: the event before triggers no decision",
        (*ACTIVE, (0.6, "DTS")),
    ),
    "a second decision task waiting": (
        "event 7 DecisionTaskScheduled: .*a task is waiting already",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.2, "DTS"),
            (0.3, "WorkflowExecutionSignaled"),
            (0.3, "DTS"),
        ),
    ),
    "a decision task after an empty response": (
        "event 5 DecisionTaskScheduled: the event before triggers no decision",
        (*DECIDED, (0.5, "DTS")),
    ),
    "two decision tasks started": (
        "event 6 DecisionTaskStarted: a decision task is started already, with event 3",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.2, "DTS"),
            (0.3, "DTT", {"scheduled": 5}),
        ),
    ),
    "a decision task started twice": (
        "event 5 DecisionTaskStarted: no decision task 2 is waiting",
        (*DECIDED, (0.6, "DTT", {"scheduled": 2})),
    ),
    "a decision completed twice": (
        "event 5 DecisionTaskCompleted: decision task started with event 3 is not open",
        (*DECIDED, (0.6, "DTC", {"scheduled": 2, "started": 3})),
    ),
    "a decision of another task": (
        "event 6 DecisionTaskCompleted: scheduledEventId is 5, event 3 DecisionTaskStarted has 2",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.2, "DTS"),
            (0.5, "DTC", {"scheduled": 5, "started": 3}),
        ),
    ),
    "a decision task times out early": (
        "event 4 DecisionTaskTimedOut: taskStartToCloseTimeout of 60 s.*is not over",
        (*BEGIN, (60, "DecisionTaskTimedOut", {"scheduled": 2, "started": 3}), (60, "DTS")),
    ),
    "a decision task times out unstarted on the usual list": (
        "event 3 DecisionTaskTimedOut: scheduleToStartTimeout is NONE and cannot expire",
        (
            *BEGIN[:2],
            (
                9,
                "DecisionTaskTimedOut",
                {"scheduled": 2, "started": 0, "timeoutType": "SCHEDULE_TO_START"},
            ),
            (9, "DTS"),
        ),
    ),
    "a decision task on a list that nobody chose": (
        r"event 5 DecisionTaskScheduled: task list and scheduleToStartTimeout are \('elsewhere'",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.2, "DTS", {"taskList": {"name": "elsewhere"}}),
        ),
    ),
    "a sticky list that outlives its timeout": (
        r"event 8 DecisionTaskScheduled: task list .* must be \[\('list', 'NONE'\)\]",
        (
            *GOOD["a sticky task list that nobody polls"][:7],
            (6, "DTS", {"taskList": {"name": "host"}, "scheduleToStartTimeout": "5"}),
        ),
    ),
    "a decision task with another timeout than the execution's": (
        "event 2 DecisionTaskScheduled: startToCloseTimeout must be the execution's",
        ((0, "WorkflowExecutionStarted"), (0, "DTS", {"startToCloseTimeout": "61"})),
    ),
    "a queued decision task times out before it is offered": (
        "event 6 DecisionTaskTimedOut: decision task 5 is not offered to pollers",
        (
            *BEGIN,
            (0.2, "WorkflowExecutionSignaled"),
            (0.2, "DTS"),
            (
                9,
                "DecisionTaskTimedOut",
                {"scheduled": 5, "started": 0, "timeoutType": "SCHEDULE_TO_START"},
            ),
        ),
    ),
    # The batch of a decision.
    "a decision's event outside of a batch": (
        "event 6 MarkerRecorded: must follow its DecisionTaskCompleted directly",
        (
            *DECIDED,
            (0.5, "WorkflowExecutionCancelRequested"),
            (0.5, "MarkerRecorded", {"completed": 4}),
        ),
    ),
    "a decision's event in the batch of another": (
        "event 10 MarkerRecorded: must follow its DecisionTaskCompleted directly",
        (
            *QUEUED,
            (0.5, "MarkerRecorded", {"completed": 6}),
            (0.6, "DTT", {"scheduled": 5}),
            (0.7, "DTC", {"scheduled": 5, "started": 8}),
            (0.7, "MarkerRecorded", {"completed": 6}),
        ),
    ),
    "a decision's event later than its batch": (
        "event 5 MarkerRecorded: must have the timestamp of event 4 DecisionTaskCompleted",
        (*DECIDED, (0.501, "MarkerRecorded", {"completed": 4})),
    ),
    "a decision task inside of a batch": (
        "event 7 MarkerRecorded: must follow its DecisionTaskCompleted directly",
        (
            *DECIDED,
            (0.5, "CancelTimerFailed", {"completed": 4}),
            (0.5, "DTS"),
            (0.5, "MarkerRecorded", {"completed": 4}),
        ),
    ),
    "a refused decision without a new decision task": (
        "event 5 CancelTimerFailed: DecisionTaskScheduled must follow",
        (*DECIDED, (0.5, "CancelTimerFailed", {"completed": 4})),
    ),
    "a second decision task for a batch although one waits": (
        "event 9 DecisionTaskScheduled: .*a task is waiting already",
        (
            *QUEUED,
            (0.5, "CancelTimerFailed", {"completed": 6}),
            (0.5, "CompleteWorkflowExecutionFailed", {"completed": 6}),
            (0.5, "DTS"),
        ),
    ),
    "closes although something happened meanwhile": (
        "event 7 WorkflowExecutionCompleted: a decision task is pending, .*UNHANDLED_DECISION",
        (*QUEUED, (0.5, "COMPLETED", {"completed": 6})),
    ),
    "closes behind a refused decision": (
        "event 6 WorkflowExecutionCompleted: a decision task is pending",
        (
            *DECIDED,
            (0.5, "CancelTimerFailed", {"completed": 4}),
            (0.5, "COMPLETED", {"completed": 4}),
        ),
    ),
    "a close refused for nothing": (
        "event 5 CompleteWorkflowExecutionFailed: UNHANDLED_DECISION, but no decision task",
        (*DECIDED, (0.5, "CompleteWorkflowExecutionFailed", {"completed": 4}), (0.5, "DTS")),
    ),
    "a close refused for a lesser cause": (
        "event 7 ContinueAsNewWorkflowExecutionFailed: .*the cause must be UNHANDLED_DECISION",
        (
            *QUEUED,
            (
                0.5,
                "ContinueAsNewWorkflowExecutionFailed",
                {"completed": 6, "cause": "WORKFLOW_TYPE_DEPRECATED"},
            ),
        ),
    ),
    "decides on after a refused close": (
        "event 8 MarkerRecorded: comes after the closing decision of its batch, event 7",
        (
            *QUEUED,
            (0.5, "CompleteWorkflowExecutionFailed", {"completed": 6}),
            (0.5, "MarkerRecorded", {"completed": 6}),
        ),
    ),
    "closes with new work in the same response": (
        "event 6 WorkflowExecutionCompleted: TimerStarted cannot be in one response",
        (*TIMING, (0.5, "COMPLETED", {"completed": 4})),
    ),
    # Activities.
    "an activity id used twice": (
        "event 6 ActivityTaskScheduled: an activity task with the id 'a' is open",
        (*SCHEDULED, (0.5, "ActivityTaskScheduled", {"completed": 4})),
    ),
    "an activity started twice": (
        "event 7 ActivityTaskStarted: the activity task is started already",
        (*ACTIVE, (0.7, "ActivityTaskStarted", {"scheduled": 5})),
    ),
    "an activity closed twice": (
        "event 9 ActivityTaskFailed: activity task 5 is closed already",
        (
            *ACTIVE,
            (1, "ActivityTaskCompleted", {"scheduled": 5, "started": 6}),
            (1, "DTS"),
            (2, "ActivityTaskFailed", {"scheduled": 5, "started": 6}),
        ),
    ),
    "an activity times out unstarted although it was started": (
        "event 7 ActivityTaskTimedOut: startedEventId must be 6",
        (
            *ACTIVE,
            (
                10.5,
                "ActivityTaskTimedOut",
                {"scheduled": 5, "started": 0, "timeoutType": "SCHEDULE_TO_START"},
            ),
            (10.5, "DTS"),
        ),
    ),
    "an activity times out in a way it cannot": (
        "event 7 ActivityTaskTimedOut: heartbeatTimeout is NONE and cannot expire",
        (
            *ACTIVE,
            (9, "ActivityTaskTimedOut", {"scheduled": 5, "started": 6, "timeoutType": "HEARTBEAT"}),
            (9, "DTS"),
        ),
    ),
    "an activity that never started takes too long": (
        "event 6 ActivityTaskTimedOut: START_TO_CLOSE, but it never started",
        (
            *SCHEDULED,
            (
                20.5,
                "ActivityTaskTimedOut",
                {"scheduled": 5, "started": 0, "timeoutType": "START_TO_CLOSE"},
            ),
            (20.5, "DTS"),
        ),
    ),
    "an unstarted activity started after the request to cancel it": (
        "event 7 ActivityTaskStarted: its cancellation was requested before its start",
        (
            *SCHEDULED,
            (0.5, "ActivityTaskCancelRequested", {"completed": 4}),
            (0.6, "ActivityTaskStarted", {"scheduled": 5}),
        ),
    ),
    "an unstarted activity cancelled by nobody": (
        "event 6 ActivityTaskCanceled: it never started, so only a request",
        (*SCHEDULED, (1, "ActivityTaskCanceled", {"scheduled": 5, "started": 0}), (1, "DTS")),
    ),
    "a cancellation without its request": (
        "event 7 ActivityTaskCanceled: latestCancelRequestedEventId must be 6",
        (
            *SCHEDULED,
            (0.5, "ActivityTaskCancelRequested", {"completed": 4}),
            (0.5, "ActivityTaskCanceled", {"scheduled": 5, "started": 0}),
            (0.5, "DTS"),
        ),
    ),
    "an open activity unknown to a cancel request": (
        "event 6 RequestCancelActivityTaskFailed: an activity task with this id is open",
        (*SCHEDULED, (0.5, "RequestCancelActivityTaskFailed", {"completed": 4}), (0.5, "DTS")),
    ),
    "a cancel request for an activity that is not open": (
        "event 5 ActivityTaskCancelRequested: no activity task with the id 'a' is open",
        (*DECIDED, (0.5, "ActivityTaskCancelRequested", {"completed": 4})),
    ),
    "a free activity id refused": (
        "event 5 ScheduleActivityTaskFailed: no open activity task has this id",
        (
            *DECIDED,
            (
                0.5,
                "ScheduleActivityTaskFailed",
                {"completed": 4, "cause": "ACTIVITY_ID_ALREADY_IN_USE"},
            ),
            (0.5, "DTS"),
        ),
    ),
    # Timers and markers.
    "a timer id used twice": (
        "event 6 TimerStarted: a timer with the id 't' is open",
        (*TIMING, (0.5, "TimerStarted", {"completed": 4})),
    ),
    "a free timer id refused": (
        "event 5 StartTimerFailed: no open timer has this id",
        (*DECIDED, (0.5, "StartTimerFailed", {"completed": 4}), (0.5, "DTS")),
    ),
    "an open timer unknown to a cancellation": (
        "event 6 CancelTimerFailed: a timer with this id is open",
        (*TIMING, (0.5, "CancelTimerFailed", {"completed": 4}), (0.5, "DTS")),
    ),
    "a timer cancelled after it fired": (
        "event 10 TimerCanceled: no timer with the id 't' is open",
        (
            *TIMING,
            (5.5, "TimerFired", {"started": 5}),
            (5.5, "DTS"),
            (6, "DTT", {"scheduled": 7}),
            (7, "DTC", {"scheduled": 7, "started": 8}),
            (7, "TimerCanceled", {"started": 5, "completed": 9}),
        ),
    ),
    "a timer fires early": (
        "event 6 TimerFired: startToFireTimeout of 5 s, running since event 5, is not over",
        (*TIMING, (5.499, "TimerFired", {"started": 5}), (5.499, "DTS")),
    ),
    "a timer fires twice": (
        "event 8 TimerFired: no timer with the id 't' is open",
        (
            *TIMING,
            (5.5, "TimerFired", {"started": 5}),
            (5.5, "DTS"),
            (5.6, "TimerFired", {"started": 5}),
        ),
    ),
    # Children, signals, cancel requests.
    "a child that was not the one asked for": (
        "event 6 ChildWorkflowExecutionStarted: workflowId is 'w', event 5 has 'other'",
        (
            *PARENT,
            (1, "ChildWorkflowExecutionStarted", {"initiated": 5, "workflowExecution": EXECUTION}),
            (1, "DTS"),
        ),
    ),
    "a child started twice": (
        "event 8 ChildWorkflowExecutionStarted: event 5 has its outcome already",
        (
            *PARENT,
            (1, "ChildWorkflowExecutionStarted", {"initiated": 5}),
            (1, "DTS"),
            (2, "ChildWorkflowExecutionStarted", {"initiated": 5}),
        ),
    ),
    "a child closed twice": (
        "event 9 ChildWorkflowExecutionFailed: the child started with event 6 is closed already",
        (
            *PARENT,
            (1, "ChildWorkflowExecutionStarted", {"initiated": 5}),
            (1, "DTS"),
            (2, "ChildWorkflowExecutionCompleted", {"initiated": 5, "started": 6}),
            (3, "ChildWorkflowExecutionFailed", {"initiated": 5, "started": 6}),
        ),
    ),
    "a taken workflow id found without an initiation": (
        "event 5 StartChildWorkflowExecutionFailed: initiatedEventId names an event for",
        (
            *DECIDED,
            (0.5, "StartChildWorkflowExecutionFailed", {"initiated": 0, "completed": 4}),
            (0.5, "DTS"),
        ),
    ),
    "a signal that reaches another run": (
        "event 6 ExternalWorkflowExecutionSignaled: runId is not the one of event 5",
        (
            *DECIDED,
            (
                0.5,
                "SignalExternalWorkflowExecutionInitiated",
                {"completed": 4, "runId": "r9"},
            ),
            (1, "ExternalWorkflowExecutionSignaled", {"initiated": 5}),
            (1, "DTS"),
        ),
    ),
    "a signal with two outcomes": (
        "event 8 SignalExternalWorkflowExecutionFailed: event 5 has its outcome already",
        (
            *SIGNALING,
            (1, "ExternalWorkflowExecutionSignaled", {"initiated": 5}),
            (1, "DTS"),
            (2, "SignalExternalWorkflowExecutionFailed", {"initiated": 5, "completed": 4}),
        ),
    ),
    "an unknown target without an initiation": (
        "event 5 RequestCancelExternalWorkflowExecutionFailed: initiatedEventId must name",
        (
            *DECIDED,
            (0.5, "RequestCancelExternalWorkflowExecutionFailed", {"initiated": 0, "completed": 4}),
            (0.5, "DTS"),
        ),
    ),
    # Lambda tasks.
    "a Lambda task done before it started": (
        "event 6 LambdaFunctionCompleted: startedEventId 5 is a LambdaFunctionScheduled",
        (*CALLING, (1, "LambdaFunctionCompleted", {"scheduled": 5, "started": 5}), (1, "DTS")),
    ),
    "a Lambda task that fails to start after it started": (
        "event 7 StartLambdaFunctionFailed: the Lambda task is started already",
        (
            *CALLING,
            (0.6, "LambdaFunctionStarted", {"scheduled": 5}),
            (0.7, "StartLambdaFunctionFailed", {"scheduled": 5}),
            (0.7, "DTS"),
        ),
    ),
    "a Lambda task closed twice": (
        "event 9 LambdaFunctionFailed: Lambda task 5 is not started or closed already",
        (
            *CALLING,
            (0.6, "LambdaFunctionStarted", {"scheduled": 5}),
            (0.7, "LambdaFunctionCompleted", {"scheduled": 5, "started": 6}),
            (0.7, "DTS"),
            (0.8, "LambdaFunctionFailed", {"scheduled": 5, "started": 6}),
        ),
    ),
    "a Lambda task started after it failed to start": (
        "event 8 LambdaFunctionStarted: Lambda task 5 is closed already",
        (
            *CALLING,
            (0.6, "StartLambdaFunctionFailed", {"scheduled": 5}),
            (0.6, "DTS"),
            (0.7, "LambdaFunctionStarted", {"scheduled": 5}),
        ),
    ),
    "a free Lambda id refused": (
        "event 5 ScheduleLambdaFunctionFailed: no open Lambda task has this id",
        (
            *DECIDED,
            (
                0.5,
                "ScheduleLambdaFunctionFailed",
                {"completed": 4, "id": "l", "name": "function", "cause": "ID_ALREADY_IN_USE"},
            ),
            (0.5, "DTS"),
        ),
    ),
    "a Lambda id used twice": (
        "event 6 LambdaFunctionScheduled: a Lambda task with the id 'l' is open",
        (*CALLING, (0.5, "LambdaFunctionScheduled", {"completed": 4})),
    ),
}


@pytest.mark.parametrize(
    ("reason", "rows"), [pytest.param(*case, id=name) for name, case in BAD.items()]
)
def test_refuses_the_sequence(reason: str, rows: tuple[Row, ...]) -> None:
    with pytest.raises(HistoryError) as refusal:
        check_history(history(*rows))
    assert re.match(reason, str(refusal.value))


def test_refuses_an_empty_history() -> None:
    with pytest.raises(HistoryError, match="at least WorkflowExecutionStarted"):
        check_history([])


# --- refused: the form of an event ----------------------------------------------------------------


def attribute(member: str, value: Any) -> Callable[[Event], None]:
    """A change of one attribute."""

    def change(event: Event) -> None:
        event[attributes_member(event["eventType"])][member] = value

    return change


def without(member: str) -> Callable[[Event], None]:
    """A change that takes one attribute away."""

    def change(event: Event) -> None:
        del event[attributes_member(event["eventType"])][member]

    return change


MALFORMED: dict[str, tuple[int, Callable[[Event], object], str]] = {
    "a gap in the ids": (5, lambda e: e.update(eventId=6), "event 6 .*: the id must be 5"),
    "an id that is text": (1, lambda e: e.update(eventId="1"), "the id must be 1"),
    "an unknown type": (2, lambda e: e.update(eventType="TimerCancelled"), "no such event type"),
    "a time that is text": (3, lambda e: e.update(eventTimestamp="now"), "must be a time in whole"),
    "microseconds": (3, lambda e: e.update(eventTimestamp=START + 0.10001), "whole milliseconds"),
    "no attributes": (
        3,
        lambda e: e.pop("decisionTaskStartedEventAttributes"),
        "event 3 DecisionTaskStarted: decisionTaskStartedEventAttributes is missing",
    ),
    "the attributes of two types": (
        3,
        lambda e: e.update(timerFiredEventAttributes={}),
        "unexpected members: timerFiredEventAttributes",
    ),
    "a required member missing": (5, without("activityId"), "lacks the .*activityId"),
    "an unknown member": (5, attribute("priority", "1"), "has the unknown member priority"),
    "null for absent": (1, attribute("input", None), "input must be of type string"),
    "a number for text": (5, attribute("startToCloseTimeout", 20), "must be of type string"),
    "text for a number": (5, attribute("decisionTaskCompletedEventId", "4"), "of type long"),
    "truth for a number": (5, attribute("decisionTaskCompletedEventId", True), "of type long"),
    "a value out of its set": (1, attribute("childPolicy", "KILL"), "must be one of TERMINATE"),
    "an empty name": (5, attribute("activityId", ""), "must have a length of 1 to 256, has 0"),
    "six tags": (1, attribute("tagList", ["t"] * 6), "must have a length of 0 to 5, has 6"),
    "a duration in words": (
        5,
        attribute("heartbeatTimeout", "1m"),
        r"must match \\d\{1,8\}\|NONE, is '1m'",
    ),
    "an execution without end": (
        1,
        attribute("executionStartToCloseTimeout", "NONE"),
        "only a child or a continued run may have no executionStartToCloseTimeout",
    ),
    "a priority out of range": (
        5,
        attribute("taskPriority", "2147483648"),
        "must be a 32-bit number",
    ),
    "a member that is always written": (
        5,
        without("heartbeatTimeout"),
        "event 5 ActivityTaskScheduled: heartbeatTimeout is missing, it is always written",
    ),
}


@pytest.mark.parametrize(
    ("event_id", "change", "reason"),
    [pytest.param(*case, id=name) for name, case in MALFORMED.items()],
)
def test_refuses_the_form(event_id: int, change: Callable[[Event], object], reason: str) -> None:
    events = history(*SCHEDULED)
    check_history(events)
    change(events[event_id - 1])
    with pytest.raises(HistoryError) as refusal:
        check_history(events)
    assert re.search(reason, str(refusal.value))


# --- completeness ---------------------------------------------------------------------------------


def test_knows_every_event_type_of_the_model() -> None:
    assert set(grammar.CHECKS) <= set(EVENTS) == set(model.event_types())


def test_sorts_every_event_type() -> None:
    """An event closes, triggers a decision, follows from one, or is a step of a task."""
    steps = {
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
        "DecisionTaskCompleted",
        "ActivityTaskStarted",
        "LambdaFunctionStarted",
    }
    kinds = [CLOSING, TRIGGERS, DECISION_TAKEN, steps]
    assert set().union(*kinds) == set(model.event_types())
    assert sum(map(len, kinds)) == len(model.event_types())


@pytest.mark.parametrize("line", ["TimerFired timer closes - often recorded", ROW + "\n" + ROW])
def test_the_table_is_read_strictly(line: str) -> None:
    with pytest.raises(ValueError, match="needs one line of known words"):
        read(line)


def test_every_rule_is_broken_by_an_example() -> None:
    broken = [history(*rows) for _, rows in BAD.values()]
    for event_id, change, _ in MALFORMED.values():
        events = history(*SCHEDULED)
        change(events[event_id - 1])
        broken.append(events)
    found = {violation.rule for events in broken for violation in grammar.violations(events)}
    assert found == set(grammar.RULES)


def test_a_missing_decision_task_has_the_grade_of_its_trigger() -> None:
    rows = (*TIMING, (5.5, "TimerFired", {"started": 5}))
    (violation,) = grammar.violations(history(*rows))
    assert (violation.rule.name, violation.grade) == ("triggers", Grade.RECORDED)
    rows = (
        *DECIDED,
        (0.5, "StartTimerFailed", {"completed": 4, "cause": "OPERATION_NOT_PERMITTED"}),
    )
    (violation,) = grammar.violations(history(*rows))
    assert (violation.rule.name, violation.grade) == ("triggers", Grade.INFERRED)
