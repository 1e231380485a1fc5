"""Limits of what one client can use: heads, bodies, time, connections, held polls."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator

import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.http import EdgeLimits, EdgeOptions
from swf_emulator.http.server import BackgroundServer, NonLoopbackHostError, bind, url_of
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("way")

PATIENCE_SECONDS = 0.4
LIMITS = EdgeLimits(
    max_connections=5,
    max_header_bytes=2048,
    request_timeout_seconds=PATIENCE_SECONDS,
    idle_timeout_seconds=1,
)
BODY_MAX = 100_000
LIST_DOMAINS = b'{"registrationStatus":"REGISTERED"}'
Address = tuple[str, int]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    settings = Settings(poll_hold_seconds=60, max_held_polls=2, max_request_bytes=BODY_MAX)
    with Emulator(settings) as running:
        yield running


@pytest.fixture
def address(emulator: Emulator) -> Iterator[Address]:
    with BackgroundServer(emulator, options=EdgeOptions(limits=LIMITS)) as server:
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        yield host, int(port)


def connect(address: Address) -> socket.socket:
    return socket.create_connection(address, timeout=20)


def request(operation: str, body: bytes, headers: bytes = b"") -> bytes:
    return (
        b"POST / HTTP/1.1\r\nHost: localhost\r\n"
        b"X-Amz-Target: SimpleWorkflowService.%s\r\n%sContent-Length: %d\r\n\r\n%s"
        % (operation.encode(), headers, len(body), body)
    )


def read_answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer; the connection may stay open."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65_536)
        assert chunk, f"closed after {received!r}"
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    (length,) = (int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65_536)
    return int(head.split()[1]), body


def read_end(connection: socket.socket) -> bytes:
    """Everything received until the server closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(65_536):
            received += chunk
    return received


def ask(connection: socket.socket, operation: str, body: bytes) -> tuple[int, bytes]:
    connection.sendall(request(operation, body))
    return read_answer(connection)


def test_a_large_head_in_one_piece(address: Address) -> None:
    with connect(address) as connection:
        connection.sendall(request("ListDomains", LIST_DOMAINS, b"X-Long: %s\r\n" % (b"a" * 3000)))
        assert read_end(connection).startswith(b"HTTP/1.1 431 ")


def test_a_large_head_in_many_pieces_that_never_end(address: Address) -> None:
    with connect(address) as connection:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(b"POST / HTTP/1.1\r\n")
            for _ in range(100):
                connection.sendall(b"X-Header: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
        assert read_end(connection).startswith(b"HTTP/1.1 431 ")


def test_a_small_head_with_a_large_body(address: Address) -> None:
    body = json.dumps({"registrationStatus": "REGISTERED", "x": "a" * 50_000}).encode()
    with connect(address) as connection:
        assert ask(connection, "ListDomains", body)[0] == 200
        assert ask(connection, "ListDomains", LIST_DOMAINS)[0] == 200


def test_a_large_body(address: Address) -> None:
    with connect(address) as connection:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(request("ListDomains", b" " * (BODY_MAX + 100_000)))
        assert read_end(connection).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "part",
    [
        b"POST / HTTP/1.1\r\nX-Amz-Tar",
        request("ListDomains", LIST_DOMAINS)[:-5],
        b"GET /_emulator/health HTTP/1.1\r\n",
    ],
    ids=["head", "body", "get"],
)
def test_a_request_that_never_ends(address: Address, part: bytes) -> None:
    began = time.monotonic()
    with connect(address) as connection:
        connection.sendall(part)
        assert read_end(connection).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began >= PATIENCE_SECONDS


def test_a_request_that_trickles_in(address: Address, emulator: Emulator) -> None:
    whole = request("ListDomains", LIST_DOMAINS)
    with connect(address) as connection:
        connection.settimeout(0.05)
        received = b""
        for byte in whole:
            try:
                connection.sendall(bytes([byte]))
                received += connection.recv(1000)
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                break
            break
        assert received.startswith(b"HTTP/1.1 408 ")


def test_a_silent_connection_is_closed(address: Address) -> None:
    with connect(address) as connection:
        assert read_end(connection) == b""


