"""Waiting for something that other threads or processes do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LOOK_AGAIN_SECONDS = 0.005


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return as soon as the condition holds; fail if it does not in time."""
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        pause.wait(LOOK_AGAIN_SECONDS)
