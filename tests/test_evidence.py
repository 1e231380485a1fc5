"""What the service answered, the emulator answers in the same situation.

Every file in ``recorded`` is a case here. Compared is everything but the values of run ids and
tokens and small delays of timestamps: the recorded instants are those of the virtual clock, and
the service's timers and outcomes came up to a tenth of a second late.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .engine.replaying import Event, Replay
from .engine.situation import DOMAIN, TARGET, Situation, decision

RECORDED = Path(__file__).parent / "recorded"
FILES = sorted(RECORDED.glob("*.json"))

LATER = {"arn", "openLambdaFunctions"}
"""Members that the service has sent only since after the older recordings (to 2013)."""
UNDOCUMENTED = {"reopenGenerationId", "reopenable"}
"""Members seen in 2023 only, which are documented nowhere and never sent by the emulator."""
DELAY_SECONDS = 0.1

WORKFLOW_ID = "20110927-T-1"
TAGS = ["music purchase", "digital", "ricoh-the-dog"]
ORDER: dict[str, Any] = {
    "workflowType": {"name": "customerOrderWorkflow", "version": "1.0"},
    "executionStartToCloseTimeout": "3600",
    "taskStartToCloseTimeout": "600",
    "taskList": {"name": "specialTaskList"},
    "childPolicy": "TERMINATE",
}
"""The execution of the API Reference's samples."""

Recorded = dict[str, Any]
Case = Callable[[Recorded], None]
CASES: dict[str, Case] = {}


def case(*names: str) -> Callable[[Case], Case]:
    """Register the test of one recorded case, or of several alike."""

    def register(function: Case) -> Case:
        CASES.update(dict.fromkeys(names, function))
        return function

    return register


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_recorded_case(path: Path) -> None:
    CASES[path.stem](json.loads(path.read_text()))


def test_every_case_has_its_recording() -> None:
    assert CASES.keys() == {path.stem for path in FILES}


def same(made: Any, recorded: Any, name: str = "") -> None:
    """Assert that the emulator's answer is the recorded one."""
    if isinstance(recorded, dict):
        kept = {key: value for key, value in recorded.items() if key not in UNDOCUMENTED}
        made = {key: value for key, value in made.items() if key in kept or key not in LATER}
        assert made.keys() == kept.keys(), name
        for key, value in kept.items():
            same(made[key], value, f"{name}.{key}")
    elif isinstance(recorded, list):
        assert len(made) == len(recorded), name
        for index, value in enumerate(recorded):
            same(made[index], value, f"{name}[{index}]")
    elif name.endswith(("Timestamp", "Date")):
        assert abs(made - recorded) <= DELAY_SECONDS, name
    elif name.endswith(("unId", "Token")):
        assert type(made) is type(recorded) is str, name
        assert made, name
    else:
        assert made == recorded, name


def at_new_year() -> Situation:
    """The sample domain, at an instant within the samples' time filters."""
    situation = Situation(1326000000.0)
    situation.register(DOMAIN, {"customerOrderWorkflow": "1.0"}, activityVerify="1.0")
    return situation


def ask(situation: Situation, recorded: Recorded, **changed: Any) -> Any:
    """Send the recorded request, with real tokens and run ids in the place of the recorded ones.

    Asserts the status and, for a void operation, the empty body.
    """
    request, response = recorded["request"], recorded["response"]
    answer = situation.answer(
        request["x-amz-target"], request["body"] | changed, request["content-type"]
    )
    assert answer.status == response["status"]
    if response["body"] is None:
        assert answer.body == b""
        assert ("Content-Length", "0") in answer.headers()
        return None
    return json.loads(answer.body)


def sample(situation: Situation, recorded: Recorded, **changed: Any) -> None:
    """Assert that the request of a sample is answered like the sample."""
    same(ask(situation, recorded, **changed), recorded["response"]["body"])


# --- API Reference: registration ------------------------------------------------------------------


@case("apiref-register-domain")
def register_domain(recorded: Recorded) -> None:
    sample(at_new_year(), recorded)


@case("apiref-register-activity-type", "apiref-register-workflow-type")
def register_type(recorded: Recorded) -> None:
    situation = Situation(1326000000.0)
    situation.register(DOMAIN, {})
    sample(situation, recorded)


