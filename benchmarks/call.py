"""One small call through the endpoint, compared with the same server and a constant answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from . import servers, workflows
from .measure import Costs, Scale, Turns, take_turns
from .report import Figure
from .servers import ServerProcess
from .wire import Connection, request

TARGET = 1.5
CALLS = 100
ROUNDS = 31
"""Many short turns, because the speed of a machine varies from second to second."""

CPU, WALL = "server CPU", "elapsed"


def run(scale: Scale) -> list[Figure]:
    with (
        servers.apart(),
        servers.constant() as floor,
        servers.emulator() as ours,
        Connection(floor.port) as to_floor,
        Connection(ours.port) as to_ours,
    ):
        taken = {
            name: take_turns(
                {
                    "constant": _turn(floor, to_floor, asked),
                    "emulator": _turn(ours, to_ours, asked),
                },
                scale.rounds(ROUNDS),
            )
            for name, asked in _requests(to_ours).items()
        }
    return [
        *(
            Figure(f"call: {name}", _ratio(turns, CPU), "x", TARGET, _note(turns))
            for name, turns in taken.items()
        ),
        *(
            Figure(
                f"call: median, {what}",
                median(_ratio(turns, what) for turns in taken.values()),
                "x",
                TARGET if what == CPU else None,
            )
            for what in (CPU, WALL)
        ),
    ]


def _requests(ours: Connection) -> dict[str, bytes]:
    """Return small calls of several types; each can be repeated."""
    workflows.register(ours.call)
    execution = workflows.start(ours.call)
    workflows.decide(ours.call, workflows.schedule())
    domain, task_list = workflows.DOMAIN, workflows.TASK_LIST
    task = ours.call("PollForActivityTask", domain=domain, taskList=task_list)
    return {
        "CountOpenWorkflowExecutions": request(
            "CountOpenWorkflowExecutions", domain=domain, startTimeFilter={"oldestDate": 0}
        ),
        "DescribeWorkflowExecution": request(
            "DescribeWorkflowExecution", domain=domain, execution=execution
        ),
        "SignalWorkflowExecution": request(
            "SignalWorkflowExecution",
            domain=domain,
            workflowId=execution["workflowId"],
            signalName="news",
            input="something has happened",
        ),
        "RecordActivityTaskHeartbeat": request(
            "RecordActivityTaskHeartbeat", taskToken=task["taskToken"], details="half done"
        ),
        "RegisterDomain, refused": request(
            "RegisterDomain", name=domain, workflowExecutionRetentionPeriodInDays="1"
        ),
    }


def _turn(server: ServerProcess, connection: Connection, asked: bytes) -> Callable[[], Costs]:
    def turn() -> Costs:
        cpu, started = server.cpu_seconds(), time.perf_counter()
        for _ in range(CALLS):
            connection.send(asked)
        elapsed = time.perf_counter() - started
        return {CPU: (server.cpu_seconds() - cpu) / CALLS, WALL: elapsed / CALLS}

    return turn


def _ratio(turns: Turns, what: str) -> float:
    return turns.ratio("emulator", "constant", what)


def _note(turns: Turns) -> str:
    ours, floor = (turns.median(name, CPU) * 1e6 for name in ("emulator", "constant"))
    return f"{ours:.0f} µs of server CPU next to {floor:.0f}"
