"""Settings, refusals and functions over HTTP: what the paths do, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from swf_emulator import Emulator, Settings, VirtualClock
from swf_emulator.core.settings import DEFAULTS
from swf_emulator.http import EdgeOptions, create_app

TYPE = {"name": "order", "version": "1"}
ROLE = "arn:aws:iam::123456789012:role/swf"
NOTHING: dict[str, Any] = {"operations": {}, "decisions": {}}


@pytest.fixture
def running() -> Iterator[Emulator]:
    with Emulator(clock=VirtualClock(), seed=1) as emulator:
        yield emulator


@pytest.fixture
def http(running: Emulator) -> Client:
    return create_app(running).test_client()


def ok(response: TestResponse) -> Any:
    assert response.status_code == 200, response.text
    return response.json


def refused(response: TestResponse, status: int = 400) -> str:
    assert response.status_code == status, response.text
    assert response.json is not None
    message: str = response.json["message"]
    return message


def started(emulator: Emulator) -> Any:
    """A client, in whose domain one execution waits for a decision."""
    swf = emulator.client()
    swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="shop", **TYPE)
    swf.start_workflow_execution(
        domain="shop",
        workflowId="w",
        workflowType=TYPE,
        taskList={"name": "orders"},
        childPolicy="TERMINATE",
        taskStartToCloseTimeout="60",
        executionStartToCloseTimeout="86400",
        lambdaRole=ROLE,
    )
    return swf


def decide(swf: Any, kind: str, **attributes: str) -> None:
    task = swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    swf.respond_decision_task_completed(
        taskToken=task["taskToken"], decisions=[{"decisionType": kind, member: attributes}]
    )


def last(emulator: Emulator, kind: str) -> dict[str, Any]:
    """The attributes of the last event of a type."""
    event = [event for event in emulator.history("w") if event["eventType"] == kind][-1]
    found: dict[str, Any] = event[kind[0].lower() + kind[1:] + "EventAttributes"]
    return found


def code(call: Any, **members: Any) -> str:
    try:
        call(**members)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


# Settings.


def test_settings_are_shown_by_name(http: Client) -> None:
    assert ok(http.get("/_emulator/settings")) == asdict(DEFAULTS)


def test_settings_are_changed_and_changed_back(http: Client, running: Emulator) -> None:
    before = ok(http.get("/_emulator/settings"))
    changes = {"max_domains": 0, "poll_hold_seconds": 1, "child_policy_on_every_close": False}
    assert ok(http.post("/_emulator/settings", json=changes)) == {**before, **changes}
    assert running.settings.max_domains == 0
    register = running.client().register_domain
    domain = {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}
    assert code(register, **domain) == "LimitExceededFault"
    assert ok(http.post("/_emulator/settings", json=before)) == before
    assert code(register, **domain) == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "no member 'colour'"),
        ({"max_types": 5, "max_domains": -1}, "max_domains is a whole number"),
        ({"max_domains": 1.5}, "max_domains is a whole number"),
        ({"max_domains": True}, "max_domains is a whole number"),
        ({"max_domains": "5"}, "max_domains is a whole number"),
        ({"max_domains": None}, "max_domains is a whole number"),
        ({"max_domains": 2**31}, "from 0 to 2147483647"),
        ({"max_history_page": 0}, "max_history_page is a whole number from 1"),
        ({"max_events": 1}, "max_events must be at least 2"),
        ({"empty_poll_task_token": 1}, "empty_poll_task_token is true or false"),
        ({"max_request_bytes": 5}, "cannot be changed while the server runs"),
    ],
)
def test_settings_that_are_not_understood_change_nothing(
    http: Client, running: Emulator, changes: dict[str, Any], message: str
) -> None:
    assert message in refused(http.post("/_emulator/settings", json=changes))
    assert running.settings == DEFAULTS


# Refusals.


def test_an_operation_is_refused_a_number_of_times(http: Client, running: Emulator) -> None:
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    asked = {"operation": "ListDomains", "times": 2}
    entry = {"code": "ThrottlingException", "times": 2}
    assert ok(http.post("/_emulator/refusals", json=asked)) == {
        "operations": {"ListDomains": entry},
        "decisions": {},
    }
    call = running.client(config=Config(retries={"total_max_attempts": 1})).list_domains
    assert code(call, registrationStatus="REGISTERED") == "ThrottlingException"
    left = ok(http.get("/_emulator/refusals"))["operations"]["ListDomains"]
    assert left == {**entry, "times": 1}
    assert code(call, registrationStatus="REGISTERED") == "ThrottlingException"
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    assert code(call, registrationStatus="REGISTERED") == ""


def test_an_operation_is_not_permitted_until_it_is(http: Client, running: Emulator) -> None:
    asked = {"operation": "ListDomains", "code": "OperationNotPermittedFault"}
    assert ok(http.post("/_emulator/refusals", json=asked))["operations"]["ListDomains"] == {
        "code": "OperationNotPermittedFault",
        "times": None,
    }
    call = running.client().list_domains
    for _ in range(3):
        assert code(call, registrationStatus="REGISTERED") == "OperationNotPermittedFault"
    assert ok(http.delete("/_emulator/refusals")) == NOTHING
    assert code(call, registrationStatus="REGISTERED") == ""


def test_a_decision_is_refused_with_a_cause(http: Client, running: Emulator) -> None:
    swf = started(running)
    asked = {"decision": "StartTimer", "cause": "TIMER_CREATION_RATE_EXCEEDED", "times": 1}
    assert ok(http.post("/_emulator/refusals", json=asked))["decisions"] == {
        "StartTimer": {"cause": "TIMER_CREATION_RATE_EXCEEDED", "times": 1}
    }
    decide(swf, "StartTimer", timerId="t", startToFireTimeout="5")
    assert last(running, "StartTimerFailed")["cause"] == "TIMER_CREATION_RATE_EXCEEDED"
    assert ok(http.get("/_emulator/refusals")) == NOTHING
    decide(swf, "StartTimer", timerId="t", startToFireTimeout="5")
    assert last(running, "TimerStarted")["timerId"] == "t"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "give an operation with its code, or a decision with its cause"),
        ({"operation": "ListDomains", "decision": "StartTimer"}, "give an operation"),
        ({"operation": "MakeCoffee"}, "operation is one of CountClosed"),
        ({"operation": ["ListDomains"]}, "operation is one of"),
        ({"operation": "ListDomains", "code": "LimitExceededFault"}, "code is one of Throttling"),
        ({"operation": "ListDomains", "cause": "x"}, "no member 'cause'"),
        ({"decision": "MakeCoffee", "cause": "x"}, "decision is one of ScheduleActivityTask"),
        ({"decision": "StartTimer"}, "cause is one of TIMER_ID_ALREADY_IN_USE"),
        ({"decision": "StartTimer", "cause": "UNHANDLED_DECISION"}, "cause is one of TIMER_ID"),
        ({"operation": "ListDomains", "times": 0}, "times is a whole number from 1"),
        ({"operation": "ListDomains", "times": True}, "times is a whole number from 1"),
        ({"operation": "ListDomains", "often": 1}, "no member 'often'"),
    ],
)
def test_a_refusal_that_is_not_understood_changes_nothing(
    http: Client, asked: dict[str, Any], message: str
) -> None:
    assert message in refused(http.post("/_emulator/refusals", json=asked))
    assert ok(http.get("/_emulator/refusals")) == NOTHING


# Functions.


def test_a_function_returns_its_result(http: Client, running: Emulator) -> None:
    swf = started(running)
    body = {"result": {"price": 42}}
    assert ok(http.put("/_emulator/functions/price", json=body)) == {"functions": ["price"]}
    decide(swf, "ScheduleLambdaFunction", id="l", name="price")
    assert last(running, "LambdaFunctionCompleted")["result"] == '{"price":42}'


def test_a_function_fails_with_its_error(http: Client, running: Emulator) -> None:
    swf = started(running)
    body = {"error": {"type": "OutOfStock", "message": "no more"}}
    arn = "arn:aws:lambda:us-east-1:123456789012:function:price"
    assert ok(http.put(f"/_emulator/functions/{arn}", json=body)) == {"functions": [arn]}
    decide(swf, "ScheduleLambdaFunction", id="l", name=arn)
    failed = last(running, "LambdaFunctionFailed")
    assert failed["reason"] == "Unhandled"
    assert json.loads(failed["details"]) == {"errorType": "OutOfStock", "errorMessage": "no more"}


def test_a_function_answers_at_its_instant(http: Client, running: Emulator) -> None:
    swf = started(running)
    ok(http.put("/_emulator/functions/slow", json={"result": None, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow")
    running.clock.advance(3600)
    start, end = running.history("w")[5:7]
    assert (start["eventType"], end["eventType"]) == (
        "LambdaFunctionStarted",
        "LambdaFunctionCompleted",
    )
    assert end["eventTimestamp"] - start["eventTimestamp"] == 90


def test_an_answer_after_the_time_out_is_nothing(http: Client, running: Emulator) -> None:
    swf = started(running)
    ok(http.put("/_emulator/functions/slow", json={"error": {}, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow", startToCloseTimeout="60")
    running.clock.advance(3600)
    kinds = [event["eventType"] for event in running.history("w")]
    assert kinds[5:] == [
        "LambdaFunctionStarted",
        "LambdaFunctionTimedOut",
        "DecisionTaskScheduled",
    ]


@pytest.mark.parametrize("gone", ["closed", "reset"])
def test_an_answer_to_a_run_that_is_gone_is_nothing(
    http: Client, running: Emulator, gone: str
) -> None:
    swf = started(running)
    ok(http.put("/_emulator/functions/slow", json={"result": 1, "seconds": 90}))
    decide(swf, "ScheduleLambdaFunction", id="l", name="slow")
    if gone == "closed":
        swf.terminate_workflow_execution(domain="shop", workflowId="w")
    else:
        running.reset(domain="shop")
    running.clock.advance(100)
    assert running.clock.advance_to_next_deadline() is (gone == "closed")  # its retention
    assert code(swf.list_domains, registrationStatus="REGISTERED") == ""


def test_a_function_that_is_forgotten_is_unknown(http: Client, running: Emulator) -> None:
    swf = started(running)
    ok(http.put("/_emulator/functions/price", json={"result": 1}))
    assert ok(http.get("/_emulator/functions")) == {"functions": ["price"]}
    assert ok(http.delete("/_emulator/functions/price")) == {"functions": []}
    assert "no function 'price'" in refused(http.delete("/_emulator/functions/price"), 404)
    decide(swf, "ScheduleLambdaFunction", id="l", name="price")
    assert last(running, "LambdaFunctionFailed")["reason"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "give a result or an error"),
        ({"result": 1, "error": {}}, "give a result or an error"),
        ({"result": 1, "seconds": -1}, "seconds is a number from 0"),
        ({"result": 1, "seconds": True}, "seconds is a number from 0"),
        ({"result": 1, "seconds": 1e9}, "seconds is a number from 0"),
        ({"error": "boom"}, "error is an object"),
        ({"error": {"name": "x"}}, "no member 'name'"),
        ({"error": {"type": ""}}, "type not empty"),
        ({"error": {"message": 1}}, "are texts"),
        ({"returns": 1}, "no member 'returns'"),
    ],
)
def test_a_function_that_is_not_understood_is_not_put(
    http: Client, asked: dict[str, Any], message: str
) -> None:
    assert message in refused(http.put("/_emulator/functions/f", json=asked))
    assert ok(http.get("/_emulator/functions")) == {"functions": []}


def test_functions_of_a_lambda_endpoint_are_not_put() -> None:
    with Emulator(lambda_endpoint_url="http://127.0.0.1:1") as emulator:
        http = create_app(emulator).test_client()
        message = refused(http.put("/_emulator/functions/f", json={"result": 1}))
        assert message == "functions are invoked at the Lambda endpoint, not here"
        assert "functions" not in ok(http.get("/_emulator/health"))["capabilities"]


# All of it.

PATHS = {
    "/_emulator/settings": ("GET", "POST"),
    "/_emulator/refusals": ("GET", "POST", "DELETE"),
    "/_emulator/functions": ("GET",),
    "/_emulator/functions/f": ("PUT", "DELETE"),
}


def test_the_health_check_lists_what_there_is(http: Client, running: Emulator) -> None:
    listed = ok(http.get("/_emulator/health"))["capabilities"]
    assert listed == [
        "clock",
        "executions",
        "functions",
        "refusals",
        "reset",
        "settings",
        "state",
    ]
    for name in set(listed) - {"reset"}:
        assert http.get(f"/_emulator/{name}").status_code == 200, name
    closed = create_app(running, EdgeOptions(control=False)).test_client()
    assert ok(closed.get("/_emulator/health"))["capabilities"] == []


@pytest.mark.parametrize("path", PATHS)
def test_only_this_site_may_use_it(http: Client, running: Emulator, path: str) -> None:
    closed = create_app(running, EdgeOptions(control=False)).test_client()
    for method in PATHS[path]:
        refused(http.open(path, method=method, headers={"Host": "evil.example"}), 403)
        if method != "GET":
            elsewhere = {"Origin": "http://evil.example"}
            refused(http.open(path, method=method, headers=elsewhere), 403)
        assert closed.open(path, method=method).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_query_is_refused(http: Client, path: str) -> None:
    for method in PATHS[path]:
        assert "no parameter 'x'" in refused(http.open(path, method=method, query_string={"x": 1}))


names = st.sampled_from(
    [
        "max_domains",
        "poll_hold_seconds",
        "empty_poll_task_token",
        "operation",
        "decision",
        "cause",
        "code",
        "times",
        "result",
        "error",
        "seconds",
        "type",
        "message",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


@examples(max_examples=50)
@given(path=st.sampled_from(sorted(PATHS)), body=st.dictionaries(names, values, max_size=3))
def test_no_request_breaks_it(path: str, body: dict[str, Any]) -> None:
    with Emulator(Settings(), clock=VirtualClock(), seed=1) as emulator:
        http = create_app(emulator, EdgeOptions(console=False)).test_client()
        for method in PATHS[path]:
            answer = http.open(
                path, method=method, data=json.dumps(body), content_type="application/json"
            )
            assert answer.status_code in (200, 400, 404), answer.text
