"""The registry of rules by event type, and the comparisons that many rules make."""

from __future__ import annotations

from collections.abc import Callable

from conformance.grammar.form import Event
from conformance.grammar.run import Run

Check = Callable[[Run, Event], None]
CHECKS: dict[str, Check] = {}
"""By event type, the rules of its subject. An event type without any follows the table alone."""


def rule(*event_types: str) -> Callable[[Check], Check]:
    """Register the rules of some event types."""

    def register(check: Check) -> Check:
        for event_type in event_types:
            assert event_type not in CHECKS, event_type
            CHECKS[event_type] = check
        return check

    return register


def same(event: Event, other: Event, *members: str) -> None:
    for member in members:
        event.require(
            event.get(member) == other.get(member),
            f"{member} is {event.get(member)!r}, event {other.id} {other.type} has "
            f"{other.get(member)!r}",
        )


def not_early(event: Event, since: Event, timeout: str, name: str) -> None:
    """A clock that started with `since` fires no earlier than its time, and not at all at NONE."""
    event.require(timeout != "NONE", f"{name} is NONE and cannot expire", "timeouts")
    event.require(
        event.at_ms - since.at_ms >= int(timeout) * 1000,
        f"{name} of {timeout} s, running since event {since.id}, is not over",
        "timeouts",
    )
