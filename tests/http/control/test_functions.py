"""Lambda functions over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator
from swf_emulator.http import create_app

from .api import decide, fault_of, last, ok, rejected, start


def test_a_function_returns_its_result(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    body = {"result": {"price": 42}}
    assert ok(http.put("/_emulator/functions/price", json=body)) == {"functions": ["price"]}
    decide(swf, "ScheduleLambdaFunction", id="l", name="price")
    assert last(virtual, "LambdaFunctionCompleted")["result"] == '{"price":42}'


def test_a_function_fails_with_its_error(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    body = {"error": {"type": "OutOfStock", "message": "no more"}}
    arn = "arn:aws:lambda:us-east-1:123456789012:function:price"
    assert ok(http.put(f"/_emulator/functions/{arn}", json=body)) == {"functions": [arn]}
    decide(swf, "ScheduleLambdaFunction", id="l", name=arn)
    failed = last(virtual, "LambdaFunctionFailed")
    assert failed["reason"] == "UnhandledError"
    assert json.loads(failed["details"]) == {"errorType": "OutOfStock", "errorMessage": "no more"}


def test_a_function_fails_with_a_payload_as_it_is(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    ok(http.put("/_emulator/functions/price", json={"error": '{"stackTrace": []}'}))
    decide(virtual.client(), "ScheduleLambdaFunction", id="l", name="price")
    assert last(virtual, "LambdaFunctionFailed")["details"] == '{"stackTrace": []}'


def test_a_function_takes_its_time(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    ok(http.put("/_emulator/functions/slow", json={"result": None, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow")
    virtual.clock.advance(3600)
    started, ended = virtual.history("w")[5:7]
    assert (started["eventType"], ended["eventType"]) == (
        "LambdaFunctionStarted",
        "LambdaFunctionCompleted",
    )
    assert ended["eventTimestamp"] - started["eventTimestamp"] == 90


def test_a_result_after_the_timeout_has_no_effect(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    ok(http.put("/_emulator/functions/slow", json={"error": {}, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow", startToCloseTimeout="60")
    virtual.clock.advance(3600)
    kinds = [event["eventType"] for event in virtual.history("w")]
    assert kinds[5:] == [
        "LambdaFunctionStarted",
        "LambdaFunctionTimedOut",
        "DecisionTaskScheduled",
    ]


@pytest.mark.parametrize("gone", ["closed", "reset"])
def test_a_result_for_a_closed_or_forgotten_run_has_no_effect(
    http: Client, virtual: Emulator, gone: str
) -> None:
    start(virtual, "w")
    swf = virtual.client()
    ok(http.put("/_emulator/functions/slow", json={"result": 1, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow")
    if gone == "closed":
        swf.terminate_workflow_execution(domain="shop", workflowId="w")
    else:
        virtual.reset(domain="shop")
    virtual.clock.advance(100)
    assert virtual.clock.advance_to_next_deadline() is (gone == "closed")  # its retention
    assert fault_of(swf.list_domains, registrationStatus="REGISTERED") == ""


def test_an_unregistered_function_is_unknown(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    ok(http.put("/_emulator/functions/price", json={"result": 1}))
    assert ok(http.get("/_emulator/functions")) == {"functions": ["price"]}
    assert ok(http.delete("/_emulator/functions/price")) == {"functions": []}
    assert "function not found: price" in rejected(http.delete("/_emulator/functions/price"), 404)
    decide(swf, "ScheduleLambdaFunction", id="l", name="price")
    assert last(virtual, "LambdaFunctionFailed")["reason"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "the body must have either a result or an error"),
        ({"result": 1, "error": {}}, "the body must have either a result or an error"),
        ({"result": 1, "seconds": -1}, "seconds must be a number from 0"),
        ({"result": 1, "seconds": True}, "seconds must be a number from 0"),
        ({"result": 1, "seconds": 1e9}, "seconds must be a number from 0"),
        ({"error": ["boom"]}, "error must be an object like"),
        ({"error": {"name": "x"}}, "unknown member 'name'; known: type, message"),
        ({"error": {"type": ""}}, "error.type must be a non-empty string"),
        ({"error": {"message": 1}}, "error.message a string"),
        ({"returns": 1}, "unknown member 'returns'"),
    ],
)
def test_an_invalid_function_is_not_registered(
    http: Client, body: dict[str, Any], message: str
) -> None:
    assert message in rejected(http.put("/_emulator/functions/f", json=body))
    assert ok(http.get("/_emulator/functions")) == {"functions": []}


def test_a_lambda_endpoint_runs_its_own_functions() -> None:
    with Emulator(lambda_endpoint_url="http://127.0.0.1:1") as emulator:
        http = create_app(emulator).test_client()
        message = rejected(http.put("/_emulator/functions/f", json={"result": 1}))
        assert message == "functions must be created at the Lambda endpoint, not here"
        assert "functions" not in ok(http.get("/_emulator/health"))["capabilities"]
