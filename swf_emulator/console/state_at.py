"""The state of an execution at any of its events: a fold of the history up to there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.decision_slot import DecisionTask
from ..core.events import Event
from ..core.execution import OPEN_COUNTS, Execution
from ..core.lambdas import LambdaTask
from ..core.open_items import OpenItem
from ..core.record import fold
from ..core.timers import Timer
from ..engine.history import decode_event
from .events import gist_of, tone_of


@dataclass(slots=True)
class OpenThing:
    """Something open. ``change`` is what the event did to it: opened, changed, or nothing."""

    kind: str
    name: str
    event_id: int
    phase: str
    deadline_ms: int | None
    change: str


@dataclass(slots=True)
class Step:
    """The event, and the execution right after it."""

    event_id: int
    total: int
    event_type: str
    tone: str
    gist: str
    timestamp_ms: int
    attributes: dict[str, Any]
    status: str
    decider: str
    open_counts: dict[str, int]
    cancel_requested: bool
    execution_context: str | None
    things: list[OpenThing]
    closed: list[OpenThing]


def step(workflow_id: str, run_id: str, history: Sequence[bytes], event_id: int) -> Step:
    """The state after event ``event_id``, which the history must have."""
    execution = Execution(workflow_id, run_id)
    for stored in history[: event_id - 1]:
        fold(execution, decode_event(stored))
    before = dict(execution.open_items)
    execution.changed_items.clear()
    event = decode_event(history[event_id - 1])
    fold(execution, event)
    touched = {pending.event_id for pending in execution.changed_items}
    return Step(
        event_id,
        len(history),
        event.event_type,
        tone_of(event.event_type),
        gist_of(event),
        event.timestamp_ms,
        event.attributes,
        execution.close_status or "OPEN",
        _decider(execution),
        {name: execution.open_counts[name] for name in OPEN_COUNTS},
        execution.cancel_requested,
        execution.latest_execution_context,
        [
            _thing(pending, _change(pending, before, touched, event))
            for pending in execution.open_items.values()
        ],
        [
            _thing(pending, "closed")
            for pending in before.values()
            if pending.event_id not in execution.open_items
        ],
    )


def _change(pending: OpenItem, before: dict[int, OpenItem], touched: set[int], event: Event) -> str:
    if pending.event_id not in before:
        return "opened"
    return "changed" if pending.event_id in touched else ""


def _decider(execution: Execution) -> str:
    started, waiting = execution.decision_started, execution.decision_waiting
    if started is not None and waiting is not None:
        return f"at work on task {started.event_id}; task {waiting.event_id} comes next"
    if started is not None:
        return f"at work on task {started.event_id}"
    if waiting is not None:
        return f"awaited: task {waiting.event_id} is on the list “{waiting.task_list}”"
    return "has nothing to do" if not execution.closed else "is done"


def _thing(pending: OpenItem, change: str) -> OpenThing:
    kind, name = _named(pending)
    deadline = pending.next_deadline()
    started = getattr(pending, "started_event_id", None)
    phase = "open" if started is None else ("started" if started else "waiting")
    return OpenThing(
        kind, name, pending.event_id, phase, None if deadline is None else deadline.at_ms, change
    )


def _named(pending: OpenItem) -> tuple[str, str]:
    match pending:
        case ActivityTask():
            return "activity", f"{pending.activity_id} · {pending.activity_type['name']}"
        case DecisionTask():
            return "decision task", f"on “{pending.task_list}”"
        case Timer():
            return "timer", pending.timer_id
        case Child():
            return "child", pending.workflow_id
        case LambdaTask():
            return "Lambda task", pending.function_id
        case _:
            return "execution", "until its own timeout"
