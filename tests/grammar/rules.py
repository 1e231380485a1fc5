"""The registry of rules, one for every event type, and the comparisons that many rules make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .form import Event

if TYPE_CHECKING:
    from .run import Run


Rule = Callable[["Run", Event], None]
RULES: dict[str, Rule] = {}


def rule(*event_types: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for event_type in event_types:
            assert event_type not in RULES, event_type
            RULES[event_type] = rule
        return rule

    return register


def known_event_types() -> frozenset[str]:
    """The event types that the grammar has a rule for."""
    return frozenset(RULES)


def same(event: Event, other: Event, *members: str) -> None:
    for member in members:
        event.require(
            event.get(member) == other.get(member),
            f"{member} is {event.get(member)!r}, event {other.id} {other.type} has "
            f"{other.get(member)!r}",
        )


def not_early(event: Event, since: Event, timeout: str, name: str) -> None:
    """A clock that started with `since` fires no earlier than its time, and not at all at NONE."""
    event.require(timeout != "NONE", f"{name} is NONE and cannot expire")
    event.require(
        event.at_ms - since.at_ms >= int(timeout) * 1000,
        f"{name} of {timeout} s, running since event {since.id}, is not over",
    )
