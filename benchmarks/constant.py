"""The baseline: uvicorn, configured as in the emulator, with a constant answer.

``python -m benchmarks.constant`` serves on a free port and prints its URL. Every answer is the
same, with the emulator's headers. A call of ``Hold`` is held until a call of ``Release``
answers the oldest one.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

BACKLOG = 4096
KEEP_ALIVE_SECONDS = 75

BODY = b'{"count":0,"truncated":false}'
HEADERS = [
    (b"x-amzn-RequestId", b"8e2d5b57-2a3c-4a5f-9b1e-6f1f1c8d2a10"),
    (b"Content-Type", b"application/x-amz-json-1.0"),
    (b"Content-Length", str(len(BODY)).encode()),
]
START = {"type": "http.response.start", "status": 200, "headers": HEADERS}
END = {"type": "http.response.body", "body": BODY}

Message = MutableMapping[str, Any]

held: deque[asyncio.Future[None]] = deque()


async def answer(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Read the whole request, send the constant."""
    target = b""
    for name, value in scope["headers"]:
        if name == b"x-amz-target":
            target = value
    while (await receive()).get("more_body", False):
        continue
    if target.endswith(b".Hold"):
        released = asyncio.get_running_loop().create_future()
        held.append(released)
        await released
    elif target.endswith(b".Release") and held:
        held.popleft().set_result(None)
    await send(START)
    await send(END)


class Server(uvicorn.Server):
    """A server that answers held calls when it stops."""

    async def shutdown(self, sockets: Any = None) -> None:
        while held:
            held.popleft().set_result(None)
        await super().shutdown(sockets)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    config = uvicorn.Config(
        answer,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http="httptools",
        loop="auto",
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
