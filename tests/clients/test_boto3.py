"""boto3 runs the hello workflow, raises typed exceptions and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from conformance.grammar import check_history
from tests.clients.recorded_hello import assert_is_recorded_hello

pytestmark = pytest.mark.clients

DOMAIN = "boto_tutorial"
WORKFLOW = {"name": "HelloWorkflow", "version": "1.0"}
ACTIVITY = {"name": "HelloWorld", "version": "1.0"}
DEFAULT = {"name": "default"}


def client_for(endpoint: str, region: str = "us-east-1", key: str = "AKIDEXAMPLE") -> BaseClient:
    return boto3.Session().client(
        "swf",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=Config(read_timeout=75, retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def swf(endpoint: str) -> Iterator[BaseClient]:
    client = client_for(endpoint)
    register(client)
    yield client
    client.close()


def register(client: BaseClient) -> None:
    client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="30")
    client.register_workflow_type(
        domain=DOMAIN,
        **WORKFLOW,
        defaultTaskList=DEFAULT,
        defaultExecutionStartToCloseTimeout="3600",
        defaultTaskStartToCloseTimeout="300",
        defaultChildPolicy="TERMINATE",
    )
    client.register_activity_type(
        domain=DOMAIN,
        **ACTIVITY,
        defaultTaskList=DEFAULT,
        defaultTaskScheduleToStartTimeout="300",
        defaultTaskStartToCloseTimeout="3600",
        defaultTaskScheduleToCloseTimeout="3900",
        defaultTaskHeartbeatTimeout="600",
    )


def start(client: BaseClient, workflow_id: str, **more: Any) -> dict[str, str]:
    answer = client.start_workflow_execution(
        domain=DOMAIN, workflowId=workflow_id, workflowType=WORKFLOW, **more
    )
    return {"workflowId": workflow_id, "runId": answer["runId"]}


def history(client: BaseClient, execution: dict[str, str], size: int = 1000) -> list[Any]:
    pages = client.get_paginator("get_workflow_execution_history").paginate(
        domain=DOMAIN, execution=execution, PaginationConfig={"PageSize": size}
    )
    return [event for page in pages for event in page["events"]]


def decide(client: BaseClient, *decisions: dict[str, Any]) -> None:
    task = client.poll_for_decision_task(domain=DOMAIN, taskList=DEFAULT)
    client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decisions)


SCHEDULE = {
    "decisionType": "ScheduleActivityTask",
    "scheduleActivityTaskDecisionAttributes": {"activityType": ACTIVITY, "activityId": "saying_hi"},
}
COMPLETE: dict[str, Any] = {
    "decisionType": "CompleteWorkflowExecution",
    "completeWorkflowExecutionDecisionAttributes": {},
}


def marker(name: str) -> dict[str, Any]:
    return {
        "decisionType": "RecordMarker",
        "recordMarkerDecisionAttributes": {"markerName": name},
    }


def test_hello_workflow_has_the_recorded_history(swf: BaseClient) -> None:
    execution = start(swf, "hello")
    decide(swf, SCHEDULE)
    task = swf.poll_for_activity_task(domain=DOMAIN, taskList=DEFAULT)
    assert task["activityId"] == "saying_hi"
    assert task["workflowExecution"] == execution
    swf.respond_activity_task_completed(taskToken=task["taskToken"])
    decide(swf, COMPLETE)
    assert_is_recorded_hello(history(swf, execution))
    assert history(swf, execution, size=4) == history(swf, execution)


def test_empty_polls_bring_no_task(swf: BaseClient) -> None:
    decision = swf.poll_for_decision_task(domain=DOMAIN, taskList={"name": "nobody"})
    activity = swf.poll_for_activity_task(domain=DOMAIN, taskList={"name": "nobody"})
    for task in (decision, activity):
        assert not task.get("taskToken")
        assert task["startedEventId"] == 0


def test_faults_are_typed(swf: BaseClient) -> None:
    faults = swf.exceptions
    with pytest.raises(faults.DomainAlreadyExistsFault, match=f": {DOMAIN}$"):
        swf.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="30")
    with pytest.raises(
        faults.TypeAlreadyExistsFault, match=r"WorkflowType=\[name=HelloWorkflow, version=1.0\]$"
    ):
        swf.register_workflow_type(domain=DOMAIN, **WORKFLOW)
    with pytest.raises(faults.UnknownResourceFault, match=r"Unknown domain: nowhere$"):
        swf.describe_domain(name="nowhere")
    with pytest.raises(
        faults.UnknownResourceFault, match=r"Unknown type: WorkflowType=\[name=None, version=1\]$"
    ):
        swf.describe_workflow_type(domain=DOMAIN, workflowType={"name": "None", "version": "1"})
    swf.register_workflow_type(domain=DOMAIN, name="Bare", version="1")
    with pytest.raises(faults.DefaultUndefinedFault, match=r"executionStartToCloseTimeout$"):
        swf.start_workflow_execution(
            domain=DOMAIN, workflowId="bare", workflowType={"name": "Bare", "version": "1"}
        )
    start(swf, "only one")
    with pytest.raises(faults.WorkflowExecutionAlreadyStartedFault):
        start(swf, "only one")
    with pytest.raises(faults.TypeNotDeprecatedFault):
        swf.delete_workflow_type(domain=DOMAIN, workflowType=WORKFLOW)
    swf.deprecate_workflow_type(domain=DOMAIN, workflowType=WORKFLOW)
    with pytest.raises(faults.TypeDeprecatedFault):
        swf.deprecate_workflow_type(domain=DOMAIN, workflowType=WORKFLOW)
    swf.deprecate_domain(name=DOMAIN)
    with pytest.raises(faults.DomainDeprecatedFault):
        swf.deprecate_domain(name=DOMAIN)
    with pytest.raises(faults.ClientError, match=r"\(ValidationException\).*: Invalid token$"):
        swf.respond_activity_task_completed(taskToken="nonsense")


def test_a_token_dies_with_its_task(swf: BaseClient) -> None:
    execution = start(swf, "hello")
    decide(swf, SCHEDULE)
    token = swf.poll_for_activity_task(domain=DOMAIN, taskList=DEFAULT)["taskToken"]
    swf.respond_activity_task_completed(taskToken=token)
    with pytest.raises(
        swf.exceptions.UnknownResourceFault, match=r"Unknown activity, scheduledEventId = 5$"
    ):
        swf.respond_activity_task_completed(taskToken=token)
    swf.terminate_workflow_execution(domain=DOMAIN, workflowId="hello")
    with pytest.raises(swf.exceptions.UnknownResourceFault, match="Unknown execution: Workflow"):
        swf.record_activity_task_heartbeat(taskToken=token)
    check_history(history(swf, execution), closed=True)


def test_pages_of_a_decision_task(swf: BaseClient) -> None:
    """The pages belong to one task; asking for the next one starts nothing."""
    execution = start(swf, "long")
    decide(swf, *(marker(f"m{number}") for number in range(20)))
    swf.signal_workflow_execution(domain=DOMAIN, workflowId="long", signalName="wake up")
    pages = list(
        swf.get_paginator("poll_for_decision_task").paginate(
            domain=DOMAIN, taskList=DEFAULT, PaginationConfig={"PageSize": 10}
        )
    )
    assert [len(page["events"]) for page in pages] == [10, 10, 7]
    assert len({page["taskToken"] for page in pages}) == 1
    events = [event for page in pages for event in page["events"]]
    assert [event["eventId"] for event in events] == list(range(1, 28))
    assert {page["startedEventId"] for page in pages} == {27}
    assert {page["previousStartedEventId"] for page in pages} == {3}
    assert history(swf, execution) == events


def test_pages_of_a_history_backwards(swf: BaseClient) -> None:
    execution = start(swf, "long")
    decide(swf, *(marker(f"m{number}") for number in range(5)))
    pages = swf.get_paginator("get_workflow_execution_history").paginate(
        domain=DOMAIN,
        execution=execution,
        reverseOrder=True,
        PaginationConfig={"PageSize": 4},
    )
    ids = [[event["eventId"] for event in page["events"]] for page in pages]
    assert ids == [[9, 8, 7, 6], [5, 4, 3, 2], [1]]


def test_pages_of_registrations(swf: BaseClient) -> None:
    for name in ("b", "a", "B"):
        swf.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1")
        swf.register_activity_type(domain=DOMAIN, name=name, version="1")
        swf.register_workflow_type(domain=DOMAIN, name=name, version="1")

    def names(operation: str, **parameters: Any) -> list[list[str]]:
        pages = swf.get_paginator(operation).paginate(
            registrationStatus="REGISTERED", PaginationConfig={"PageSize": 2}, **parameters
        )
        return [
            [
                (info.get("activityType") or info.get("workflowType") or info)["name"]
                for info in page.get("typeInfos") or page["domainInfos"]
            ]
            for page in pages
        ]

    assert names("list_domains") == [["B", "a"], ["b", DOMAIN]]
    assert names("list_activity_types", domain=DOMAIN) == [["B", "HelloWorld"], ["a", "b"]]
    assert names("list_workflow_types", domain=DOMAIN, reverseOrder=True) == [
        ["b", "a"],
        ["HelloWorkflow", "B"],
    ]


def test_pages_of_executions(swf: BaseClient) -> None:
    started = [
        start(swf, f"number {number}", tagList=["odd"] * (number % 2)) for number in range(5)
    ]
    since = {"oldestDate": datetime.now(UTC) - timedelta(hours=1)}

    def executions(state: str, **parameters: Any) -> list[dict[str, str]]:
        pages = swf.get_paginator(f"list_{state}_workflow_executions").paginate(
            domain=DOMAIN, PaginationConfig={"PageSize": 2}, **parameters
        )
        return [info["execution"] for page in pages for info in page["executionInfos"]]

    def ids(found: list[dict[str, str]]) -> set[str]:
        return {execution["runId"] for execution in found}

    assert ids(executions("open", startTimeFilter=since)) == ids(started)
    odd = executions("open", startTimeFilter=since, tagFilter={"tag": "odd"})
    assert ids(odd) == ids(started[1::2])
    for execution in started[:3]:
        swf.terminate_workflow_execution(domain=DOMAIN, workflowId=execution["workflowId"])
    assert ids(executions("open", startTimeFilter=since)) == ids(started[3:])
    assert ids(executions("closed", closeTimeFilter=since)) == ids(started[:3])
    assert (
        ids(executions("closed", startTimeFilter=since, closeStatusFilter={"status": "COMPLETED"}))
        == set()
    )
    count = swf.count_closed_workflow_executions(domain=DOMAIN, closeTimeFilter=since)
    assert (count["count"], count["truncated"]) == (3, False)


def test_regions_and_accounts_are_apart(swf: BaseClient, endpoint: str) -> None:
    for region, key in (("eu-west-1", "AKIDEXAMPLE"), ("us-east-1", "111122223333")):
        elsewhere = client_for(endpoint, region, key)
        assert elsewhere.list_domains(registrationStatus="REGISTERED")["domainInfos"] == []
        register(elsewhere)
        (info,) = elsewhere.list_domains(registrationStatus="REGISTERED")["domainInfos"]
        account = key if key.isdigit() else "123456789012"
        assert info["arn"] == f"arn:aws:swf:{region}:{account}:/domain/{DOMAIN}"
        elsewhere.close()
