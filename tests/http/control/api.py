"""Helpers of the tests of the control API."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from werkzeug.test import TestResponse

from swf_emulator import Emulator

START = "2026-01-01T00:00:00.000Z"
TYPE = {"name": "order", "version": "1"}


def ok(response: TestResponse) -> Any:
    """The JSON of an answer with status 200."""
    assert response.status_code == 200, response.text
    return response.json


def rejected(response: TestResponse, status: int = 400) -> str:
    """The message of an error."""
    assert response.status_code == status, response.text
    assert response.json is not None
    message: str = response.json["message"]
    return message


def start(
    emulator: Emulator,
    workflow_id: str,
    domain: str = "shop",
    region: str = "us-east-1",
    account: str = "123456789012",
) -> str:
    """Start an execution, in a domain and of a type that are registered if they do not exist."""
    swf = emulator.client(region_name=region, aws_access_key_id=account)
    domains = swf.list_domains(registrationStatus="REGISTERED")["domainInfos"]
    if domain not in [one["name"] for one in domains]:
        swf.register_domain(name=domain, workflowExecutionRetentionPeriodInDays="1")
        swf.register_workflow_type(
            domain=domain,
            **TYPE,
            defaultTaskList={"name": "orders"},
            defaultChildPolicy="TERMINATE",
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="86400",
            defaultLambdaRole="arn:aws:iam::123456789012:role/swf",
        )
    run_id: str = swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=TYPE, input="one two"
    )["runId"]
    return run_id


def decide(swf: Any, decision_type: str, **attributes: str) -> None:
    """Take the decision task of the domain ``shop`` and answer it with one decision."""
    task = swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
    member = decision_type[0].lower() + decision_type[1:] + "DecisionAttributes"
    decision = {"decisionType": decision_type, member: attributes}
    swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=[decision])


def last(emulator: Emulator, event_type: str) -> dict[str, Any]:
    """The attributes of the last event of a type in the history of ``w``."""
    event = [event for event in emulator.history("w") if event["eventType"] == event_type][-1]
    found: dict[str, Any] = event[event_type[0].lower() + event_type[1:] + "EventAttributes"]
    return found


def fault_of(call: Any, **members: Any) -> str:
    """The code of the fault of a call; empty if it succeeds."""
    try:
        call(**members)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
