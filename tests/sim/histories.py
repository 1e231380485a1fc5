"""Every history: gapless, accepted by the independent grammar, and equal to the live state."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from conformance.grammar import check_history
from swf_emulator.engine.domains import Run

from .fingerprint import NOTES, execution_fields

OPENED_BY = {
    "ActivityTaskScheduled": "openActivityTasks",
    "TimerStarted": "openTimers",
    "ChildWorkflowExecutionStarted": "openChildWorkflowExecutions",
    "LambdaFunctionScheduled": "openLambdaFunctions",
}
CLOSED_BY = {
    "openActivityTasks": [
        f"ActivityTask{end}" for end in ("Completed", "Failed", "TimedOut", "Canceled")
    ],
    "openTimers": ["TimerFired", "TimerCanceled"],
    "openChildWorkflowExecutions": [
        f"ChildWorkflowExecution{end}"
        for end in ("Completed", "Failed", "TimedOut", "Canceled", "Terminated")
    ],
    "openLambdaFunctions": [
        "StartLambdaFunctionFailed",
        *(f"LambdaFunction{end}" for end in ("Completed", "Failed", "TimedOut")),
    ],
}


def read(run: Run) -> list[dict[str, Any]]:
    """The events of a run, oldest first, as a client gets them."""
    events: list[dict[str, Any]] = [json.loads(stored) for stored in run.history]
    return events


def check_run(run: Run) -> None:
    """Raise AssertionError unless history and live state are in order and agree."""
    check_history(read(run), closed=run.execution.closed)
    check_agreement(run)


def check_agreement(run: Run) -> None:
    """Raise AssertionError unless the live state is the one that the history gives."""
    events = read(run)
    assert [event["eventId"] for event in events] == list(range(1, len(events) + 1))
    live = execution_fields(run.execution, NOTES)
    folded = execution_fields(run.folded(), NOTES)
    assert live == folded, f"live {_difference(live, folded)}"
    counts = {name: run.execution.open_counts[name] for name in CLOSED_BY}
    assert counts == open_counts(events), f"open counts of {run.execution.run_id}"


def open_counts(events: list[dict[str, Any]]) -> dict[str, int]:
    """The openCounts of a description, counted from the history alone."""
    types = Counter(event["eventType"] for event in events)
    return {
        name: sum(types[opening] for opening, counted in OPENED_BY.items() if counted == name)
        - sum(types[closing] for closing in closings)
        for name, closings in CLOSED_BY.items()
    }


def _difference(live: dict[str, Any], folded: dict[str, Any]) -> str:
    return "; ".join(
        f"{name}: {live[name]!r}, folded {folded[name]!r}"
        for name in live
        if live[name] != folded[name]
    )


class HistoryChecks:
    """Checks all runs, each anew only when its history has grown or it has closed."""

    def __init__(self) -> None:
        self._checked: dict[str, tuple[int, bytes]] = {}

    def check(self, runs: list[Run]) -> None:
        for run in runs:
            assert run.history, f"{run.execution.run_id} has no history"
            state = (len(run.history), run.history[-1])
            if self._checked.get(run.execution.run_id) != state:
                self._check_kept(run)
                check_run(run)
                self._checked[run.execution.run_id] = state

    def _check_kept(self, run: Run) -> None:
        """Check that recorded events do not change."""
        length, last = self._checked.get(run.execution.run_id, (0, b""))
        assert len(run.history) >= length, f"{run.execution.run_id} has lost events"
        assert length == 0 or run.history[length - 1] == last, "an event has changed"