@case("apiref-deprecate-activity-type", "apiref-deprecate-domain", "apiref-deprecate-workflow-type")
def deprecate(recorded: Recorded) -> None:
    sample(at_new_year(), recorded)


def described_type(register: str, recorded: Recorded) -> None:
    body = recorded["response"]["body"]
    info = body["typeInfo"]
    situation = Situation(1326000000.0)
    situation.register(DOMAIN, {})
    situation.at(info["creationDate"])
    (name,) = info.keys() & {"activityType", "workflowType"}
    situation.call(
        register,
        domain=DOMAIN,
        description=info["description"],
        **info[name],
        **body["configuration"],
    )
    sample(situation, recorded)


CASES["apiref-describe-activity-type"] = partial(described_type, "RegisterActivityType")
CASES["apiref-describe-workflow-type"] = partial(described_type, "RegisterWorkflowType")


@case("apiref-describe-domain")
def describe_domain(recorded: Recorded) -> None:
    situation = Situation(1326000000.0)
    situation.call(
        "RegisterDomain",
        name=DOMAIN,
        description="music",
        workflowExecutionRetentionPeriodInDays="60",
    )
    sample(situation, recorded)


def registered_types(situation: Situation, domain: str, infos: list[dict[str, Any]]) -> None:
    """Register the types of a list in the order of their creation."""
    for info in sorted(infos, key=lambda info: info["creationDate"]):
        situation.at(info["creationDate"])
        (name,) = info.keys() & {"activityType", "workflowType"}
        register = f"Register{name[0].upper()}{name[1:]}"
        description = {"description": info["description"]}
        situation.call(register, domain=domain, **description, **info[name])


def listed_types(operation: str, recorded: Recorded) -> None:
    infos = recorded["response"]["body"]["typeInfos"]
    situation = Situation(1326000000.0)
    situation.register(DOMAIN, {})
    registered_types(situation, DOMAIN, infos)
    request = recorded["request"] | {"x-amz-target": TARGET + operation}
    sample(situation, recorded | {"request": request | {"content-type": "application/json"}})


CASES["apiref-list-activity-types"] = partial(listed_types, "ListActivityTypes")
CASES["apiref-list-workflow-types"] = partial(listed_types, "ListWorkflowTypes")


@case("apiref-list-domains")
def list_domains(recorded: Recorded) -> None:
    situation = Situation(1326000000.0)
    for info in reversed(recorded["response"]["body"]["domainInfos"]):
        situation.call(
            "RegisterDomain",
            name=info["name"],
            description=info["description"],
            workflowExecutionRetentionPeriodInDays="60",
        )
    sample(situation, recorded)


# --- API Reference: executions --------------------------------------------------------------------


@case("apiref-start-workflow-execution")
def start_workflow_execution(recorded: Recorded) -> None:
    sample(at_new_year(), recorded)


@case(
    "apiref-request-cancel-workflow-execution",
    "apiref-signal-workflow-execution",
    "apiref-terminate-workflow-execution",
)
def tell_an_execution(recorded: Recorded) -> None:
    situation = at_new_year()
    execution = situation.start(DOMAIN, WORKFLOW_ID, **ORDER)
    sample(situation, recorded, runId=execution["runId"])


@case("apiref-describe-workflow-execution")
def describe_workflow_execution(recorded: Recorded) -> None:
    situation = at_new_year()
    situation.at(recorded["response"]["body"]["executionInfo"]["startTimestamp"])
    execution = situation.start(DOMAIN, WORKFLOW_ID, **ORDER, tagList=TAGS, taskPriority="100")
    sample(situation, recorded, execution=execution)


@case("apiref-count-open-workflow-executions", "apiref-list-open-workflow-executions")
def open_workflow_executions(recorded: Recorded) -> None:
    situation = at_new_year()
    situation.start(DOMAIN, "other", **ORDER, tagList=["classical"])
    situation.at(1326585031.619)
    situation.start(DOMAIN, WORKFLOW_ID, **ORDER, tagList=TAGS)
    sample(situation, recorded)


@case("apiref-list-closed-workflow-executions")
def list_closed_workflow_executions(recorded: Recorded) -> None:
    situation = at_new_year()
    timed_out(situation, recorded["response"]["body"]["executionInfos"])
    sample(situation, recorded)


