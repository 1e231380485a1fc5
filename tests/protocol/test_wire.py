"""Requests and answers as bytes: targets, JSON, content types, ids, sizes.

Source: Developer Guide, "Making HTTP requests"; recorded exchanges 2016 to 2023; for broken
requests, other services on the same framework.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.protocol.call import OPERATIONS, Call, Operation, operation
from swf_emulator.protocol.results import EMPTY

from .caller import AMZ_JSON, SERIALIZATION, TARGET, VALIDATION, Caller

OLD_TARGET = "com.amazonaws.swf.service.model.SimpleWorkflowService."
DESCRIBE = b'{"name":"d"}'
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize("prefix", [TARGET, OLD_TARGET])
def test_both_target_prefixes(caller: Caller, prefix: str) -> None:
    assert caller.send(prefix + "DescribeDomain", DESCRIBE).status == 200


@pytest.mark.parametrize(
    "target", [None, "", "SimpleWorkflowService.", "Nonsense", f"{TARGET}describeDomain"]
)
def test_unknown_operations(caller: Caller, target: str | None) -> None:
    answer = caller.send(target, DESCRIBE)
    assert answer.status == 400
    assert answer.body == b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"}",
        b"{'name': 'd'}",
        b"name=d",
        b'{"name":"d"} x',
        b'{"name":"d",}',
        b'{"name":NaN}',
        b'{"name":"d","x":Infinity}',
        b'{"name":"d","x":-Infinity}',
        b'{"name":"\xff"}',
        b"\xff\xfe{\x00",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name":"line\nbreak"}',
        b"[]",
        b'"d"',
        b"null",
        b"1",
        b"true",
    ],
)
def test_bodies_that_are_no_json_object(caller: Caller, body: bytes) -> None:
    answer = caller.send(f"{TARGET}DescribeDomain", body)
    assert answer.status == 400
    assert json.loads(answer.body) == {"__type": SERIALIZATION}


def test_json_comes_before_the_operation(caller: Caller) -> None:
    answer = caller.send("Nonsense", b"{")
    assert json.loads(answer.body) == {"__type": SERIALIZATION}


def test_an_operation_without_required_members_takes_an_empty_object(caller: Caller) -> None:
    body = json.loads(caller.send(f"{TARGET}ListDomains", b" {} ").body)
    assert body["__type"] == VALIDATION


@pytest.mark.parametrize("digits", [20, 4_000, 5_000, 100_000])
def test_huge_integers(caller: Caller, digits: int) -> None:
    body = b'{"registrationStatus":"REGISTERED","maximumPageSize":' + b"9" * digits + b"}"
    answer = caller.send(f"{TARGET}ListDomains", body)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] in (SERIALIZATION, VALIDATION)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400"])
def test_numbers_beyond_all_bounds(caller: Caller, number: bytes) -> None:
    page = b'{"registrationStatus":"REGISTERED","maximumPageSize":' + number + b"}"
    since = b'{"domain":"d","startTimeFilter":{"oldestDate":' + number + b"}}"
    for name, body in (("ListDomains", page), ("CountOpenWorkflowExecutions", since)):
        answer = caller.send(TARGET + name, body)
        assert json.loads(answer.body) == {"__type": SERIALIZATION}


def test_of_duplicate_members_the_last_counts(caller: Caller) -> None:
    answer = caller.send(f"{TARGET}DescribeDomain", b'{"name":"gone","name":"d"}')
    assert answer.status == 200


def test_characters_outside_the_basic_plane(caller: Caller) -> None:
    for name in ('"\\ud83d\\ude00"', '"😀😀"'):
        body = f'{{"name":{name},"workflowExecutionRetentionPeriodInDays":"1"}}'.encode()
        assert caller.send(f"{TARGET}RegisterDomain", body).status == 200
        assert caller.call("DescribeDomain", name=json.loads(name))


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00x", "\\ud83dx"])
def test_lone_surrogates_are_not_accepted(caller: Caller, text: str) -> None:
    """RFC 8259, 8.2: what to do with them is open."""
    answer = caller.send(f"{TARGET}DescribeDomain", f'{{"name":"{text}"}}'.encode())
    assert json.loads(answer.body) == {"__type": SERIALIZATION}


@pytest.mark.parametrize(
    ("requested", "answered"),
    [
        (AMZ_JSON, AMZ_JSON),
        (f"{AMZ_JSON}; charset=UTF-8", AMZ_JSON),
        ("application/json", "application/json"),
        ("application/json; charset=UTF-8", "application/json"),
        ("", "application/json"),
        ("text/plain", "application/json"),
    ],
)
def test_content_types(caller: Caller, requested: str, answered: str) -> None:
    for body, status in ((DESCRIBE, 200), (b"{}", 400), (b"", 400)):
        answer = caller.send(f"{TARGET}DescribeDomain", body, content_type=requested)
        assert (answer.status, answer.content_type) == (status, answered)
        assert ("Content-Type", answered) in answer.headers()


def test_every_answer_has_a_request_id_of_its_own(caller: Caller) -> None:
    answers = [caller.send(f"{TARGET}DescribeDomain", body) for body in (DESCRIBE, b"{}", b"")]
    assert all(UUID4.fullmatch(answer.request_id) for answer in answers)
    assert len({answer.request_id for answer in answers}) == 3
    assert all(("x-amzn-RequestId", each.request_id) in each.headers() for each in answers)


def test_void_operations_answer_nothing_at_all(caller: Caller) -> None:
    body = b'{"name":"n","workflowExecutionRetentionPeriodInDays":"1"}'
    answer = caller.send(f"{TARGET}RegisterDomain", body)
    assert answer.body == b""
    assert ("Content-Length", "0") in answer.headers()


def test_json_is_compact_and_in_alphabetical_order(caller: Caller) -> None:
    answer = caller.send(f"{TARGET}DescribeDomain", DESCRIBE)
    assert answer.body == (
        b'{"configuration":{"workflowExecutionRetentionPeriodInDays":"NONE"},"domainInfo":'
        b'{"arn":"arn:aws:swf:us-east-1:123456789012:/domain/d","name":"d","status":"REGISTERED"}}'
    )
    assert ("Content-Length", str(len(answer.body))) in answer.headers()


def test_swf_s_own_faults(caller: Caller) -> None:
    answer = caller.send(f"{TARGET}DescribeDomain", b'{"name":"gone"}')
    assert answer.status == 400
    assert answer.body == (
        b'{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault",'
        b'"message":"Unknown domain: gone"}'
    )
    assert answer.fault is not None
    assert answer.fault.code == "UnknownResourceFault"


def test_a_request_above_the_limit() -> None:
    caller = Caller(Emulator(Settings(max_request_bytes=100)))
    assert caller.send(f"{TARGET}DescribeDomain", b"{}", size=100).status == 400
    answer = caller.send(f"{TARGET}DescribeDomain", b"{}", size=101)
    assert answer.status == 413
    body = json.loads(answer.body)
    assert body["__type"] == "com.amazon.coral.service#RequestEntityTooLargeException"


def test_throttling(caller: Caller) -> None:
    caller.emulator.refusals.refuse_operation("DescribeDomain", times=1)
    answer = caller.send(f"{TARGET}DescribeDomain", DESCRIBE)
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "__type": "com.amazon.coral.availability#ThrottlingException",
        "message": "Rate exceeded",
    }
    assert caller.send(f"{TARGET}DescribeDomain", DESCRIBE).status == 200


def test_an_internal_error(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is that of the service, without a message; the log has the traceback."""

    def fails(_: Call) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setitem(OPERATIONS, "ListDomains", Operation(fails, reads=True))
    answer = caller.send(f"{TARGET}ListDomains", b'{"registrationStatus":"REGISTERED"}')
    assert answer.status == 500
    assert answer.body == b'{"__type":"com.amazon.coral.service#InternalFailure"}'
    assert caplog.messages == [
        "internal error in ListDomains: {'registrationStatus': 'REGISTERED'}"
    ]
    assert caplog.records[0].exc_info is not None


SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/{}/swf/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    ("authorization", "arn"),
    [
        ("", "us-east-1:123456789012"),
        ("garbage", "us-east-1:123456789012"),
        (SIGNED.format("AKIDEXAMPLE", "eu-west-1"), "eu-west-1:123456789012"),
        (SIGNED.format("210987654321", "ap-south-1"), "ap-south-1:210987654321"),
        (SIGNED.format("2109876543210", "us-east-1"), "us-east-1:123456789012"),
        (SIGNED.format("٢١٠٩٨٧٦٥٤٣٢١", "us-east-1"), "us-east-1:123456789012"),
    ],
)
def test_account_and_region_of_the_signature(caller: Caller, authorization: str, arn: str) -> None:
    body = b'{"name":"n","workflowExecutionRetentionPeriodInDays":"1"}'
    caller.send(f"{TARGET}RegisterDomain", body, authorization=authorization)
    answer = caller.send(f"{TARGET}DescribeDomain", b'{"name":"n"}', authorization=authorization)
    info = json.loads(answer.body)["domainInfo"]
    assert info["arn"] == f"arn:aws:swf:{arn}:/domain/n"


def test_accounts_and_regions_see_nothing_of_each_other(caller: Caller) -> None:
    for key, region in (("210987654321", "us-east-1"), ("AKID", "us-west-2")):
        authorization = SIGNED.format(key, region)
        answer = caller.send(f"{TARGET}DescribeDomain", DESCRIBE, authorization=authorization)
        assert json.loads(answer.body)["message"] == "Unknown domain: d"


def test_an_operation_has_one_function() -> None:
    with pytest.raises(ValueError, match="ListDomains must have one function, not two"):
        operation("ListDomains")(lambda call: EMPTY)
