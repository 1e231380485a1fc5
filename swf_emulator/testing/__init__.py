"""Tools for tests of deciders, workers and complete workflows.

`drive` runs a workflow in one thread; `assert_history` checks a history; `replay` compares a
decider with a recorded history; `DeciderMachine` (needs Hypothesis) explores random orders of
events; `EmulatorCase` is for unittest. Each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..histories import format_history, format_timeline
    from .assertions import assert_history
    from .case import EmulatorCase, explained
    from .diagnosis import Stuck, explain
    from .driver import drive
    from .replayer import Mismatch, replay
    from .results import ExecutionResult, outcome, wait_closed
    from .state_machine import DeciderMachine  # noqa: F401 (not in __all__: it needs Hypothesis)
    from .workers import NO_ANSWER, ActivityCanceled, ActivityFailed, run_decider, run_worker

_HOMES = {
    "NO_ANSWER": ".workers",
    "ActivityCanceled": ".workers",
    "ActivityFailed": ".workers",
    "DeciderMachine": ".state_machine",
    "EmulatorCase": ".case",
    "Mismatch": ".replayer",
    "ExecutionResult": ".results",
    "Stuck": ".diagnosis",
    "assert_history": ".assertions",
    "drive": ".driver",
    "explain": ".diagnosis",
    "explained": ".case",
    "format_history": "..histories",
    "format_timeline": "..histories",
    "outcome": ".results",
    "replay": ".replayer",
    "run_decider": ".workers",
    "run_worker": ".workers",
    "wait_closed": ".results",
}

__all__ = [
    "NO_ANSWER",
    "ActivityCanceled",
    "ActivityFailed",
    "EmulatorCase",
    "ExecutionResult",
    "Mismatch",
    "Stuck",
    "assert_history",
    "drive",
    "explain",
    "explained",
    "format_history",
    "format_timeline",
    "outcome",
    "replay",
    "run_decider",
    "run_worker",
    "wait_closed",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)
