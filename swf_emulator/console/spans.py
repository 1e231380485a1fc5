"""The spans and turns of a history: which events belong together, and what caused what.

An event that opens something (schedules a task, starts a timer, requests a child) begins a
span; the events that name it start it, change it and close it. The id of the opening event is
the *span id* of all of them. A *turn* is one decision task with its causes and its effects, or
an event on its own. The core's registry states what an event does; an event of an unknown type
is an event on its own, or an effect of the decision that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS, Concept, Effect, EventRule
from ..engine.history import decode_event
from .formats import noun_of

DECIDED = "decisionTaskCompletedEventId"
"""The member that names the decision task whose answer an event records."""
ENDING = re.compile("(TimedOut|CancelRequested|[A-Z][a-z]+)$")
TAKEN = {rule.concept.name for rule in EVENTS.values() if rule.effect is Effect.STARTS}
"""The concepts that are started after they were opened; others run from the start."""
SUFFIXES = (
    ("Failed", "no"),
    ("TimedOut", "late"),
    ("Canceled", "off"),
    ("Terminated", "off"),
)
"""The tones of bars, by the end of the type of the closing event."""


def tone_of_end(event_type: str) -> str:
    """The tone of what ends: no (failed), late, off (stopped), or "" for what went well."""
    return next((tone for suffix, tone in SUFFIXES if event_type.endswith(suffix)), "")


@dataclass(slots=True)
class Span:
    """One activity, timer, child…: ids are 0 and times None for what has not happened yet.

    ``name`` is the id that its decider gave it, ``type_name`` what it runs. ``decided`` is the
    event of the decision that opened it, ``events`` are the ids of all its events.
    """

    concept: str
    name: str
    type_name: str
    opened: int
    opened_ms: int
    attributes: dict[str, Any]
    decided: int = 0
    events: list[int] = field(default_factory=list)
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
    def tone(self) -> str:
        """The tone of its end; "on" while it runs or waits."""
        return tone_of_end(self.outcome) if self.closed else "on"

    @property
    def problem(self) -> bool:
        return self.tone in ("no", "late")

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


@dataclass(slots=True)
class Turn:
    """A decision task with the events that caused it and what came of it; or one event."""

    head: Span | Event
    causes: list[int] = field(default_factory=list)
    effects: list[Span | Event] = field(default_factory=list)

    @property
    def things(self) -> Iterator[Span | Event]:
        yield self.head
        yield from self.effects


class Spans:
    """The spans of one history by span id, its turns, and ``points``: events without a span."""

    def __init__(self, history: Sequence[bytes]) -> None:
        self._history = history
        self.first = self.last = decode_event(history[0])
        self.length = 0
        self.times: list[int] = []
        self.by_id: dict[int, Span] = {}
        self.points: list[Event] = []
        self.turns: list[Turn] = []
        self.span_ids: dict[int, int] = {}
        self._named: dict[tuple[str, str], Span] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self._deciding: dict[int, Turn] = {}
        self._news: list[int] = []

    def extend(self, history: Sequence[bytes]) -> None:
        """Add the events that the history has gained since the last time."""
        for stored in history[self.length :]:
            self._add(decode_event(stored))

    def snapshot(self) -> Spans:
        """A copy that does not grow."""
        taken = copy(self)
        taken.times = list(self.times)
        taken.by_id = dict(self.by_id)
        taken.points = list(self.points)
        taken.turns = list(self.turns)
        taken.span_ids = dict(self.span_ids)
        return taken

    def of_concept(self, concept: str) -> list[Span]:
        return [span for span in self.by_id.values() if span.concept == concept]

    def event(self, event_id: int) -> Event:
        return decode_event(self._history[event_id - 1])

    def span_of(self, event_id: int) -> Span | None:
        """The span to which an event belongs."""
        return self.by_id.get(self.span_ids.get(event_id, 0))

    def turn_of(self, completed: int) -> Turn | None:
        """The turn whose decisions were answered by that event."""
        return self._deciding.get(completed)

    def _add(self, event: Event) -> None:
        self.length = event.event_id
        self.last = event
        self.times.append(event.timestamp_ms)
        rule = EVENTS.get(event.event_type)
        if rule is not None and rule.effect is Effect.OPENS and rule.concept.link:
            self._open(event, rule.concept)
        elif rule is not None and (span := self._span_of(event, rule)) is not None:
            span.events.append(event.event_id)
            self.span_ids[event.event_id] = span.opened
            self._continue(span, event, rule.effect)
            if rule.decision and rule.effect in (Effect.REQUESTS, Effect.CLOSES):
                self._came(event, event.attributes)
        else:
            self.points.append(event)
            self._came(event, event.attributes)
        if rule is not None and rule.triggers:
            self._news.append(event.event_id)

    def _came(self, thing: Span | Event, attributes: dict[str, Any]) -> None:
        """Add something to the turn of the decision that caused it, or as a turn of its own."""
        turn = self._deciding.get(attributes.get(DECIDED, 0))
        if turn is not None:
            turn.effects.append(thing)
        elif self._waits_for_decider():
            self.turns.insert(-1, Turn(thing))
        else:
            self.turns.append(Turn(thing))

    def _waits_for_decider(self) -> bool:
        """Whether the last turn is a decision that no decider has yet: it comes after all news."""
        last = self.turns[-1].head if self.turns else None
        return isinstance(last, Span) and last.concept == "decision" and not last.started

    def _open(self, event: Event, concept: Concept) -> None:
        attributes = event.attributes
        name, type_name = _names_of(attributes, concept)
        span = Span(
            concept.name,
            name,
            type_name,
            event.event_id,
            event.timestamp_ms,
            attributes,
            attributes.get(DECIDED, 0),
            [event.event_id],
        )
        same = (concept.name, name)
        span.attempt = self._attempts[same] = self._attempts.get(same, 0) + 1
        if concept.key:
            self._named[concept.name, attributes[concept.key]] = span
        self.by_id[event.event_id] = span
        self.span_ids[event.event_id] = event.event_id
        if concept.name == "decision":
            self.turns.append(Turn(span, self._news))
        else:
            self._came(span, attributes)

    def _span_of(self, event: Event, rule: EventRule) -> Span | None:
        named = event.attributes.get(rule.link, 0)
        if rule.link == rule.concept.key:
            return self._named.get((rule.concept.name, named))
        return self.by_id.get(named)

    def _continue(self, span: Span, event: Event, effect: Effect) -> None:
        if effect is Effect.STARTS:
            span.started, span.started_ms = event.event_id, event.timestamp_ms
            span.identity = event.attributes.get("identity")
            span.run_id = event.attributes.get("workflowExecution", {}).get("runId")
            if span.concept == "decision":
                self._news = []
        elif effect is Effect.REQUESTS:
            span.cancel_requested = True
        elif effect in (Effect.CLOSES, Effect.REFUSES):
            ending = ENDING.search(event.event_type)
            span.closed, span.closed_ms = event.event_id, event.timestamp_ms
            span.outcome = ending.group() if ending else event.event_type
            span.closing = event.attributes
            if span.concept == "decision":
                self._deciding[event.event_id] = next(
                    turn for turn in reversed(self.turns) if turn.head is span
                )


def _names_of(attributes: dict[str, Any], concept: Concept) -> tuple[str, str]:
    """The name of the item that an event opens, and the name of what it runs."""
    words = [_word(attributes.get(member, "")) for member in concept.label]
    name, *others = words or [noun_of(concept.name)]
    types = [
        _word(value)
        for member, value in attributes.items()
        if isinstance(value, dict) and "version" in value and member not in concept.label
    ]
    return name or noun_of(concept.name), ", ".join(filter(None, others + types))


def _word(value: Any) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