@case("apiref-count-closed-workflow-executions")
def count_closed_workflow_executions(recorded: Recorded) -> None:
    """The printed request is that of another operation; the three executions are those above."""
    situation = at_new_year()
    listed = json.loads((RECORDED / "apiref-list-closed-workflow-executions.json").read_text())
    timed_out(situation, listed["response"]["body"]["executionInfos"])
    recorded["request"]["body"] = listed["request"]["body"]
    sample(situation, recorded)


def timed_out(situation: Situation, infos: list[dict[str, Any]]) -> None:
    """Start the executions of a list, newest first, and let their time run out."""
    for info in reversed(infos):
        seconds = int(info["closeTimestamp"] - info["startTimestamp"])
        asked = ORDER | {"executionStartToCloseTimeout": str(seconds)}
        situation.at(info["startTimestamp"])
        situation.start(DOMAIN, WORKFLOW_ID, **asked, tagList=TAGS)
        situation.at(info["closeTimestamp"])


@case("apiref-get-workflow-execution-history")
def get_workflow_execution_history(recorded: Recorded) -> None:
    """Newest first, two timeouts in it; the first event is on the next page and not printed."""
    newest_first: list[Event] = recorded["response"]["body"]["events"]
    started = {
        "eventId": 1,
        "eventType": "WorkflowExecutionStarted",
        "eventTimestamp": newest_first[-1]["eventTimestamp"],
        "workflowExecutionStartedEventAttributes": {**ORDER, "parentInitiatedEventId": 0},
    }
    situation = Situation(started["eventTimestamp"])
    replay = Replay(situation, DOMAIN, WORKFLOW_ID)
    replay.run([started, *reversed(newest_first)])
    sample(situation, recorded, execution=replay.execution)


# --- API Reference: tasks -------------------------------------------------------------------------

VERIFY = decision(
    "ScheduleActivityTask",
    activityId="verification-27",
    activityType={"name": "activityVerify", "version": "1.0"},
    input="5634-0056-4367-0923,12/12,437",
    taskList={"name": "mainTaskList"},
    scheduleToStartTimeout="300",
    scheduleToCloseTimeout="900",
    startToCloseTimeout="600",
    heartbeatTimeout="120",
)


@case("apiref-poll-for-decision-task")
def poll_for_decision_task(recorded: Recorded) -> None:
    """The priority was put into the sample later, and into one event only."""
    body = recorded["response"]["body"]
    scheduled = body["events"][1]["decisionTaskScheduledEventAttributes"]
    assert scheduled.pop("taskPriority") == "100"
    situation = at_new_year()
    situation.at(body["events"][2]["eventTimestamp"])
    given = body["events"][2]["workflowExecutionStartedEventAttributes"]["input"]
    situation.start(DOMAIN, WORKFLOW_ID, **ORDER, tagList=TAGS, input=given)
    situation.at(body["events"][0]["eventTimestamp"])
    sample(situation, recorded)


@case("apiref-respond-decision-task-completed")
def respond_decision_task_completed(recorded: Recorded) -> None:
    situation = at_new_year()
    execution = situation.start(DOMAIN, WORKFLOW_ID, **ORDER)
    task = situation.call("PollForDecisionTask", domain=DOMAIN, taskList=ORDER["taskList"])
    sample(situation, recorded, taskToken=task["taskToken"])
    completed, scheduled = situation.history(DOMAIN, execution)[3:]
    asked = recorded["request"]["body"]
    (attributes,) = (asked["decisions"][0][k] for k in asked["decisions"][0] if "Attr" in k)
    context = {"executionContext": "Black Friday", "scheduledEventId": 2, "startedEventId": 3}
    assert completed["decisionTaskCompletedEventAttributes"] == context
    assert scheduled["activityTaskScheduledEventAttributes"] == {
        **attributes,
        "decisionTaskCompletedEventId": 4,
    }


@case("apiref-poll-for-activity-task")
def poll_for_activity_task(recorded: Recorded) -> None:
    situation = at_new_year()
    situation.start(DOMAIN, WORKFLOW_ID, **ORDER)
    before = [decision("RecordMarker", markerName="m")] * 5
    situation.decide(DOMAIN, "specialTaskList", *before, VERIFY)
    sample(situation, recorded)


def with_activity_task(situation: Situation) -> str:
    """The token of a started activity task."""
    situation.start(DOMAIN, WORKFLOW_ID, **ORDER)
    situation.decide(DOMAIN, "specialTaskList", VERIFY)
    task_list = {"name": "mainTaskList"}
    task = situation.call("PollForActivityTask", domain=DOMAIN, taskList=task_list)
    token: str = task["taskToken"]
    return token


