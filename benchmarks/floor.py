"""The floor: the emulator's own transport, the short way included, with a constant answer.

``python -m benchmarks.floor`` serves on a free port and prints its URL.
"""

from __future__ import annotations

from typing import Any

import uvicorn

from swf_emulator.http.connections import Connection, limited
from swf_emulator.http.limits import EdgeLimits
from swf_emulator.http.server import BACKLOG, bind, url_of
from swf_emulator.protocol.answers import Answer

from .constant import BODY, answer

ANSWER = Answer(200, "application/x-amz-json-1.0", "8e2d5b57-2a3c-4a5f-9b1e-6f1f1c8d2a10", BODY)


class Floor:
    """An application whose AWS calls have one answer."""

    body_max = 1_048_576
    stalled: set[Connection] = set()

    def call(self, fields: Any, headers: Any, body: bytes, disconnected: Any) -> Answer:
        return ANSWER


def main() -> None:
    listener = bind("127.0.0.1", 0)
    limits = EdgeLimits()
    config = uvicorn.Config(
        answer,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=limited(limits, Floor()),
        loop="auto",
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle_timeout_seconds,
    )
    print(url_of(listener), flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
