"""No page and no form of the console yields a 5xx; what is refused changes no state.

The routes are those of the application, so a new page is fuzzed without a line here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import Client

from swf_emulator import Emulator, Settings, VirtualClock, create_app
from swf_emulator.core.registry import DECISIONS
from swf_emulator.protocol.model import service_model

from .fuzzed import Fuzzed, quoted
from .mutations import mutated, nested, scalars, values
from .workload import DOMAIN, TYPE, schedule_activity, start_timer

EXAMPLES = {"dev": 150, "ci": 2_000, "nightly": 20_000}

fuzzing = settings(
    max_examples=EXAMPLES[os.environ.get("SWF_SIM_PROFILE", "dev")],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORKFLOWS = [f"w{number}" for number in range(8)]
DECIDE = "console.decide"
ENDLESS = ("console.launch_sample", "console.changes")
"""A sample goes on by itself; the stream of changes is no page."""

ARGUMENTS: dict[str, list[str]] = {
    "domain": [DOMAIN] * 19 + ["none"],
    "workflow_id": [*WORKFLOWS, "none"],
    "event_id": ["1", "5", "6", "999", "9" * 30],
    "action": [
        "signal", "cancel", "terminate", "complete", "fail", "heartbeat", "deprecate",
        "undeprecate", "delete",
    ],
    "collection": ["workflow-types", "activity-types"],
    "name": [TYPE["name"]] * 3 + ["none"],
    "version": [TYPE["version"]] * 3 + ["none"],
}  # fmt: skip
VALUES = [
    DOMAIN, "any/1", "any", "1", "60", "NONE", "-1", "9" * 30, "2026-01-31T12:00:00Z", "9999-12-31",
    "advance", "real", "virtual", "skip", "newest", "open", "CLOSED", "k=v", "=", "1e308", "nan",
    "inf", "\x00", "\ud800", "//evil.example", "/\\evil.example", "x" * 40_000,
]  # fmt: skip
SHAPES = service_model().shapes
MEMBERS = sorted(
    {member for name in DECISIONS for member in SHAPES[f"{name}DecisionAttributes"]["members"]}
    | {member for name, shape in SHAPES.items() if name.endswith("Input")
       for member in shape.get("members", ())}
)  # fmt: skip
OWN = [
    "after", "back", "by", "closeStatus", "event", "executionContext", "family", "json", "key",
    "latest", "mode", "oldest", "order", "remove", "scale", "scope", "speed", "state", "status",
    "step", "tag", "text", "then", "value", "viewport",
]  # fmt: skip
"""The fields and parameters of the pages that are no members of an operation."""

texts = st.sampled_from(VALUES) | scalars.map(str)
fields = st.dictionaries(st.sampled_from([*MEMBERS, *OWN]) | st.text(max_size=5), texts, max_size=6)


def decision_texts() -> st.SearchStrategy[str]:
    """The content of the field for decisions in JSON."""
    decisions = [schedule_activity("b"), start_timer("u", "5"), {"decisionType": "RecordMarker"}]
    broken = st.sampled_from(decisions).flatmap(mutated)
    numbers = [2**63, 2**64, -(2**63) - 1, 10**400]
    return st.one_of(
        st.lists(broken | values, max_size=3).map(json.dumps),
        st.sampled_from([json.dumps([{"decisionType": number}]) for number in numbers]),
        st.sampled_from([500, 1_500, 50_000]).map(lambda depth: nested(depth, "list").decode()),
        texts,
    )


@st.composite
def decisions(draw: st.DrawFn) -> dict[str, str]:
    """The fields of the form for decisions."""
    form = {"json": draw(decision_texts())} if draw(st.booleans()) else {}
    for number in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(DECISIONS)))
        form[f"d{number}.decisionType"] = name
        members = sorted(SHAPES[f"{name}DecisionAttributes"]["members"])
        for member in draw(st.lists(st.sampled_from(members), unique=True)):
            form[f"d{number}.{member}"] = draw(texts)
    return form


@st.composite
def requests(draw: st.DrawFn, rules: list[Rule], run_ids: dict[str, str]) -> dict[str, Any]:
    """The arguments of `Client.open`."""
    forms = [rule for rule in rules if "POST" in (rule.methods or ())]
    deciding = [rule for rule in forms if rule.endpoint == DECIDE]
    rule = draw(st.sampled_from(draw(st.sampled_from([rules, forms, deciding]))))
    path = ""
    workflow_id = draw(st.sampled_from(ARGUMENTS["workflow_id"]))
    for is_argument, part in rule._trace:
        if not is_argument:
            path += part.replace("|", "")
        elif part == "workflow_id":
            path += workflow_id
        elif part == "run_id":
            path += run_ids.get(workflow_id, "none").replace("+", "-").replace("/", "_")
        elif draw(st.integers(0, 19)):
            path += draw(st.sampled_from(ARGUMENTS.get(part, ["x"])))
        else:
            path += quoted(draw(st.text(min_size=1, max_size=8)))
    methods = rule.methods or set()
    form = draw(decisions() if rule.endpoint == DECIDE else fields)
    encoded = "&".join(f"{quoted(name)}={quoted(text)}" for name, text in form.items())
    request: dict[str, Any] = {
        "path": path,
        "headers": {"Accept": draw(st.sampled_from(["text/html", "application/json"]))},
    }
    if "POST" in methods:
        return request | {
            "method": "POST",
            "data": encoded,
            "content_type": "application/x-www-form-urlencoded",
        }
    return request | {"method": "GET", "query_string": encoded}


@pytest.fixture
def fuzzed() -> Iterator[Fuzzed]:
    with Emulator(Settings(), clock=VirtualClock()) as emulator, Fuzzed(emulator) as state:
        yield state


@pytest.mark.timeout(3600)
def test_the_console(fuzzed: Fuzzed) -> None:
    app = create_app(fuzzed.emulator)
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and rule.endpoint not in ENDLESS
    ]
    run_ids = {workflow_id: fuzzed.start(workflow_id) for workflow_id in WORKFLOWS}
    client: Client = app.test_client()

    @fuzzing
    @given(requests(rules, run_ids))
    def fuzz(request: dict[str, Any]) -> None:
        before = fuzzed.state()
        answer = client.open(**request)
        fuzzed.check(before, answer, reads=request["method"] == "GET")

    fuzz()