@case(
    "apiref-record-activity-task-heartbeat",
    "apiref-respond-activity-task-canceled",
    "apiref-respond-activity-task-completed",
    "apiref-respond-activity-task-failed",
)
def answer_an_activity_task(recorded: Recorded) -> None:
    situation = at_new_year()
    sample(situation, recorded, taskToken=with_activity_task(situation))


@case("apiref-count-pending-activity-tasks")
def count_pending_activity_tasks(recorded: Recorded) -> None:
    situation = at_new_year()
    situation.start(DOMAIN, WORKFLOW_ID, **ORDER)
    attributes = VERIFY["scheduleActivityTaskDecisionAttributes"] | {
        "taskList": ORDER["taskList"],
    }
    situation.decide(DOMAIN, "specialTaskList", decision("ScheduleActivityTask", **attributes))
    sample(situation, recorded)


@case("apiref-count-pending-decision-tasks")
def count_pending_decision_tasks(recorded: Recorded) -> None:
    situation = at_new_year()
    for workflow_id in ("a", "b"):
        situation.start(DOMAIN, workflow_id, **ORDER)
    sample(situation, recorded)


# --- AWS CLI examples -----------------------------------------------------------------------------

CLI_DOMAIN = "DataFrobtzz"


@case("awscli-domain-lifecycle")
def domain_lifecycle(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    for name in ("erontest", "DataFrobotz"):
        situation.register(name, {})
    for request, response in zip(recorded["request"], recorded["response"], strict=True):
        same(situation.call(**request) or "", response)


@case("awscli-list-domains")
def list_domains_in_pages(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    for name in ("erontest", "DataFrobotz", "MyNeatNewDomain"):
        situation.register(name, {})
    situation.call("DeprecateDomain", name="MyNeatNewDomain")
    requests_in_turn(situation, "ListDomains", recorded)


def requests_in_turn(situation: Situation, operation: str, recorded: Recorded) -> None:
    """Send requests, a recorded token standing for that of the answer before."""
    token = ""
    for request, response in zip(recorded["request"], recorded["response"], strict=True):
        if "nextPageToken" in request:
            request["nextPageToken"] = token
        answer = situation.call(operation, **request)
        same(answer, response)
        token = answer.get("nextPageToken", "")


def cli_types(situation: Situation) -> None:
    """The five activity types that the examples list."""
    listed = json.loads((RECORDED / "awscli-list-activity-types.json").read_text())
    situation.register(CLI_DOMAIN, {})
    registered_types(situation, CLI_DOMAIN, listed["response"]["typeInfos"])


@case("awscli-list-activity-types", "awscli-list-activity-types-by-name")
def list_activity_types(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    cli_types(situation)
    same(situation.call("ListActivityTypes", **recorded["request"]), recorded["response"])


@case("awscli-list-activity-types-paging")
def list_activity_types_in_pages(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    cli_types(situation)
    requests_in_turn(situation, "ListActivityTypes", recorded)


@case("awscli-list-workflow-types")
def list_workflow_types(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    situation.register(CLI_DOMAIN, {})
    registered_types(situation, CLI_DOMAIN, recorded["response"]["typeInfos"])
    same(situation.call("ListWorkflowTypes", **recorded["request"]), recorded["response"])


@case("awscli-register-workflow-type-twice")
def register_twice(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    situation.register(CLI_DOMAIN, {"MySimpleWorkflow": "v1"})
    operation = recorded["request"].pop("operation")
    answer = situation.answer(TARGET + operation, recorded["request"])
    assert answer.status == 400
    assert json.loads(answer.body) == recorded["response"]


@case("awscli-counts")
def counts(recorded: Recorded) -> None:
    situation = Situation(1371454149.0)
    situation.register(CLI_DOMAIN, {"customerOrderWorkflow": "1.0"})
    for number in range(6):
        situation.start(CLI_DOMAIN, f"w{number}", **ORDER | {"childPolicy": "ABANDON"})
    for number in range(2):
        situation.call("TerminateWorkflowExecution", domain=CLI_DOMAIN, workflowId=f"w{number}")
    for request, response in zip(recorded["request"], recorded["response"], strict=True):
        same(situation.call(**request), response)


# --- recordings -----------------------------------------------------------------------------------


@case("boto-tutorial-serial-describe")
def describe_a_completed_execution(recorded: Recorded) -> None:
    response = recorded["response"]
    info, configuration = response["executionInfo"], response["executionConfiguration"]
    situation = Situation(info["startTimestamp"])
    situation.register("d", {"SerialWorkflow": "1.0"}, ActivityA="1.1")
    workflow_id = info["execution"]["workflowId"]
    execution = situation.start(
        "d", workflow_id, workflowType=info["workflowType"], **configuration
    )
    attributes = VERIFY["scheduleActivityTaskDecisionAttributes"] | {
        "activityType": {"name": "ActivityA", "version": "1.1"},
    }
    situation.decide("d", "default_tasks", decision("ScheduleActivityTask", **attributes))
    situation.at(response["latestActivityTaskTimestamp"])
    task_list = attributes["taskList"]
    task = situation.call("PollForActivityTask", domain="d", taskList=task_list)
    situation.call("RespondActivityTaskCompleted", taskToken=task["taskToken"])
    situation.at(info["closeTimestamp"])
    situation.decide("d", "default_tasks", decision("CompleteWorkflowExecution"))
    made = situation.call("DescribeWorkflowExecution", domain="d", execution=execution)
    same(made, response)


@case("custodian-domain-arn-and-tags")
def domain_arn_and_tags(recorded: Recorded) -> None:
    situation = Situation(1620000000.0)
    first, second = "123456789012", "012345678910"
    retention = {"workflowExecutionRetentionPeriodInDays": "90"}
    filtered = recorded["response"][2]["domainInfos"][0]
    situation.call("RegisterDomain", account=first, name="c7n-test", **retention)
    situation.call(
        "RegisterDomain",
        account=second,
        name=filtered["name"],
        description=filtered["description"],
        tags=recorded["response"][3]["tags"],
        **retention,
    )
    asked = [
        (first, {"name": "c7n-test"}),
        (first, {"registrationStatus": "REGISTERED"}),
        (second, {"registrationStatus": "REGISTERED"}),
        (second, {"resourceArn": filtered["arn"]}),
        (first, {"resourceArn": recorded["response"][0]["domainInfo"]["arn"]}),
    ]
    for request, response, (account, parameters) in zip(
        recorded["request"], recorded["response"], asked, strict=True
    ):
        answer = situation.call(request["operation"], account=account, **parameters)
        assert answer == response


SUM: dict[str, Any] = {
    "workflowType": {"name": "Sum", "version": "1"},
    "executionStartToCloseTimeout": "3600",
    "taskStartToCloseTimeout": "60",
    "taskList": {"name": "DefaultTaskList"},
    "childPolicy": "TERMINATE",
}


@case("elife-decision-task-first-page")
def first_page_of_a_decision_task(recorded: Recorded) -> None:
    response = recorded["response"]
    (started,) = response["events"]
    situation = Situation(started["eventTimestamp"])
    situation.register("d", {"Sum": "1"})
    given = started["workflowExecutionStartedEventAttributes"]["input"]
    situation.start("d", response["workflowExecution"]["workflowId"], **SUM, input=given)
    made = situation.call(
        "PollForDecisionTask", domain="d", taskList=SUM["taskList"], maximumPageSize=1
    )
    same(made, response)


@case("elife-activity-task")
def activity_task(recorded: Recorded) -> None:
    response = recorded["response"]
    situation = Situation(1363893579.0)
    situation.register("d", {"Sum": "1"}, Sum="1")
    situation.start("d", response["workflowExecution"]["workflowId"], **SUM)
    attributes = VERIFY["scheduleActivityTaskDecisionAttributes"] | {
        name: response[name] for name in ("activityId", "activityType", "input")
    }
    both = (attributes, attributes | {"activityId": "Sum2b"})
    decisions = (decision("ScheduleActivityTask", **each) for each in both)
    situation.decide("d", "DefaultTaskList", *decisions)
    task_list = attributes["taskList"]
    same(situation.call("PollForActivityTask", domain="d", taskList=task_list), response)


@case("elife-closed-executions")
def closed_executions(recorded: Recorded) -> None:
    infos = recorded["response"]["executionInfos"]
    situation = Situation(infos[-1]["startTimestamp"])
    situation.register("d", {"DepositCrossref": "1"})
    for info in reversed(infos):
        situation.at(info["startTimestamp"])
        asked = SUM | {
            "workflowType": info["workflowType"],
            "executionStartToCloseTimeout": "900",
        }
        situation.start("d", "DepositCrossref", **asked)
        situation.at(info["closeTimestamp"])
        if info["closeStatus"] == "COMPLETED":
            situation.decide("d", "DefaultTaskList", decision("CompleteWorkflowExecution"))
        elif info["closeStatus"] == "TERMINATED":
            situation.call("TerminateWorkflowExecution", domain="d", workflowId="DepositCrossref")
    made = situation.call(
        "ListClosedWorkflowExecutions", domain="d", startTimeFilter={"oldestDate": 0}
    )
    same(made, recorded["response"])


@case("simpleflow-describe-with-open-child")
def describe_with_open_child(recorded: Recorded) -> None:
    asked = dict(recorded["request"])
    domain, workflow_id = asked.pop("domain"), asked.pop("workflowId")
    opened, closed = recorded["response"]
    situation = Situation(opened["executionInfo"]["startTimestamp"])
    situation.register(domain, {"example": "example"})
    execution = situation.start(domain, workflow_id, **asked)
    child = {k: v for k, v in asked.items() if k != "taskList"} | {"workflowId": "child"}
    start = decision("StartChildWorkflowExecution", **child, taskList={"name": "children"})
    situation.decide(domain, "example", start)
    situation.decide(domain, "example")
    describe = partial(situation.call, "DescribeWorkflowExecution", domain=domain)
    same(describe(execution=execution), opened)
    situation.at(closed["executionInfo"]["closeTimestamp"])
    situation.decide(domain, "children", decision("CompleteWorkflowExecution"))
    situation.decide(domain, "example", decision("CompleteWorkflowExecution"))
    same(describe(execution=execution), closed)


@case("simpleflow-start-list-terminate-http")
def start_list_terminate(recorded: Recorded) -> None:
    described, started, listed, terminated = recorded["response"]
    situation = Situation(1435159034.741)
    body = described["response_body"]
    situation.call(
        "RegisterDomain", name="TestDomain", workflowExecutionRetentionPeriodInDays="NONE"
    )
    situation.call(
        "RegisterWorkflowType",
        domain="TestDomain",
        **body["typeInfo"]["workflowType"],
        **body["configuration"],
    )
    situation_start = listed["response_body"]["executionInfos"][0]["startTimestamp"]
    run_id = ""
    for exchange in (described, started, listed, terminated):
        headers = exchange["request_headers"]
        parameters = exchange["request_body"]
        if exchange is started:
            situation.at(situation_start)
        if "runId" in parameters:
            parameters["runId"] = run_id
        answer = situation.answer(headers["X-Amz-Target"], parameters, headers["Content-Type"])
        assert answer.status == exchange["status"]
        assert answer.content_type == exchange["response_headers"]["content-type"]
        made = json.loads(answer.body or b'""')
        same(made, exchange["response_body"])
        run_id = made["runId"] if exchange is started else run_id


# --- recorded histories ---------------------------------------------------------------------------


def replayed(events: list[Event], *, before_2018: bool) -> Replay:
    """Bring the events about again, and assert that they are the same."""
    situation = Situation(events[0]["eventTimestamp"], before_2018=before_2018)
    replay = Replay(situation, "TestDomain", "test-simpleflow-workflow")
    same(replay.run(events), events)
    return replay


@case("boto-tutorial-hello-history", "garcon-two-parallel-activities")
def history_alone(recorded: Recorded) -> None:
    replayed(recorded["response"]["events"], before_2018=True)


@case(
    "simpleflow-activity-failed-2023",
    "simpleflow-markers-and-zero-timer",
    "simpleflow-two-activities-in-a-row",
)
def history_with_description(recorded: Recorded) -> None:
    response = recorded["response"]
    events = response["GetWorkflowExecutionHistory"]["events"]
    in_2023 = events[0]["eventTimestamp"] > 1672531200
    replay = replayed(events, before_2018=not in_2023)
    made = replay.situation.call(
        "DescribeWorkflowExecution", domain=replay.domain, execution=replay.execution
    )
    for description in response["DescribeWorkflowExecution (in order of the calls)"]:
        same(made, description)
