"""The wire: targets, content types, empty bodies, error bodies, values."""

from __future__ import annotations

import json
import re
import uuid

from conformance.context import Context
from conformance.endpoint.wire import Answer
from conformance.language.values import Pattern, pattern_accepts
from conformance.procedures.registry import case
from conformance.verdict import Grade

_RECORDING = "recording simpleflow-start-list-terminate-http (2016)"
_OLD_PREFIX = "com.amazonaws.swf.service.model.SimpleWorkflowService"
_LIST = {"registrationStatus": "REGISTERED", "maximumPageSize": 1}
_SIBLINGS = "other AWS services on the same server framework"


def _list_domains(ctx: Context, **options: str) -> Answer:
    wire = ctx.target.wire
    content = json.dumps(_LIST).encode()
    return wire.post(content, wire.headers("ListDomains", content, **options))


@case(
    "wire",
    "the short target prefix is understood",
    "API samples; service model",
    Grade.DOCUMENTED,
    given="nothing",
    covers="wire/prefixes",
)
def short_target_prefix(ctx: Context) -> None:
    answer = _list_domains(ctx)
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)


@case(
    "wire",
    "the long target prefix of older clients is understood",
    _RECORDING,
    Grade.RECORDED,
    given="nothing",
    covers="wire/prefixes",
)
def long_target_prefix(ctx: Context) -> None:
    answer = _list_domains(ctx, prefix=_OLD_PREFIX)
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)


@case(
    "wire",
    "a request of type application/json; charset=UTF-8 gets application/json",
    _RECORDING,
    Grade.RECORDED,
    given="nothing",
    covers="wire/content-type",
)
def json_content_type(ctx: Context) -> None:
    answer = _list_domains(ctx, content_type="application/json; charset=UTF-8")
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)
    got = answer.headers.get("content-type", "")
    ctx.expect(got.partition(";")[0] == "application/json", "content type", "application/json", got)


@case(
    "wire",
    "the answer to application/x-amz-json-1.0 is JSON of that type",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
    covers="wire/content-type",
)
def amz_json_content_type(ctx: Context) -> None:
    got = _list_domains(ctx).headers.get("content-type")
    expected = "application/x-amz-json-1.0"
    ctx.expect(got == expected, "content type", expected, got)


@case(
    "wire",
    "Content-Encoding amz-1.0 is ignored",
    _RECORDING,
    Grade.RECORDED,
    given="nothing",
    covers="wire/content-type",
)
def amz_content_encoding(ctx: Context) -> None:
    wire = ctx.target.wire
    content = json.dumps(_LIST).encode()
    headers = wire.headers("ListDomains", content, content_type="application/json; charset=UTF-8")
    answer = wire.post(content, {**headers, "Content-Encoding": "amz-1.0"})
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)


@case(
    "wire",
    "every answer has a request id, a UUID",
    _RECORDING,
    Grade.RECORDED,
    given="nothing",
    covers="wire/request-id",
)
def request_id(ctx: Context) -> None:
    first, second = _list_domains(ctx), _list_domains(ctx)
    refused = ctx.target.call("DescribeDomain", {"name": f"none-{uuid.uuid4().hex}"})
    ids = [a.headers.get("x-amzn-requestid", "") for a in (first, second, refused)]
    form = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    ctx.expect(all(form.match(i) for i in ids), "x-amzn-RequestId", "a UUID each", ids)
    ctx.expect(len(set(ids)) == 3, "x-amzn-RequestId", "different ones", ids)


@case(
    "wire",
    "an operation without output answers 200 with an empty body",
    _RECORDING,
    Grade.RECORDED,
    covers="wire/empty-body",
)
def empty_body(ctx: Context) -> None:
    ctx.start()
    answer = ctx.call("TerminateWorkflowExecution", {"workflowId": "w"})
    ctx.expect(answer.status == 200, "status", 200, answer.status)
    ctx.expect(answer.content == b"", "body", "empty", answer.content)
    length = answer.headers.get("content-length")
    ctx.expect(length == "0", "content-length", "0", length)


@case(
    "wire",
    "a fault has status 400, a namespaced __type and a lower-case message",
    "botocore: a recorded DeprecateDomain error; AWS CLI examples, register-workflow-type",
    Grade.RECORDED,
    given="nothing",
    covers="wire/error-body",
)
def error_body(ctx: Context) -> None:
    name = f"none-{uuid.uuid4().hex}"
    answer = ctx.target.call("DescribeDomain", {"name": name})
    expected = {
        "__type": "com.amazonaws.swf.base.model#UnknownResourceFault",
        "message": f"Unknown domain: {name}",
    }
    ctx.expect(answer.status == 400, "status", 400, answer.status)
    ctx.expect(answer.body == expected, "body", expected, answer.body)


@case(
    "wire",
    "an unknown operation is an UnknownOperationException",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
    covers="wire/unknown-operation",
)
def unknown_operation(ctx: Context) -> None:
    answer = ctx.target.call("MakeCoffee", {})
    ctx.expect(
        answer.fault == "UnknownOperationException", "fault", "UnknownOperationException", answer
    )
    ctx.expect(answer.status == 400, "status", 400, answer.status)


@case(
    "wire",
    "a body that is not JSON is a SerializationException without message",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
    covers="wire/not-json",
)
def body_is_not_json(ctx: Context) -> None:
    wire = ctx.target.wire
    for content in (b"", b"{", b"[]", b'"text"', b"\xff\xfe"):
        answer = wire.post(content, wire.headers("ListDomains", content))
        ctx.expect(
            answer.fault == "SerializationException",
            f"the body {content!r}",
            "SerializationException",
            answer,
        )
        ctx.expect(answer.status == 400, f"the body {content!r}", "status 400", answer)


