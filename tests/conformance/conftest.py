"""A server process with fresh state, as the suite and the clients of others see it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from conformance.endpoint.serving import served

SERVE = [sys.executable, "-m", "swf_emulator", "serve", "--port", "{port}", "--poll-hold", "2"]


@pytest.fixture
def fresh() -> Iterator[str]:
    """The URL of an emulator in a process of its own."""
    with served(SERVE) as url:
        yield url
