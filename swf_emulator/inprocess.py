"""boto3 clients wired to an emulator in the same process, through botocore's event hooks.

A client's request is answered before it would be sent: serialising, signing, retries, waiters
and parsing are botocore's own, only the socket is missing.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from .protocol.dispatch import HeldPoll, Protocol, Request

SERVICE = "swf"


class _Raw(BytesIO):
    """The body as urllib3 would give it."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


class Transport:
    """Answers the requests of botocore clients.

    ``hold_seconds`` is how long a poll waits for a task, in real seconds; with 0 it is
    answered at once, so that a single-threaded test never hangs.
    """

    def __init__(self, protocol: Protocol, hold_seconds: float = 0.0) -> None:
        self._protocol = protocol
        self._hold_seconds = hold_seconds

    def attach(self, client: Any) -> None:
        """Answer this client's requests from now on."""
        client.meta.events.register_first(f"before-send.{SERVICE}", self._before_send)

    def _before_send(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        body = request.body or b""
        answer = self._protocol.handle(
            Request(
                _text(request.headers.get("X-Amz-Target")),
                _text(request.headers.get("Content-Type")) or "",
                _text(request.headers.get("Authorization")) or "",
                body.encode() if isinstance(body, str) else body,
                len(body),
            ),
            self._hold_seconds,
        )
        if isinstance(answer, HeldPoll):
            answer = answer.wait()
        return AWSResponse(request.url, answer.status, dict(answer.headers()), _Raw(answer.body))


def _text(header: str | bytes | None) -> str | None:
    return header.decode("latin-1") if isinstance(header, bytes) else header
