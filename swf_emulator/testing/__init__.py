"""What testers of deciders, workers and whole workflows want.

`drive` runs a workflow in one thread; `assert_history` looks at what has happened; `replay`
shows a recorded history to a decider again; `DeciderMachine` (extra: ``hypothesis``) tries
orders of events that nobody thought of; `EmulatorCase` is for unittest. Each is imported
when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..histories import format_history, format_timeline
    from .assertions import assert_history
    from .cases import EmulatorCase, explained
    from .driving import drive
    from .exploring import DeciderMachine  # noqa: F401 (not for import *: it needs an extra)
    from .outcomes import Outcome, outcome, wait_closed
    from .replaying import Mismatch, replay
    from .running import NO_ANSWER, ActivityCanceled, ActivityFailed, run_decider, run_worker
    from .stuck import Stuck, explain

_HOMES = {
    "NO_ANSWER": ".running",
    "ActivityCanceled": ".running",
    "ActivityFailed": ".running",
    "DeciderMachine": ".exploring",
    "EmulatorCase": ".cases",
    "Mismatch": ".replaying",
    "Outcome": ".outcomes",
    "Stuck": ".stuck",
    "assert_history": ".assertions",
    "drive": ".driving",
    "explain": ".stuck",
    "explained": ".cases",
    "format_history": "..histories",
    "format_timeline": "..histories",
    "outcome": ".outcomes",
    "replay": ".replaying",
    "run_decider": ".running",
    "run_worker": ".running",
    "wait_closed": ".outcomes",
}

__all__ = [
    "NO_ANSWER",
    "ActivityCanceled",
    "ActivityFailed",
    "EmulatorCase",
    "Mismatch",
    "Outcome",
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
