"""The stream of changes for pages, over real sockets."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http.server import BackgroundServer

from .conftest import Browser, Call


@pytest.fixture
def server(emulator: Emulator) -> Iterator[BackgroundServer]:
    with BackgroundServer(emulator) as running:
        yield running


@contextmanager
def listening(url: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.request("GET", "/console/changes", headers=headers)
    with closing(connection), connection.getresponse() as stream:
        yield stream


def next_state(stream: http.client.HTTPResponse) -> str:
    """The data of the next event."""
    while True:
        line = stream.readline().decode()
        assert line, "the stream has ended"
        if line.startswith("data: "):
            return line[6:].strip()


def test_changes_and_clock_moves_are_streamed(
    server: BackgroundServer, call: Call, clock: VirtualClock
) -> None:
    with listening(server.url) as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"] == "text/event-stream"
        first = next_state(stream)
        call("RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="1")
        second = next_state(stream)
        assert second != first
        clock.advance(5)
        assert next_state(stream) != second


def test_streams_take_no_thread(server: BackgroundServer) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        for _ in range(40):
            next_state(stack.enter_context(listening(server.url)))
        assert threading.active_count() <= before + 1


def test_the_server_stops_despite_open_streams(emulator: Emulator) -> None:
    server = BackgroundServer(emulator).start()
    with listening(server.url) as stream:
        next_state(stream)
        server.stop()
        assert stream.read().strip() == b""


def test_a_foreign_host_is_rejected(server: BackgroundServer) -> None:
    with listening(server.url, Host="evil.example") as stream:
        assert stream.status == 403


def test_a_host_that_cannot_stream_answers_once(browser: Browser) -> None:
    response = browser.client.get("/console/changes")
    assert response.mimetype == "text/event-stream"
    assert response.text.startswith("retry: 1000\ndata: ")
