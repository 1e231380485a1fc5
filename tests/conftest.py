"""Fixtures: an emulator in every form in which it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from swf_emulator import Emulator, Settings, VirtualClock
from swf_emulator.http import connections
from swf_emulator.http.server import BackgroundServer

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A fresh emulator on the real clock; empty polls are held for 0.3 seconds."""
    with Emulator(Settings(poll_hold_seconds=0.3)) as running:
        yield running


@pytest.fixture
def endpoint(emulator: Emulator) -> Iterator[str]:
    """The URL of a real server with fresh state."""
    with BackgroundServer(emulator) as server:
        yield server.url


@pytest.fixture
def client(endpoint: str) -> Any:
    """A boto3 client over a real socket."""
    return boto3.client(
        "swf",
        endpoint_url=endpoint,
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 0}, max_pool_connections=100),
        **CREDENTIALS,
    )


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def virtual(clock: VirtualClock) -> Iterator[Emulator]:
    """A fresh emulator on a clock that the test moves, with reproducible ids."""
    with Emulator(clock=clock, seed=1) as running:
        yield running


@pytest.fixture
def swf(virtual: Emulator) -> Any:
    """A boto3 client of ``virtual``, in process; its polls are answered at once."""
    return virtual.client()


@pytest.fixture(params=["short way", "long way"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two ways of an AWS call through the HTTP server: see `swf_emulator.http.short_way`.

    What a module of tests demands must hold on both: ``pytestmark = usefixtures("way")``.
    """
    name: str = request.param
    if name == "long way":
        monkeypatch.setattr(connections, "aws_fields", lambda headers: None)
    return name
