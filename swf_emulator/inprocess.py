"""boto3 clients wired to an emulator in the same process, through botocore's event hooks.

A client's request is answered before it would be sent: serialization, signing, retries, waiters
and parsing are botocore's own; only the socket is missing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from weakref import WeakKeyDictionary

from .protocol.service import Answer, HeldPoll, Request, Service

SERVICE = "swf"
CREDENTIALS = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
"""The credentials of a client that is given none."""

CREATE_CLIENT = ("region_name", "api_version", "use_ssl", "verify", "endpoint_url")
"""The first parameters of botocore's ``create_client`` after the service, in order."""


class EmulatorClosed(RuntimeError):
    """A client was used after its emulator was closed, or after its block ended."""

    def __init__(self) -> None:
        super().__init__(
            "the emulator that answered this client is closed, or its redirect() has ended: "
            "make a new client, or wire this one to another emulator with attached(client)"
        )


class Transport:
    """Answers the requests of botocore clients in place of the network.

    ``hold_seconds`` is how long a poll waits for a task, in real seconds; with 0 it is
    answered at once, so that a single-threaded test never hangs. None means the emulator's
    setting under a clock that skips time, and 0 under every other clock.
    """

    def __init__(self, service: Service, hold_seconds: float | None = None) -> None:
        self._service = service
        self._hold_seconds = hold_seconds
        self.closed = False

    @property
    def region(self) -> str:
        """The region of clients that name none."""
        return self._service.region

    def attach(self, client: Any) -> None:
        """Answer this client's requests from now on."""
        _wire_of(client).transport = self

    @contextmanager
    def attached(self, client: Any) -> Iterator[None]:
        """Answer this client's requests within the block; afterwards they go where they did."""
        wire = _wire_of(client)
        before, wire.transport = wire.transport, self
        try:
            yield
        finally:
            wire.transport = before

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, when it is there. Raises EmulatorClosed."""
        if self.closed:
            raise EmulatorClosed
        answer = self._service.handle(request, self._hold())
        if isinstance(answer, HeldPoll):
            if self.closed:
                answer.expire()  # it was closed, and held polls let go, before this one was held
            answer = answer.wait()
        return answer

    def _hold(self) -> float:
        if self._hold_seconds is not None:
            return self._hold_seconds
        engine = self._service.engine
        return engine.settings.poll_hold_seconds if engine.clock.mode == "skip" else 0.0


class _Wire:
    """The connection of one client: to a transport, or with None to the network."""

    def __init__(self) -> None:
        self.transport: Transport | None = None

    def before_send(self, request: Any, **_: Any) -> Any:
        """Answer a prepared request of botocore; None lets it go to the network."""
        from botocore.awsrequest import AWSResponse

        if self.transport is None:
            return None
        answer = self.transport.answer(_request(request.headers, request.body or b""))
        return AWSResponse(request.url, answer.status, dict(answer.headers()), _Raw(answer.body))


class _Raw(BytesIO):
    """A body with the method that botocore uses of urllib3's."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _request(headers: Any, body: bytes | str) -> Request:
    content = body.encode() if isinstance(body, str) else body
    return Request(
        _text(headers.get("X-Amz-Target")),
        _text(headers.get("Content-Type")),
        _text(headers.get("Authorization")),
        content,
        len(content) + sum(len(name) + len(value) + 4 for name, value in headers.items()),
    )


def _text(header: str | bytes | None) -> str:
    if header is None:
        return ""
    return header.decode("latin-1") if isinstance(header, bytes) else header


_wires: WeakKeyDictionary[Any, _Wire] = WeakKeyDictionary()


def _wire_of(client: Any) -> _Wire:
    wire = _wires.get(client)
    if wire is None:
        wire = _wires[client] = _Wire()
        client.meta.events.register_first(f"before-send.{SERVICE}", wire.before_send)
    return wire


def make_client(transport: Transport, **arguments: Any) -> Any:
    """Make a boto3 client whose requests the transport answers.

    ``arguments`` are those of ``boto3.client``; region and credentials have defaults. The
    AWS configuration files of the machine are not read.
    """
    with _making:
        defaults = {"region_name": transport.region, **CREDENTIALS}
        client = _session().client(SERVICE, **{**defaults, **arguments})
    transport.attach(client)
    return client


_making = threading.Lock()
"""Sessions must not be used by several threads at once."""


@cache
def _session() -> Any:
    """Return the session of all clients: so the service model is read and compiled once."""
    from boto3.session import Session
    from botocore.session import Session as CoreSession

    nowhere: tuple[Any, ...] = (None, None, os.devnull, None)
    own = {
        "profile": (None, None, None, None),
        "config_file": nowhere,
        "credentials_file": nowhere,
    }
    return Session(botocore_session=CoreSession(own))


# Redirection.

Spare = Callable[[Any], bool]
"""Returns True for a new client that keeps its way to the network."""

_redirecting = threading.Lock()
_redirections: list[tuple[Transport, Spare]] = []


@contextmanager
def redirected(transport: Transport, spare: Spare = lambda client: False) -> Iterator[None]:
    """Answer every SWF client that is made inside the block, by any session in any thread.

    Clients of other services, SWF clients made before and those that ``spare`` names go to
    the network. If blocks overlap, the one that was entered last wins.
    """
    redirection = (transport, spare)
    with _redirecting:
        _redirections.append(redirection)
        _patch()
    try:
        yield
    finally:
        with _redirecting:
            _redirections.remove(redirection)
            if not _redirections:
                _unpatch()


def _create_client(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
    """Replace ``botocore.session.Session.create_client``."""
    create = _originals[0]
    with _redirecting:
        redirection = _redirections[-1] if _redirections else None
    if service_name != SERVICE or redirection is None:
        return create(self, service_name, *args, **kwargs)
    transport, spare = redirection
    client = _create_offline(create, self, transport.region, args, kwargs)
    if not spare(client):
        transport.attach(client)
    return client


_originals: list[Any] = []
"""The method that is replaced now, if any."""


def _patch() -> None:
    from botocore.session import Session

    if not _originals:
        _originals.append(Session.create_client)
        Session.create_client = _create_client


def _unpatch() -> None:
    """Restore the method; if other code has replaced it since, leave ours, which passes on."""
    from botocore.session import Session

    if Session.create_client is _create_client:
        Session.create_client = _originals.pop()


def _create_offline(create: Any, session: Any, region: str, args: Any, kwargs: Any) -> Any:
    """Make a client that needs neither a configured region nor credentials."""
    arguments = {**dict(zip(CREATE_CLIENT, args, strict=False)), **kwargs}
    if not arguments.get("region_name") and session.get_config_variable("region") is None:
        arguments["region_name"] = region
    configured = session._credentials is not None or "AWS_ACCESS_KEY_ID" in os.environ
    if not arguments.get("aws_access_key_id") and not configured:
        arguments.update(CREDENTIALS)
    return create(session, SERVICE, **arguments)
