"""Servers for the edge tests, without the machine's own AWS configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from swf_emulator import Emulator, Settings, SystemClock
from swf_emulator.engine.clock import Clock
from swf_emulator.http.server import BackgroundServer

from . import workload

Serve = Callable[..., tuple[Emulator, str]]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "BOTO", "SWF_EMULATOR_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers with settings of one's own, with the domain of the workload registered."""
    with ExitStack() as stack:

        def start(settings: Settings, clock: Clock | None = None) -> tuple[Emulator, str]:
            emulator = stack.enter_context(Emulator(settings, clock=clock or SystemClock()))
            server = stack.enter_context(BackgroundServer(emulator))
            workload.register(server.url)
            return emulator, server.url

        yield start


@pytest.fixture
def patient(serve: Serve) -> tuple[Emulator, str]:
    """A server that holds polls for longer than any test waits."""
    return serve(Settings(poll_hold_seconds=30.0))
