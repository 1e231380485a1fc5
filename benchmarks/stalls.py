"""The wait of a small call while another client reads large answers: state, console, metrics.

The reader is a process of its own, so that it displaces only the server.
"""

from __future__ import annotations

import http.client
import multiprocessing
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from . import workflows
from .measure import Scale, percentile
from .report import Figure
from .servers import announced, apart
from .wire import Connection, request

SIZE, QUICK_SIZE = 20_000, 5_000
LISTED = 10_000
CONSOLE_PAGE = 50
SECONDS, QUICK_SECONDS = 10.0, 3.0
STALL_MS = 20.0
AFTER = re.compile(rb'[?&;]after=([^"&]+)')

LIST = {"name": "resident"}
COMMAND = (sys.executable, "-m", "swf_emulator", "serve", "--port", "0", "--metrics")

Paths = Sequence[str]
"""The paths that a reader requests in turn; ``{after}`` is the position of the next page."""

READERS: dict[str, Paths] = {
    "nothing else": (),
    "the state is exported": ("/_emulator/state",),
    f"{LISTED:,} executions are listed in the console": ("/executions?after={after}",),
    "all executions are listed by the control API": ("/_emulator/executions",),
    "metrics are read": ("/metrics",),
}


def run(scale: Scale) -> list[Figure]:
    size, seconds = (QUICK_SIZE, QUICK_SECONDS) if scale.quick else (SIZE, SECONDS)
    figures: list[Figure] = []
    with apart(), announced(COMMAND) as server, Connection(server.port) as connection:
        _fill(connection, size)
        for name, paths in READERS.items():
            with _reading(server.port, paths):
                waits = _waits(connection, seconds)
            label = f"stall of a small call while {name}"
            note = f"{size:,} executions, {len(waits):,} calls"
            late = 1000 * percentile(waits, 99.9)
            figures.append(Figure(f"{label}: p99.9", late, "ms", None, note))
            figures.append(Figure(f"{label}: maximum", 1000 * max(waits), "ms", STALL_MS))
    return figures


def _fill(connection: Connection, size: int) -> None:
    """Start executions; half of them are closed again."""
    workflows.register(connection.call)
    for number in range(size):
        execution = workflows.start(connection.call, LIST)
        if number % 2:
            connection.call("TerminateWorkflowExecution", domain=workflows.DOMAIN, **execution)


def _waits(connection: Connection, seconds: float) -> list[float]:
    """Make one small call after the other; return how long each took, in seconds."""
    call = request("DescribeDomain", name=workflows.DOMAIN)
    waits = []
    until = time.perf_counter() + seconds
    while (started := time.perf_counter()) < until:
        connection.send(call)
        waits.append(time.perf_counter() - started)
    return waits


@contextmanager
def _reading(port: int, paths: Paths) -> Iterator[None]:
    """Read the paths in another process; the block begins after the first answer."""
    context = multiprocessing.get_context("spawn")
    answered, ended = context.Event(), context.Event()
    process = context.Process(target=_read, args=(port, paths, answered, ended), daemon=True)
    process.start()
    try:
        if not answered.wait(60):
            raise TimeoutError("the reader has no answer")
        yield
    finally:
        ended.set()
        process.join(60)


def _read(port: int, paths: Paths, answered: Event, ended: Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not ended.is_set():
        for path in paths:
            after = ""
            for _ in range(LISTED // CONSOLE_PAGE if "{after}" in path else 1):
                body = _body(connection, path.format(after=after))
                after = _after(body) if "{after}" in path else ""
                answered.set()
                if ended.is_set():
                    break
        if not paths:
            answered.set()
            ended.wait()


def _body(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def _after(body: bytes) -> str:
    """Return the place of the next page, as a page of the console has it; "" after the last."""
    found = AFTER.findall(body)
    return found[-1].decode() if found else ""
