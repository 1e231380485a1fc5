"""Two histories side by side: what is alike, where they part, and in what they differ.

Events are aligned by what they are about, not by their numbers: the second attempt of the
activity *charge*, the fifth decision task, the third marker of a name. Children and other
executions have ids that no other run can have: if their ids differ, they are aligned by their
type and by the decision task that requested them. References to events are compared by what
they refer to, so that histories which are numbered differently can be alike. Run ids always
differ and are not compared.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .core.events import Attributes, Event
from .core.registry import EVENTS, Effect

HAPPENED, PAYLOADS, TIMES = "happened", "payloads", "times"
LEVELS = (HAPPENED, PAYLOADS, TIMES)
"""Levels of a comparison: the events; also their attributes; also their times."""

PAYLOAD_MEMBERS = frozenset(
    ("control", "details", "executionContext", "identity", "input", "message", "reason", "result")
)
NAME_MEMBERS = frozenset(("workflowId", "workflowExecution.workflowId"))
"""The members that hold an id which is unique among all executions."""
IGNORED_MEMBERS = frozenset(("runId", "newExecutionRunId", "continuedExecutionRunId"))
TYPE_MEMBERS = ("workflowType", "signalName")
DIFFERENCES_MAX = 200

Identity = tuple[Any, ...]
"""An event's subject: concept, name, number among those of that name, and the effect on it."""


class Difference(NamedTuple):
    """Two values at one path: ``input.items[0].price``. ABSENT if one side has none."""

    path: str
    left: Any
    right: Any
    level: str


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(slots=True)
class Pair:
    """Two events that are about the same, or one that has no counterpart.

    ``moved``: others come between them on one side only.
    """

    left: Event | None
    right: Event | None
    differences: list[Difference] = field(default_factory=list)
    moved: bool = False

    @property
    def verdict(self) -> str:
        """left or right (only there), moved, changed, or same."""
        if self.left is None or self.right is None:
            return "right" if self.left is None else "left"
        return "moved" if self.moved else "changed" if self.differences else "same"


@dataclass(slots=True)
class Comparison:
    """The pairs in order; ``first`` is the index of the first that is not the same, or None.

    ``payloads`` are the names of members in which events differ that happened alike.
    """

    pairs: list[Pair]
    first: int | None
    payloads: list[str]

    @property
    def alike(self) -> bool:
        return self.first is None


def compare(
    left: Sequence[Event],
    right: Sequence[Event],
    *,
    level: str = HAPPENED,
    ignore: Collection[str] = (),
) -> Comparison:
    """Return the comparison of two histories.

    Args:
        level: one of `LEVELS`.
        ignore: members that may differ, such as ``identity`` or ``taskPriority``.

    Raises ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of: {', '.join(LEVELS)}")
    one, two = _Named(left), _Named(right)
    aliases = two.adopt(one)
    ignored = IGNORED_MEMBERS | set(ignore)
    levels = LEVELS[: LEVELS.index(level) + 1]
    pairs: list[Pair] = []
    payloads: dict[str, None] = {}
    first = None
    for pair in _aligned(one, two):
        if pair.left is not None and pair.right is not None:
            found = list(_differences(pair.left, pair.right, one, two, ignored))
            if two.by_event[pair.right.event_id][:3] in aliases:
                found = [
                    each._replace(level=PAYLOADS) if each.path in NAME_MEMBERS else each
                    for each in found
                ]
            for each in found:
                if each.level == PAYLOADS:
                    payloads.setdefault(each.path.partition(".")[0].partition("[")[0])
            pair.differences = [each for each in found if each.level in levels][:DIFFERENCES_MAX]
        if first is None and pair.verdict != "same":
            first = len(pairs)
        pairs.append(pair)
    return Comparison(pairs, first, list(payloads))


class _Named:
    """The events of one history with their identities."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.start_ms = events[0].timestamp_ms if events else 0
        self.identities: list[Identity] = []
        self.by_event: dict[int, Identity] = {}
        self._subjects: dict[int, Identity] = {}
        self._requests: dict[Identity, tuple[Any, ...]] = {}
        """For items whose ids are unique among all executions: their type and decision task."""
        self._opened: dict[tuple[str, str], Identity] = {}
        self._counts: dict[Identity, int] = {}
        for event in events:
            identity = self._identity(event)
            self.identities.append(identity)
            self.by_event[event.event_id] = identity

    def _identity(self, event: Event) -> Identity:
        rule = EVENTS.get(event.event_type)
        attributes = event.attributes
        if rule is None:
            return self._next("", event.event_type)
        concept, effect = rule.concept, rule.effect.value
        name = " ".join(_text(attributes.get(member, "")) for member in concept.label)
        if rule.effect is Effect.OPENS and concept.link:
            subject = self._next(concept.name, name)
            self._subjects[event.event_id] = subject
            if concept.key:
                self._opened[concept.name, str(attributes.get(concept.key))] = subject
            elif concept.label:
                decided = self.by_event.get(attributes.get("decisionTaskCompletedEventId", 0))
                types = (attributes.get(member) for member in TYPE_MEMBERS)
                self._requests[subject] = (concept.name, decided, *map(_text, types))
            return (*subject, effect)
        link = attributes.get(rule.link, 0)
        known = (
            self._opened.get((concept.name, str(link)))
            if rule.link and rule.link == concept.key
            else self._subjects.get(link)
        )
        if known is None:
            return self._next(concept.name, name or _text(attributes.get("signalName", "")), effect)
        if rule.effect is Effect.REFUSES:
            effect = Effect.CLOSES.value
        return self._next(*known, effect) if rule.effect is Effect.REQUESTS else (*known, effect)

    def adopt(self, other: _Named) -> set[Identity]:
        """Take over the identities of the other's items for those that only their ids tell
        apart; return them."""
        theirs: dict[tuple[Any, ...], list[Identity]] = {}
        for subject, request in other._requests.items():
            if subject not in self._requests:
                theirs.setdefault(request, []).append(subject)
        names = {}
        for subject, request in self._requests.items():
            if subject not in other._requests and theirs.get(request):
                names[subject] = theirs[request].pop(0)
        self.identities = [
            (*names[each[:3]], *each[3:]) if each[:3] in names else each for each in self.identities
        ]
        numbers = (event.event_id for event in self.events)
        self.by_event = dict(zip(numbers, self.identities, strict=True))
        return set(names.values())

    def _next(self, *about: Any) -> Identity:
        """Number the ones of the same name."""
        self._counts[about] = number = self._counts.get(about, 0) + 1
        return (*about, number)


