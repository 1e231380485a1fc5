"""What every event and every decision is, stated once.

A *concept* is what events are about: a timer, an activity, the execution itself. Its module
ends with a table of its events, one line each: what the event does to the concept, which
decision makes it, whether the decider is asked, whether EventBridge is told. Everything else
derives from these tables: folding, refusals, validation, replay, the console, the webhook,
the documentation. An event or a decision that is described twice is an error at import.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import Execution, ExecutionView
from .world import World

Decide = Callable[["ExecutionView", Attributes, "World"], NewEvents]
Fold = Callable[["Execution", Event], None]


class Effect(Enum):
    """What an event does to the thing it is about."""

    OPENS = "opens"
    STARTS = "starts"
    CHANGES = "changes"
    CLOSES = "closes"
    REFUSES = "refuses"
    NOTES = "notes"


class EventRule(NamedTuple):
    """One event type.

    ``link``: the member that names the event that opened the thing, "" if none does.
    ``decision``: the decision that the event records, "" if none. ``triggers``: the decider is
    asked. ``told``: EventBridge is told. ``close_status``: it closes the execution so.
    """

    concept: Concept
    effect: Effect
    fold: Fold
    link: str
    decision: str
    triggers: bool
    told: bool
    close_status: str | None
    family: str
    dated: bool


class DecisionRule(NamedTuple):
    """One decision type.

    ``repeats``: the members that its refusal repeats. ``settles``: members that the service
    completes from the type's defaults. ``closes``: it closes the execution; ``beside_close``:
    it may stand before one that does.
    """

    concept: Concept
    decide: Decide
    repeats: tuple[str, ...]
    settles: tuple[str, ...]
    closes: bool
    beside_close: bool


DECISIONS: dict[str, DecisionRule] = {}
EVENTS: dict[str, EventRule] = {}


class Concept:
    """Something that events are about.

    Args:
        name: how people call one of them: ``timer``.
        family: the group under which its events are shown: ``timers``.
        link: the member by which events name the event that opened it.
        key: the member that names it among the open ones, "" if nothing does.
        label: the members that tell people which one it is.
        late: whether the service may refuse it after the decision was accepted. Then its
            refusal carries the link: 0 if it was refused at once.
        dated: whether an execution tells when one of them changed last.
    """

    def __init__(
        self,
        name: str,
        family: str,
        *,
        link: str = "",
        key: str = "",
        label: tuple[str, ...] = (),
        late: bool = False,
        dated: bool = False,
    ) -> None:
        self.name = name
        self.family = family
        self.link = link
        self.key = key
        self.label = label or ((key,) if key else ())
        self.late = late
        self.dated = dated

    def decision(
        self,
        decision_type: str,
        decide: Decide,
        *,
        repeats: tuple[str, ...] = (),
        settles: tuple[str, ...] = (),
        closes: bool = False,
        beside_close: bool = True,
    ) -> None:
        """A decision, and the event ``…Failed`` that records its refusal."""
        if decision_type in DECISIONS:
            raise ValueError(f"the decision {decision_type} is described twice")
        DECISIONS[decision_type] = DecisionRule(
            self, decide, repeats, settles, closes, beside_close
        )
        fold = self._shut_if_open if self.late else _leave
        self._event(Effect.REFUSES, failure_of(decision_type), fold, triggers=True, told=True)

    def opens(
        self,
        event_type: str,
        make: Callable[[Event], Any] | None = None,
        *,
        fold: Fold | None = None,
        **facts: Any,
    ) -> None:
        """``make`` makes the open thing from the event."""

        def fold_made(run: Execution, event: Event) -> None:
            assert make is not None
            name = (self.name, event.attributes[self.key]) if self.key else None
            run.open(make(event), name)

        self._event(Effect.OPENS, event_type, fold or fold_made, **facts)

    def starts(self, event_type: str, fold: Fold | None = None, **facts: Any) -> None:
        """Somebody takes it: a worker, a decider, a function."""
        self._event(Effect.STARTS, event_type, fold or self._start, **facts)

    def changes(self, event_type: str, fold: Fold, **facts: Any) -> None:
        """It stays open, and is not what it was."""
        self._event(Effect.CHANGES, event_type, fold, **facts)

    def closes(self, event_type: str, fold: Fold | None = None, **facts: Any) -> None:
        """It is over."""
        self._event(Effect.CLOSES, event_type, fold or self._shut, **facts)

    def notes(self, event_type: str, fold: Fold | None = None, **facts: Any) -> None:
        """Something happened; nothing is opened or closed by it."""
        self._event(Effect.NOTES, event_type, fold or _leave, **facts)

    def _event(
        self,
        effect: Effect,
        event_type: str,
        fold: Fold,
        *,
        by: str = "",
        link: str | None = None,
        triggers: bool = False,
        told: bool = False,
        close_status: str | None = None,
        family: str = "",
    ) -> None:
        if event_type in EVENTS:
            raise ValueError(f"the event {event_type} is described twice")
        linked = self.link if link is None else link
        EVENTS[event_type] = EventRule(
            self,
            effect,
            fold,
            linked,
            by,
            triggers,
            told,
            close_status,
            family or self.family,
            self.dated and effect is not Effect.REFUSES,
        )

    # The usual folds.

    def _start(self, run: Execution, event: Event) -> None:
        thing: Any = run.open_items[event.attributes[self.link]]
        thing.started_event_id = event.event_id
        thing.started_ms = event.timestamp_ms
        run.mark_changed(thing)

    def _shut(self, run: Execution, event: Event) -> None:
        run.close_item(event.attributes[self.link])

    def _shut_if_open(self, run: Execution, event: Event) -> None:
        if event.attributes[self.link]:
            run.close_item(event.attributes[self.link])


def _leave(run: Execution, event: Event) -> None:
    """Its place in the history is all that is left of it."""


def failure_of(decision_type: str) -> str:
    """The event that records a refused decision."""
    return f"{decision_type}Failed"


def refusal(run: ExecutionView, decision_type: str, attributes: Attributes, cause: str) -> NewEvent:
    """The event that records that a decision was refused, and why."""
    rule = DECISIONS[decision_type]
    return NewEvent(
        failure_of(decision_type),
        {
            **pick(attributes, *rule.repeats),
            **({rule.concept.link: 0} if rule.concept.late else {}),
            "cause": cause,
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )
