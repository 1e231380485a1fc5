"""Strategies for requests that are wrong in every way but their framing."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from swf_emulator.protocol.call import OPERATIONS
from swf_emulator.protocol.model import service_model

from .wire import AMZ_JSON, Headers
from .workload import DOMAIN, LIST, REGISTRATIONS, TYPE, schedule_activity, start_timer

Members = dict[str, Any]


class Case(NamedTuple):
    """One request with a body; the framing headers are the sender's."""

    path: str
    headers: Headers
    body: bytes


EXECUTION = {"workflowId": "w", "runId": "r"}
VALID: list[tuple[str, Members]] = [
    *REGISTRATIONS,
    ("ListDomains", {"registrationStatus": "REGISTERED", "maximumPageSize": 3}),
    ("DescribeDomain", {"name": DOMAIN}),
    ("StartWorkflowExecution", {"domain": DOMAIN, "workflowId": "w", "workflowType": TYPE,
                                "tagList": ["t"], "executionStartToCloseTimeout": "10"}),
    ("SignalWorkflowExecution", {"domain": DOMAIN, "workflowId": "w", "signalName": "s"}),
    ("GetWorkflowExecutionHistory", {"domain": DOMAIN, "execution": EXECUTION}),
    ("PollForDecisionTask", {"domain": DOMAIN, "taskList": LIST, "reverseOrder": True}),
    ("PollForActivityTask", {"domain": DOMAIN, "taskList": LIST, "identity": "me"}),
    ("RespondDecisionTaskCompleted", {"taskToken": "t", "executionContext": "c", "decisions": [
        schedule_activity(), start_timer("t", "5")]}),
    ("RespondActivityTaskCompleted", {"taskToken": "t", "result": "r"}),
    ("ListOpenWorkflowExecutions", {"domain": DOMAIN, "startTimeFilter": {"oldestDate": 0.5,
                                    "latestDate": 2e9}, "typeFilter": TYPE}),
    ("CountClosedWorkflowExecutions", {"domain": DOMAIN, "closeTimeFilter": {"oldestDate": 0},
                                       "closeStatusFilter": {"status": "FAILED"}}),
    ("TagResource", {"resourceArn": f"arn:aws:swf:us-east-1:123456789012:/domain/{DOMAIN}",
                     "tags": [{"key": "k", "value": "v"}]}),
]  # fmt: skip

odd_texts = st.sampled_from(
    [
        "",
        "NONE",
        "-1",
        "1e3",
        "arn",
        "a:b",
        "\ud800",
        "\udfff\ud800",
        "\x00",
        "\u202e",
        "x" * 40_000,
    ]
)
odd_numbers = st.sampled_from(
    [-1, 0, 2**31, 2**63, -(2**64), 10**400, 0.5, -0.0, 1e308, 1e-320, float("inf"), float("nan")]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    odd_numbers,
    odd_texts,
    st.text(st.characters(codec=None), max_size=20),
)
values: SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def nested(depth: int, kind: str) -> bytes:
    if kind == "list":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places in a JSON value, except the whole."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, child in inner:
        found.append((*path, key))
        if isinstance(child, dict | list):
            found += paths(child, (*path, key))
    return found


@st.composite
def mutated(draw: DrawFn, valid: Members) -> Members:
    """Valid parameters with one to three places replaced, removed or added to."""
    members = copy.deepcopy(valid)
    for _ in range(draw(st.integers(1, 3))):
        places = paths(members)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder: Any = members
        for key in way:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "remove":
            del holder[last]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.text(max_size=5))] = draw(values)
        else:
            holder[last] = draw(values)
    return members


@st.composite
def garbage(draw: DrawFn, operation: str) -> Members:
    """Members of the right names with values of any kind."""
    shapes = service_model().shapes
    members = shapes[service_model().operations[operation].input]["members"]
    chosen = draw(st.lists(st.sampled_from(sorted(members)), unique=True))
    return {member: draw(values) for member in chosen}


