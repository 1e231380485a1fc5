"""A real browser on the console: Debian's Chromium, driven by Playwright.

Tests are skipped where either is missing. No test may leave an error in the browser's own
console, so a violation of the Content-Security-Policy fails the test that caused it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.engine.domains import Scope
from swf_emulator.http.server import BackgroundServer

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed (extra: browser)"
)

Call = Callable[..., dict[str, Any]]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
ROOT = Path(__file__).parents[2]
LONGEST_WAIT_MS = 20_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; set CHROMIUM to its path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(poll_hold_seconds=5.0)) as running:
        yield running


@pytest.fixture
def url(emulator: Emulator) -> Iterator[str]:
    with BackgroundServer(emulator) as server:
        yield server.url


@pytest.fixture
def call(emulator: Emulator) -> Call:
    return partial(emulator.service.call, Scope("123456789012", "us-east-1"))


@pytest.fixture
def errors() -> list[str]:
    """Errors in the browser's console; a test that expects them empties the list."""
    return []


@pytest.fixture
def page(chromium: Any, url: str, errors: list[str]) -> Iterator[Any]:
    """A new tab; paths are relative to the console."""
    context = chromium.new_context(base_url=url, viewport={"width": 1366, "height": 820})
    context.set_default_timeout(LONGEST_WAIT_MS)
    playwright.expect.set_options(timeout=LONGEST_WAIT_MS)
    tab = context.new_page()
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert errors == []


@pytest.fixture
def program(url: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Runs a module of the examples as a program of its own, against the emulator."""
    with ExitStack() as stack:

        def run(module: str, *arguments: str) -> subprocess.Popen[bytes]:
            return stack.enter_context(_running(module, "--endpoint-url", url, *arguments))

        yield run


@contextmanager
def _running(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        yield process
        if process.poll() is None:
            process.terminate()
