"""Control over HTTP: what the paths do, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http import EdgeOptions, create_app

START = "2026-01-01T00:00:00.000Z"
TYPE = {"name": "order", "version": "1"}


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


def start(
    emulator: Emulator, workflow_id: str, domain: str = "shop", region: str = "us-east-1"
) -> str:
    """Start an execution, in a domain and of a type that are registered if they are not."""
    swf = emulator.client(region_name=region)
    if domain not in [
        one["name"] for one in swf.list_domains(registrationStatus="REGISTERED")["domainInfos"]
    ]:
        swf.register_domain(name=domain, workflowExecutionRetentionPeriodInDays="1")
        swf.register_workflow_type(
            domain=domain,
            **TYPE,
            defaultTaskList={"name": "orders"},
            defaultChildPolicy="TERMINATE",
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="86400",
        )
    run_id: str = swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=TYPE, input="one two"
    )["runId"]
    return run_id


# The clock.


def test_the_clock_tells_time_mode_and_next_deadline(http: Client, running: Emulator) -> None:
    still = {"now": START, "mode": "virtual", "speed": 0.0, "nextDeadline": None}
    assert ok(http.get("/_emulator/clock")) == still
    start(running, "w")
    assert ok(http.get("/_emulator/clock"))["nextDeadline"] == "2026-01-02T00:00:00.000Z"


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({"advance": 90}, "2026-01-01T00:01:30.000Z"),
        ({"advance": 0.25}, "2026-01-01T00:00:00.250Z"),
        ({"advance": 0}, START),
        ({"advanceTo": "2026-01-01T12:00:00Z"}, "2026-01-01T12:00:00.000Z"),
        ({"advanceTo": "2026-01-01T12:00:00+02:00"}, "2026-01-01T10:00:00.000Z"),
        ({"advanceTo": "2026-01-01"}, START),
        ({"advanceTo": 1767225601.5}, "2026-01-01T00:00:01.500Z"),
    ],
)
def test_the_clock_is_advanced(http: Client, change: dict[str, Any], now: str) -> None:
    assert ok(http.post("/_emulator/clock", json=change))["now"] == now
    assert ok(http.get("/_emulator/clock"))["now"] == now


def test_what_is_due_on_the_way_happens(http: Client, running: Emulator) -> None:
    start(running, "w")
    ok(http.post("/_emulator/clock", json={"advance": 90_000}))
    last = running.history("w")[-1]
    assert last["eventType"] == "WorkflowExecutionTimedOut"
    assert last["eventTimestamp"] == 1767225600 + 86_400


def test_to_the_next_deadline_until_there_is_none(http: Client, running: Emulator) -> None:
    start(running, "w")
    moves = [ok(http.post("/_emulator/clock", json={"toNextDeadline": True})) for _ in range(3)]
    assert [move["moved"] for move in moves] == [True, True, False]
    assert running.executions() == []


def test_mode_and_speed(http: Client, running: Emulator) -> None:
    assert ok(http.post("/_emulator/clock", json={"mode": "skip"}))["mode"] == "skip"
    answer = ok(http.post("/_emulator/clock", json={"mode": "real", "speed": 60}))
    assert (answer["mode"], answer["speed"]) == ("real", 60)
    assert ok(http.post("/_emulator/clock", json={"mode": "virtual"}))["speed"] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "give one of advance"),
        ({"advance": 1, "mode": "skip"}, "give one of advance"),
        ({"advance": -1}, "0 or more"),
        ({"advance": "1"}, "a number of seconds"),
        ({"advance": True}, "a number of seconds"),
        ({"advance": None}, "a number of seconds"),
        ({"advance": 1e300}, "at most"),
        ({"advanceTo": "2025-12-31T23:59:59Z"}, "is before"),
        ({"advanceTo": "soon"}, "an instant like"),
        ({"advanceTo": []}, "an instant like"),
        ({"advanceTo": "9999-12-31T00:00:00Z"}, "at most"),
        ({"advanceTo": -1}, "is before"),
        ({"toNextDeadline": False}, "is true"),
        ({"mode": "fast"}, "mode is one of"),
        ({"mode": []}, "mode is one of"),
        ({"mode": "real", "speed": 0}, "above 0"),
        ({"mode": "real", "speed": "2"}, "above 0"),
        ({"mode": "skip", "speed": 2}, "goes with the mode real"),
        ({"advances": 1}, "no member 'advances'"),
    ],
)
def test_a_change_that_is_not_understood_changes_nothing(
    http: Client, change: dict[str, Any], message: str
) -> None:
    assert message in refused(http.post("/_emulator/clock", json=change))
    assert ok(http.get("/_emulator/clock"))["now"] == START


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"NaN", b'{"advance":NaN}', b"\xff", b"[" * 9999]
)
def test_a_body_that_is_no_object_is_refused(http: Client, body: bytes) -> None:
    refused(http.post("/_emulator/clock", data=body, content_type="application/json"))


def test_a_body_that_is_not_called_json_is_refused(http: Client) -> None:
    answer = http.post("/_emulator/clock", data=b'{"advance":1}', content_type="text/plain")
    assert "Content-Type" in refused(answer)


# Executions.


def test_executions_are_listed_and_filtered(http: Client, running: Emulator) -> None:
    first = start(running, "a")
    start(running, "b", domain="depot")
    start(running, "c", region="eu-west-1")
    running.client().terminate_workflow_execution(domain="shop", workflowId="a")

    def listed(**asked: str) -> list[str]:
        answer = ok(http.get("/_emulator/executions", query_string=asked))
        return [execution["workflowId"] for execution in answer["executions"]]

    assert listed() == ["a", "b", "c"]
    assert listed(domain="shop") == ["a", "c"]
    assert listed(domain="shop", region="us-east-1") == ["a"]
    assert listed(status="open") == ["b", "c"]
    assert listed(status="closed") == ["a"]
    assert listed(workflowId="b", account="123456789012") == ["b"]
    assert listed(account="999999999999") == []
    assert ok(http.get("/_emulator/executions?workflowId=a"))["executions"] == [
        {
            "account": "123456789012",
            "region": "us-east-1",
            "domain": "shop",
            "workflowId": "a",
            "runId": first,
            "workflowType": TYPE,
            "status": "TERMINATED",
            "started": START,
            "closed": START,
        }
    ]


def test_a_history_as_json_and_as_text(http: Client, running: Emulator) -> None:
    start(running, "order 1 ä")
    path = "/_emulator/executions/history"
    answer = ok(http.get(path, query_string={"workflowId": "order 1 ä"}))
    assert answer["status"] == "OPEN"
    assert answer["events"] == running.history("order 1 ä")
    asked = {"workflowId": "order 1 ä", "domain": "shop", "format": "text", "shorten": "3"}
    text = http.get(path, query_string=asked)
    assert text.content_type == "text/plain; charset=utf-8"
    assert text.text.splitlines()[0].startswith("  1      +0s  WorkflowExecutionStarted")
    assert 'input="one"…(7 characters)' in text.text
    timeline = http.get(path, query_string={"workflowId": "order 1 ä", "format": "timeline"})
    assert timeline.text.splitlines()[1] == "2  +0s  DecisionTaskScheduled     taskList=orders"


def test_without_a_run_id_the_last_run_is_meant(http: Client, running: Emulator) -> None:
    first = start(running, "w")
    running.client().terminate_workflow_execution(domain="shop", workflowId="w")
    second = start(running, "w")
    path = "/_emulator/executions/history"
    assert ok(http.get(path, query_string={"workflowId": "w"}))["runId"] == second
    assert ok(http.get(path, query_string={"workflowId": "w", "runId": first}))["runId"] == first


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "workflowId is missing"),
        ("workflowId=", 400, "workflowId is missing"),
        ("workflowId=x", 404, "no such execution"),
        ("workflowId=x&format=xml", 400, "format is json"),
        ("workflowId=x&shorten=-1", 400, "shorten is a number"),
        ("workflowId=x&workflowID=y", 400, "no parameter 'workflowID'"),
        ("workflowId=x&workflowId=y", 400, "more than once"),
    ],
)
def test_a_history_that_is_not_there(http: Client, query: str, status: int, message: str) -> None:
    assert message in refused(http.get(f"/_emulator/executions/history?{query}"), status)


def test_a_status_that_there_is_not(http: Client) -> None:
    assert "open or closed" in refused(http.get("/_emulator/executions?status=done"))


# State.


def test_an_exported_state_goes_on_elsewhere(http: Client, running: Emulator) -> None:
    start(running, "w")
    running.clock.advance(100)
    document = ok(http.get("/_emulator/state"))
    with Emulator(clock=VirtualClock()) as other:
        their = create_app(other).test_client()
        assert ok(their.put("/_emulator/state", json=document)) == {"status": "ok"}
        assert other.history("w") == running.history("w")
        assert _unnumbered(ok(their.get("/_emulator/state"))) == _unnumbered(document)
        assert ok(their.get("/_emulator/clock"))["now"] == "2026-01-01T00:01:40.000Z"


def _unnumbered(document: Any) -> Any:
    """Without the numbers of places on task lists: only their order says something."""
    for domain in document["domains"]:
        for execution in domain["executions"]:
            execution["queued"] = sorted(execution["queued"], key=execution["queued"].get)
    return document


def test_a_state_may_be_larger_than_a_request_of_aws(http: Client, running: Emulator) -> None:
    start(running, "w")
    swf = running.client()
    for _ in range(60):
        swf.signal_workflow_execution(
            domain="shop", workflowId="w", signalName="s", input="x" * 32_768
        )
    text = http.get("/_emulator/state").data
    assert len(text) > running.settings.max_request_bytes
    running.reset()
    ok(http.post("/_emulator/state", data=text, content_type="application/json"))
    assert len(running.history("w")) == 62


@pytest.mark.parametrize(
    "document", [{}, [], None, 1, "x", {"format": "swf-emulator state", "version": 2}]
)
def test_what_is_no_state_changes_nothing(
    http: Client, running: Emulator, document: object
) -> None:
    start(running, "w")
    before = running.export_state()
    refused(http.put("/_emulator/state", json=document))
    assert running.export_state() == before


# Reset.


def test_a_reset_forgets_everything(http: Client, running: Emulator) -> None:
    for path in ("/_emulator/reset", "/moto-api/reset"):
        start(running, "w")
        assert ok(http.post(path)) == {"status": "ok"}
        assert running.executions() == []


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ({"domain": "shop"}, ["b", "c"]),
        ({"region": "eu-west-1"}, ["a", "b"]),
        ({"account": "123456789012"}, ["c"]),
        ({"account": "123456789012", "region": "us-east-1", "domain": "depot"}, ["a", "c"]),
        ({"account": "999999999999"}, ["a", "b", "c"]),
    ],
)
def test_a_reset_of_a_part(
    http: Client, running: Emulator, scope: dict[str, str], left: list[str]
) -> None:
    start(running, "a")
    start(running, "b", domain="depot")
    start(running, "c", region="eu-west-1")
    ok(http.post("/_emulator/reset", json=scope))
    assert [key.workflow_id for key in running.executions()] == left


@pytest.mark.parametrize("body", [{"domains": "x"}, {"domain": 1}, {"domain": ""}, []])
def test_a_reset_that_is_not_understood(http: Client, running: Emulator, body: object) -> None:
    start(running, "w")
    refused(http.post("/_emulator/reset", json=body))
    assert len(running.executions()) == 1


# All of it.

PATHS = {
    "/_emulator/clock": ("GET", "POST"),
    "/_emulator/executions": ("GET",),
    "/_emulator/executions/history": ("GET",),
    "/_emulator/state": ("GET", "PUT", "POST"),
    "/_emulator/reset": ("POST",),
    "/moto-api/reset": ("POST",),
}


@pytest.mark.parametrize("path", PATHS)
def test_names_of_other_sites_are_not_answered_to(http: Client, path: str) -> None:
    for method in PATHS[path]:
        refused(http.open(path, method=method, headers={"Host": "evil.example"}), 403)


@pytest.mark.parametrize("path", PATHS)
def test_pages_of_other_sites_can_change_nothing(http: Client, path: str) -> None:
    for method in PATHS[path]:
        if method != "GET":
            refused(http.open(path, method=method, headers={"Origin": "http://evil.example"}), 403)


@pytest.mark.parametrize("path", ["/_emulator/nothing", "/_emulator/executions/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_there_is_nothing_else(http: Client, path: str, method: str) -> None:
    assert "nothing that there is" in refused(http.open(path, method=method), 404)


@pytest.mark.parametrize("path", PATHS)
def test_without_control_there_is_nothing(running: Emulator, path: str) -> None:
    closed = create_app(running, EdgeOptions(control=False)).test_client()
    for method in PATHS[path]:
        assert closed.open(path, method=method).status_code == 404, method


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
members = st.sampled_from(
    ["advance", "advanceTo", "toNextDeadline", "mode", "speed", "domain", "format", "nowMs"]
)


@settings(max_examples=25)
@given(
    path=st.sampled_from(sorted(PATHS)),
    body=st.dictionaries(members | st.text(), values, max_size=3) | values,
    query=st.dictionaries(
        st.sampled_from(["workflowId", "runId", "format", "shorten", "status", "x"]), st.text()
    ),
)
def test_no_request_breaks_it(path: str, body: Any, query: dict[str, str]) -> None:
    with Emulator(clock=VirtualClock(), seed=1) as emulator:
        http = create_app(emulator, EdgeOptions(console=False)).test_client()
        for method in PATHS[path]:
            text = json.dumps(body)
            answer = http.open(
                path,
                method=method,
                data=text,
                query_string=query,
                content_type="application/json",
            )
            assert answer.status_code in (200, 400, 404), answer.text
            answer = http.open(path, method=method, data=text, content_type="application/json")
            assert answer.status_code in (200, 400), answer.text
        assert http.get("/_emulator/clock").status_code == 200
