"""The command as a user runs it: a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

START_SECONDS = 15.0
BANNER_LINES = 3


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "swf_emulator", *arguments]


class Serving:
    """A running server process, its banner and its URL."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.banner = "".join(process.stdout.readline() for _ in range(BANNER_LINES))
        found = re.search(r"http://\S+", self.banner)
        assert found, f"no URL in the banner {self.banner!r}"
        self.url = found.group()

    def stop(self, number: signal.Signals, seconds: float) -> tuple[int, str]:
        """Signal it. Returns its status and what it said last, if it ends in that time."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, errors


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[Serving]:
    """``swf-emulator serve`` with these options, until the block ends."""
    process = subprocess.Popen(
        command_line("serve", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield Serving(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=START_SECONDS)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        command_line(*arguments),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        env={**os.environ, **environment},
        check=False,
    )
