"""Requests as bytes on a socket: what no SDK would send, and connections that break."""

from __future__ import annotations

import json
import socket
import struct
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

AMZ_JSON = "application/x-amz-json-1.0"
ANSWER_SECONDS = 10.0
Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    """One response."""

    status: int
    content_type: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def fault(self) -> str:
        """The code of its fault."""
        return str(self.json()["__type"]).rpartition("#")[2]


def request(
    operation: str, parameters: dict[str, Any] | bytes, headers: Headers | None = None
) -> bytes:
    """A whole and unsigned AWS call; ``parameters`` may be a body as it is."""
    body = parameters if isinstance(parameters, bytes) else json.dumps(parameters).encode()
    return http_request(
        [
            ("X-Amz-Target", f"SimpleWorkflowService.{operation}"),
            ("Content-Type", AMZ_JSON),
            *(headers or ()),
        ],
        body,
    )


def http_request(headers: Headers, body: bytes, first_line: str = "POST / HTTP/1.1") -> bytes:
    lines = [first_line, "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Wire:
    """One connection. Responses are read one after the other, as pipelining has them come."""

    def __init__(self, url: str, seconds: float = ANSWER_SECONDS) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), seconds)
        self._received = self.socket.makefile("rb")

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def receive(self) -> Reply:
        """The next response. Raises TimeoutError, or ConnectionError if none comes."""
        status = int(self._line().split(b" ")[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        body = self._received.read(int(headers[b"content-length"]))
        return Reply(status, headers.get(b"content-type", b"").decode("latin-1"), body)

    def _line(self) -> bytes:
        line = self._received.readline()
        if not line:
            raise ConnectionError("the server has closed the connection")
        return line.rstrip(b"\r\n")

    def received_until_closed(self) -> bytes:
        """All that comes until the server closes the connection."""
        return self._received.read()

    def reset(self) -> None:
        """Break off without a word: the server gets a reset instead of an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self._received.close()
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def call(url: str, operation: str, **parameters: Any) -> Reply:
    """One call on a connection of its own."""
    with Wire(url) as wire:
        return wire.send(request(operation, parameters)).receive()


def succeed(url: str, operation: str, **parameters: Any) -> Any:
    """The result of a call that must succeed; None for an empty body."""
    reply = call(url, operation, **parameters)
    assert reply.status == 200, f"{operation}: {reply}"
    return reply.json() if reply.body else None
