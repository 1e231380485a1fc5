"""The ASGI front: AWS calls go straight to the protocol floor, polls are held as futures.

The engine's work takes microseconds and is done in the event loop; a poll that is held costs
a future and a timer. When its client goes, the poll is withdrawn, so that no task is given
to nobody.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

from ..protocol.dispatch import Answer, HeldPoll, Request
from .options import EdgeOptions
from .served import Served
from .wsgi import DEFAULT_OPTIONS, create_app

WORKERS = 4
"""Threads for what Flask answers."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGone(Exception):
    """The connection ended before the request was whole."""


class Application:
    """The emulator as an ASGI application."""

    def __init__(self, emulator: Served, options: EdgeOptions = DEFAULT_OPTIONS) -> None:
        self._protocol = emulator.protocol
        self._body_max = emulator.protocol.engine.settings.max_request_bytes
        self._flask: Any = WSGIMiddleware(create_app(emulator, options), workers=WORKERS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", f"no {scope['type']} here"
        target: str | None = None
        content_type = authorization = ""
        size = 0
        for name, value in scope["headers"]:
            size += len(name) + len(value) + 4
            if name == b"x-amz-target":
                target = value.decode("latin-1")
            elif name == b"content-type":
                content_type = value.decode("latin-1")
            elif name == b"authorization":
                authorization = value.decode("latin-1")
        if scope["method"] != "POST" or target is None:
            await self._flask(scope, receive, send)
            return
        try:
            body = await self._read(receive)
        except ClientGone:
            return
        answer: Answer | HeldPoll | None = self._protocol.handle(
            Request(target, content_type, authorization, body, size + len(body))
        )
        if isinstance(answer, HeldPoll):
            answer = await _hold(answer, receive)
        if answer is not None:
            await _reply(answer, send)

    async def _read(self, receive: Receive) -> bytes:
        """The body; of one that is too large, no more than shows it to be."""
        message = await receive()
        body: bytes = message.get("body", b"")
        while message.get("more_body", False) and len(body) <= self._body_max:
            message = await receive()
            body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            raise ClientGone
        return body


async def _hold(held: HeldPoll, receive: Receive) -> Answer | None:
    """Wait for the answer; None if the client has gone before it came."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Answer | None] = loop.create_future()
    home = threading.get_ident()

    def settle(answer: Answer | None) -> None:
        if not answered.done():
            answered.set_result(answer)

    def deliver(answer: Answer) -> None:
        if threading.get_ident() == home:
            settle(answer)
        else:
            loop.call_soon_threadsafe(settle, answer)

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        if held.abandon():
            expiry.cancel()
        settle(None)

    held.then(deliver)
    expiry = loop.call_later(held.hold_seconds, held.expire)
    watcher = loop.create_task(watch())
    try:
        answer = await answered
    finally:
        watcher.cancel()
    if answer is not None:
        expiry.cancel()
    return answer


async def _reply(answer: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers()]
    if answer.status == 413:
        headers.append((b"Connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
