"""No request to the control API yields a 5xx, and no refused one changes state."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from swf_emulator import Emulator, Settings, VirtualClock, create_app

from .fuzzed import Fuzzed, quoted
from .mutations import mutated, spoiled, values

EXAMPLES = {"dev": 150, "ci": 2_000, "nightly": 20_000}

fuzzing = settings(
    max_examples=EXAMPLES[os.environ.get("SWF_SIM_PROFILE", "dev")],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "clock", {"advance": 1.5}),
    ("POST", "clock", {"advanceTo": "2026-01-31T12:00:00Z"}),
    ("POST", "clock", {"toNextDeadline": True}),
    ("POST", "clock", {"mode": "virtual", "speed": 1}),
    ("PUT", "functions/double", {"result": {"a": [1]}, "seconds": 2}),
    ("PUT", "functions/fails", {"error": {"type": "E", "message": "m"}, "seconds": 0}),
    ("POST", "refusals", {"operation": "ListDomains", "code": "ThrottlingException", "times": 1}),
    ("POST", "refusals", {"decision": "StartTimer", "cause": "TIMER_ID_ALREADY_IN_USE"}),
    ("POST", "settings", {"max_page_size": 10, "poll_hold_seconds": 1.5}),
    ("POST", "reset", {"account": "123456789012", "region": "us-east-1", "domain": "none"}),
]
PATHS = [
    "clock", "executions", "executions/history", "functions", "functions/a/b", "refusals",
    "settings", "reset", "health", "no/such", "",
]  # fmt: skip
PARAMETERS = ["account", "region", "domain", "workflowId", "runId", "status", "format", "shorten"]
content_types = st.sampled_from(
    ["application/json"] * 4
    + ["application/json; charset=utf-16", "text/plain", "", "multipart/form-data; boundary=x"]
)
odd = st.one_of(
    values.map(str), st.sampled_from(["text", "json", "svg", "open", "closed", "9" * 30, "\x00"])
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of `Client.open`."""
    if draw(st.integers(0, 2)):
        method, path, valid = draw(st.sampled_from(BODIES))
        body = json.dumps(draw(st.one_of(mutated(valid), values))).encode()
        if not draw(st.integers(0, 3)):
            body = draw(spoiled(json.dumps(valid).encode()))
    else:
        method = draw(st.sampled_from(["GET", "GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"]))
        path, body = draw(st.sampled_from(PATHS)), draw(st.binary(max_size=20))
    names = st.sampled_from(PARAMETERS) | st.text(max_size=5)
    pairs = draw(st.lists(st.tuples(names, odd), max_size=3))
    return {
        "path": f"/_emulator/{path}",
        "query_string": "&".join(f"{quoted(name)}={quoted(text)}" for name, text in pairs),
        "method": method,
        "data": body,
        "content_type": draw(content_types),
    }


@pytest.fixture
def fuzzed() -> Iterator[Fuzzed]:
    with Emulator(Settings(), clock=VirtualClock()) as emulator, Fuzzed(emulator) as state:
        yield state


@pytest.mark.timeout(3600)
def test_the_control_api(fuzzed: Fuzzed) -> None:
    client: Client = create_app(fuzzed.emulator).test_client()

    @fuzzing
    @given(requests())
    def fuzz(request: dict[str, Any]) -> None:
        before = fuzzed.state()
        answer = client.open(**request)
        fuzzed.check(before, answer)
        if request["method"] != "HEAD" and "text/" not in answer.content_type:
            json.loads(answer.data)

    fuzz()
