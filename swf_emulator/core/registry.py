"""The facts of every event type and every decision type, each stated once.

A *concept* is what events are about: a timer, an activity, the execution itself. The module
of a concept ends with a table of its decisions and events, one call each::

    TIMER = Concept("timer", "timers", link="startedEventId", key="timerId")

    TIMER.decision("StartTimer", start_timer, repeats=("timerId",), beside_close=False)
    TIMER.opens("TimerStarted", Timer, by="StartTimer")
    TIMER.closes("TimerFired", triggers=True)

Folding, refusals, validation, replay, the console, the webhook, the metrics and the
documentation derive from the two tables that these calls fill, and from the service model.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, TypedDict, Unpack

from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import Execution, ExecutionView
from .open_items import OpenItem, Task
from .world import World

Decide = Callable[[ExecutionView, Attributes, World], NewEvents]
"""Yields what one decision records: its events, or its `refusal`."""

Fold = Callable[[Execution, Event], None]
"""Takes one recorded event into the state of its execution."""


class Effect(Enum):
    """The effect of an event on one of its concept."""

    OPENS = "opens"
    STARTS = "starts"
    """A decider, a worker, a function or a child run takes it."""
    REQUESTS = "requests"
    """Its cancellation is requested; it stays open."""
    CHANGES = "changes"
    """It stays open, with other properties."""
    CLOSES = "closes"
    REFUSES = "refuses"
    """A decision about it fails."""
    NOTES = "notes"
    """Nothing is opened, changed or closed."""


class Facts(TypedDict, total=False):
    """The facts that the call for an event may state; see `EventRule`.

    ``by`` is the decision that the event records. ``family`` is the concept's unless stated.
    """

    by: str
    triggers: bool
    told: bool
    family: str


class Concept:
    """The subject of events. Its methods describe the decisions and events of one module.

    Args:
        name: one of them, in a word: ``timer``.
        family: the group of events with which its own are shown: ``timers``.
        link: the member by which events name the event that opened it.
        key: the member that names it among the open ones, "" if none does.
        label: the members that identify it for people; the key by default.
        late: whether the service may refuse it after it has accepted the decision. The refusal
            then carries the link, which is 0 if the decision itself was refused.
        dated: whether DescribeWorkflowExecution returns when one of them last changed.

    Every method raises ValueError for a type that is already described.
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
        """Describe a decision, and the event ``…Failed`` that records its refusal."""
        if decision_type in DECISIONS:
            raise ValueError(f"the decision {decision_type} must be described once, not twice")
        DECISIONS[decision_type] = DecisionRule(
            self, decide, repeats, settles, closes, beside_close
        )
        self._event(
            Effect.REFUSES,
            failure_of(decision_type),
            self._close_if_open if self.late else _fold_nothing,
            link=self.link if self.late else "",
            by=decision_type,
            triggers=True,
            told=True,
        )

    def opens(
        self,
        event_type: str,
        make: Callable[[Event], OpenItem] | None = None,
        *,
        fold: Fold | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        """Describe an event that opens an item: ``make`` makes it, or ``fold`` does it all."""
        if fold is None:
            assert make is not None, f"{event_type} must open an item"
            fold = self._opening(make)
        self._event(Effect.OPENS, event_type, fold, link="", **facts)

    def starts(self, event_type: str, fold: Fold | None = None, **facts: Unpack[Facts]) -> None:
        """Describe an event that starts a `Task`."""
        self._event(Effect.STARTS, event_type, fold or self._start, **facts)

    def requests(
        self, event_type: str, fold: Fold, *, link: str | None = None, **facts: Unpack[Facts]
    ) -> None:
        """Describe an event that requests a cancellation. ``link`` as in `EventRule`."""
        self._event(Effect.REQUESTS, event_type, fold, link=link, **facts)

    def changes(
        self, event_type: str, fold: Fold, *, link: str | None = None, **facts: Unpack[Facts]
    ) -> None:
        """Describe an event that changes an open item. ``link`` as in `EventRule`.

        The fold must call `Execution.mark_changed` if it moves a deadline or a task list.
        """
        self._event(Effect.CHANGES, event_type, fold, link=link, **facts)

    def closes(
        self,
        event_type: str,
        fold: Fold | None = None,
        *,
        close_status: str | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        """Describe an event that closes an item or, with ``close_status``, the execution."""
        usual = self._close if close_status is None else _fold_nothing
        self._event(Effect.CLOSES, event_type, fold or usual, close_status=close_status, **facts)

    def notes(self, event_type: str, fold: Fold | None = None, **facts: Unpack[Facts]) -> None:
        """Describe an event that neither opens nor changes nor closes an item."""
        self._event(Effect.NOTES, event_type, fold or _fold_nothing, **facts)

    def _event(
        self,
        effect: Effect,
        event_type: str,
        fold: Fold,
        *,
        link: str | None = None,
        by: str = "",
        triggers: bool = False,
        told: bool = False,
        close_status: str | None = None,
        family: str | None = None,
    ) -> None:
        if event_type in EVENTS:
            raise ValueError(f"the event {event_type} must be described once, not twice")
        EVENTS[event_type] = EventRule(
            self,
            effect,
            fold,
            self.link if link is None else link,
            by,
            triggers,
            told,
            close_status,
            self.family if family is None else family,
            self.dated and effect is not Effect.REFUSES,
        )

    # The usual folds.

    def _opening(self, make: Callable[[Event], OpenItem]) -> Fold:
        def fold(run: Execution, event: Event) -> None:
            name = (self.name, event.attributes[self.key]) if self.key else None
            run.open_item(make(event), name)

        return fold

    def _start(self, run: Execution, event: Event) -> None:
        task = run.open_items[event.attributes[self.link]]
        assert isinstance(task, Task)
        task.started_event_id = event.event_id
        task.started_ms = event.timestamp_ms
        run.mark_changed(task)

    def _close(self, run: Execution, event: Event) -> None:
        run.close_item(event.attributes[self.link])

    def _close_if_open(self, run: Execution, event: Event) -> None:
        if event.attributes[self.link]:
            self._close(run, event)


class EventRule(NamedTuple):
    """The facts of one event type."""

    concept: Concept
    effect: Effect
    fold: Fold
    link: str
    """The member that identifies its subject: the id of the event that opened it, or the
    concept's ``key``. "" if there is no such member."""
    decision: str
    """The decision that the event records or, if it refuses, the refused one. "" if none."""
    triggers: bool
    """Whether it requires a decision task."""
    told: bool
    """Whether it is sent to EventBridge."""
    close_status: str | None
    """The status with which it closes the execution."""
    family: str
    """The group of events with which it is shown."""
    dates: bool
    """Whether DescribeWorkflowExecution returns when it happened last."""


class DecisionRule(NamedTuple):
    """The facts of one decision type."""

    concept: Concept
    decide: Decide
    repeats: tuple[str, ...]
    """The members that the event of its refusal repeats."""
    settles: tuple[str, ...]
    """The members that the service completes from the defaults of a registered type."""
    closes: bool
    """Whether it closes the execution."""
    beside_close: bool
    """Whether a decision that closes the execution may follow it in the same response."""


EVENTS: dict[str, EventRule] = {}
DECISIONS: dict[str, DecisionRule] = {}


def _fold_nothing(run: Execution, event: Event) -> None:
    """The event changes nothing but the history."""


def failure_of(decision_type: str) -> str:
    """The type of the event that records a refused decision."""
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
