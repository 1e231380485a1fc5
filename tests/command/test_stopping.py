"""The command as a process: it starts, is healthy, holds a thousand polls, and stops."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent
HEALTHCHECK = ROOT / "tools" / "healthcheck.py"
POLLS = 1000
STOP_SECONDS = 5.0
"""The aim is less than one; a loaded machine may take longer."""


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running command and its port."""
    command = [sys.executable, "-m", "swf_emulator", "serve", "--port", "0", "--metrics"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            assert started.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)", started.stdout.readline())
            assert found is not None
            yield started, int(found[1])
        finally:
            if started.poll() is None:
                started.kill()


def call(port: int, operation: str, body: bytes) -> bytes:
    target = {"X-Amz-Target": f"SimpleWorkflowService.{operation}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, target)
    with urllib.request.urlopen(request) as answer:
        read: bytes = answer.read()
        return read


def held(port: int) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    counts = re.findall(r"^swf_emulator_held_polls\{.*\} ([\d.]+)$", text, re.MULTILINE)
    return sum(map(float, counts))


def test_a_thousand_held_polls_are_answered_before_the_end(
    process: tuple[subprocess.Popen[str], int],
) -> None:
    started, port = process
    call(port, "RegisterDomain", b'{"name":"d","workflowExecutionRetentionPeriodInDays":"1"}')
    body = b'{"domain":"d","taskList":{"name":"t"}}'
    poll = (
        b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SimpleWorkflowService.PollForActivityTask"
        b"\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    with contextlib.ExitStack() as opened:
        connections = []
        for _ in range(POLLS):
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            connections.append(opened.enter_context(connection))
            connection.sendall(poll)
        wait_until(lambda: held(port) == POLLS)
        began = time.monotonic()
        started.send_signal(signal.SIGTERM)
        assert started.wait(20) == 0
        took = time.monotonic() - began
        answers = [connection.recv(65_536) for connection in connections]
    assert sum(answer.startswith(b"HTTP/1.1 200 ") for answer in answers) == POLLS
    assert took < STOP_SECONDS
    assert started.stderr is not None
    assert started.stderr.read() == ""


def check_health(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-IS", str(HEALTHCHECK)],
        env={**os.environ, "SWF_EMULATOR_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_health_check_of_the_container(process: tuple[subprocess.Popen[str], int]) -> None:
    started, port = process
    outcome = check_health(port)
    assert outcome.returncode == 0
    assert json.loads(outcome.stdout)["status"] == "ok"
    started.terminate()
    started.wait(20)
    assert check_health(port).returncode == 1


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = subprocess.run(
            [sys.executable, "-m", "swf_emulator", "serve", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert outcome.returncode == 1
    assert outcome.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
