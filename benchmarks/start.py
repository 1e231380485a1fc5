"""Startup: the import, an emulator, a server's first answer.

The figures are CPU time, which is the elapsed time on an idle machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from . import servers, workflows
from .measure import Costs, Scale, take_turns
from .report import Figure
from .wire import Connection

TARGET_MS = 500.0
ROUNDS = 7
SECONDS = 30.0

CPU, WALL = "CPU", "elapsed"

TIMED = """
import time
cpu, wall = time.process_time(), time.perf_counter()
{}
print(time.process_time() - cpu, time.perf_counter() - wall)
"""
PROGRAMS = {
    "import swf_emulator": "import swf_emulator",
    "import and Emulator()": "from swf_emulator import Emulator; Emulator()",
}
SERVE = "serve to the first answer"


def run(scale: Scale) -> list[Figure]:
    programs = {name: _program(statement) for name, statement in PROGRAMS.items()}
    with _compiled():
        turns = take_turns({**programs, SERVE: _first_answer}, scale.rounds(ROUNDS))
    return [
        Figure(
            f"start: {name}",
            turns.median(name, CPU) * 1000,
            "ms",
            TARGET_MS,
            f"of CPU; elapsed {turns.median(name, WALL) * 1000:.0f}",
        )
        for name in (*PROGRAMS, SERVE)
    ]


@contextmanager
def _compiled() -> Iterator[None]:
    """Return an environment in which Python caches compiled modules, as when installed."""
    with tempfile.TemporaryDirectory() as cache:
        kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": cache}
        with mock.patch.dict(os.environ, kept):
            yield


def _program(statement: str) -> Callable[[], Costs]:
    """Return the seconds of a statement in a fresh interpreter."""
    command = [sys.executable, "-c", TIMED.format(statement)]

    def turn() -> Costs:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        cpu, wall = map(float, done.stdout.split())
        return {CPU: cpu, WALL: wall}

    return turn


def _first_answer() -> Costs:
    """Return the seconds from the start of the server's process to its first answer."""
    started = time.perf_counter()
    with servers.emulator() as server, Connection(server.port) as connection:
        connection.call(
            "RegisterDomain", name=workflows.DOMAIN, workflowExecutionRetentionPeriodInDays="1"
        )
        return {CPU: server.cpu_seconds(), WALL: time.perf_counter() - started}
