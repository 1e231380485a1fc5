"""boto 2.49 runs the workflows of its own SWF tutorial."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from conformance.grammar import check_history
from conformance.language import recordings
from tests.clients.boto2_support import (
    Layer1,
    Layer1Decisions,
    SWFResponseError,
    close,
    exceptions,
    layer1_at,
    layer2_at,
)
from tests.clients.recorded_hello import assert_is_recorded_hello

pytestmark = pytest.mark.clients


DOMAIN = "boto_tutorial"
VERSION = "1.0"
RUN_ID = re.compile(r"22[A-Za-z0-9+/]{43}=")

Event = dict[str, Any]


@pytest.fixture
def swf(endpoint: str) -> Iterator[ModuleType]:
    """boto.swf.layer2, with the domain and the types of the tutorial registered."""
    with layer2_at(endpoint) as layer2:
        layer2.Domain(name=DOMAIN).register()
        for name in ("HelloWorkflow", "SerialWorkflow", "ParallelWorkflow", "SubWorkflow"):
            layer2.WorkflowType(domain=DOMAIN, name=name, version=VERSION).register()
        for name in ("HelloWorld", "ActivityA", "ActivityB", "ActivityC"):
            layer2.ActivityType(domain=DOMAIN, name=name, version=VERSION).register()
        yield layer2


@pytest.fixture
def layer1(endpoint: str) -> Iterator[Layer1]:
    connection = layer1_at(endpoint)
    yield connection
    close(connection)


def start(swf: ModuleType, name: str, task_list: str, **more: Any) -> Any:
    workflow_type = swf.WorkflowType(domain=DOMAIN, name=name, version=VERSION, task_list=task_list)
    return workflow_type.start(**more)


def types_of(events: list[Event]) -> list[str]:
    return [event["eventType"] for event in events]


def last_of_workflow(events: list[Event]) -> Event:
    """The last event that is not about a decision task, which is all that the tutorial reads."""
    return [event for event in events if not event["eventType"].startswith("Decision")][-1]


def worker_on(swf: ModuleType, task_list: str) -> Any:
    return swf.ActivityWorker(domain=DOMAIN, task_list=task_list)


def decider_on(swf: ModuleType, task_list: str) -> Any:
    return swf.Decider(domain=DOMAIN, task_list=task_list)


# --- hello ----------------------------------------------------------------------------------------


def test_hello_workflow_has_the_recorded_history(swf: ModuleType) -> None:
    execution = start(swf, "HelloWorkflow", "default")
    assert RUN_ID.fullmatch(execution.runId)
    decider, worker = decider_on(swf, "default"), worker_on(swf, "default")

    assert last_of_workflow(decider.poll()["events"])["eventType"] == "WorkflowExecutionStarted"
    decisions = Layer1Decisions()
    decisions.schedule_activity_task("saying_hi", "HelloWorld", VERSION, task_list="default")
    decider.complete(decisions=decisions)

    assert worker.poll()["activityId"] == "saying_hi"
    worker.complete()

    assert last_of_workflow(decider.poll()["events"])["eventType"] == "ActivityTaskCompleted"
    decisions = Layer1Decisions()
    decisions.complete_workflow_execution()
    decider.complete(decisions=decisions)

    assert_is_recorded_hello(execution.history())


def test_empty_polls_bring_no_task(swf: ModuleType) -> None:
    assert "events" not in decider_on(swf, "nobody").poll()
    assert "activityId" not in worker_on(swf, "nobody").poll()


# --- one activity after the other -----------------------------------------------------------------


def decide_serially(decider: Any) -> None:
    """Each activity gets the result of the one before, on a task list of its own."""
    events = decider.poll()["events"]
    event = last_of_workflow(events)
    following: str | None = "ActivityA"
    result = None
    if event["eventType"] == "ActivityTaskCompleted":
        completed = event["activityTaskCompletedEventAttributes"]
        scheduled = events[completed["scheduledEventId"] - 1]
        done = scheduled["activityTaskScheduledEventAttributes"]["activityType"]["name"]
        following = {"ActivityA": "ActivityB", "ActivityB": "ActivityC"}.get(done)
        result = completed.get("result")
    decisions = Layer1Decisions()
    if following is None:
        decisions.complete_workflow_execution()
    else:
        decisions.schedule_activity_task(
            f"{following}-1",
            following,
            VERSION,
            task_list=f"{following[-1].lower()}_tasks",
            input=result,
        )
    decider.complete(decisions=decisions)


def test_serial_workflow(swf: ModuleType) -> None:
    execution = start(swf, "SerialWorkflow", "default_tasks")
    decider = decider_on(swf, "default_tasks")
    inputs = {}
    for name, result in (("a", "from A"), ("b", None), ("c", None)):
        decide_serially(decider)
        worker = worker_on(swf, f"{name}_tasks")
        inputs[name] = worker.poll().get("input")
        worker.complete(result=result)
    decide_serially(decider)

    assert inputs == {"a": None, "b": "from A", "c": None}
    history = execution.history()
    check_history(history, closed=True)
    one_activity = [
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
        "DecisionTaskCompleted",
    ]
    assert types_of(history) == [
        "WorkflowExecutionStarted",
        *one_activity[3:],
        *one_activity * 3,
        "WorkflowExecutionCompleted",
    ]
    last_activity = [e for e in history if e["eventType"] == "ActivityTaskCompleted"][-1]
    assert_describes_as_recorded(
        execution,
        startTimestamp=history[0]["eventTimestamp"],
        closeTimestamp=history[-1]["eventTimestamp"],
        latestActivityTaskTimestamp=last_activity["eventTimestamp"],
    )


def assert_describes_as_recorded(execution: Any, **timestamps: float) -> None:
    """Describe answers as it did in 2013, ids and times aside, and counts Lambda tasks since."""
    case = recordings.recording("boto-tutorial-serial-describe")
    expected = case["response"]
    expected["executionInfo"]["execution"] = {
        "workflowId": execution.workflowId,
        "runId": execution.runId,
    }
    expected["latestActivityTaskTimestamp"] = timestamps.pop("latestActivityTaskTimestamp")
    expected["executionInfo"].update(timestamps)
    expected["openCounts"]["openLambdaFunctions"] = 0
    assert execution.describe() == expected


# --- activities in parallel -----------------------------------------------------------------------


def decide_in_parallel(decider: Any, count: int) -> int:
    """Schedule all activities at the start and complete when all are done; how many are."""
    events = decider.poll()["events"]
    done = types_of(events).count("ActivityTaskCompleted")
    decisions = Layer1Decisions()
    if last_of_workflow(events)["eventType"] == "WorkflowExecutionStarted":
        for number in range(count):
            decisions.schedule_activity_task(
                f"activity{number}", "ActivityA", VERSION, task_list="default"
            )
    elif done == count:
        decisions.complete_workflow_execution()
    decider.complete(decisions=decisions)
    return done


def test_parallel_workflow(swf: ModuleType) -> None:
    execution = start(swf, "ParallelWorkflow", "default")
    decider = decider_on(swf, "default")
    workers = [worker_on(swf, "default"), worker_on(swf, "default")]

    assert decide_in_parallel(decider, 5) == 0
    taken = []
    progress = []
    for together in (1, 2, 2):
        taken += [worker.poll()["activityId"] for worker in workers[:together]]
        for worker in workers[:together]:
            worker.complete(result="done")
        progress.append(decide_in_parallel(decider, 5))

    assert taken == [f"activity{number}" for number in range(5)]
    assert progress == [1, 3, 5]
    history = execution.history()
    check_history(history, closed=True)
    decided = ["DecisionTaskStarted", "DecisionTaskCompleted"]
    two = [
        "ActivityTaskStarted",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "DecisionTaskScheduled",
        "ActivityTaskCompleted",
        *decided,
    ]
    assert types_of(history) == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        *decided,
        *["ActivityTaskScheduled"] * 5,
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "DecisionTaskScheduled",
        *decided,
        *two,
        *two,
        "WorkflowExecutionCompleted",
    ]


# --- a workflow in a workflow ---------------------------------------------------------------------


def test_sub_workflow(swf: ModuleType) -> None:
    parent = start(swf, "SerialWorkflow", "default")
    decider = decider_on(swf, "default")

    decider.poll()
    decisions = Layer1Decisions()
    decisions.start_child_workflow_execution(
        "SubWorkflow", VERSION, "subworkflow_1", task_list="sub", input="sub_1"
    )
    decider.complete(decisions=decisions)

    child = swf.Decider(domain=DOMAIN, task_list="sub")
    task = child.poll()
    started = task["events"][0]["workflowExecutionStartedEventAttributes"]
    assert started["input"] == "sub_1"
    assert started["parentInitiatedEventId"] == 5
    assert started["parentWorkflowExecution"] == {
        "workflowId": parent.workflowId,
        "runId": parent.runId,
    }
    decisions = Layer1Decisions()
    decisions.complete_workflow_execution(result="sub done")
    child.complete(decisions=decisions)

    assert last_of_workflow(decider.poll()["events"])["eventType"] == (
        "ChildWorkflowExecutionCompleted"
    )
    decisions = Layer1Decisions()
    decisions.complete_workflow_execution()
    decider.complete(decisions=decisions)

    history = parent.history()
    check_history(history, closed=True)
    assert types_of(history)[4:8] == [
        "StartChildWorkflowExecutionInitiated",
        "ChildWorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "ChildWorkflowExecutionCompleted",
    ]
    outcome = history[7]["childWorkflowExecutionCompletedEventAttributes"]
    assert outcome["workflowExecution"] == task["workflowExecution"]
    assert (outcome["initiatedEventId"], outcome["startedEventId"]) == (5, 6)
    assert outcome["result"] == "sub done"


# --- objects of layer 2 ---------------------------------------------------------------------------


def test_a_domain_knows_its_types_and_executions(swf: ModuleType) -> None:
    domain = swf.Domain(name=DOMAIN)
    assert domain.describe()["configuration"] == {"workflowExecutionRetentionPeriodInDays": "30"}
    assert [t.name for t in domain.workflows()] == [
        "HelloWorkflow",
        "ParallelWorkflow",
        "SerialWorkflow",
        "SubWorkflow",
    ]
    domain.activities()[0].deprecate()
    assert [t.name for t in domain.activities()] == ["ActivityB", "ActivityC", "HelloWorld"]
    assert [t.name for t in domain.activities("DEPRECATED")] == ["ActivityA"]

    execution = start(swf, "HelloWorkflow", "default")
    assert domain.count_pending_decision_tasks("default") == {"count": 1, "truncated": False}
    (opened,) = domain.executions()
    assert (opened.workflowId, opened.runId) == (execution.workflowId, execution.runId)
    opened.terminate(reason="seen")
    assert domain.executions() == []
    (closed,) = domain.executions(closed=True, start_oldest_date=time.time() - 3600)
    assert (closed.closeStatus, closed.runId) == ("TERMINATED", execution.runId)


def test_an_execution_is_signaled_cancelled_and_terminated(swf: ModuleType) -> None:
    execution = start(swf, "HelloWorkflow", "default")
    execution.signal("wake_up", input="now")
    execution.request_cancel()
    execution.terminate(reason="enough", details="really")
    history = execution.history()
    check_history(history, closed=True)
    assert types_of(history) == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionCancelRequested",
        "WorkflowExecutionTerminated",
    ]
    assert history[2]["workflowExecutionSignaledEventAttributes"] == {
        "signalName": "wake_up",
        "input": "now",
        "externalInitiatedEventId": 0,
    }
    ended = history[4]["workflowExecutionTerminatedEventAttributes"]
    assert (ended["reason"], ended["details"]) == ("enough", "really")


def test_a_worker_beats_fails_and_cancels(swf: ModuleType) -> None:
    execution = start(swf, "HelloWorkflow", "default")
    decider, worker = decider_on(swf, "default"), worker_on(swf, "default")

    def decide(decisions: Layer1Decisions) -> None:
        decider.poll()
        decider.complete(decisions=decisions)

    decisions = Layer1Decisions()
    for activity_id in ("first", "second"):
        decisions.schedule_activity_task(activity_id, "HelloWorld", VERSION, task_list="default")
    decide(decisions)
    assert worker.poll()["activityId"] == "first"
    assert worker.heartbeat(details="half") == {"cancelRequested": False}
    worker.fail(reason="broken", details="at the end")
    assert worker.poll()["activityId"] == "second"
    decisions = Layer1Decisions()
    decisions.request_cancel_activity_task("second")
    decide(decisions)
    assert worker.heartbeat() == {"cancelRequested": True}
    worker.cancel(details="as asked")
    decisions = Layer1Decisions()
    decisions.fail_workflow_execution(reason="both gone")
    decide(decisions)

    history = execution.history()
    check_history(history, closed=True)
    by_type = {event["eventType"]: event for event in history}
    failed = by_type["ActivityTaskFailed"]["activityTaskFailedEventAttributes"]
    assert (failed["reason"], failed["details"]) == ("broken", "at the end")
    canceled = by_type["ActivityTaskCanceled"]["activityTaskCanceledEventAttributes"]
    requested = by_type["ActivityTaskCancelRequested"]
    assert canceled["latestCancelRequestedEventId"] == requested["eventId"]
    assert canceled["details"] == "as asked"
    assert execution.describe()["executionInfo"]["closeStatus"] == "FAILED"


# --- faults ---------------------------------------------------------------------------------------


def test_what_exists_already_has_an_error_of_its_own(swf: ModuleType) -> None:
    with pytest.raises(exceptions.SWFDomainAlreadyExistsError) as domain:
        swf.Domain(name=DOMAIN).register()
    assert domain.value.body == {
        "__type": "com.amazonaws.swf.base.model#DomainAlreadyExistsFault",
        "message": DOMAIN,
    }
    assert domain.value.status == 400
    with pytest.raises(exceptions.SWFTypeAlreadyExistsError) as workflow_type:
        swf.WorkflowType(domain=DOMAIN, name="HelloWorkflow", version=VERSION).register()
    assert workflow_type.value.error_message == "WorkflowType=[name=HelloWorkflow, version=1.0]"
    with pytest.raises(exceptions.SWFTypeAlreadyExistsError) as activity_type:
        swf.ActivityType(domain=DOMAIN, name="HelloWorld", version=VERSION).register()
    assert activity_type.value.error_message == "ActivityType=[name=HelloWorld, version=1.0]"


def test_an_open_workflow_id_has_an_error_of_its_own(swf: ModuleType) -> None:
    first = start(swf, "HelloWorkflow", "default", workflow_id="only one")
    with pytest.raises(exceptions.SWFWorkflowExecutionAlreadyStartedError):
        start(swf, "SerialWorkflow", "default", workflow_id="only one")
    first.terminate()
    assert start(swf, "SerialWorkflow", "default", workflow_id="only one").runId != first.runId


def test_other_faults_carry_code_and_message(layer1: Layer1) -> None:
    with pytest.raises(SWFResponseError) as unknown:
        layer1.describe_domain("nowhere")
    assert unknown.value.error_code == "UnknownResourceFault"
    assert unknown.value.error_message == "Unknown domain: nowhere"
    with pytest.raises(SWFResponseError) as invalid:
        layer1.list_domains("OPEN")
    assert invalid.value.body["__type"] == "com.amazon.coral.validate#ValidationException"


def test_pages_of_types(swf: ModuleType, layer1: Layer1) -> None:
    first = layer1.list_workflow_types(DOMAIN, "REGISTERED", maximum_page_size=3)
    second = layer1.list_workflow_types(
        DOMAIN, "REGISTERED", maximum_page_size=3, next_page_token=first["nextPageToken"]
    )
    assert "nextPageToken" not in second
    names = [info["workflowType"]["name"] for page in (first, second) for info in page["typeInfos"]]
    assert names == ["HelloWorkflow", "ParallelWorkflow", "SerialWorkflow", "SubWorkflow"]
    backwards = layer1.list_workflow_types(DOMAIN, "REGISTERED", reverse_order=True)
    assert [i["workflowType"]["name"] for i in backwards["typeInfos"]] == names[::-1]
