"""Clients that a transport answers: made here, or by other code inside `redirected`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from .transport import Transport
from .wire import SERVICE

CREDENTIALS = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
"""The credentials of a client that is given none."""

CREATE_CLIENT = ("region_name", "api_version", "use_ssl", "verify", "endpoint_url")
"""The first parameters of botocore's ``create_client`` after the service, in order."""


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
