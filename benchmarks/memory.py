"""The memory of an open execution of 5 events, measured in separate processes."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable

from . import workflows
from .local import Local
from .measure import Scale
from .report import Figure

TARGET_KIB = 8.0
EXECUTIONS, QUICK_EXECUTIONS = 20_000, 5_000
TRACED, QUICK_TRACED = 3_000, 1_000
"""Fewer with tracemalloc, which is slow."""
SECONDS = 300.0


def run(scale: Scale) -> list[Figure]:
    figures = []
    for way, executions in (
        ("resident", scale.size(EXECUTIONS, QUICK_EXECUTIONS)),
        ("traced", scale.size(TRACED, QUICK_TRACED)),
    ):
        kib = _in_a_process(way, executions)
        name = f"memory: open execution of 5 events, {way}"
        figures.append(Figure(name, kib, "KiB", TARGET_KIB, f"of {executions:,}"))
    return figures


def _in_a_process(way: str, executions: int) -> float:
    command = [sys.executable, "-m", "benchmarks.memory", way, str(executions)]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True, text=True)
    return float(done.stdout)


def _resident_bytes() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def _traced_bytes() -> int:
    return tracemalloc.get_traced_memory()[0]


def main(way: str, executions: int) -> float:
    """Return KiB per execution: ``resident`` (of the process) or ``traced`` (by tracemalloc)."""
    measure: Callable[[], int] = _resident_bytes
    if way == "traced":
        tracemalloc.start()
        measure = _traced_bytes
    local = Local()
    workflows.register(local.call)
    workflows.check(local.call)
    gc.collect()
    before = measure()
    for _ in range(executions):
        execution = workflows.start(local.call)
        workflows.decide(local.call, workflows.schedule())
    gc.collect()
    grown = measure() - before
    answer = local.call("GetWorkflowExecutionHistory", domain=workflows.DOMAIN, execution=execution)
    assert len(answer["events"]) == 5
    return grown / executions / 1024


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
