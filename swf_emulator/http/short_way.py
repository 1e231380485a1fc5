"""AWS calls answered inside the connection, without an ASGI cycle and a task for each.

uvicorn builds a scope, a cycle, an event and a task for every request, and sends its answer in
two messages. An AWS call needs none of it: once its body is complete it is handled, and head
and body of the answer are written together. A held poll is a callback and a timer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from ..protocol.answers import Answer, HeldPoll

if TYPE_CHECKING:
    from .connections import Connection

Headers = list[tuple[bytes, bytes]]

TIMER_SECONDS = 0.001
"""The resolution of the event loop's timers, which may fire that much too early."""


class AwsApplication(Protocol):
    """The application that answers AWS calls."""

    @property
    def body_max(self) -> int:
        """The length from which on a body is too large, in bytes."""

    def call(
        self,
        fields: dict[bytes, bytes],
        headers: Headers,
        body: bytes,
        disconnected: Callable[[], bool] | None,
    ) -> Answer | HeldPoll:
        """Answer an AWS call; ``fields`` are its headers by lower-case name.

        ``disconnected`` tells whether its client has closed the connection.
        """


def aws_fields(headers: Headers) -> dict[bytes, bytes] | None:
    """Return the headers of an AWS call by name; None for a request that must go the long way."""
    fields = dict(headers)
    if b"x-amz-target" in fields and b"expect" not in fields and b"origin" not in fields:
        return fields
    return None


def expire_later(loop: asyncio.AbstractEventLoop, held: HeldPoll) -> asyncio.TimerHandle:
    """End a held poll when its time is over, not a moment earlier."""
    return loop.call_later(held.hold_seconds + TIMER_SECONDS, held.expire)


class ShortCall:
    """One AWS call, in the place of uvicorn's `RequestResponseCycle`.

    uvicorn's connection looks at ``response_complete``, ``response_started``, ``keep_alive`` and
    ``disconnected``, and calls ``message_event.set()`` when the client disconnects.
    """

    __slots__ = (
        "_application",
        "_body",
        "_connection",
        "_expiry",
        "_fields",
        "_headers",
        "_held",
        "disconnected",
        "keep_alive",
        "response_complete",
    )

    def __init__(
        self,
        connection: Connection,
        application: AwsApplication,
        fields: dict[bytes, bytes],
        headers: Headers,
        keep_alive: bool,
    ) -> None:
        self._connection = connection
        self._application = application
        self._fields = fields
        self._headers = headers
        self._body: bytes | bytearray = b""
        self._held: HeldPoll | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_complete = False

    @property
    def response_started(self) -> bool:
        return self.response_complete

    @property
    def message_event(self) -> ShortCall:
        return self

    def set(self) -> None:
        """The client has disconnected: withdraw a held poll."""
        held = self._held
        if held is not None and self.disconnected and held.abandon():
            self._stop_waiting()

    def add(self, body: bytes) -> None:
        """Take a part of the body. A too large one is answered before its end."""
        if not self._body:
            self._body = body
        elif isinstance(self._body, bytearray):
            self._body += body
        else:
            self._body = bytearray(self._body + body)
        if len(self._body) > self._application.body_max:
            self.complete()

    def complete(self) -> None:
        """Handle the call."""
        body, self._body = bytes(self._body), b""
        result = self._application.call(self._fields, self._headers, body, self._connection.gone)
        if isinstance(result, HeldPoll):
            self._hold(result)
        else:
            self._finish(result)

    def _hold(self, held: HeldPoll) -> None:
        loop, loop_thread = self._connection.loop, threading.get_ident()
        self._held = held
        self._expiry = expire_later(loop, held)

        def deliver(answer: Answer) -> None:
            if threading.get_ident() == loop_thread:
                self._finish(answer)
            else:
                loop.call_soon_threadsafe(self._finish, answer)

        self._connection.keep(self)
        held.on_answer(deliver)

    def _stop_waiting(self) -> None:
        self._held = None
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def _finish(self, answer: Answer) -> None:
        self._stop_waiting()
        if answer.status == 413:
            self.keep_alive = False
        self.response_complete = True
        self._connection.answered(self, answer)

    def response(self, answer: Answer, default_headers: Headers) -> bytes:
        """Return head and body of the answer, as they are sent."""
        parts = [STATUS_LINE[answer.status]]
        for name, value in default_headers:
            parts += (name, b": ", value, b"\r\n")
        head = "".join([f"{name}: {value}\r\n" for name, value in answer.headers()])
        parts.append(head.encode())
        if not self.keep_alive and answer.status != 413:
            parts.append(b"Connection: close\r\n")
        parts += (b"\r\n", answer.body)
        return b"".join(parts)
