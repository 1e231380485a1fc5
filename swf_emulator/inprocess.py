"""boto3 clients wired to an emulator in the same process, through botocore's event hooks.

A client's request is answered before it would be sent: serialising, signing, retries, waiters
and parsing are botocore's own, only the socket is missing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from inspect import signature
from io import BytesIO
from typing import Any

from .protocol.dispatch import HeldPoll, Protocol, Request

SERVICE = "swf"
DEFAULTS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "emulator",
    "aws_secret_access_key": "emulator",
}
"""What a client of `make_client` has unless it is given something else."""


class EmulatorClosed(RuntimeError):
    """A client of an emulator that has been closed was used."""


class _Raw(BytesIO):
    """The body as urllib3 would give it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


class Transport:
    """Answers the requests of botocore clients instead of the network.

    ``hold_seconds`` is how long a poll waits for a task, in real seconds; with 0 it is
    answered at once, so that a single-threaded test never hangs. None means: as long as the
    emulator's settings say under a clock that passes or skips time, else not at all.
    """

    def __init__(self, protocol: Protocol, hold_seconds: float | None = None) -> None:
        self._protocol = protocol
        self._hold_seconds = hold_seconds
        self.closed = False

    def attach(self, client: Any) -> None:
        """Answer this client's requests from now on."""
        client.meta.events.register_first(f"before-send.{SERVICE}", self._before_send)

    def _hold(self) -> float:
        if self._hold_seconds is not None:
            return self._hold_seconds
        engine = self._protocol.engine
        return engine.settings.poll_hold_seconds if engine.clock.mode == "skip" else 0.0

    def _before_send(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        if self.closed:
            raise EmulatorClosed("the emulator of this client has been closed")
        headers, body = request.headers, request.body or b""
        if isinstance(body, str):
            body = body.encode()
        answer = self._protocol.handle(
            Request(
                _text(headers.get("X-Amz-Target")),
                _text(headers.get("Content-Type")),
                _text(headers.get("Authorization")),
                body,
                len(body) + sum(len(name) + len(value) + 4 for name, value in headers.items()),
            ),
            self._hold(),
        )
        if isinstance(answer, HeldPoll):
            answer = answer.wait()
        return AWSResponse(request.url, answer.status, dict(answer.headers()), _Raw(answer.body))


def make_client(transport: Transport, **arguments: Any) -> Any:
    """A boto3 client whose requests the transport answers.

    ``arguments`` are those of ``boto3.client``; region and credentials have defaults.
    """
    client = _session().client(SERVICE, **{**DEFAULTS, **arguments})
    transport.attach(client)
    return client


@cache
def _session() -> Any:
    """One session for all clients: the service model is read and compiled once."""
    from boto3.session import Session

    return Session()


_redirecting = threading.Lock()


@contextmanager
def redirected(transport: Transport) -> Iterator[None]:
    """Let the transport answer every SWF client made inside the block, in any thread.

    Whatever session makes it, whatever its region and endpoint; clients of other services
    and SWF clients made before are left alone. Blocks may be nested: the inner one wins.
    """
    from botocore.session import Session

    with _redirecting:
        create_client = Session.create_client

        def create(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
            if service_name != SERVICE:
                return create_client(self, service_name, *args, **kwargs)
            client = _create_offline(create_client, self, args, kwargs)
            transport.attach(client)
            return client

        Session.create_client = create
    try:
        yield
    finally:
        with _redirecting:
            Session.create_client = create_client


def _create_offline(create_client: Any, session: Any, args: Any, kwargs: Any) -> Any:
    """A client that needs neither a configured region nor credentials, and looks for none."""
    given = signature(create_client).bind(session, SERVICE, *args, **kwargs).arguments
    if not given.get("region_name") and session.get_config_variable("region") is None:
        given["region_name"] = DEFAULTS["region_name"]
    configured = session._credentials is not None or "AWS_ACCESS_KEY_ID" in os.environ
    if not given.get("aws_access_key_id") and not configured:
        given["aws_access_key_id"] = DEFAULTS["aws_access_key_id"]
        given["aws_secret_access_key"] = DEFAULTS["aws_secret_access_key"]
    return create_client(**given)


def _text(header: str | bytes | None) -> str:
    if header is None:
        return ""
    return header.decode("latin-1") if isinstance(header, bytes) else header
