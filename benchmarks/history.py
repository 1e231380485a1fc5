"""Long histories: the cost of an event, and of a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import repeat

from swf_emulator.protocol.service import Request

from . import workflows
from .local import Local, request
from .measure import Scale, cpu_microseconds, take_turns
from .report import Figure

FLAT = 1.25
PAGE_TARGET = 0.5
ROUNDS = 21
APPENDS, PAGES = 40, 5
"""All rounds together must keep the longest history below its limit of 25,000 events."""
LENGTHS = (100, 10_000, 24_000)
QUICK_LENGTHS = (100, 5_000, 10_000)


def run(scale: Scale) -> list[Figure]:
    local = Local()
    workflows.register(local.call)
    lengths = QUICK_LENGTHS if scale.quick else LENGTHS
    executions = {length: _grown(local, length) for length in lengths}
    figures = _append(local, executions, scale)
    figures.append(_page(local, executions[lengths[-1]], scale))
    local.close()
    return figures


def _grown(local: Local, length: int) -> dict[str, str]:
    """An execution with that many events: its start, a decision task, signals."""
    execution = workflows.start(local.call)
    signal = _signal(execution["workflowId"])
    for _ in range(length - 2):
        local.answer(signal)
    return execution


def _signal(workflow_id: str) -> Request:
    return request(
        "SignalWorkflowExecution",
        domain=workflows.DOMAIN,
        workflowId=workflow_id,
        signalName="news",
        input="x" * 200,
    )


def _append(local: Local, executions: dict[int, dict[str, str]], scale: Scale) -> list[Figure]:
    def appends(execution: dict[str, str]) -> Callable[[], float]:
        signal = _signal(execution["workflowId"])
        return lambda: local.timed(repeat(signal, APPENDS))[0]

    turns = take_turns(
        {str(length): appends(execution) for length, execution in executions.items()},
        scale.rounds(ROUNDS),
    )
    shortest, *longer = executions
    return [
        Figure(
            f"history: append at {length:,} events, next to {shortest}",
            turns.ratio(str(length), to=str(shortest)),
            "x",
            FLAT,
            f"{turns.median(str(length)):.1f} µs next to {turns.median(str(shortest)):.1f}",
        )
        for length in longer
    ]


def _page(local: Local, execution: dict[str, str], scale: Scale) -> Figure:
    asked = request("GetWorkflowExecutionHistory", domain=workflows.DOMAIN, execution=execution)
    answer = json.loads(local.answer(asked).body)
    turns = take_turns(
        {
            "page": lambda: cpu_microseconds(lambda: local.answer(asked), PAGES),
            "dumps": lambda: cpu_microseconds(lambda: json.dumps(answer), PAGES),
        },
        scale.rounds(ROUNDS),
    )
    note = f"{turns.median('page'):.0f} µs next to {turns.median('dumps'):.0f}"
    ratio = turns.ratio("page", to="dumps")
    events = len(answer["events"])
    return Figure(f"history: page of {events:,}, next to json.dumps", ratio, "x", PAGE_TARGET, note)
