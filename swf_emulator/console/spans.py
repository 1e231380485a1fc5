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
from ..core.registry import EVENTS, Concept, Effect, EventRule
from ..engine.history import decode_event

ENDING = re.compile("(TimedOut|CancelRequested|[A-Z][a-z]+)$")
SEPARATORS = {"signal": " → "}
UNKNOWN = EventRule(Concept("", ""), Effect.NOTES, lambda run, event: None, "", "", False, False,
                    None, "")  # fmt: skip
"""An event that nobody has described is shown as it is."""


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
        self._named: dict[tuple[str, str], Span] = {}
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
        rule = EVENTS.get(event.event_type, UNKNOWN)
        if rule.effect is Effect.OPENS and rule.concept.link:
            self._open(event, rule)
            return
        span = self._span_of(event, rule)
        if span is None:
            if rule.effect in (Effect.NOTES, Effect.REQUESTS):
                self.points.append(event)
            return
        self.chains[event.event_id] = span.opened
        match rule.effect:
            case Effect.STARTS:
                span.started, span.started_ms = event.event_id, event.timestamp_ms
                span.identity = event.attributes.get("identity")
                execution = event.attributes.get("workflowExecution")
                span.run_id = None if execution is None else execution["runId"]
            case Effect.REQUESTS:
                span.cancel_requested = True
            case Effect.CHANGES:
                pass
            case _:
                self._close(span, event)

    def _open(self, event: Event, rule: EventRule) -> None:
        kind, key = rule.concept.name, rule.concept.key
        label = label_of(event, rule.concept)
        span = Span(kind, label, event.event_id, event.timestamp_ms, event.attributes)
        if key:
            same = (kind, label)
            span.attempt = self._attempts[same] = self._attempts.get(same, 0) + 1
            self._named[kind, event.attributes[key]] = span
        self.spans[event.event_id] = span
        self.chains[event.event_id] = event.event_id

    def _close(self, span: Span, event: Event) -> None:
        ending = ENDING.search(event.event_type)
        span.closed, span.closed_ms = event.event_id, event.timestamp_ms
        span.outcome = ending.group() if ending else event.event_type
        span.closing = event.attributes

    def _span_of(self, event: Event, rule: EventRule) -> Span | None:
        named = event.attributes.get(rule.link, 0)
        if rule.link == rule.concept.key:
            return self._named.get((rule.concept.name, named))
        return self.spans.get(named)


def label_of(event: Event, concept: Concept) -> str:
    """Which one an opening event opens, in a word or two."""
    words = []
    for member in concept.label:
        value = event.attributes[member]
        words.append(" ".join(value.values()) if isinstance(value, dict) else str(value))
    return SEPARATORS.get(concept.name, " · ").join(words) or "Decision task"
