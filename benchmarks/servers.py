"""Servers in separate processes, with their CPU time."""

from __future__ import annotations

import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

READY_SECONDS = 30.0
STOP_SECONDS = 20.0
URL = re.compile(rb"http://127\.0\.0\.1:(\d+)")
MIB = 1024 * 1024


class ServerProcess:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the CPU time so far, of the program and of the kernel for it."""
        return cpu_seconds(self._process.pid)

    def resident_mib(self) -> float:
        with open(f"/proc/{self._process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize() / MIB

    def stop(self) -> float:
        """Stop it with SIGTERM; return the seconds until it has stopped."""
        started = time.perf_counter()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return time.perf_counter() - started


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of another process, from its POSIX clock."""
    if not sys.platform.startswith("linux"):
        raise OSError("the CPU time of another process is read as Linux gives it")
    clock = (~pid << 3) | 2
    return time.clock_gettime(clock)


@contextmanager
def apart() -> Iterator[None]:
    """Keep this process on one processor and the servers that it starts on another.

    Client and server then do not displace each other's caches. With one processor, or where
    the system does not support it, this has no effect.
    """
    global _servers_on
    processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(processors) < 2:
        yield
        return
    os.sched_setaffinity(0, {processors[0]})
    _servers_on = {processors[-1]}
    try:
        yield
    finally:
        os.sched_setaffinity(0, processors)
        _servers_on = None


_servers_on: set[int] | None = None
"""The processors for new servers; None means any."""


@contextmanager
def emulator() -> Iterator[ServerProcess]:
    """``swf-emulator serve``."""
    with announced([sys.executable, "-m", "swf_emulator", "serve", "--port", "0"]) as server:
        yield server


@contextmanager
def constant() -> Iterator[ServerProcess]:
    """The same server with a constant answer."""
    with announced([sys.executable, "-m", "benchmarks.constant"]) as server:
        yield server


@contextmanager
def floor() -> Iterator[ServerProcess]:
    """The same transport with a constant answer."""
    with announced([sys.executable, "-m", "benchmarks.floor"]) as server:
        yield server


def compiled() -> bool:
    """Return whether the state machine and the protocol are compiled."""
    from swf_emulator.core import record

    return not (record.__file__ or "").endswith(".py")


@contextmanager
def moto() -> Iterator[ServerProcess]:
    """moto's server, the development extra."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command) as process:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield ServerProcess(process, port)


@contextmanager
def announced(command: Sequence[str]) -> Iterator[ServerProcess]:
    """Start a server that prints its URL when it listens."""
    with _running(command) as process:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
        found = URL.search(process.stdout.readline()) if readable else None
        if found is None:
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield ServerProcess(process, int(found[1]))


@contextmanager
def _running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    # Settings given by the environment would change what is measured.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SWF_EMULATOR_")
    }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if _servers_on is not None:
        os.sched_setaffinity(process.pid, _servers_on)
    try:
        yield process
    finally:
        if process.poll() is None:
            ServerProcess(process, 0).stop()
        assert process.stdout is not None
        process.stdout.close()


def allow_files(wanted: int) -> None:
    """Raise the limit of open files for this process and its children, if permitted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
