"""A thousand held polls: idle CPU, dispatch to the oldest, stop; next to held constants."""

from __future__ import annotations

import select
import time
from collections import deque
from contextlib import ExitStack
from typing import NamedTuple

from . import servers, workflows
from .measure import Scale, percentile
from .report import Figure
from .servers import ServerProcess, allow_files
from .wire import TIMEOUT_SECONDS, Answer, Connection, request

POLLS, QUICK_POLLS = 1_000, 200
SAMPLES, QUICK_SAMPLES = 400, 100
IDLE_SECONDS, QUICK_IDLE_SECONDS = 5.0, 2.0
SETTLE_SECONDS = 0.5
PAUSE_SECONDS = 0.002
"""The pause between two dispatches, so that the server is idle."""

IDLE_TARGET_PERCENT = 1.0
ABOVE_FLOOR_TARGET_MS = 10.0
STOP_TARGET_SECONDS = 1.0


class Side(NamedTuple):
    """A server with held polls; ``wake`` is the call after which the oldest gets its answer."""

    server: ServerProcess
    caller: Connection
    poll: bytes
    wake: list[bytes]
    polls: deque[Connection]
    latencies_ms: list[float]


def run(scale: Scale) -> list[Figure]:
    polls, samples = scale.size(POLLS, QUICK_POLLS), scale.size(SAMPLES, QUICK_SAMPLES)
    allow_files(4 * POLLS)
    with ExitStack() as stack:
        floor = _floor(stack, samples)
        ours = _ours(stack, samples)
        sides = (floor, ours)
        for side in sides:
            for _ in range(polls):
                connection = stack.enter_context(Connection(side.server.port))
                connection.socket.sendall(side.poll)
                side.polls.append(connection)
        time.sleep(SETTLE_SECONDS)
        idle = _idle_percent(sides, scale)
        for index in range(samples):
            for side in sides if index % 2 else reversed(sides):
                side.latencies_ms.append(_dispatch(side, index))
                time.sleep(PAUSE_SECONDS)
        resident = ours.server.resident_mib()
        stops = [side.server.stop() for side in sides]
    return _figures(polls, sides, idle, resident, stops)


def _floor(stack: ExitStack, samples: int) -> Side:
    server = stack.enter_context(servers.constant())
    caller = stack.enter_context(Connection(server.port))
    wake = [request("Release", domain="bench")] * samples
    return Side(server, caller, request("Hold", domain="bench"), wake, deque(), [])


def _ours(stack: ExitStack, samples: int) -> Side:
    server = stack.enter_context(servers.emulator())
    caller = stack.enter_context(Connection(server.port))
    workflows.register(caller.call)
    poll = request("PollForDecisionTask", domain=workflows.DOMAIN, taskList=workflows.TASK_LIST)
    wake = [
        request(
            "StartWorkflowExecution",
            domain=workflows.DOMAIN,
            workflowId=f"held-{number}",
            workflowType=workflows.WORKFLOW_TYPE,
        )
        for number in range(samples)
    ]
    return Side(server, caller, poll, wake, deque(), [])


def _idle_percent(sides: tuple[Side, Side], scale: Scale) -> list[float]:
    """Return the percentage of one processor that is used without calls."""
    seconds = QUICK_IDLE_SECONDS if scale.quick else IDLE_SECONDS
    before = [side.server.cpu_seconds() for side in sides]
    started = time.perf_counter()
    time.sleep(seconds)
    elapsed = time.perf_counter() - started
    after = [side.server.cpu_seconds() for side in sides]
    return [(end - begin) / elapsed * 100 for begin, end in zip(before, after, strict=True)]


def _dispatch(side: Side, index: int) -> float:
    """Return milliseconds from the call to the answer of the oldest poll, and poll again."""
    oldest = side.polls.popleft()
    poller = select.poll()
    poller.register(oldest.socket, select.POLLIN)
    started = time.perf_counter()
    side.caller.socket.sendall(side.wake[index])
    if not poller.poll(TIMEOUT_SECONDS * 1000):
        raise TimeoutError("the oldest poll was not answered")
    elapsed = time.perf_counter() - started
    for connection in (oldest, side.caller):
        answer = Answer()
        while not answer.feed(connection.socket.recv(65536)):
            continue
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {answer.body.decode()}")
    oldest.socket.sendall(side.poll)
    side.polls.append(oldest)
    return elapsed * 1000


def _figures(
    polls: int,
    sides: tuple[Side, Side],
    idle: list[float],
    resident: float,
    stops: list[float],
) -> list[Figure]:
    floor, ours = (side.latencies_ms for side in sides)
    figures = [
        Figure(
            f"held: idle CPU with {polls:,} polls",
            idle[1],
            "%",
            IDLE_TARGET_PERCENT,
            f"constant server {idle[0]:.2f} %",
        )
    ]
    for percent in (50, 99):
        low, high = percentile(floor, percent), percentile(ours, percent)
        note = f"{high:.2f} ms next to {low:.2f}"
        name = f"held: dispatch p{percent} above the floor"
        figures.append(Figure(name, high - low, "ms", ABOVE_FLOOR_TARGET_MS, note))
    return [
        *figures,
        Figure("held: resident memory", resident, "MiB"),
        Figure("held: stop", stops[1], "s", STOP_TARGET_SECONDS, f"constant {stops[0]:.2f} s"),
    ]
