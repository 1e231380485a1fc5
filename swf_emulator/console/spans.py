"""The spans of a history: which events belong together, and how long each step took.

An event that opens something (schedules a task, starts a timer, requests a child) begins a
span; the events that name it start it, change it and close it. The id of the opening event is
the *span id* of all of them. The core's registry states what an event does; an event of an
unknown type belongs to no span.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS, Concept, Effect, EventRule
from ..engine.history import decode_event
from .formats import noun_of

ENDING = re.compile("(TimedOut|CancelRequested|[A-Z][a-z]+)$")
SEPARATORS = {"signal": " → "}
TAKEN = {rule.concept.name for rule in EVENTS.values() if rule.effect is Effect.STARTS}
"""The concepts that are started after they were opened; others run from the start."""


@dataclass(slots=True)
class Span:
    """One activity, timer, child…: ids are 0 and times None for what has not happened yet."""

    concept: str
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

    def waited_ms(self, now_ms: int) -> int | None:
        """The time until it was taken; None if it is not taken by anyone."""
        if self.concept not in TAKEN:
            return None
        ends = (self.started_ms, self.closed_ms, now_ms)
        return next(end for end in ends if end is not None) - self.opened_ms

    def ran_ms(self, now_ms: int) -> int | None:
        """The time since it was taken; None if it was not."""
        started_ms = self.started_ms if self.concept in TAKEN else self.opened_ms
        if started_ms is None:
            return None
        return (now_ms if self.closed_ms is None else self.closed_ms) - started_ms


class Spans:
    """The spans of one history, by span id; ``points`` are events on their own."""

    def __init__(self, history: Sequence[bytes]) -> None:
        self.first = self.last = decode_event(history[0])
        self.length = 0
        self.by_id: dict[int, Span] = {}
        self.points: list[Event] = []
        self.span_ids: dict[int, int] = {}
        self._named: dict[tuple[str, str], Span] = {}
        self._attempts: dict[tuple[str, str], int] = {}

    def extend(self, history: Sequence[bytes]) -> None:
        """Add the events that the history has gained since the last time."""
        for stored in history[self.length :]:
            self._add(decode_event(stored))

    def snapshot(self) -> Spans:
        """A copy that does not grow."""
        taken = copy(self)
        taken.by_id = dict(self.by_id)
        taken.points = list(self.points)
        taken.span_ids = dict(self.span_ids)
        return taken

    def of_concept(self, concept: str) -> list[Span]:
        return [span for span in self.by_id.values() if span.concept == concept]

    def _add(self, event: Event) -> None:
        self.length = event.event_id
        self.last = event
        rule = EVENTS.get(event.event_type)
        if rule is None:
            self.points.append(event)
        elif rule.effect is Effect.OPENS and rule.concept.link:
            self._open(event, rule.concept)
        elif (span := self._span_of(event, rule)) is not None:
            self.span_ids[event.event_id] = span.opened
            self._continue(span, event, rule.effect)
        elif rule.effect in (Effect.NOTES, Effect.REQUESTS):
            self.points.append(event)

    def _open(self, event: Event, concept: Concept) -> None:
        label = _label_of(event, concept)
        span = Span(concept.name, label, event.event_id, event.timestamp_ms, event.attributes)
        if concept.key:
            same = (concept.name, label)
            span.attempt = self._attempts[same] = self._attempts.get(same, 0) + 1
            self._named[concept.name, event.attributes[concept.key]] = span
        self.by_id[event.event_id] = span
        self.span_ids[event.event_id] = event.event_id

    def _span_of(self, event: Event, rule: EventRule) -> Span | None:
        named = event.attributes.get(rule.link, 0)
        if rule.link == rule.concept.key:
            return self._named.get((rule.concept.name, named))
        return self.by_id.get(named)

    @staticmethod
    def _continue(span: Span, event: Event, effect: Effect) -> None:
        if effect is Effect.STARTS:
            span.started, span.started_ms = event.event_id, event.timestamp_ms
            span.identity = event.attributes.get("identity")
            span.run_id = event.attributes.get("workflowExecution", {}).get("runId")
        elif effect is Effect.REQUESTS:
            span.cancel_requested = True
        elif effect in (Effect.CLOSES, Effect.REFUSES):
            ending = ENDING.search(event.event_type)
            span.closed, span.closed_ms = event.event_id, event.timestamp_ms
            span.outcome = ending.group() if ending else event.event_type
            span.closing = event.attributes


def _label_of(event: Event, concept: Concept) -> str:
    """A short name for the item that the event opens."""
    words = []
    for member in concept.label:
        value = event.attributes.get(member, "")
        words.append(" ".join(value.values()) if isinstance(value, dict) else str(value))
    return SEPARATORS.get(concept.name, " · ").join(words) or noun_of(concept.name)
