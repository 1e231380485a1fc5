"""The stream of server-sent events that makes the console's pages reload their state.

It is served in the event loop, so that an open page costs no thread. An event means that
something has changed, not what: its data is a string that every page carries too, so that a
page can tell whether it is out of date. A stream ends when its client disconnects or the server
stops.

Source: HTML Living Standard, "Server-sent events".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..console.overview import state_of
from ..engine.accounts import Accounts
from .origin import host_allowed

PATH = "/console/changes"
LOOK_SECONDS = 0.1
"""How often the engine's count of changes is read: the engine does not announce changes."""
ALIVE_SECONDS = 15.0
"""How often a stream without changes sends a comment, which shows that it is alive."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEADERS = [
    (b"Content-Type", b"text/event-stream"),
    (b"Cache-Control", b"no-store"),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Cross-Origin-Resource-Policy", b"same-origin"),
]


class ChangeStreams:
    """All streams of one server."""

    def __init__(self, allowed_hosts: tuple[str, ...]) -> None:
        self._allowed_hosts = allowed_hosts
        self._ending: set[asyncio.Event] = set()

    def end(self) -> None:
        """End all streams. Must be called in the event loop."""
        for ending in self._ending:
            ending.set()

    async def serve(
        self, accounts: Accounts, headers: list[tuple[bytes, bytes]], receive: Receive, send: Send
    ) -> None:
        """Answer one request with a stream, until its client disconnects or `end` is called."""
        host = dict(headers).get(b"host", b"").decode("latin-1")
        if not host_allowed(host, self._allowed_hosts):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        ending = asyncio.Event()
        self._ending.add(ending)
        watcher = asyncio.create_task(_watch(receive, ending))
        try:
            await _send_changes(accounts, ending, send)
        finally:
            self._ending.discard(ending)
            watcher.cancel()
        await send({"type": "http.response.body", "body": b""})


async def _watch(receive: Receive, ending: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    ending.set()


async def _send_changes(accounts: Accounts, ending: asyncio.Event, send: Send) -> None:
    sent: str | None = None
    silent_seconds = 0.0
    while not ending.is_set():
        state = state_of(accounts)
        if state != sent:
            await _write(send, f"data: {state}\n\n")
            sent, silent_seconds = state, 0.0
        elif silent_seconds >= ALIVE_SECONDS:
            await _write(send, ": alive\n\n")
            silent_seconds = 0.0
        try:
            await asyncio.wait_for(ending.wait(), LOOK_SECONDS)
        except TimeoutError:
            silent_seconds += LOOK_SECONDS


async def _write(send: Send, text: str) -> None:
    message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
    await send(message)
