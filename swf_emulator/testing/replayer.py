"""Replays a recorded history through a decider, decision task by decision task.

A decider must decide the same whenever it gets the same history, because the service sends it
again after a timeout, and because a new version continues the histories of an old one.
`replay` finds the first decision task with other decisions.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..core.events import Event, attributes_name
from ..histories import format_timeline, whole_history
from ..protocol.recorded_decisions import Batch, Recorded, batches, decided_text
from .workers import NO_ANSWER, Decider

CONTEXT_LINES = 12
TOKEN = UNKNOWN = "replayed"


class Mismatch(AssertionError):
    """The decisions differ from the recorded ones.

    ``number`` counts the completed decision tasks from 1. ``started`` is the id of the task's
    DecisionTaskStarted event. ``differences`` are lines, one per difference. The message is
    the whole report.
    """

    def __init__(self, number: int, started: int, differences: list[str], report: str) -> None:
        super().__init__(report)
        self.number = number
        self.started = started
        self.differences = differences


def replay(
    history: Any,
    decider: Decider,
    *,
    workflow_id: str | None = None,
    run_id: str | None = None,
) -> int:
    """Compare a decider's decisions with those of a history; return the number of tasks.

    Args:
        history: a complete history in the format of boto3, the AWS CLI or `Emulator.history`,
            or all of its pages; an `ExecutionResult`; or the path of a JSON file.
        decider: a function from a decision task to its decisions. The task has the format of
            boto3 and contains all events up to it.
        workflow_id, run_id: the ids in the tasks, because a history does not contain them. The
            defaults are those of an `ExecutionResult` or of the emulator's own JSON, else
            ``replayed``.

    Decision tasks without an answer are skipped. A setting is compared only if the decision
    contains it. Raises `Mismatch`; ValueError for an incomplete history; and exceptions of the
    decider, with the events up to the task as a note.
    """
    history = _loaded(history)
    events = whole_history(getattr(history, "events", history))
    execution = {
        "workflowId": workflow_id or _id(history, "workflowId", "workflow_id"),
        "runId": run_id or _id(history, "runId", "run_id"),
    }
    shown = [_as_boto3(event) for event in events]
    number = 0
    for number, batch in enumerate(batches(events), start=1):
        task = {
            "taskToken": TOKEN,
            "startedEventId": batch.started,
            "previousStartedEventId": batch.previous,
            "workflowExecution": dict(execution),
            "workflowType": events[0].attributes.get("workflowType", {}),
            "events": copy.deepcopy(shown[: batch.started]),
        }
        try:
            decided = decider(task)
        except Exception as error:
            error.add_note(f"In decision task {number}, after these events:")
            error.add_note(format_timeline(events[: batch.started], lines=CONTEXT_LINES))
            raise
        differences = _differences(batch, decided)
        if differences:
            raise Mismatch(
                number, batch.started, differences, _report(events, number, batch, decided)
            )
    return number


def _loaded(history: Any) -> Any:
    if not isinstance(history, str | Path):
        return history
    try:
        return json.loads(Path(history).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{history} must be a JSON file: {error}") from error


def _id(history: Any, member: str, attribute: str) -> str:
    """Return an id of the execution if the history contains it."""
    if isinstance(history, Mapping):
        return str(history.get(member) or UNKNOWN)
    return str(getattr(history, attribute, UNKNOWN))


def _as_boto3(event: Event) -> dict[str, Any]:
    return {
        "eventTimestamp": datetime.fromtimestamp(event.timestamp_ms / 1000, UTC),
        "eventType": event.event_type,
        "eventId": event.event_id,
        attributes_name(event.event_type, "Event"): event.attributes,
    }


def _decisions(decided: Any) -> list[Mapping[str, Any]]:
    if decided is NO_ANSWER:
        return []
    if isinstance(decided, Mapping):
        decided = decided.get("decisions")
    return list(decided or ())


def _differences(batch: Batch, decided: Any) -> list[str]:
    found = []
    decisions = _decisions(decided)
    pairs = zip_longest(batch.decisions, decisions)
    for place, (recorded, decision) in enumerate(pairs, start=1):
        lines = _pair_differences(recorded, decision)
        found += [f"decision {place}: {line}" for line in lines]
    if isinstance(decided, Mapping) and "executionContext" in decided:
        context = decided["executionContext"]
        if context != batch.context:
            found.append(f"executionContext: {batch.context!r} → {context!r}")
    return found


def _pair_differences(
    recorded: Recorded | None, decision: Mapping[str, Any] | None
) -> Sequence[str]:
    if recorded is None:
        assert decision is not None
        return [f"no decision was recorded here, the decider now returns {decided_text(decision)}"]
    if decision is None:
        return [f"{recorded} was recorded, the decider now returns none here"]
    return list(recorded.differences(decision))


def _report(events: list[Event], number: int, batch: Batch, decided: Any) -> str:
    seen = [event for event in events if event.event_id <= batch.started]
    fresh = [event for event in seen if event.event_id > batch.previous]
    differences = _differences(batch, decided)
    now = [decided_text(decision) for decision in _decisions(decided)]
    then = [str(recorded) for recorded in batch.decisions]
    return "\n".join(
        [
            f"Decision task {number} (events 1–{batch.started}, answered by event "
            f"{batch.completed}): the decisions differ from the recorded ones.",
            "First difference:",
            f"  {differences[0]}",
            *(f"  {line}" for line in differences[1:]),
            "Recorded:",
            *(f"  {place}. {line}" for place, line in enumerate(then, start=1)),
            *([] if then else ["  no decisions"]),
            "Returned now:",
            *(f"  {place}. {line}" for place, line in enumerate(now, start=1)),
            *([] if now else ["  no decisions"]),
            "New events in this task:",
            *(f"  {line}" for line in format_timeline(fresh, lines=CONTEXT_LINES).splitlines()),
        ]
    )