def _text(value: Any) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def _aligned(one: _Named, two: _Named) -> Iterator[Pair]:
    """Pair the events of the same identity; the order of most of them decides which moved."""
    places = {identity: place for place, identity in enumerate(two.identities)}
    matches = [places.get(identity, -1) for identity in one.identities]
    steady = _increasing(matches)
    matched = set(matches)
    following = 0
    for place, match in enumerate(matches):
        if match < 0:
            yield Pair(one.events[place], None)
        elif match not in steady:
            yield Pair(one.events[place], two.events[match], moved=True)
        else:
            while following < match:
                if following not in matched:
                    yield Pair(None, two.events[following])
                following += 1
            following += 1
            yield Pair(one.events[place], two.events[match])
    for place in range(following, len(two.events)):
        if place not in matched:
            yield Pair(None, two.events[place])


def _increasing(places: Sequence[int]) -> set[int]:
    """The places of a longest sequence that only increases; -1 is left out."""
    ends: list[int] = []
    before: dict[int, int] = {}
    for place in places:
        if place >= 0:
            at = bisect_left(ends, place)
            ends[at : at + 1] = [place]
            before[place] = ends[at - 1] if at else -1
    chain = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        chain.add(place)
        place = before[place]
    return chain


def _differences(
    left: Event, right: Event, one: _Named, two: _Named, ignored: Collection[str]
) -> Iterator[Difference]:
    if left.event_type != right.event_type:
        yield Difference("eventType", left.event_type, right.event_type, HAPPENED)
    mine, theirs = (
        _resolved(left.attributes, one, ignored),
        _resolved(right.attributes, two, ignored),
    )
    for member in dict.fromkeys((*mine, *theirs)):
        here, there = mine.get(member, ABSENT), theirs.get(member, ABSENT)
        if here != there:
            level = PAYLOADS if member in PAYLOAD_MEMBERS else HAPPENED
            for path, old, new in json_differences(_parsed(here), _parsed(there), member):
                yield Difference(path, old, new, level)
    since, until = left.timestamp_ms - one.start_ms, right.timestamp_ms - two.start_ms
    if since != until:
        yield Difference("eventTimestamp", since, until, TIMES)


def _resolved(attributes: Attributes, named: _Named, ignored: Collection[str]) -> Attributes:
    """The attributes with identities in place of event ids, and without what is not compared."""
    resolved: Attributes = {}
    for member, value in attributes.items():
        if member in ignored:
            continue
        if member.endswith("EventId"):
            value = named.by_event.get(value, 0)
        elif isinstance(value, dict):
            value = {name: each for name, each in value.items() if name not in ignored}
        resolved[member] = value
    return resolved


def _parsed(value: Any) -> Any:
    """The value of a string that is JSON, otherwise the value itself."""
    if not isinstance(value, str) or value[:1] not in '{["':
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def json_differences(left: Any, right: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield path, old and new value wherever two JSON values differ."""
    stack = [(path, left, right)]
    while stack:
        path, left, right = stack.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            stack += [
                (f"{path}.{key}".lstrip("."), left.get(key, ABSENT), right.get(key, ABSENT))
                for key in reversed(dict.fromkeys((*left, *right)))
            ]
        elif isinstance(left, list) and isinstance(right, list):
            longest = range(max(len(left), len(right)))
            stack += [
                (
                    f"{path}[{index}]",
                    left[index] if index < len(left) else ABSENT,
                    right[index] if index < len(right) else ABSENT,
                )
                for index in reversed(longest)
            ]
        elif left != right or type(left) is not type(right):
            yield path, left, right
