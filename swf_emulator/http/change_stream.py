"""The stream of server-sent events that tells the console's pages to look again.

It is answered in the event loop, so that an open page costs no thread. An event says that
something has changed, not what: its data is a text that every page carries too, so that a
page knows whether it was made before. Streams end when their client goes, and all of them
when the server stops.

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
"""How long a change may go unnoticed; the engine counts changes but tells nobody."""
ALIVE_SECONDS = 15.0
"""How often a silent stream shows that it is alive."""

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

    def __init__(self, accounts: Accounts, allowed_hosts: tuple[str, ...]) -> None:
        self.accounts = accounts
        self._allowed_hosts = allowed_hosts
        self._ending: set[asyncio.Event] = set()

    def end(self) -> None:
        """Let every client go. In the event loop."""
        for ending in self._ending:
            ending.set()

    async def serve(self, headers: list[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
        """Answer one request with a stream, until its client goes or `end` is called."""
        host = dict(headers).get(b"host", b"").decode("latin-1")
        if not host_allowed(host, self._allowed_hosts):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        ending = asyncio.Event()
        self._ending.add(ending)
        gone = asyncio.create_task(_gone(receive, ending))
        try:
            await self._tell(ending, send)
        finally:
            self._ending.discard(ending)
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _tell(self, ending: asyncio.Event, send: Send) -> None:
        told: str | None = None
        silent = 0.0
        while not ending.is_set():
            state = state_of(self.accounts)
            if state != told:
                await _write(send, f"data: {state}\n\n")
                told, silent = state, 0.0
            elif silent >= ALIVE_SECONDS:
                await _write(send, ": alive\n\n")
                silent = 0.0
            try:
                await asyncio.wait_for(ending.wait(), LOOK_SECONDS)
            except TimeoutError:
                silent += LOOK_SECONDS


async def _gone(receive: Receive, ending: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    ending.set()


async def _write(send: Send, text: str) -> None:
    message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
    await send(message)
