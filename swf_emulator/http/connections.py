"""Connections that cannot be held open by sending slowly, reading slowly, or sending much.

uvicorn's own protocol with bounds around it. Time is looked at once in a while for all
connections together, which costs a call nothing: see `sweep`.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ..core import faults
from ..protocol import errors
from .limits import Limits

CONNECTION = "swf_emulator.connection"
"""The member of a request's scope that is its `Connection`."""

HANGUP = getattr(select, "POLLRDHUP", 0)
"""Linux also tells that the client writes no more; errors and hang-ups are always told."""

JSON = b"application/x-amz-json-1.0"
REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class Connection(HttpToolsProtocol):
    """One client's connection. ``limits`` are set by `limited`."""

    limits: Limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes = 0
        self._in_head = True
        self._request_since: float | None = self.loop.time()
        self._stalled_since: float | None = None
        self._cycles: list[RequestResponseCycle] = []
        if len(self.connections) > self.limits.connections:
            self.app = throttle

    def data_received(self, data: bytes) -> None:
        if self._request_since is None:
            self._request_since = self.loop.time()
            self._in_head = True
            self._head_bytes = 0
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self.limits.head_bytes:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        self._in_head = False
        bound = self.limits.head_bytes
        # What came at once may be a small head with a large body.
        if self._head_bytes > bound and self._size_of_head() > bound:
            self.app = refuse_head
        super().on_headers_complete()
        if self.scope["http_version"] == "0.9":  # which has no way to keep a connection
            self.cycle.keep_alive = False
        if self.cycle is not None:
            if self._cycles and self._cycles[0].response_complete:
                self._cycles = [cycle for cycle in self._cycles if not cycle.response_complete]
            self._cycles.append(self.cycle)

    def _size_of_head(self) -> int:
        headers = sum(len(name) + len(value) + 4 for name, value in self.headers)
        return len(self.url) + headers

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._request_since = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[CONNECTION] = self  # type: ignore[literal-required]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose()
        super().connection_lost(exc)

    def lose(self) -> None:
        """Let every request that is being answered know that nobody is there any more.

        uvicorn tells only the last one; a client may have sent several ahead.
        """
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()

    def gone(self) -> bool:
        """Whether the client has closed or broken the connection, as the kernel knows it now.

        The event loop learns of it some rounds later; a task must not be lost meanwhile.
        """
        if self.transport.is_closing():
            return True
        if not hasattr(select, "poll"):
            return False
        hangup = select.poll()
        hangup.register(self.transport.get_extra_info("socket").fileno(), HANGUP)
        return bool(hangup.poll(0))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stalled_since = None

    def look(self, now: float) -> None:
        """End the connection if its client takes too long.

        A client is not to blame for what it cannot send because it is not read.
        """
        patience = self.limits.request_seconds
        if self._stalled_since is not None and now - self._stalled_since > patience:
            self.transport.abort()
        elif self.flow.read_paused:
            self._request_since = self._request_since and now
        elif self._request_since is not None and now - self._request_since > patience:
            if self._in_head and self.cycle is None and not self._head_bytes:
                self.transport.close()
            else:
                self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answer a request that is not whole, unless an answer is on its way; and close."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            head = b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.transport.write(head % (status, REASONS[status]))
        self.transport.close()


def limited(limits: Limits) -> type[Connection]:
    """The class of connections with these limits."""
    return type("LimitedConnection", (Connection,), {"limits": limits})


def sweep(connections: Iterable[Any], now: float) -> None:
    """End the connections whose clients take too long. ``now`` is the loop's time."""
    for connection in list(connections):
        if isinstance(connection, Connection):
            connection.look(now)


async def throttle(scope: Any, receive: Any, send: Any) -> None:
    """What a connection beyond the bound is served with: an answer that SDKs retry."""
    status, body = errors.render(faults.throttled())
    await _answer(send, status, body)


async def refuse_head(scope: Any, receive: Any, send: Any) -> None:
    """What a request with too large a head is served with."""
    await _answer(send, 431, b"")


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [
        (b"Content-Type", JSON),
        (b"Content-Length", str(len(body)).encode()),
        (b"Connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
