"""Runs the shell commands of a client."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; ``status`` is None if it took too long and was killed."""

    status: int | None
    output: str
    errors: str


def run(command: str, folder: Path, environment: dict[str, str], seconds_max: float) -> Ended:
    """Run a command by ``sh``; kill it with everything it started if it takes too long."""
    with subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=seconds_max)
            return Ended(process.returncode, output, errors)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            return Ended(None, output, errors)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
