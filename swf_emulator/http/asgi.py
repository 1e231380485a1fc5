"""The ASGI application: it passes AWS calls straight to the protocol layer.

A call takes the engine microseconds and is answered in the event loop; a held poll costs a
future and a timer. When a poll's client disconnects, the poll is withdrawn, so that no task is
lost to it.
"""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from a2wsgi.wsgi import build_environ
from werkzeug.wrappers import Response

from ..protocol import errors
from ..protocol.answers import Answer, HeldPoll
from ..protocol.service import Request
from .backend import Backend
from .change_stream import PATH as CHANGES_PATH
from .change_stream import ChangeStreams
from .connections import CONNECTION
from .limits import DEFAULT_OPTIONS, EdgeOptions
from .origin import page_may_call, site_problem
from .short_way import Headers, expire_later
from .wsgi import create_app

log = logging.getLogger(__name__)

WORKERS = 4
"""Threads for the requests that Flask answers."""

STATE = "/_emulator/state"
"""The path whose body, a whole state, may have any size."""

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
        self._threads = ThreadPoolExecutor(WORKERS, "swf-flask")
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

    def close(self) -> None:
        """End the threads that answer for Flask."""
        self._threads.shutdown(wait=False)

    def end_streams(self) -> None:
        """End the streams of changes, so that their connections can be closed."""
        self._streams.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", f"unexpected {scope['type']}"
        fields = dict(scope["headers"])
        if b"x-amz-target" not in fields:
            await self._serve_others(scope, receive, send)
            return
        body = await _read(receive, self.body_max)
        if body is None:
            return
        disconnected = scope[CONNECTION].gone if CONNECTION in scope else None
        result: Answer | HeldPoll
        if scope["method"] != "POST":
            result = self._service.answer(errors.unknown_operation())
        elif b"origin" in fields and not self._origin_allowed(fields, scope):
            result = self._service.answer(errors.foreign_origin())
        else:
            result = self.call(fields, scope["headers"], body, disconnected)
        if isinstance(result, HeldPoll):
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

    def _origin_allowed(self, fields: dict[bytes, bytes], scope: Scope) -> bool:
        """Whether a web page may make this call: see `origin.page_may_call`."""
        bound = (scope.get("server") or ("",))[0]
        host, origin = (fields.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
        return page_may_call(host, origin, bound, self._options.allowed_hosts)

    def call(
        self,
        fields: dict[bytes, bytes],
        headers: Headers,
        body: bytes,
        disconnected: Callable[[], bool] | None,
    ) -> Answer | HeldPoll:
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
            disconnected,
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
            return
        size_max = None if self._takes_state(scope) else self.body_max
        body = await _read(receive, size_max)
        if body is not None:
            await self._answer_by_flask(scope, body, send_if_connected)

    def _takes_state(self, scope: Scope) -> bool:
        """Whether the body may be a whole state, of any size."""
        if scope["path"] != STATE or scope["method"] not in ("PUT", "POST"):
            return False
        fields = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin, fetch_site = fields.get(b"origin"), fields.get(b"sec-fetch-site")
        host, allowed = fields.get(b"host", ""), self._options.allowed_hosts
        problem = site_problem(scope["method"], host, origin, fetch_site, allowed)
        return self._options.control and problem is None

    async def _answer_by_flask(self, scope: Scope, body: bytes, send: Send) -> None:
        """Let Flask answer in a thread, which does not wait for the client to read."""
        environ: Any = build_environ(_complete(scope, body), io.BytesIO(body))  # type: ignore[arg-type]
        ask = partial(Response.from_app, self._flask_app, environ, buffered=True)
        response = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        head = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
        ]
        if response.status_code == 413:  # the rest of the body is not read
            head.append((b"Connection", b"close"))
        await send({"type": "http.response.start", "status": response.status_code, "headers": head})
        await send({"type": "http.response.body", "body": b"".join(response.iter_encoded())})


async def _read(receive: Receive, size_max: int | None) -> bytes | None:
    """Read a whole body, of one too large enough to know it; None if the client disconnects."""
    message = await receive()
    body = message.get("body", b"")
    if message.get("more_body", False):
        parts = bytearray(body)
        while message.get("more_body", False) and (size_max is None or len(parts) <= size_max):
            message = await receive()
            parts += message.get("body", b"")
        body = bytes(parts)
    return None if message["type"] == "http.disconnect" else body


def _complete(scope: Scope, body: bytes) -> Scope:
    """Return the scope of a request whose body has been read, however it was framed.

    Names with an underscore are dropped: in a WSGI environment they equal those with a hyphen.
    """
    framing = (b"content-length", b"transfer-encoding", b"trailer", b"expect")
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in framing and b"_" not in name
    ]
    return {**scope, "headers": [*headers, (b"content-length", b"%d" % len(body))]}


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
    expiry = expire_later(loop, held)
    watcher = loop.create_task(watch())
    try:
        answer = await answered
    finally:
        watcher.cancel()
    if answer is not None:
        expiry.cancel()
    return answer
