"""The tables of the state machine: who handles a decision, who folds an event.

A concept module fills them with the decorators below; a duplicate is an error. Everything
else (batch processing, the support table, the completeness tests) reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .events import Attributes, Event, NewEvent, NewEvents, given

if TYPE_CHECKING:
    from .execution import Execution, ExecutionView
    from .world import World

Decide = Callable[["ExecutionView", Attributes, "World"], NewEvents]
Evolve = Callable[["Execution", Event], None]


class DecisionRule(NamedTuple):
    """How one decision type is handled.

    ``decide`` yields its events. ``failure`` and ``names`` say how a refusal is recorded: the
    event type, and the members of the decision that it repeats. ``fixed`` are members with a
    constant value in a refusal. ``closes`` marks the four closing decisions, and
    ``beside_close`` says whether the decision may stand before one of them.
    """

    decide: Decide
    failure: str
    names: tuple[str, ...]
    fixed: tuple[tuple[str, int], ...]
    closes: bool
    beside_close: bool


class EventRule(NamedTuple):
    """How one event type is folded.

    ``triggers``: the event calls for a decision task. ``close_status``: the event closes the
    execution with this status.
    """

    evolve: Evolve
    triggers: bool
    close_status: str | None


DECISIONS: dict[str, DecisionRule] = {}
EVENTS: dict[str, EventRule] = {}


def decides(
    decision_type: str,
    *,
    failure: str,
    names: tuple[str, ...] = (),
    fixed: tuple[tuple[str, int], ...] = (),
    closes: bool = False,
    beside_close: bool = True,
) -> Callable[[Decide], Decide]:
    """Register the handler of a decision type, and the event that records its refusal."""

    def register(decide: Decide) -> Decide:
        if decision_type in DECISIONS:
            raise ValueError(f"two handlers for the decision {decision_type}")
        DECISIONS[decision_type] = DecisionRule(decide, failure, names, fixed, closes, beside_close)
        return decide

    return register


def evolves(
    event_type: str, *, triggers: bool = False, close_status: str | None = None
) -> Callable[[Evolve], Evolve]:
    """Register the fold of an event type."""

    def register(evolve: Evolve) -> Evolve:
        if event_type in EVENTS:
            raise ValueError(f"two folds for the event {event_type}")
        EVENTS[event_type] = EventRule(evolve, triggers, close_status)
        return evolve

    return register


def refusal(run: ExecutionView, decision_type: str, attributes: Attributes, cause: str) -> NewEvent:
    """The event that records that a decision was refused, and why."""
    rule = DECISIONS[decision_type]
    return NewEvent(
        rule.failure,
        {
            **given(attributes, *rule.names),
            **dict(rule.fixed),
            "cause": cause,
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


def folds_nothing(*event_types: str, triggers: bool = False) -> None:
    """Register events that leave no trace in the state besides their place in the history."""
    for event_type in event_types:
        evolves(event_type, triggers=triggers)(lambda run, event: None)
