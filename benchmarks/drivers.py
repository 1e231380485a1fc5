"""Hello workflows of 1, 2 and 8 drivers at a time, compared with the floor.

The floor is the same transport with a constant answer: what is above it is the emulator's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from . import servers, workflows
from .measure import Costs, Scale, take_turns
from .report import Figure
from .servers import ServerProcess
from .wire import Connection, request

TARGETS = {1: 2.6, 2: 2.3, 8: 3.0}
TARGETS_COMPILED = {1: 1.9, 2: 1.9, 8: 2.4}
ROUNDS = 15
WORKFLOWS = 80
"""In one turn, all drivers together."""

CPU = "server CPU"


def run(scale: Scale) -> list[Figure]:
    return [_with_drivers(number, scale) for number in TARGETS]


def _with_drivers(number: int, scale: Scale) -> Figure:
    with (
        servers.apart(),
        servers.floor() as floor,
        servers.emulator() as ours,
        _drivers(floor, number) as to_floor,
        _drivers(ours, number) as to_ours,
    ):
        workflows.register(to_ours.connections[0].call)
        workflows.check(to_ours.connections[0].call)
        turns = take_turns(
            {
                "floor": _turn(floor, to_floor, _seven_calls),
                "emulator": _turn(ours, to_ours, lambda each: workflows.hello(each.call)),
            },
            scale.rounds(ROUNDS),
        )
    hello, seven = (turns.median(name, CPU) * 1e6 for name in ("emulator", "floor"))
    compiled = servers.compiled()
    return Figure(
        f"drivers: hello with {number}, server CPU",
        turns.ratio("emulator", "floor", CPU),
        "x",
        (TARGETS_COMPILED if compiled else TARGETS)[number],
        f"{hello:.0f} µs next to {seven:.0f} of the floor; {'compiled' if compiled else 'pure'}",
    )


_CONSTANT = request(
    "SignalWorkflowExecution", domain="bench", workflowId="hello", signalName="news"
)


def _seven_calls(connection: Connection) -> None:
    for _ in range(workflows.CALLS):
        connection.send(_CONSTANT)


class _Drivers:
    """Connections, each with a thread of its own."""

    def __init__(self, connections: list[Connection], pool: ThreadPoolExecutor) -> None:
        self.connections = connections
        self._pool = pool

    def each(self, work: Callable[[Connection], object], times: int) -> None:
        """Let every driver work that many times."""

        def drive(connection: Connection) -> None:
            for _ in range(times):
                work(connection)

        for _ in self._pool.map(drive, self.connections):
            continue


@contextmanager
def _drivers(server: ServerProcess, number: int) -> Iterator[_Drivers]:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(number))
        connections = [stack.enter_context(Connection(server.port)) for _ in range(number)]
        yield _Drivers(connections, pool)


def _turn(
    server: ServerProcess, drivers: _Drivers, work: Callable[[Connection], object]
) -> Callable[[], Costs]:
    """Return the CPU seconds of the server for one workflow."""
    times = WORKFLOWS // len(drivers.connections)

    def turn() -> Costs:
        before = server.cpu_seconds()
        drivers.each(work, times)
        return {CPU: (server.cpu_seconds() - before) / (times * len(drivers.connections))}

    return turn
