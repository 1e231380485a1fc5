"""The ASGI application: it passes AWS calls straight to the protocol layer.

A call takes the engine microseconds and is answered in the event loop; a held poll costs a
future and a timer. When a poll's client disconnects, the poll is withdrawn, so that no task is
lost to it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

from ..protocol.service import Answer, HeldPoll, Request
from .backend import Backend
from .change_stream import PATH as CHANGES_PATH
from .change_stream import ChangeStreams
from .connections import CONNECTION
from .limits import DEFAULT_OPTIONS, EdgeOptions
from .short_way import Headers
from .wsgi import create_app

log = logging.getLogger(__name__)

WORKERS = 4
"""Threads for the requests that Flask answers."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """An emulator as an ASGI application.

    ``closing`` is set when the server stops: from then on no poll is held.
    """

    def __init__(self, emulator: Backend, options: EdgeOptions = DEFAULT_OPTIONS) -> None:
        self._options = options
        self._streams = ChangeStreams(options.allowed_hosts)
        self._flask: Any = WSGIMiddleware(self._call_flask, workers=WORKERS)
        self.closing = False
        self.emulator = emulator

    @property
    def emulator(self) -> Backend:
        """The emulator that answers; another one may be set while the server runs."""
        return self._emulator

    @emulator.setter
    def emulator(self, emulator: Backend) -> None:
        self._emulator = emulator
        self._service = emulator.service
        self.body_max = emulator.settings.max_request_bytes
        # A body up to this length is not too large, regardless of the headers.
        self._small_max = self.body_max - self._options.limits.max_header_bytes
        self._flask_app = create_app(emulator, self._options)

    def _call_flask(self, environ: Any, start_response: Any) -> Any:
        return self._flask_app(environ, start_response)

    def end_streams(self) -> None:
        """End the streams of changes, so that their connections can be closed."""
        self._streams.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", f"unexpected {scope['type']}"
        fields = dict(scope["headers"])
        if b"x-amz-target" not in fields or scope["method"] != "POST":
            await self._serve_others(scope, receive, send)
            return
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body", False):
            body, message = await self._read_on(body, receive)
        if message["type"] == "http.disconnect":
            return
        result = self.call(fields, scope["headers"], body)
        if isinstance(result, HeldPoll):
            if CONNECTION in scope:
                result.set_disconnect_check(scope[CONNECTION].gone)
            answer = await _hold(result, receive)
            if answer is None:
                return
        else:
            answer = result
        head = [(name.encode(), value.encode()) for name, value in answer.headers()]
        start = {"type": "http.response.start", "status": answer.status, "headers": head}
        try:
            await send(start)
            await send({"type": "http.response.body", "body": answer.body})
        except RuntimeError as error:
            _check_gone(error, scope)

    def call(self, fields: dict[bytes, bytes], headers: Headers, body: bytes) -> Answer | HeldPoll:
        """Answer an AWS call; ``fields`` are its headers by lower-case name."""
        size = len(body)
        if size > self._small_max:
            size += sum(len(name) + len(value) + 4 for name, value in headers)
        return self._service.handle(
            Request(
                fields[b"x-amz-target"].decode("latin-1"),
                fields.get(b"content-type", b"").decode("latin-1"),
                fields.get(b"authorization", b"").decode("latin-1"),
                body,
                size,
            ),
            0.0 if self.closing else None,
        )

    async def _serve_others(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve everything except AWS calls: the console, the control API, health, metrics."""

        async def send_if_connected(message: Message) -> None:
            try:
                await send(message)
            except RuntimeError as error:
                _check_gone(error, scope)

        if scope["path"] == CHANGES_PATH and scope["method"] == "GET" and self._options.console:
            accounts = self._service.accounts
            await self._streams.serve(accounts, scope["headers"], receive, send_if_connected)
        else:
            await self._flask(scope, receive, send_if_connected)

    async def _read_on(self, body: bytes, receive: Receive) -> tuple[bytes, Message]:
        """Read the rest of a body, or of a too large one enough to know; return it and the last
        message."""
        message: Message = {"type": "http.request", "more_body": True}
        while message.get("more_body", False) and len(body) <= self.body_max:
            message = await receive()
            body += message.get("body", b"")
        return body, message


def _check_gone(error: RuntimeError, scope: Scope) -> None:
    """Ignore that a client disconnected before its answer; uvloop has no type for this error."""
    if "closed" not in str(error):
        raise error
    log.debug("the client disconnected before its answer")
    if CONNECTION in scope:
        scope[CONNECTION].lose()


async def _hold(held: HeldPoll, receive: Receive) -> Answer | None:
    """Wait for the answer; None if the client disconnects before."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Answer | None] = loop.create_future()
    loop_thread = threading.get_ident()

    def settle(answer: Answer | None) -> None:
        if not answered.done():
            answered.set_result(answer)

    def deliver(answer: Answer) -> None:
        if threading.get_ident() == loop_thread:
            settle(answer)
        else:
            loop.call_soon_threadsafe(settle, answer)

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        if held.abandon():
            expiry.cancel()
        settle(None)

    held.on_answer(deliver)
    expiry = loop.call_later(held.hold_seconds, held.expire)
    watcher = loop.create_task(watch())
    try:
        answer = await answered
    finally:
        watcher.cancel()
    if answer is not None:
        expiry.cancel()
    return answer
