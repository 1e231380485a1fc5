"""The cost of a call with few and with many executions, open and closed, and queued tasks.

Each population has its own process, so that they can take turns without sharing a heap.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from . import workflows
from .local import Local, request
from .measure import Costs, Scale, Turns, take_turns
from .report import Figure

FLAT = 1.5
ROUNDS = 11
CALLS = 50
LEAST = 100
POPULATIONS = (LEAST, 10_000, 100_000)
QUICK_POPULATIONS = (LEAST, 2_000, 10_000)
FILL_SECONDS = 300.0
TURN_SECONDS = 60.0

RESIDENT = {"name": "resident"}
"""The list of the population's decision tasks, one for each execution."""

PAGE = {"maximumPageSize": 10}


def run(scale: Scale) -> list[Figure]:
    populations = QUICK_POPULATIONS if scale.quick else POPULATIONS

    def turn(worker: Connection) -> Callable[[], Costs]:
        def work() -> Costs:
            worker.send("turn")
            spent: Costs = _receive(worker, TURN_SECONDS)
            return spent

        return work

    with ExitStack() as stack:
        workers = {size: stack.enter_context(_worker(size)) for size in populations}
        for worker in workers.values():
            _receive(worker, FILL_SECONDS)
        turns = take_turns(
            {str(size): turn(worker) for size, worker in workers.items()}, scale.rounds(ROUNDS)
        )
    return [
        _figure(turns, operation, size) for operation in turns.names() for size in populations[1:]
    ]


def _figure(turns: Turns, operation: str, size: int) -> Figure:
    many, few = (turns.median(str(number), operation) for number in (size, LEAST))
    return Figure(
        f"scale: {operation}, {size:,} next to {LEAST}",
        turns.ratio(str(size), str(LEAST), operation),
        "x",
        FLAT,
        f"{many:.1f} µs next to {few:.1f}",
    )


@contextmanager
def _worker(size: int) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(size, there), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.join(TURN_SECONDS)
        process.kill()


def _receive(worker: Connection, seconds: float) -> Any:
    if not worker.poll(seconds):
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    return worker.recv()


def _work(size: int, commands: Connection) -> None:
    """Run the process of one population: answer each command with the costs of one turn."""
    population = _Population(size)
    commands.send("ready")
    try:
        while commands.recv():
            commands.send(population.turn())
    except (EOFError, KeyboardInterrupt):
        population.local.close()


class _Population:
    """``size`` open executions with a waiting task each, and as many closed ones."""

    def __init__(self, size: int) -> None:
        # Turns need some more than the service's 100,000.
        self.local = Local(max_open_executions=2 * max(POPULATIONS))
        self._random = random.Random(size)
        workflows.register(self.local.call)
        self._open = [self._start() for _ in range(size)]
        for _ in range(size):
            self._terminate(self._start())

    def turn(self) -> Costs:
        """Return CPU microseconds of each operation; the number of open executions is kept."""
        costs: dict[str, float] = {}

        def timed(name: str, operation: str, each: list[dict[str, Any]]) -> list[Any]:
            requests = [request(operation, **parameters) for parameters in each]
            costs[name], bodies = self.local.timed(requests)
            return [json.loads(body) for body in bodies if body]

        domain = {"domain": workflows.DOMAIN}
        fresh = domain | {"workflowType": workflows.WORKFLOW_TYPE}
        timed(
            "start",
            "StartWorkflowExecution",
            [fresh | {"workflowId": f"fresh-{self._random.getrandbits(64)}"} for _ in range(CALLS)],
        )
        some = self._random.sample(self._open, CALLS)
        timed(
            "signal",
            "SignalWorkflowExecution",
            [domain | {"workflowId": one["workflowId"], "signalName": "news"} for one in some],
        )
        timed("describe", "DescribeWorkflowExecution", [domain | {"execution": e} for e in some])
        since = domain | {"startTimeFilter": {"oldestDate": 0}}
        timed("list open", "ListOpenWorkflowExecutions", [since | PAGE] * CALLS)
        timed("list closed", "ListClosedWorkflowExecutions", [since | PAGE] * CALLS)
        timed("count", "CountOpenWorkflowExecutions", [since] * CALLS)
        polls = [domain | {"taskList": workflows.TASK_LIST}] * CALLS
        tasks = timed("poll", "PollForDecisionTask", polls)
        timed(
            "respond, closing",
            "RespondDecisionTaskCompleted",
            [{"taskToken": task["taskToken"], "decisions": [workflows.finish()]} for task in tasks],
        )
        self._open += [self._start() for _ in range(CALLS)]
        polls = [domain | {"taskList": RESIDENT}] * CALLS
        for task in timed("poll of a long queue", "PollForDecisionTask", polls):
            self._terminate(task["workflowExecution"])
        self._open = self._open[CALLS:]
        return costs

    def _start(self) -> dict[str, str]:
        return workflows.start(self.local.call, RESIDENT)

    def _terminate(self, execution: dict[str, str]) -> None:
        self.local.call("TerminateWorkflowExecution", domain=workflows.DOMAIN, **execution)
