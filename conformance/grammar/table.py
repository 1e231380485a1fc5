"""The facts of the event types, read from ``events.txt``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from conformance.verdict import Grade

PATH = Path(__file__).parent / "events.txt"
WORDS = ("triggers", "excludes-close")


class EventFacts(NamedTuple):
    """One line of the table."""

    subject: str
    effect: str
    link: str
    """The member that names the event which opened the subject, or empty."""
    decision: str
    """The decision that the event records, or empty."""
    triggers: bool
    excludes_close: bool
    grade: Grade
    """The support for ``triggers``, be it true or false."""


def read(text: str) -> dict[str, EventFacts]:
    """Parse a table. Raises ValueError for a line that cannot be understood."""
    found: dict[str, EventFacts] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        event_type, subject, effect, link, *facts, grade = line.split()
        decisions = [fact[3:] for fact in facts if fact.startswith("by=")]
        unknown = [fact for fact in facts if fact not in WORDS and not fact.startswith("by=")]
        if unknown or event_type in found:
            raise ValueError(f"each event type needs one line of known words: {line}")
        found[event_type] = EventFacts(
            subject,
            effect,
            link.strip("-"),
            "".join(decisions),
            "triggers" in facts,
            "excludes-close" in facts,
            Grade(grade),
        )
    return found


EVENTS = read(PATH.read_text(encoding="utf-8"))


def _where(**facts: object) -> frozenset[str]:
    """The event types of which all of these facts are true."""
    return frozenset(
        event_type
        for event_type, event in EVENTS.items()
        if all(getattr(event, name) == value for name, value in facts.items())
    )


TRIGGERS = _where(triggers=True)
EXCLUDES_CLOSE = _where(excludes_close=True)
CLOSING = _where(subject="execution", effect="closes")
CLOSED_BY_DECISION = CLOSING - _where(decision="")
DECISION_TAKEN = frozenset(EVENTS) - _where(decision="") - CLOSING
CLOSE_REFUSED = _where(subject="execution", effect="refuses")
REFUSED_LATER = _where(effect="refuses", link="initiatedEventId")
"""In the batch of the decision when ``initiatedEventId`` is 0, else an outcome some time later."""
DECISION_REFUSED = _where(effect="refuses") - CLOSE_REFUSED - REFUSED_LATER

MAY_BE_ZERO = frozenset(
    {
        ("DecisionTaskTimedOut", "startedEventId"),
        ("ActivityTaskTimedOut", "startedEventId"),
        ("ActivityTaskCanceled", "startedEventId"),
        *((event_type, "initiatedEventId") for event_type in REFUSED_LATER),
    }
)


@cache
def referred_type(event_type: str, member: str) -> str | None:
    """The type that a member of an event refers to; None if it refers to another history."""
    if member == "decisionTaskCompletedEventId":
        return "DecisionTaskCompleted"
    subject = EVENTS[event_type].subject
    if member == EVENTS[event_type].link:
        effect = "opens"
    elif member == "startedEventId":
        effect = "starts"
    elif member == "latestCancelRequestedEventId":
        effect = "requests"
    else:
        return None
    (found,) = _where(subject=subject, effect=effect)
    return found
