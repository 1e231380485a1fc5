"""A cheap HTTP client with one connection, so that the server dominates the costs."""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any, Self

TIMEOUT_SECONDS = 30.0
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


def request(operation: str, **parameters: Any) -> bytes:
    """Return a call as boto3 sends it, with all of its headers."""
    body = json.dumps(parameters).encode()
    head = (
        "POST / HTTP/1.1\r\n"
        "Host: 127.0.0.1:4596\r\n"
        "Accept-Encoding: identity\r\n"
        f"X-Amz-Target: SimpleWorkflowService.{operation}\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        "User-Agent: Boto3/1.40 md/Botocore#1.40 ua/2.1 os/linux lang/python#3.12 cfg/retry#legacy"
        "\r\n"
        "X-Amz-Date: 20260101T000000Z\r\n"
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20260101/us-east-1/swf/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
        f"Signature={'0123456789abcdef' * 4}\r\n"
        "amz-sdk-invocation-id: 8e2d5b57-2a3c-4a5f-9b1e-6f1f1c8d2a10\r\n"
        "amz-sdk-request: attempt=1\r\n"
        f"Content-Length: {len(body)}\r\n"
        "\r\n"
    )
    return head.encode() + body


class Answer:
    """The part of an answer that has arrived."""

    __slots__ = ("_end", "received")

    def __init__(self) -> None:
        self.received = b""
        self._end = 0

    def feed(self, data: bytes) -> bool:
        """Add data from the socket; return True when the answer is complete."""
        if not data:
            raise ConnectionError("the server has closed the connection")
        self.received += data
        if not self._end:
            head_end = self.received.find(HEAD_END)
            if head_end < 0:
                return False
            head = self.received[:head_end].lower()
            value = head[head.index(LENGTH) + len(LENGTH) :].split(b"\r", 1)[0]
            self._end = head_end + len(HEAD_END) + int(value)
        return len(self.received) >= self._end

    @property
    def status(self) -> int:
        return int(self.received[9:12])

    @property
    def body(self) -> bytes:
        return self.received[self.received.index(HEAD_END) + len(HEAD_END) :]


class Connection:
    """One connection for one call after the other. A context manager."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> Answer:
        """Send a call and return its answer, regardless of its status."""
        self.socket.sendall(request)
        answer = Answer()
        while not answer.feed(self.socket.recv(65536)):
            continue
        return answer

    def call(self, operation: str, **parameters: Any) -> Any:
        """Make a call that must succeed; return the answer's JSON, None if it is empty."""
        answer = self.send(request(operation, **parameters))
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {answer.body.decode()}")
        return json.loads(answer.body) if answer.body else None

    def close(self) -> None:
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
