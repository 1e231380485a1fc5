"""Task tokens and page tokens: opaque, bound to their task or request, distinguished from garbage.

Source: API Reference, TaskToken and PageToken; claimed live in 2026 ("Invalid token"). That a
token serves no other kind of task or request is inferred.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from swf_emulator.protocol.tokens import PageToken, TaskToken, request_digest
from swf_emulator.protocol.validation import validate

from .caller import TARGET, Caller, fault, refused

INVALID = refused("Invalid token")
DEFAULTS = {
    "defaultChildPolicy": "TERMINATE",
    "defaultExecutionStartToCloseTimeout": "1000",
    "defaultTaskStartToCloseTimeout": "NONE",
    "defaultTaskList": {"name": "L"},
}
LIST = {"domain": "d", "taskList": {"name": "L"}}
RESPONSES = (
    "RespondActivityTaskCompleted",
    "RespondActivityTaskFailed",
    "RespondActivityTaskCanceled",
    "RecordActivityTaskHeartbeat",
)


@pytest.fixture
def started(caller: Caller) -> Caller:
    """An execution ``w`` that waits for its first decision."""
    caller.call("RegisterWorkflowType", domain="d", name="n", version="v", **DEFAULTS)
    start(caller, "w")
    return caller


def start(caller: Caller, workflow_id: str) -> str:
    kind = {"name": "n", "version": "v"}
    answer = caller.call(
        "StartWorkflowExecution", domain="d", workflowId=workflow_id, workflowType=kind
    )
    run_id: str = answer["runId"]
    return run_id


def decision_task(caller: Caller, **more: Any) -> dict[str, Any]:
    task: dict[str, Any] = caller.call("PollForDecisionTask", **LIST, **more)
    return task


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "=",
        "not base64 at all!",
        "AAAAKgAAAAEAAAAA",
        b64encode(b"\x00" * 100).decode(),
        b64encode(b"{}").decode(),
        "A" * 1024,
        "é",
    ],
)
def test_garbage(started: Caller, token: str) -> None:
    for operation in (*RESPONSES, "RespondDecisionTaskCompleted"):
        assert started.error(operation, {"taskToken": token}) == INVALID
    assert started.error("PollForDecisionTask", LIST | {"nextPageToken": token}) == INVALID


def test_a_changed_token(started: Caller) -> None:
    raw = b64decode(decision_task(started)["taskToken"])
    for position in (0, 15, len(raw) - 5):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        parameters = {"taskToken": b64encode(changed).decode()}
        assert started.error("RespondDecisionTaskCompleted", parameters) == INVALID


def test_a_decision_token_is_no_activity_token(started: Caller) -> None:
    token = decision_task(started)["taskToken"]
    for operation in RESPONSES:
        assert started.error(operation, {"taskToken": token}) == INVALID


def test_a_page_token_is_no_task_token(started: Caller) -> None:
    page = decision_task(started, maximumPageSize=1)["nextPageToken"]
    assert started.error("RespondDecisionTaskCompleted", {"taskToken": page}) == INVALID


def test_a_task_token_is_no_page_token(started: Caller) -> None:
    token = decision_task(started)["taskToken"]
    assert started.error("PollForDecisionTask", LIST | {"nextPageToken": token}) == INVALID


def test_an_empty_page_token_is_none(started: Caller) -> None:
    """Inferred from the lengths that the model allows, 0 to 2,048."""
    assert decision_task(started, nextPageToken="")["startedEventId"] == 3


def test_a_page_token_of_another_operation(started: Caller) -> None:
    """Source: API Reference, PollForDecisionTask (not to be used with GetWorkflowExecution-
    History)."""
    task = decision_task(started, maximumPageSize=1)
    parameters = {"domain": "d", "execution": task["workflowExecution"]}
    page = {"nextPageToken": task["nextPageToken"]}
    assert started.error("GetWorkflowExecutionHistory", parameters | page) == INVALID


def test_a_page_token_of_another_account(started: Caller) -> None:
    page = decision_task(started, maximumPageSize=1)["nextPageToken"]
    key = "AWS4-HMAC-SHA256 Credential=210987654321/20260101/us-east-1/swf/aws4_request"
    domain = b'{"name":"d","workflowExecutionRetentionPeriodInDays":"1"}'
    started.send(f"{TARGET}RegisterDomain", domain, authorization=key)
    body = json.dumps(LIST | {"nextPageToken": page}).encode()
    answer = started.send(f"{TARGET}PollForDecisionTask", body, authorization=key)
    assert json.loads(answer.body) == INVALID


def test_a_task_token_of_another_account(started: Caller) -> None:
    """Its execution is unknown there."""
    task = decision_task(started)
    key = "AWS4-HMAC-SHA256 Credential=210987654321/20260101/us-east-1/swf/aws4_request"
    body = json.dumps({"taskToken": task["taskToken"]}).encode()
    answer = started.send(f"{TARGET}RespondDecisionTaskCompleted", body, authorization=key)
    execution = task["workflowExecution"]
    text = f"WorkflowExecution=[workflowId=w, runId={execution['runId']}]"
    assert json.loads(answer.body) == fault("UnknownResourceFault", f"Unknown execution: {text}")


def test_a_vanished_execution(started: Caller) -> None:
    """After the retention of an execution, the message names the workflow id in the token."""
    started.call("RegisterDomain", name="e", workflowExecutionRetentionPeriodInDays="1")
    started.call("RegisterWorkflowType", domain="e", name="n", version="v", **DEFAULTS)
    kind = {"name": "n", "version": "v"}
    run = started.call("StartWorkflowExecution", domain="e", workflowId="w", workflowType=kind)
    task = started.call("PollForDecisionTask", domain="e", taskList={"name": "L"})
    started.call("TerminateWorkflowExecution", domain="e", workflowId="w")
    started.emulator.clock.advance(86_401)
    text = f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run['runId']}]"
    expected = fault("UnknownResourceFault", text)
    parameters = {"taskToken": task["taskToken"]}
    assert started.error("RespondDecisionTaskCompleted", parameters) == expected


def test_tokens_fit_into_their_limits(started: Caller) -> None:
    """Source: model: a task token has 1,024 characters at most, a page token 2,048."""
    started.call("TerminateWorkflowExecution", domain="d", workflowId="w")
    for workflow_id in ("w" * 256, "é" * 256, "😀" * 256):
        start(started, workflow_id)
        task = decision_task(started, maximumPageSize=1)
        assert len(task["taskToken"]) <= 1024
        assert len(task["nextPageToken"]) <= 2048
        started.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"])
        assert "nextPageToken" in task


def test_a_token_too_long_for_its_workflow_id_is_still_told_from_garbage(started: Caller) -> None:
    """Once its execution has vanished only garbage is left to say [inferred]."""
    token = TaskToken("decision", "gone", 2, 3, "é" * 256)
    assert TaskToken.decode(token.encode(), "decision") == token._replace(workflow_id=None)
    parameters = {"taskToken": token.encode()}
    assert started.error("RespondDecisionTaskCompleted", parameters) == INVALID


def test_tokens_begin_like_the_service_s_own(started: Caller) -> None:
    task = decision_task(started, maximumPageSize=1)
    assert task["taskToken"].startswith("AAAAKgAAAAEAAAAA")
    assert task["nextPageToken"].startswith("AAAAKgAAAAEAAAAA")


def test_page_tokens_expire_after_a_day(started: Caller) -> None:
    page = decision_task(started, maximumPageSize=1)["nextPageToken"]
    started.emulator.clock.advance(900)
    assert decision_task(started, nextPageToken=page)["startedEventId"] == 3
    request = PageToken("digest", 0, [1]).encode()
    assert PageToken.decode(request, "digest", 86_400_000, 86_400) == [1]
    with pytest.raises(Exception, match="exceeded its maximum lifetime"):
        PageToken.decode(request, "digest", 86_400_001, 86_400)


POSITIONS: list[list[Any]] = [[], [1], ["x"], [None, None], [[], 1], [["decision"], 1], [1.5, 2]]


@pytest.mark.parametrize("position", POSITIONS, ids=str)
@pytest.mark.parametrize(
    ("operation", "request_members"),
    [
        ("PollForDecisionTask", LIST),
        ("ListDomains", {"registrationStatus": "REGISTERED"}),
        ("ListWorkflowTypes", {"domain": "d", "registrationStatus": "REGISTERED"}),
        ("ListOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": 0}}),
    ],
)
def test_a_forged_page_token_is_refused_or_read(
    started: Caller, operation: str, request_members: dict[str, Any], position: list[Any]
) -> None:
    """Its checksum is no secret: whatever it holds must not be an internal error."""
    now_ms = started.emulator.clock.now_ms()
    parameters = validate(operation, request_members)
    digest = request_digest(operation, "123456789012", "us-east-1", parameters)
    token = PageToken(digest, now_ms, position).encode()
    answer = started.ask(operation, {**request_members, "nextPageToken": token})
    assert answer.status in (200, 400)
