"""Clients that would stop the server, use it up or use it from a web page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.http import EdgeOptions
from swf_emulator.http.limits import EdgeLimits
from swf_emulator.http.server import BackgroundServer

from . import wire, workload
from .conftest import Serve
from .test_broken_http import LIST_DOMAINS, TARGET, chunked
from .wire import Headers, Reply, Wire

pytestmark = pytest.mark.usefixtures("way")

HEAD_MAX = 20_000
STATUS_REQUEST = b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def url(emulator: Emulator) -> Iterator[str]:
    limits = EdgeLimits(max_header_bytes=HEAD_MAX)
    options = EdgeOptions(limits=limits, allowed_hosts=("Emulator.Example",))
    with BackgroundServer(emulator, options=options) as server:
        workload.register(server.url)
        yield server.url


def answered(url: str, data: bytes) -> Reply:
    with Wire(url) as connection:
        return connection.send(data).receive()


# The end of the server.


HALF_A_BODY = {
    "of a call": http if (http := wire.request(*LIST_DOMAINS)[:-5]) else b"",
    "of a reset": wire.http_request([], b"{...", "POST /_emulator/reset HTTP/1.1")[:-2],
    "of a chunk": chunked([b'{"registrationStatus": "REGISTERED"}'])[:-12],
    "of a head": wire.request(*LIST_DOMAINS)[:40],
}


@pytest.mark.parametrize("data", HALF_A_BODY.values(), ids=HALF_A_BODY.keys())
def test_the_server_stops_while_a_request_is_half_sent(emulator: Emulator, data: bytes) -> None:
    server = BackgroundServer(emulator).start()
    with Wire(server.url) as connection:
        connection.send(data)
        assert answered(server.url, STATUS_REQUEST).status == 200
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


def test_the_server_stops_while_an_answer_is_not_read(emulator: Emulator) -> None:
    server = BackgroundServer(emulator).start()
    workload.register(server.url)
    run_id = workload.start(server.url, "large", input="x" * 32_000)
    for _ in range(40):
        wire.succeed(
            server.url,
            "SignalWorkflowExecution",
            domain=workload.DOMAIN,
            workflowId="large",
            signalName="s",
            input="y" * 32_000,
        )
    history = wire.request(
        "GetWorkflowExecutionHistory",
        {"domain": workload.DOMAIN, "execution": {"workflowId": "large", "runId": run_id}},
    )
    with Wire(server.url) as connection:
        connection.send(history * 20)
        assert answered(server.url, STATUS_REQUEST).status == 200
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


# Web pages.

FOREIGN: dict[str, Headers] = {
    "page of another site": [("Origin", "http://evil.example")],
    "page without a name": [("Origin", "null")],
    "name without its host": [("Origin", "http://[")],
    "own name, resolved by the page": [("Host", "evil.example"), ("Origin", "http://localhost")],
    "both": [("Host", "evil.example:80"), ("Origin", "http://evil.example")],
}
OURS: dict[str, Headers] = {
    "an SDK in a container": [("Host", "swf.default.svc.cluster.local")],
    "a page of this machine": [("Host", "localhost"), ("Origin", "http://LocalHost:3000")],
    "a page at an address": [("Host", "127.0.0.1:4596"), ("Origin", "http://[::1]:3000")],
    "an allowed name": [("Host", "EMULATOR.example"), ("Origin", "https://emulator.example")],
}


def _list_domains(headers: Headers) -> bytes:
    host = dict(headers).get("Host", "localhost")
    others = [header for header in headers if header[0] != "Host"]
    call = wire.request(*LIST_DOMAINS, others)
    return call.replace(b"Host: localhost", f"Host: {host}".encode(), 1)


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_page_cannot_call(url: str, headers: Headers) -> None:
    reply = answered(url, _list_domains(headers))
    assert (reply.status, reply.fault) == (403, "AccessDeniedException")


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS.keys())
def test_who_may_call_goes_on_calling(url: str, headers: Headers) -> None:
    assert answered(url, _list_domains(headers)).status == 200


@pytest.mark.parametrize("host", ["xn--", "[", "a..b", "\u00fc.example", "x" * 300])
@pytest.mark.parametrize("origin", [None, "http://[", "http://xn--", "::"])
@pytest.mark.parametrize("path", ["GET /", "POST /_emulator/reset", "POST /domains"])
def test_strange_names_are_no_internal_error(
    url: str, host: str, origin: str | None, path: str
) -> None:
    lines = [f"{path} HTTP/1.1", f"Host: {host}", "Content-Length: 0", "Connection: close"]
    lines += [] if origin is None else [f"Origin: {origin}"]
    assert answered(url, "\r\n".join([*lines, "", ""]).encode("latin-1")).status < 500


# Bodies.


def test_a_chunked_reset_of_a_domain_resets_that_domain(url: str, emulator: Emulator) -> None:
    """The body is lost where the frame of a request is not made whole."""
    registered = {"workflowExecutionRetentionPeriodInDays": "1"}
    wire.succeed(url, "RegisterDomain", name="other", **registered)
    body = json.dumps({"domain": "other"}).encode()
    head = (
        b"POST /_emulator/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    )
    framed = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert answered(url, head + framed).status == 200
    left = wire.succeed(url, *LIST_DOMAINS[:1], **LIST_DOMAINS[1])["domainInfos"]
    assert [domain["name"] for domain in left] == [workload.DOMAIN]


def test_slow_bodies_block_no_other_page(url: str) -> None:
    heads = [
        wire.http_request([], b"x" * 10, "POST /_emulator/reset HTTP/1.1")[:-10],
        wire.http_request([], b"x" * 10, "POST /domains HTTP/1.1")[:-10],
        wire.http_request([("X_Amz_Target", TARGET[1])], b"x" * 10)[:-10],
    ]
    connections = [Wire(url).send(heads[index % len(heads)]) for index in range(12)]
    try:
        assert answered(url, STATUS_REQUEST).status == 200
    finally:
        for connection in connections:
            connection.close()


def test_a_target_in_underscores_is_no_call(serve: Serve) -> None:
    """It would hold a poll in one of the threads that make pages."""
    _, url = serve(Settings(poll_hold_seconds=30.0))
    body = json.dumps(workload.poll_parameters()).encode()
    target = ("X_Amz_Target", "SimpleWorkflowService.PollForDecisionTask")
    reply = answered(url, wire.http_request([target], body))
    assert (reply.status, reply.fault) == (400, "UnknownOperationException")


# Heads.


def test_trailers_have_a_bound(url: str) -> None:
    whole = chunked([b'{"registrationStatus": "REGISTERED"}'])[:-2]
    trailers = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(4_000))
    with Wire(url) as connection:
        try:
            connection.send(whole + trailers + b"\r\n")
        except ConnectionError:
            return
        try:
            first = connection.receive()
        except ConnectionError:  # what was not read resets the connection
            return
        assert first.status == 431


def test_a_few_trailers_are_ignored(url: str) -> None:
    whole = chunked([b'{"registrationStatus": "REGISTERED"}'])[:-2]
    assert answered(url, whole + b"X-Checksum: abc\r\n\r\n").status == 200


@pytest.mark.parametrize("credential", ["Credential=" * 1_500, "Credential=a/" * 1_200])
def test_a_long_signature_costs_no_more_than_its_length(url: str, credential: str) -> None:
    started = time.monotonic()
    call = wire.request(*LIST_DOMAINS, [("Authorization", credential)])
    for _ in range(5):
        assert answered(url, call).status == 200
    assert time.monotonic() - started < 1


UPGRADES: dict[str, Headers] = {
    "h2c": [
        ("Connection", "Upgrade, HTTP2-Settings"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"),
    ],
    "websocket": [("Connection", "Upgrade"), ("Upgrade", "websocket")],
    "TLS": [("Connection", "upgrade"), ("Upgrade", "TLS/1.2")],
}


@pytest.mark.parametrize("headers", UPGRADES.values(), ids=UPGRADES.keys())
def test_an_upgrade_is_answered_in_http_1_1(url: str, headers: Headers) -> None:
    """The HTTP client of the JDK asks for HTTP/2 in each first call."""
    upgrading = wire.request(*LIST_DOMAINS, headers)
    with Wire(url) as connection:
        for call in (upgrading, wire.request(*LIST_DOMAINS), upgrading + upgrading):
            reply = connection.send(call).receive()
            assert reply.status == 200
            assert [info["name"] for info in reply.json()["domainInfos"]] == [workload.DOMAIN]
        assert connection.receive().status == 200


def test_a_tunnel_is_refused(url: str) -> None:
    reply = answered(url, b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert reply.status == 405


# Targets.


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_call_by_another_method(url: str, method: str) -> None:
    data = wire.http_request(
        [TARGET], b'{"registrationStatus": "REGISTERED"}', f"{method} / HTTP/1.1"
    )
    reply = answered(url, data)
    assert (reply.status, reply.fault) == (400, "UnknownOperationException")


@pytest.mark.parametrize("target", ["ListDomains", ".ListDomains", "DynamoDB_20120810.ListDomains"])
def test_a_target_of_no_service(url: str, target: str) -> None:
    data = wire.http_request([("X-Amz-Target", target)], b'{"registrationStatus": "REGISTERED"}')
    reply = answered(url, data)
    assert (reply.status, reply.fault) == (400, "UnknownOperationException")


# Polls.


def test_a_task_is_not_given_to_a_poll_whose_client_has_gone(serve: Serve) -> None:
    """Not even if it is there when the poll comes."""
    emulator, url = serve(Settings(poll_hold_seconds=30.0))
    for number in range(20):
        run_id = workload.start(url, f"w{number}")
        with emulator.service.engine.transaction.lock, Wire(url) as connection:
            connection.send(workload.decision_poll())
            connection.reset()  # before the call can be answered
        task = answered(url, workload.decision_poll()).json()
        assert task["workflowExecution"]["runId"] == run_id
        complete = [{"decisionType": "CompleteWorkflowExecution"}]
        workload.decide(url, task["taskToken"], *complete)