@case(
    "wire",
    "members that the operation does not know are ignored",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
    covers="wire/unknown-members",
)
def unknown_members(ctx: Context) -> None:
    answer = ctx.target.call("ListDomains", {**_LIST, "unheardOf": {"a": [1]}})
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)


@case(
    "wire",
    "a null member is an absent member",
    "Developer Guide, UsingJSON-swf",
    Grade.DOCUMENTED,
    given="nothing",
    covers="wire/null",
)
def null_members(ctx: Context) -> None:
    answer = ctx.target.call("ListDomains", {**_LIST, "nextPageToken": None, "reverseOrder": None})
    ctx.expect(answer.status == 200, "ListDomains", "status 200", answer)
    refused = ctx.target.call("DescribeDomain", {"name": None})
    ctx.expect(
        "Value null at 'name' failed to satisfy constraint: Member must not be null"
        in (refused.message or ""),
        "DescribeDomain of null",
        "Value null at 'name' ...",
        refused,
    )


@case(
    "wire",
    "timestamps are numbers of seconds with at most three decimals",
    _RECORDING,
    Grade.RECORDED,
    covers="wire/timestamps",
)
def timestamps(ctx: Context) -> None:
    ctx.start()
    found = [event["eventTimestamp"] for event in ctx.history()]
    described = ctx.must("DescribeWorkflowType", {"workflowType": {"name": "flow", "version": "1"}})
    found.append(described["typeInfo"]["creationDate"])
    form = Pattern("timestamp")
    ctx.expect(
        all(pattern_accepts(form, value) for value in found),
        "timestamps",
        "seconds since 1970, milliseconds as decimals",
        found,
    )


@case(
    "wire",
    "a run id has at most 64 characters",
    "service model: WorkflowRunId",
    Grade.DOCUMENTED,
    covers="wire/run-id",
)
def run_id_length(ctx: Context) -> None:
    run_id = ctx.start()
    ctx.expect(1 <= len(run_id) <= 64, "runId", "1 to 64 characters", run_id)


@case(
    "wire",
    "a run id is '22' and 44 characters of base64",
    "recordings of 2015 to 2023",
    Grade.RECORDED,
    covers="wire/run-id",
)
def run_id_form(ctx: Context) -> None:
    run_id = ctx.start()
    with ctx.graded(Grade.INFERRED):
        ctx.expect(
            re.fullmatch(r"\d\d[A-Za-z0-9+/]{43}=", run_id) is not None,
            "runId",
            "two digits and base64, 46 characters",
            run_id,
        )


@case(
    "wire",
    "a request of more than one megabyte is refused",
    "Developer Guide, swf-dg-limits",
    Grade.DOCUMENTED,
    given="nothing",
    covers="wire/too-large",
)
def request_too_large(ctx: Context) -> None:
    wire = ctx.target.wire
    content = json.dumps({**_LIST, "padding": "x" * (1 << 20)}).encode()
    try:
        answer = wire.post(content, wire.headers("ListDomains", content))
    except (BrokenPipeError, ConnectionError):
        return
    ctx.expect(answer.status >= 400, "status", "an error", answer)
    with ctx.graded(Grade.INFERRED):
        ctx.expect(answer.status == 413, "status", 413, answer.status)


@case(
    "wire",
    "an unsigned request is refused for its missing token",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
    needs="signatures",
)
def unsigned_request(ctx: Context) -> None:
    content = json.dumps(_LIST).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "SimpleWorkflowService.ListDomains",
    }
    answer = ctx.target.wire.post(content, headers)
    ctx.expect(
        answer.fault == "MissingAuthenticationTokenException",
        "fault",
        "MissingAuthenticationTokenException",
        answer,
    )


@case(
    "wire",
    "several problems are counted and joined by semicolons",
    "getmoto/moto issue 10262: a recorded answer",
    Grade.RECORDED,
    given="nothing",
)
def several_problems(ctx: Context) -> None:
    answer = ctx.target.call("RegisterWorkflowType", {"domain": "d"})
    problem = "Value null at '{}' failed to satisfy constraint: Member must not be null"
    expected = {problem.format("name"), problem.format("version")}
    head, _, rest = (answer.message or "").partition(": ")
    ctx.expect(answer.fault == "ValidationException", "fault", "ValidationException", answer)
    ctx.expect(
        head == "2 validation errors detected",
        "message",
        "2 validation errors detected: ...",
        answer.message,
    )
    ctx.expect(set(rest.split("; ")) == expected, "message", sorted(expected), answer.message)


@case(
    "wire",
    "an invalid request to an unknown domain is a ValidationException",
    _SIBLINGS,
    Grade.INFERRED,
    given="nothing",
)
def constraints_before_state(ctx: Context) -> None:
    body = {"domain": f"none-{uuid.uuid4().hex}", "workflowId": ""}
    answer = ctx.target.call("TerminateWorkflowExecution", body)
    ctx.expect(answer.fault == "ValidationException", "fault", "ValidationException", answer)


@case(
    "wire",
    "an HTTP/1.1 connection serves one request after the other",
    "recordings of 2023: connection keep-alive",
    Grade.RECORDED,
    given="nothing",
)
def keep_alive(ctx: Context) -> None:
    first = _list_domains(ctx)
    connection = first.headers.get("connection", "keep-alive")
    ctx.expect(connection.lower() == "keep-alive", "connection", "keep-alive", connection)
    second = _list_domains(ctx)
    ctx.expect(second.status == 200, "the second request", "status 200", second)