@st.composite
def spoiled(draw: DrawFn, body: bytes) -> bytes:
    """Bytes that were JSON."""
    kind = draw(st.sampled_from(["cut", "insert", "double", "mark", "utf-16", "number", "nest"]))
    place = draw(st.integers(0, len(body)))
    if kind == "cut":
        return body[:place]
    if kind == "insert":
        odd = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\x00", b"NaN", b"\\ud800", b'"', b"}"]
        return body[:place] + draw(st.sampled_from(odd)) + body[place:]
    if kind == "double":
        return body + body[place:]
    if kind == "mark":
        return b"\xef\xbb\xbf" + body
    if kind == "utf-16":
        return body.decode().encode("utf-16")
    if kind == "number":
        digits = draw(st.sampled_from([b"1" * 5_000, b"1e999", b"-" + b"9" * 400, b"-", b"01"]))
        return body.replace(b"0", digits) if b"0" in body else digits
    depth = draw(st.sampled_from([10, 500, 900, 960, 990, 20_000]))
    inner = nested(depth, draw(st.sampled_from(["list", "object"])))
    return body.replace(b'"', b'"x":' + inner + b',"', 1)


@st.composite
def bodies(draw: DrawFn) -> tuple[str, bytes]:
    """An operation, and a body for it."""
    kind = draw(st.sampled_from(["mutated", "mutated", "garbage", "spoiled", "spoiled", "bytes"]))
    operation, valid = draw(st.sampled_from(VALID))
    if kind == "mutated":
        return operation, json.dumps(draw(mutated(valid))).encode()
    if kind == "garbage":
        operation = draw(st.sampled_from(sorted(OPERATIONS)))
        return operation, json.dumps(draw(garbage(operation))).encode()
    if kind == "spoiled":
        return operation, draw(spoiled(json.dumps(valid).encode()))
    return operation, draw(st.binary(max_size=200))


visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))
header_values = visible.map(str.strip)
targets = st.one_of(
    st.just("{prefix}.{operation}"),
    st.just("{prefix}.{operation}"),
    st.just("{prefix}.{operation}"),
    st.sampled_from(["", ".", "{operation}", "{prefix}", "{prefix}.Unknown", "other.{operation}"]),
    header_values.filter(lambda text: "{" not in text and "}" not in text),
)
prefixes = st.sampled_from(
    ["SimpleWorkflowService", "com.amazonaws.swf.service.model.SimpleWorkflowService"]
)
content_types = st.one_of(
    st.just(AMZ_JSON),
    st.sampled_from(
        ["", "application/json", "application/x-amz-json-1.1", "text/html", "multipart/form-data",
         "application/x-www-form-urlencoded", f"{AMZ_JSON}; charset=utf-16"]
    ),
    header_values,
)  # fmt: skip
credentials = "AWS4-HMAC-SHA256 Credential={}/20260101/{}/swf/aws4_request, Signature=0"
authorizations = st.one_of(
    st.just(""),
    st.builds(credentials.format, st.sampled_from(["k", "123456789012", "1"]), header_values),
    header_values,
)
other_headers = st.lists(
    st.tuples(
        st.sampled_from(["Accept", "Cookie", "X-Amz-Date", "User-Agent", "Origin", "X-Odd"]),
        header_values,
    ),
    max_size=3,
)
url_paths = st.sampled_from(
    ["/", "/", "/", "//", "/a//b", "/%00", "/%ff", "/?x=%ff", "/_emulator/no"]
)


@st.composite
def cases(draw: DrawFn) -> Case:
    operation, body = draw(bodies())
    headers = [("Content-Type", draw(content_types)), *draw(other_headers)]
    if draw(st.integers(0, 19)):
        target = draw(targets).format(prefix=draw(prefixes), operation=operation)
        headers.append(("X-Amz-Target", target))
    authorization = draw(authorizations)
    if authorization:
        headers.append(("Authorization", authorization))
    return Case(draw(url_paths), headers, body)
