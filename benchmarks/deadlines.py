"""Many deadlines: the cost of a timer from start to firing, and of a heartbeat."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat

from swf_emulator import VirtualClock

from . import workflows
from .local import Local, request
from .measure import Scale, cpu_microseconds, take_turns
from .report import Figure

FLAT = 1.5
ROUNDS = 5
BATCH = 1_000
"""Timers of one execution: the quota of open timers."""
FEW, MANY, QUICK_MANY = 1_000, 10_000, 3_000
HEARTBEATS = 100


def run(scale: Scale) -> list[Figure]:
    many = scale.size(MANY, QUICK_MANY)
    return [_timers(many, scale), _heartbeats(many, scale)]


def _timers(many: int, scale: Scale) -> Figure:
    turns = take_turns(
        {"few": lambda: _timer_cost(FEW), "many": lambda: _timer_cost(many)}, scale.rounds(ROUNDS)
    )
    return Figure(
        f"deadlines: start and fire {many:,} timers, each, next to {FEW:,}",
        turns.ratio("many", to="few"),
        "x",
        FLAT,
        f"{turns.median('many'):.1f} µs next to {turns.median('few'):.1f}",
    )


def _timer_cost(timers: int) -> float:
    """Return CPU microseconds per timer, including its decision and its events."""
    clock = VirtualClock()
    local = Local(clock)
    workflows.register(local.call)

    def work() -> None:
        for first in range(0, timers, BATCH):
            workflows.start(local.call)
            workflows.decide(local.call, *map(_timer, range(first, first + BATCH)))
        clock.advance(BATCH)

    spent = cpu_microseconds(work) / timers
    waiting = local.call(
        "CountPendingDecisionTasks", domain=workflows.DOMAIN, taskList=workflows.TASK_LIST
    )
    assert waiting["count"] == timers // BATCH, "every execution has been told of its timers"
    local.close()
    return spent


def _timer(number: int) -> dict[str, object]:
    return {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {
            "timerId": f"timer-{number}",
            "startToFireTimeout": str(1 + number % BATCH),
        },
    }


def _heartbeats(many: int, scale: Scale) -> Figure:
    few_cost, many_cost = _heartbeat_cost(10), _heartbeat_cost(many)
    turns = take_turns({"few": few_cost, "many": many_cost}, scale.rounds(ROUNDS))
    return Figure(
        f"deadlines: heartbeat among {many:,}, next to 10",
        turns.ratio("many", to="few"),
        "x",
        FLAT,
        f"{turns.median('many'):.1f} µs next to {turns.median('few'):.1f}",
    )


def _heartbeat_cost(tasks: int) -> Callable[[], float]:
    """An emulator with that many started activity tasks; a turn is a heartbeat of one."""
    local = Local(VirtualClock())
    workflows.register(local.call)
    for _ in range(tasks):
        workflows.start(local.call)
        decision = workflows.schedule()
        decision["scheduleActivityTaskDecisionAttributes"]["heartbeatTimeout"] = "60"
        workflows.decide(local.call, decision)
        task = local.call(
            "PollForActivityTask", domain=workflows.DOMAIN, taskList=workflows.TASK_LIST
        )
    beat = request("RecordActivityTaskHeartbeat", taskToken=task["taskToken"])
    return lambda: local.timed(repeat(beat, HEARTBEATS))[0]
