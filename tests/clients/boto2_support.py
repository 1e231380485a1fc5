"""boto 2.49, the last boto 2 (2018), on the Python of today and against any endpoint.

boto 2 brings its own copy of `six` from 2015, whose lazy modules hook into imports in a way that
Python 3.12 removed, and imports `imp`, removed there as well, to load plugins that nobody has here.
Before boto is imported, the real `six` takes the place of the copy, and an empty module that of
`imp`. Tests import boto's names from here, so that this comes first.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import six

REGION = "us-east-1"
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "secret"


def _put_modules_in_place() -> None:
    moves: Any = six.moves
    vendored = {
        "": six,
        ".moves": moves,
        ".moves.queue": moves.queue,
        ".moves.urllib": moves.urllib,
        ".moves.urllib.parse": moves.urllib.parse,
        ".moves.urllib.request": moves.urllib.request,
    }
    for name, module in vendored.items():
        sys.modules.setdefault(f"boto.vendored.six{name}", module)
    if sys.version_info >= (3, 12):
        sys.modules.setdefault("imp", ModuleType("imp"))


_put_modules_in_place()
with warnings.catch_warnings():
    # Its source has escape sequences and imports that today's Python warns of.
    warnings.simplefilter("ignore")
    import boto.swf.layer2
    from boto.exception import SWFResponseError
    from boto.regioninfo import RegionInfo
    from boto.swf import exceptions
    from boto.swf.layer1 import Layer1
    from boto.swf.layer1_decisions import Layer1Decisions
if sys.version_info >= (3, 12):
    # Nobody else may believe that it is there.
    del sys.modules["imp"]

__all__ = [
    "Layer1",
    "Layer1Decisions",
    "SWFResponseError",
    "close",
    "exceptions",
    "layer1_at",
    "layer2_at",
]


def layer1_at(endpoint: str) -> Layer1:
    """A low-level connection to an endpoint such as http://127.0.0.1:4596."""
    url = urlsplit(endpoint)
    connection = Layer1(
        ACCESS_KEY,
        SECRET_KEY,
        is_secure=url.scheme == "https",
        port=url.port,
        region=RegionInfo(name=REGION, endpoint=url.hostname),
    )
    # Else boto signs for the region and service that it reads out of the host's name.
    connection.auth_region_name = REGION
    connection.auth_service_name = "swf"
    return connection


def close(connection: Layer1) -> None:
    """Close the sockets; boto's own close() leaves them to the garbage collector."""
    for pool in connection._pool.host_to_pool.values():
        for http_connection, _ in pool.queue:
            http_connection.close()
    connection._pool.host_to_pool.clear()


@contextmanager
def layer2_at(endpoint: str) -> Iterator[ModuleType]:
    """boto.swf.layer2, whose objects all connect to the endpoint while the context lasts."""
    connections = []

    def connect(*_: Any, **__: Any) -> Layer1:
        connections.append(layer1_at(endpoint))
        return connections[-1]

    with mock.patch.object(boto.swf.layer2, "Layer1", connect):
        try:
            yield boto.swf.layer2
        finally:
            for connection in connections:
                close(connection)
