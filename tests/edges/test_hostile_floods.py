"""Clients that send without end, read without end, or ask for what keeps others waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator, create_app
from swf_emulator.http import EdgeLimits, EdgeOptions
from swf_emulator.http.server import BackgroundServer

from . import wire, workload
from .test_broken_http import LIST_DOMAINS, TARGET, chunked
from .wire import Reply, Wire

pytestmark = pytest.mark.usefixtures("way")

HEAD_MAX = 20_000
UNREAD_MAX = 3_000_000
CHUNKED_PUT = (
    b"PUT /_emulator/state HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
HEALTH = b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def options() -> EdgeOptions:
    return EdgeOptions(limits=EdgeLimits(max_header_bytes=HEAD_MAX, max_unread_bytes=UNREAD_MAX))


@pytest.fixture
def url(emulator: Emulator, options: EdgeOptions) -> Iterator[str]:
    with BackgroundServer(emulator, options=options) as server:
        workload.register(server.url)
        yield server.url


def answered(url: str, data: bytes) -> Reply:
    with Wire(url) as connection:
        return connection.send(data).receive()


def sent_until_refused(url: str, start: bytes, piece: bytes, count: int) -> int:
    """Send pieces until the server refuses; return how many bytes it took."""
    sent = 0
    with Wire(url) as connection, suppress(ConnectionError):
        connection.send(start)
        for _ in range(count):
            connection.send(piece)
            sent += len(piece)
    return sent


PIECE = b"y" * 100_000
ENDLESS = {
    "trailer": chunked([b"{}"])[:-2] + b"X-Long: ",
    "chunk extension": chunked([b"{}"])[:-5] + b"2;x=",
    "second chunk extension": chunked([b"{}"])[:-5] + b"1\r\n \r\n2;x=",
}


@pytest.mark.parametrize("start", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_is_neither_head_nor_body_has_a_bound(url: str, start: bytes) -> None:
    assert sent_until_refused(url, start, PIECE, 500) < 500 * len(PIECE)


def test_trailers_are_no_headers(url: str) -> None:
    """A trailer must not pass for a header that was checked when the head came."""
    framed = (
        b"POST /_emulator/reset HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\nContent-Type: application/json\r\n\r\n"
    )
    assert answered(url, framed).status == 400


def test_many_upgrades_at_once(url: str) -> None:
    headers = [("Connection", "Upgrade"), ("Upgrade", "h2c")]
    many = 2_000
    with Wire(url) as connection:
        connection.send(wire.http_request(headers, b"", "GET /no HTTP/1.1") * many)
        assert [connection.receive().status for _ in range(many)] == [405] * many


@pytest.fixture
def history(url: str) -> bytes:
    """The request for a page of 9 MB; a socket takes less than two of them at once."""
    run_id = workload.start(url, "large", input="x" * 32_000)
    signal = {"domain": workload.DOMAIN, "workflowId": "large", "signalName": "s"}
    for _ in range(300):
        wire.succeed(url, "SignalWorkflowExecution", **signal, input="y" * 32_000)
    execution = {"workflowId": "large", "runId": run_id}
    return wire.request(
        "GetWorkflowExecutionHistory", {"domain": workload.DOMAIN, "execution": execution}
    )


def test_unread_answers_end_their_connections_and_no_others(url: str, history: bytes) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(Wire(url)).send(history * 2) for _ in range(6)]
        with Wire(url) as connection:
            for _ in range(20):
                connection.send(wire.request(*LIST_DOMAINS))
                assert connection.receive().status == 200
                assert answered(url, HEALTH).status == 200
        outcomes = []
        for reader in readers:
            try:
                outcomes.append(min(reader.receive().status for _ in range(2)))
            except (ConnectionError, AssertionError):
                outcomes.append(0)
    assert 0 in outcomes
    assert outcomes[-1] == 200, "the last one must not pay for the others"


def test_slow_readers_of_pages_keep_no_others_waiting(url: str, history: bytes) -> None:
    export = b"GET /_emulator/state HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(Wire(url)).send(export)
        began = time.monotonic()
        for _ in range(5):
            assert answered(url, HEALTH).status == 200
        assert time.monotonic() - began < 5


FOREIGN_STATE = {
    "host": CHUNKED_PUT % b"evil.example",
    "origin": CHUNKED_PUT % b"localhost\r\nOrigin: http://evil.example",
}


@pytest.mark.parametrize("head", FOREIGN_STATE.values(), ids=FOREIGN_STATE.keys())
def test_a_foreign_page_cannot_fill_the_memory(url: str, head: bytes) -> None:
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
    with Wire(url) as connection:
        with suppress(ConnectionError):
            connection.send(head)
            for _ in range(20):
                connection.send(piece)
        assert connection.receive().status in (403, 413)


def test_without_control_a_state_has_the_bound_of_every_body(emulator: Emulator) -> None:
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
    options = EdgeOptions(control=False)
    with BackgroundServer(emulator, options=options) as server, Wire(server.url) as connection:
        with suppress(ConnectionError):
            connection.send(CHUNKED_PUT % b"localhost" + piece * 20)
        assert connection.receive().status in (404, 413)


@pytest.fixture
def client(emulator: Emulator) -> Client:
    return create_app(emulator).test_client()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Host": "evil.example", "Origin": "http://localhost"}],
)
def test_a_foreign_page_cannot_call_in_a_wsgi_host(client: Client, headers: dict[str, str]) -> None:
    body = b'{"registrationStatus": "REGISTERED"}'
    assert client.post("/", data=body, headers=dict([TARGET])).status_code == 200
    refused = client.post("/", data=body, headers={**dict([TARGET]), **headers})
    assert refused.status_code == 403
    assert json.loads(refused.data)["__type"].endswith("#AccessDeniedException")


def test_a_call_by_another_method_in_a_wsgi_host(client: Client) -> None:
    refused = client.get("/", headers=dict([TARGET]))
    assert refused.status_code == 400
    assert json.loads(refused.data)["__type"].endswith("#UnknownOperationException")
