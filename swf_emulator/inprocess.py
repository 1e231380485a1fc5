"""boto3 clients wired to an emulator in the same process, through botocore's event hooks.

A client's request is answered before it would be sent: serialising, signing, retries, waiters
and parsing are botocore's own, only the socket is missing.
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

from .protocol.service import HeldPoll, Request, Service

SERVICE = "swf"
CREDENTIALS = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
"""What a client has unless it is given something else."""

CREATE_CLIENT = ("region_name", "api_version", "use_ssl", "verify", "endpoint_url")
"""The first parameters of botocore's ``create_client`` after the service, in their order."""


class EmulatorClosed(RuntimeError):
    """A client whose emulator has been closed, or whose block has ended, was used."""

    def __init__(self) -> None:
        super().__init__(
            "the emulator that answered this client is closed, or its redirect() has ended: "
            "make the client anew, or wire it to another emulator with attached(client)"
        )


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

    def __init__(self, protocol: Service, hold_seconds: float | None = None) -> None:
        self._protocol = protocol
        self._hold_seconds = hold_seconds
        self.closed = False

    @property
    def region(self) -> str:
        """The region of clients that name none."""
        return self._protocol.region

    def attach(self, client: Any) -> None:
        """Answer this client's requests from now on."""
        _wire_of(client).transport = self

    @contextmanager
    def attached(self, client: Any) -> Iterator[None]:
        """Answer this client's requests within the block; then they go where they went before."""
        wire = _wire_of(client)
        before, wire.transport = wire.transport, self
        try:
            yield
        finally:
            wire.transport = before

    def _hold(self) -> float:
        if self._hold_seconds is not None:
            return self._hold_seconds
        engine = self._protocol.engine
        return engine.settings.poll_hold_seconds if engine.clock.mode == "skip" else 0.0

    def answer(self, request: Any) -> Any:
        """The answer to a prepared request of botocore, as one that came over the network."""
        from botocore.awsrequest import AWSResponse

        if self.closed:
            raise EmulatorClosed
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
            if self.closed:
                answer.expire()  # it was closed, and held polls let go, before this one was held
            answer = answer.wait()
        return AWSResponse(request.url, answer.status, dict(answer.headers()), _Raw(answer.body))


class _Wire:
    """What one client is wired to: a transport, or None for the network."""

    def __init__(self) -> None:
        self.transport: Transport | None = None

    def before_send(self, request: Any, **_: Any) -> Any:
        return None if self.transport is None else self.transport.answer(request)


_wires: WeakKeyDictionary[Any, _Wire] = WeakKeyDictionary()


def _wire_of(client: Any) -> _Wire:
    wire = _wires.get(client)
    if wire is None:
        wire = _wires[client] = _Wire()
        client.meta.events.register_first(f"before-send.{SERVICE}", wire.before_send)
    return wire


def make_client(transport: Transport, **arguments: Any) -> Any:
    """A boto3 client whose requests the transport answers.

    ``arguments`` are those of ``boto3.client``; region and credentials have defaults. What
    the machine's AWS configuration files say does not count.
    """
    with _making:
        defaults = {"region_name": transport.region, **CREDENTIALS}
        client = _session().client(SERVICE, **{**defaults, **arguments})
    transport.attach(client)
    return client


_making = threading.Lock()
"""Sessions are not made for several threads."""


@cache
def _session() -> Any:
    """One session for all clients: the service model is read and compiled once."""
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
"""Whether a client that was just made is to be left alone."""

_redirecting = threading.Lock()
_redirections: list[tuple[Transport, Spare]] = []


@contextmanager
def redirected(transport: Transport, spare: Spare = lambda client: False) -> Iterator[None]:
    """Let the transport answer every SWF client made inside the block, in any thread.

    Whatever session makes it, whatever its region; clients of other services, SWF clients
    made before, and those that ``spare`` says are left alone. Blocks may overlap: the one
    that was entered last wins.
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
    """In place of ``botocore.session.Session.create_client``."""
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
"""The method that is replaced, while it is."""


def _patch() -> None:
    from botocore.session import Session

    if not _originals:
        _originals.append(Session.create_client)
        Session.create_client = _create_client


def _unpatch() -> None:
    """Unless somebody else has replaced it meanwhile: then ours stays, and does nothing."""
    from botocore.session import Session

    if Session.create_client is _create_client:
        Session.create_client = _originals.pop()


def _create_offline(create: Any, session: Any, region: str, args: Any, kwargs: Any) -> Any:
    """A client that needs neither a configured region nor credentials, and looks for none."""
    given = {**dict(zip(CREATE_CLIENT, args, strict=False)), **kwargs}
    if not given.get("region_name") and session.get_config_variable("region") is None:
        given["region_name"] = region
    configured = session._credentials is not None or "AWS_ACCESS_KEY_ID" in os.environ
    if not given.get("aws_access_key_id") and not configured:
        given.update(CREDENTIALS)
    return create(session, SERVICE, **given)


def _text(header: str | bytes | None) -> str:
    if header is None:
        return ""
    return header.decode("latin-1") if isinstance(header, bytes) else header
