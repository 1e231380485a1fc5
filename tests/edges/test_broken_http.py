"""Broken framing: pieces, lies about lengths, other protocols, too much at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swf_emulator import Emulator, Settings
from swf_emulator.http import EdgeOptions
from swf_emulator.http.server import BackgroundServer

from . import wire, workload
from .watched import Watched
from .wire import Headers, Reply, Wire

pytestmark = pytest.mark.usefixtures("way")

LIMIT = 50_000
QUIET_SECONDS = 0.02
"""The time to wait for an answer to bytes that may get none."""

LIST_DOMAINS = ("ListDomains", {"registrationStatus": "REGISTERED"})
TARGET = ("X-Amz-Target", "SimpleWorkflowService.ListDomains")


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    settings = Settings(poll_hold_seconds=5.0, max_request_bytes=LIMIT)
    with Emulator(settings) as emulator, Watched(emulator).watching() as state:
        yield state


@pytest.fixture(scope="module")
def url(watched: Watched) -> Iterator[str]:
    with BackgroundServer(watched.emulator, options=EdgeOptions(console=False)) as server:
        workload.register(server.url)
        yield server.url


def chunked(parts: list[bytes], headers: Headers | None = None) -> bytes:
    lines = ["POST / HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in (headers or [TARGET])]
    head = "\r\n".join([*lines, "", ""]).encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def test_a_chunked_body_is_a_body(url: str) -> None:
    with Wire(url) as connection:
        parts = [b'{"registration', b'Status": "REG', b'ISTERED"}']
        reply = connection.send(chunked(parts)).receive()
    assert reply.status == 200
    assert [info["name"] for info in reply.json()["domainInfos"]] == [workload.DOMAIN]


LARGE = b'{"x": "' + b"y" * 3 * LIMIT + b'"}'
TOO_LARGE = {
    "length": wire.http_request([TARGET], LARGE),
    "chunks": chunked([LARGE[start : start + 1000] for start in range(0, len(LARGE), 1000)]),
    "no target": wire.http_request([], LARGE),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_body_that_is_too_large_is_refused(watched: Watched, url: str, name: str) -> None:
    before = watched.state()
    data = TOO_LARGE[name]
    with Wire(url) as connection:
        with suppress(ConnectionError):  # the answer is there all the same
            connection.send(data)
        reply = connection.receive()
    watched.check(before, reply)
    assert (reply.status, reply.fault) == (413, "RequestEntityTooLargeException")


def test_the_limit_counts_the_headers(url: str) -> None:
    padding = [("X-Padding", "p" * 1000)] * (LIMIT // 1000)
    with Wire(url) as connection:
        reply = connection.send(wire.request(*LIST_DOMAINS, padding)).receive()
    assert (reply.status, reply.fault) == (413, "RequestEntityTooLargeException")


def test_pipelined_requests_are_answered_in_order(url: str) -> None:
    names = [f"unknown-{number}" for number in range(20)]
    with Wire(url) as connection:
        connection.send(b"".join(wire.request("DescribeDomain", {"name": name}) for name in names))
        messages = [connection.receive().json()["message"] for _ in names]
    assert messages == [f"Unknown domain: {name}" for name in names]


def test_a_call_behind_a_held_poll_waits_for_it(watched: Watched, url: str, way: str) -> None:
    """HTTP/1.1 answers in order: the poll first, when its task comes."""
    with Wire(url) as connection:
        connection.send(workload.decision_poll("piped") + wire.request(*LIST_DOMAINS))
        workload.await_held(watched.emulator, 1)
        run_id = workload.start(url, f"piped {way}", taskList={"name": "piped"})
        assert connection.receive().json()["workflowExecution"]["runId"] == run_id
        assert connection.receive().status == 200


def test_requests_in_small_pieces(url: str) -> None:
    data = wire.request(*LIST_DOMAINS)
    with Wire(url) as connection:
        for start in range(0, len(data), 7):
            connection.send(data[start : start + 7])
        assert connection.receive().status == 200


def test_an_expectation_is_met(url: str) -> None:
    with Wire(url) as connection:
        head, body = wire.request(*LIST_DOMAINS, [("Expect", "100-continue")]).split(b"\r\n\r\n", 1)
        connection.send(head + b"\r\n\r\n")
        assert connection.socket.recv(1000).startswith(b"HTTP/1.1 100")
        assert connection.send(body).receive().status == 200


def test_version_1_0_is_answered_and_closed(url: str) -> None:
    with Wire(url) as connection:
        data = wire.request(*LIST_DOMAINS).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
        answer = connection.send(data).received_until_closed()
    assert answer.startswith(b"HTTP/1.1 200")


REFUSED = {
    "garbage": b"\x00\x01\x02garbage\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "version 0.9": b"GET /\r\n\r\n",
    "CONNECT": b"CONNECT somewhere:80 HTTP/1.1\r\nHost: somewhere\r\n\r\n",
    "path": b"POST /\xff HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "no header name": b"POST / HTTP/1.1\r\n: x\r\n\r\n",
    "negative length": wire.http_request([TARGET], b"").replace(b"Length: 0", b"Length: -5"),
    "hollow length": wire.http_request([TARGET], b"").replace(b"Length: 0", b"Length: many"),
    "two lengths": wire.http_request([TARGET, ("Content-Length", "7")], b"{}"),
    "length and chunks": wire.http_request([TARGET, ("Transfer-Encoding", "chunked")], b"{}"),
    "chunk size": chunked([b"{}"]).replace(b"2\r\n{}", b"zz\r\n{}"),
    "huge chunk size": chunked([b"{}"]).replace(b"2\r\n{}", b"f" * 30 + b"\r\n{}"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused(watched: Watched, url: str, name: str) -> None:
    before = watched.state()
    with Wire(url) as connection:
        reply = connection.send(REFUSED[name]).receive()
        assert 400 <= reply.status < 500
        watched.check(before, reply)
        assert connection.received_until_closed() == b""


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "//", "/some/where", "/_emulator", "/_emulator/reset"])
def test_other_methods_change_nothing(watched: Watched, url: str, method: str, path: str) -> None:
    before = watched.state()
    with Wire(url) as connection:
        connection.send(wire.http_request([TARGET], b"{}", f"{method} {path} HTTP/1.1"))
        if method == "HEAD":
            answer = connection.socket.recv(10_000)
            assert answer.startswith(b"HTTP/1.1 40")
            assert b"html" not in answer
            return
        reply = connection.receive()
    assert 400 <= reply.status < 500
    watched.check(before, reply)


VALID = [
    wire.request(*LIST_DOMAINS),
    chunked([b'{"registrationStatus":', b'"REGISTERED"}']),
    workload.decision_poll("fuzz"),
    wire.http_request([], b"", "GET /_emulator/health HTTP/1.1"),
]
noise = st.binary(min_size=1, max_size=10) | st.sampled_from(
    [b"\r\n", b"\r\n\r\n", b"\n", b" ", b":", b"\x00", b"Content-Length: 5\r\n", b"0\r\n\r\n"]
)


@st.composite
def broken_bytes(draw: st.DrawFn) -> bytes:
    """One or two valid requests, cut, doubled or with noise in them."""
    data = b"".join(draw(st.lists(st.sampled_from(VALID), min_size=1, max_size=2)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(["cut", "noise", "drop"]))
        if kind == "cut":
            data = data[:place]
        elif kind == "noise":
            data = data[:place] + draw(noise) + data[place:]
        else:
            data = data[:place] + data[place + draw(st.integers(1, 8)) :]
    return data


@pytest.mark.timeout(600)
def test_broken_bytes_break_nothing_else(watched: Watched, url: str) -> None:
    """Each on a connection of its own that is then closed; others are answered all the same."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(broken_bytes())
    def fuzz(data: bytes) -> None:
        before = watched.state()
        with Wire(url, QUIET_SECONDS) as connection:
            connection.send(data)
            with suppress(TimeoutError, ConnectionError):  # what is unfinished has no answer
                first = connection.receive()
                # A valid request may follow a rejected one, and change something.
                watched.check(None if data.count(b"HTTP/1.1") > 1 else before, first)
        workload.await_held(watched.emulator, 0)
        reply: Reply = wire.call(url, *LIST_DOMAINS[:1], **LIST_DOMAINS[1])
        assert reply.status == 200
        watched.check(before, reply)

    fuzz()