def test_an_idle_connection_is_closed(address: Address) -> None:
    began = time.monotonic()
    with connect(address) as connection:
        assert ask(connection, "ListDomains", LIST_DOMAINS)[0] == 200
        assert read_end(connection) == b""
    assert time.monotonic() - began >= 1


def test_a_held_poll_is_not_an_idle_connection(address: Address, emulator: Emulator) -> None:
    with connect(address) as connection:
        ask(
            connection,
            "RegisterDomain",
            b'{"name":"d","workflowExecutionRetentionPeriodInDays":"1"}',
        )
        connection.sendall(
            request("PollForActivityTask", b'{"domain":"d","taskList":{"name":"t"}}')
        )
        wait_until(lambda: emulator.service.engine.polls.held == 1)
        with connect(address) as idle:
            read_end(idle)
        assert emulator.service.engine.polls.held == 1
        emulator.accounts.release_polls()
        assert read_answer(connection) == (200, b'{"startedEventId":0}')


def test_an_answer_that_is_not_read(address: Address, emulator: Emulator) -> None:
    swf = emulator.client()
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="d", name="w", version="1")
    run_id = swf.start_workflow_execution(
        domain="d",
        workflowId="w",
        workflowType={"name": "w", "version": "1"},
        taskList={"name": "t"},
        taskStartToCloseTimeout="60",
        executionStartToCloseTimeout="600",
        childPolicy="TERMINATE",
    )["runId"]
    for _ in range(600):
        swf.signal_workflow_execution(
            domain="d", workflowId="w", signalName="s", input="x" * 32_000
        )
    body = json.dumps({"domain": "d", "execution": {"workflowId": "w", "runId": run_id}}).encode()
    with connect(address) as connection, connect(address) as other:
        connection.sendall(request("GetWorkflowExecutionHistory", body))
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        read_end(other)
        while time.monotonic() - began < 3 * PATIENCE_SECONDS:
            with connect(address) as another:
                read_end(another)
        assert len(read_end(connection)) < 600 * 32_000


def test_connections_beyond_the_limit_are_throttled(address: Address) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(LIMITS.max_connections):
            connection = opened.enter_context(connect(address))
            assert ask(connection, "ListDomains", LIST_DOMAINS)[0] == 200
        beyond = opened.enter_context(connect(address))
        status, body = ask(beyond, "ListDomains", LIST_DOMAINS)
        assert status == 400
        assert json.loads(body) == {
            "__type": "com.amazon.coral.availability#ThrottlingException",
            "message": "Rate exceeded",
        }
        assert read_end(beyond) == b""


def test_polls_beyond_the_limit_are_throttled(address: Address, emulator: Emulator) -> None:
    with contextlib.ExitStack() as opened:
        connections = [opened.enter_context(connect(address)) for _ in range(3)]
        ask(
            connections[0],
            "RegisterDomain",
            b'{"name":"d","workflowExecutionRetentionPeriodInDays":"1"}',
        )
        for number in range(2):
            body = b'{"domain":"d","taskList":{"name":"t%d"}}' % number
            connections[number].sendall(request("PollForDecisionTask", body))
        wait_until(lambda: emulator.service.engine.polls.held == 2)
        status, body = ask(
            connections[2], "PollForDecisionTask", b'{"domain":"d","taskList":{"name":"t"}}'
        )
        assert status == 400
        assert json.loads(body)["__type"].endswith("#ThrottlingException")
        emulator.accounts.release_polls()
        for number in range(2):
            assert read_answer(connections[number])[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_may_have_a_name(host: str) -> None:
    with bind(host, 0) as listener:
        assert url_of(listener).startswith(("http://127.0.0.1:", "http://[::1]:"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_is_used_as_it_is(host: str) -> None:
    with bind(host, 0) as listener:
        assert url_of(listener).startswith(("http://127.0.0.1:", "http://[::1]:"))


def test_a_name_must_resolve_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NonLoopbackHostError, match=r"ci-host resolves to 192\.0\.2\.1, which"):
        bind("ci-host", 0)
    with pytest.raises(NonLoopbackHostError, match=r"must not be empty; 0\.0\.0\.0 means all"):
        bind("", 0)
