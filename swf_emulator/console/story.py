"""What a history tells: which events belong together, and how long each thing waited and ran.

An *opening* event (a task scheduled, a timer started, a child asked for) begins a span; the
events that refer to it start it and close it. All events of a span are a *chain*, named by
the id of the opening event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Event
from ..engine.history import decode_event

OPENINGS = {
    "DecisionTaskScheduled": "decision",
    "ActivityTaskScheduled": "activity",
    "TimerStarted": "timer",
    "StartChildWorkflowExecutionInitiated": "child",
    "LambdaFunctionScheduled": "lambda",
    "SignalExternalWorkflowExecutionInitiated": "signal",
    "RequestCancelExternalWorkflowExecutionInitiated": "cancel request",
}
REFERENCES = ("scheduledEventId", "initiatedEventId", "startedEventId")
STARTED = (
    "DecisionTaskStarted",
    "ActivityTaskStarted",
    "ChildWorkflowExecutionStarted",
    "LambdaFunctionStarted",
)
POINTS = ("WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested", "MarkerRecorded")
CLOSED = re.compile(
    "(Completed|Failed|TimedOut|Canceled|Terminated|Fired|Signaled|CancelRequested)$"
)


@dataclass(slots=True)
class Span:
    """One thing from its opening to its close; ids are 0 and times None where it is not yet."""

    kind: str
    label: str
    opened: int
    opened_ms: int
    attributes: dict[str, Any]
    attempt: int = 1
    started: int = 0
    started_ms: int | None = None
    identity: str | None = None
    closed: int = 0
    closed_ms: int | None = None
    outcome: str = "open"
    closing: dict[str, Any] = field(default_factory=dict)
    run_id: str | None = None
    cancel_requested: bool = False

    @property
    def waits(self) -> bool:
        """Whether it is a task that nobody has taken."""
        return self.kind in ("decision", "activity") and not self.started and not self.closed

    def waited_ms(self, now_ms: int) -> int | None:
        """How long it waited for somebody to take it; None for what nobody takes."""
        if self.kind in ("timer", "signal", "cancel request"):
            return None
        ends = (self.started_ms, self.closed_ms, now_ms)
        return next(end for end in ends if end is not None) - self.opened_ms

    def ran_ms(self, now_ms: int) -> int | None:
        """How long it has been worked on; None if never."""
        began = self.started_ms
        if began is None and self.kind in ("timer", "signal", "cancel request"):
            began = self.opened_ms
        if began is None:
            return None
        return (now_ms if self.closed_ms is None else self.closed_ms) - began


class Story:
    """The spans of one history; grows with it."""

    def __init__(self) -> None:
        self.length = 0
        self.spans: dict[int, Span] = {}
        self.points: list[Event] = []
        self.chains: dict[int, int] = {}
        self.first: Event | None = None
        self.last: Event | None = None
        self._open_activities: dict[str, Span] = {}
        self._attempts: dict[tuple[str, str], int] = {}

    def extend(self, history: Sequence[bytes]) -> None:
        """Take in what has been added to a history since the last time."""
        for stored in history[self.length :]:
            self._add(decode_event(stored))

    def snapshot(self) -> Story:
        """The story as it is now, for one who reads while others let it grow."""
        taken = copy(self)
        taken.spans = dict(self.spans)
        taken.points = list(self.points)
        taken.chains = dict(self.chains)
        return taken

    def of_kind(self, kind: str) -> list[Span]:
        return [span for span in self.spans.values() if span.kind == kind]

    def _add(self, event: Event) -> None:
        self.length = event.event_id
        self.first = self.first or event
        self.last = event
        if event.event_type in OPENINGS:
            self._open(event)
            return
        span = self._span_of(event)
        if span is None:
            if event.event_type in POINTS:
                self.points.append(event)
            return
        self.chains[event.event_id] = span.opened
        if event.event_type in STARTED:
            span.started, span.started_ms = event.event_id, event.timestamp_ms
            span.identity = event.attributes.get("identity")
            execution = event.attributes.get("workflowExecution")
            span.run_id = None if execution is None else execution["runId"]
        elif event.event_type == "ActivityTaskCancelRequested":
            span.cancel_requested = True
        else:
            self._close(span, event)

    def _open(self, event: Event) -> None:
        kind = OPENINGS[event.event_type]
        label = label_of(event)
        span = Span(kind, label, event.event_id, event.timestamp_ms, event.attributes)
        if kind in ("activity", "timer"):
            same = (kind, label)
            span.attempt = self._attempts[same] = self._attempts.get(same, 0) + 1
        if kind == "activity":
            self._open_activities[event.attributes["activityId"]] = span
        self.spans[event.event_id] = span
        self.chains[event.event_id] = event.event_id

    def _close(self, span: Span, event: Event) -> None:
        ending = CLOSED.search(event.event_type)
        assert ending is not None, f"{event.event_type} closes nothing"
        span.closed, span.closed_ms = event.event_id, event.timestamp_ms
        span.outcome = ending.group(1)
        span.closing = event.attributes
        if span.kind == "activity":
            self._open_activities.pop(span.attributes["activityId"], None)

    def _span_of(self, event: Event) -> Span | None:
        if event.event_type == "ActivityTaskCancelRequested":
            return self._open_activities.get(event.attributes["activityId"])
        for member in REFERENCES:
            span = self.spans.get(event.attributes.get(member, 0))
            if span is not None:
                return span
        return None


def label_of(event: Event) -> str:
    """What an opening event opens, in a word or two."""
    attributes = event.attributes
    match OPENINGS[event.event_type]:
        case "activity":
            kind = attributes["activityType"]
            return f"{attributes['activityId']} · {kind['name']} {kind['version']}"
        case "timer":
            return str(attributes["timerId"])
        case "lambda":
            return f"{attributes['id']} · {attributes['name']}"
        case "decision":
            return "Decision task"
        case "signal":
            return f"{attributes['signalName']} → {attributes['workflowId']}"
        case _:
            return str(attributes["workflowId"])
