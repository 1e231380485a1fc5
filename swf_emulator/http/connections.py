"""Connections with limits: a client can send or read neither too slowly nor too much.

This is uvicorn's own protocol class with limits around it. `sweep` checks the time limits of all
connections together at intervals, so that they cost a call nothing.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Iterable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ..core import faults
from ..protocol import errors
from ..protocol.answers import Answer
from .limits import EdgeLimits
from .short_way import AwsApplication, ShortCall, aws_fields

CONNECTION = "swf_emulator.connection"
"""The key of a request's `Connection` in its ASGI scope."""

HANGUP = getattr(select, "POLLRDHUP", 0)
"""On Linux, poll also for a client that writes no more; errors and hang-ups need no flag."""

PIPELINE_READ_MAX = 8
"""While more requests than this wait for the answer to an earlier one, no data is read."""

JSON = b"application/x-amz-json-1.0"
REASONS = {
    405: b"Method Not Allowed",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
}


class Connection(HttpToolsProtocol):
    """One client's connection. ``limits``, ``aws`` and ``stalled`` are set by `limited`."""

    limits: EdgeLimits
    aws: AwsApplication
    stalled: dict[Connection, None]
    """The connections whose clients do not read as fast as they ask, ordered by time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._opaque_bytes = 0
        self._in_head = True
        self._upgrading = False
        self._hangup: Any = None
        self._request_since: float | None = self.loop.time()
        self._stalled_since: float | None = None
        self._cycles: list[RequestResponseCycle | ShortCall] = []
        self._usual_app = self.app
        self._may_be_short = True
        if len(self.connections) > self.limits.max_connections:
            self.app = throttle

    def data_received(self, data: bytes) -> None:
        """Parse data. What is neither head nor body (trailers, say) is limited as a head is."""
        if self._request_since is None:
            self._request_since = self.loop.time()
            self._in_head = True
            self._opaque_bytes = 0
        self._opaque_bytes += len(data)
        self._may_be_short = True
        self._unset_keepalive_if_required()
        while data:
            data = self._parse(data)
        if self._opaque_bytes > self.limits.max_header_bytes:
            self._reject(431)

    def _parse(self, data: bytes) -> bytes:
        """Return what is still to be parsed: a request that wished for an upgrade, without it."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self.parser.get_method() == b"CONNECT":
                self._reject(405)
                return b""
            head = self._head_without_upgrade()
            self.parser = httptools.HttpRequestParser(self)
            self._upgrading = False
            return head + data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        return b""

    def _head_without_upgrade(self) -> bytes:
        """The head of a request that wishes for another protocol, without the wish.

        The parser ends at such a head, also if a body follows. RFC 9110 permits an answer in
        HTTP/1.1, as if there had been no wish.
        """
        version = self.parser.get_http_version().encode()
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)]
        for name, value in self.headers:
            if name == b"connection":
                options = [option.strip() for option in value.lower().split(b",")]
                value = b"close" if b"close" in options else b"keep-alive"
            if name not in (b"upgrade", b"http2-settings"):
                lines.append(b"%b: %b" % (name, value))
        return b"\r\n".join([*lines, b"", b""])

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            self._upgrading = True
            return
        self._in_head = False
        bound = self.limits.max_header_bytes
        # The first data may be a small head followed by a large body.
        if self._opaque_bytes > bound and self._size_of_head() > bound:
            self.app = reject_head
        self._opaque_bytes = 0
        if self._take_short_way():
            return
        super().on_headers_complete()
        if self.scope["http_version"] == "0.9":  # it cannot keep a connection
            self.cycle.keep_alive = False
        if self.cycle is not None:
            self.keep(self.cycle)
        if 0 < len(self.pipeline) <= PIPELINE_READ_MAX:
            self.flow.resume_reading()  # to learn of it if the client disconnects

    def keep(self, cycle: RequestResponseCycle | ShortCall) -> None:
        """Remember a request that is being answered, for `lose`."""
        if self._cycles and self._cycles[0].response_complete:
            self._cycles = [kept for kept in self._cycles if not kept.response_complete]
        self._cycles.append(cycle)

    def _take_short_way(self) -> bool:
        """Begin an AWS call that nothing precedes on this connection; see `short_way`.

        The first in a portion of data only: a client that sends a thousand at once goes uvicorn's
        way, which gives other connections their turn in between.
        """
        before = self.cycle
        if (
            not self._may_be_short
            or self.parser.get_method() != b"POST"
            or (before is not None and not before.response_complete)
            or self.app is not self._usual_app
            or self.flow.write_paused
            or self.transport.is_closing()
        ):
            return False
        fields = aws_fields(self.headers)
        version = self.parser.get_http_version()
        if fields is None or version == "0.9":
            return False
        self._may_be_short = False
        keep_alive = version != "1.0" and self.parser.should_keep_alive()
        self.cycle = ShortCall(self, self.aws, fields, self.headers, keep_alive)  # type: ignore[assignment]
        return True

    def answered(self, call: ShortCall, answer: Answer) -> None:
        """Send the answer to a call that took the short way."""
        if self.transport.is_closing():
            return
        self.transport.write(call.response(answer, self.server_state.default_headers))
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _size_of_head(self) -> int:
        headers = sum(len(name) + len(value) + 4 for name, value in self.headers)
        return len(self.url) + headers

    def on_body(self, body: bytes) -> None:
        self._opaque_bytes = 0
        call = self.cycle
        if not isinstance(call, ShortCall):
            super().on_body(body)
        elif not call.response_complete:
            call.add(body)

    def on_message_complete(self) -> None:
        if self._upgrading:
            return
        self._request_since = None
        call = self.cycle
        if not isinstance(call, ShortCall):
            super().on_message_complete()
        elif not call.response_complete:
            call.complete()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self.scope[CONNECTION] = self  # type: ignore[literal-required]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose()
        self.stalled.pop(self, None)
        super().connection_lost(exc)

    def lose(self) -> None:
        """Notify every request being answered that the client has disconnected.

        uvicorn notifies only the last one; a client may have sent several ahead.
        """
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()

    def gone(self) -> bool:
        """Whether the client has closed the connection, according to the kernel.

        The event loop learns of it some rounds later; a task must not be lost in between.
        """
        if self.transport.is_closing():
            return True
        if self._hangup is None:
            if not hasattr(select, "poll"):
                return False
            self._hangup = select.poll()
            self._hangup.register(self.transport.get_extra_info("socket").fileno(), HANGUP)
        return bool(self._hangup.poll(0))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled_since = self.loop.time()
        self.stalled[self] = None
        self._limit_unread()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stalled_since = None
        self.stalled.pop(self, None)

    def _limit_unread(self) -> None:
        """End connections whose clients leave too much unread: the oldest, never the latest."""
        sizes = {each: each.transport.get_write_buffer_size() for each in self.stalled}
        unread = sum(sizes.values())
        for connection in list(sizes)[:-1]:
            if unread <= self.limits.max_unread_bytes:
                break
            unread -= sizes[connection]
            connection.transport.abort()

    def check_time(self, now: float) -> None:
        """End the connection if its client takes too long.

        Time during which the server itself has paused reading does not count.
        """
        patience = self.limits.request_timeout_seconds
        if self._stalled_since is not None and now - self._stalled_since > patience:
            self.transport.abort()
        elif self.flow.read_paused:
            self._request_since = self._request_since and now
        elif self._request_since is not None and now - self._request_since > patience:
            if self._in_head and self.cycle is None and not self._opaque_bytes:
                self.transport.close()
            else:
                self._reject(408)

    def _reject(self, status: int) -> None:
        """Answer an incomplete request, unless an answer has been started, and close."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            head = b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.transport.write(head % (status, REASONS[status]))
        self.transport.close()


def limited(limits: EdgeLimits, aws: AwsApplication) -> type[Connection]:
    """A class of connections with these limits, whose AWS calls ``aws`` answers."""
    members = {"limits": limits, "aws": aws, "stalled": {}}
    return type("LimitedConnection", (Connection,), members)


def sweep(connections: Iterable[Any], now: float) -> None:
    """End the connections whose clients take too long. ``now`` is the event loop's time."""
    for connection in list(connections):
        if isinstance(connection, Connection):
            connection.check_time(now)


async def throttle(scope: Any, receive: Any, send: Any) -> None:
    """The application of a connection beyond the limit: SDKs retry after this answer."""
    status, body = errors.render(faults.throttled())
    await _answer(send, status, body)


async def reject_head(scope: Any, receive: Any, send: Any) -> None:
    """The application of a request whose head is too large."""
    await _answer(send, 431, b"")


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [
        (b"Content-Type", JSON),
        (b"Content-Length", str(len(body)).encode()),
        (b"Connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
