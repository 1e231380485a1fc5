"""Rules for all paths of the control API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from werkzeug.test import Client

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http import EdgeOptions, create_app

from .api import ok, rejected

PATHS = {
    "/_emulator/accounts": ("GET",),
    "/_emulator/accounts/111122223333": ("DELETE",),
    "/_emulator/clock": ("GET", "POST"),
    "/_emulator/executions": ("GET",),
    "/_emulator/executions/history": ("GET",),
    "/_emulator/functions": ("GET",),
    "/_emulator/functions/f": ("PUT", "DELETE"),
    "/_emulator/refusals": ("GET", "POST", "DELETE"),
    "/_emulator/reset": ("POST",),
    "/_emulator/settings": ("GET", "POST"),
    "/_emulator/state": ("GET", "PUT", "POST"),
    "/moto-api/reset": ("POST",),
}
EACH = [(path, method) for path, methods in PATHS.items() for method in methods]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"NaN", b'{"advance":NaN}', b"\xff", b"[" * 9999]
)
def test_a_body_must_be_a_json_object(http: Client, body: bytes) -> None:
    answer = http.post("/_emulator/clock", data=body, content_type="application/json")
    assert rejected(answer).startswith("the body must be ")


def test_a_body_must_be_declared_as_json(http: Client) -> None:
    answer = http.post("/_emulator/clock", data=b'{"advance":1}', content_type="text/plain")
    assert "Content-Type" in rejected(answer)


@pytest.mark.parametrize(("path", "method"), EACH)
def test_cross_site_requests_are_rejected(http: Client, path: str, method: str) -> None:
    rejected(http.open(path, method=method, headers={"Host": "evil.example"}), 403)
    if method != "GET":
        rejected(http.open(path, method=method, headers={"Origin": "http://evil.example"}), 403)


@pytest.mark.parametrize(("path", "method"), EACH)
def test_a_disabled_api_is_not_found(virtual: Emulator, path: str, method: str) -> None:
    disabled = create_app(virtual, EdgeOptions(control=False)).test_client()
    assert rejected(disabled.open(path, method=method), 404) == f"not found: {method} {path}"


@pytest.mark.parametrize(
    ("path", "method"), [each for each in EACH if not each[0].startswith("/_emulator/exec")]
)
def test_a_query_is_rejected_where_there_is_none(http: Client, path: str, method: str) -> None:
    answer = http.open(path, method=method, query_string={"x": 1})
    if path == "/moto-api/reset":
        assert ok(answer) == {"status": "ok"}
    else:
        known = (
            "this path takes none"
            if "accounts" in path or path.endswith("/state")
            else "known: account"
        )
        assert rejected(answer) == f"unknown parameter 'x'; {known}"


@pytest.mark.parametrize("path", ["/_emulator/nothing", "/_emulator/executions/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_path_is_not_found(http: Client, path: str, method: str) -> None:
    assert rejected(http.open(path, method=method), 404) == f"not found: {method} {path}"


def test_the_health_check_lists_the_capabilities(http: Client, virtual: Emulator) -> None:
    listed = ok(http.get("/_emulator/health"))["capabilities"]
    assert listed == [
        "accounts",
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
    disabled = create_app(virtual, EdgeOptions(control=False)).test_client()
    assert ok(disabled.get("/_emulator/health"))["capabilities"] == []


members = st.sampled_from(
    [
        "advance",
        "advanceTo",
        "toNextDeadline",
        "mode",
        "speed",
        "domain",
        "nowMs",
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
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | members,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=3),
    max_leaves=5,
)


@examples(max_examples=50, deadline=None)
@given(
    path=st.sampled_from(sorted(PATHS)),
    body=st.dictionaries(members | st.text(), values, max_size=3) | values,
    query=st.dictionaries(
        st.sampled_from(["workflowId", "runId", "format", "shorten", "status", "account", "x"]),
        st.text(),
    ),
)
def test_no_request_causes_an_internal_error(path: str, body: Any, query: dict[str, str]) -> None:
    with Emulator(clock=VirtualClock(), seed=1) as emulator:
        http = create_app(emulator, EdgeOptions(console=False)).test_client()
        for method in PATHS[path]:
            for query_string in (query, {}):
                answer = http.open(
                    path,
                    method=method,
                    data=json.dumps(body),
                    query_string=query_string,
                    content_type="application/json",
                )
                assert answer.status_code in (200, 400, 404), answer.text
        assert http.get("/_emulator/clock").status_code == 200
