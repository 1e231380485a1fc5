"""Decisions as a history tells them: which event records which decision, and how much of it.

Which event records which decision stands in the core's registry; a refused decision is recorded
as its …Failed event, which repeats a few members only.

An event belongs to a batch by its ``decisionTaskCompletedEventId``. A ``…Failed`` event with
an ``initiatedEventId`` is no decision but the later outcome of one. Settings (time-outs, task
list, priority, child policy, Lambda role) are recorded as they came out, from the decision or
from the type's defaults: they count only where the decision names them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Attributes, Event, attributes_name, pick
from ..core.registry import DECISIONS, EVENTS, Effect
from ..protocol.model import service_model


def decided_members(decision_type: str) -> Collection[str]:
    """The members of a decision of that type, as the service model has them."""
    members: dict[str, str] = service_model().shapes[f"{decision_type}DecisionAttributes"][
        "members"
    ]
    return members.keys()


@dataclass(frozen=True)
class Recorded:
    """One decision as recorded.

    ``members`` are what the history tells of it. A decision is the same if it gives all of
    them but the settings, and of what it gives, nothing contradicts them; of one that was
    ``refused`` only what the refusal repeats is known.
    """

    event_id: int
    decision_type: str
    members: Attributes
    refused: str | None = None

    def differences(self, decision: Mapping[str, Any]) -> Iterator[str]:
        """What is different in a decision, a line each."""
        decision_type = decision.get("decisionType")
        if decision_type != self.decision_type:
            yield f"{self.decision_type} was recorded, {decision_type} is decided now"
            return
        settled = DECISIONS[self.decision_type].settles
        decided = _given(decision.get(attributes_name(self.decision_type, "Decision")) or {})
        for name in sorted(self.members.keys() | decided.keys()):
            if name in decided and name in self.members:
                if _text(decided[name]) != _text(self.members[name]):
                    yield f"{name}: {_text(self.members[name])} → {_text(decided[name])}"
            elif name in decided and self.refused is None and name not in settled:
                yield f"{name}: not given → {_text(decided[name])}"
            elif name in self.members and name not in settled:
                yield f"{name}: {_text(self.members[name])} → not given"

    def __str__(self) -> str:
        settled = DECISIONS[self.decision_type].settles
        shown = {name: self.members[name] for name in self.members if name not in settled}
        refused = "" if self.refused is None else f"  (refused: {self.refused})"
        return decision_text(self.decision_type, shown) + refused


@dataclass(frozen=True)
class Batch:
    """A decision task that was answered, and its answer.

    ``started`` is the id of its DecisionTaskStarted event, ``completed`` that of its
    DecisionTaskCompleted event, ``previous`` the ``started`` of the batch before, 0 at first.
    """

    started: int
    completed: int
    previous: int
    context: str | None
    decisions: list[Recorded] = field(default_factory=list)


def batches(events: Sequence[Event]) -> list[Batch]:
    """The answered decision tasks of a history, in order, each with its decisions."""
    found: dict[int, Batch] = {}
    previous = 0
    for event in events:
        attributes = event.attributes
        if event.event_type == "DecisionTaskCompleted":
            batch = Batch(
                attributes["startedEventId"],
                event.event_id,
                previous,
                attributes.get("executionContext"),
            )
            found[event.event_id] = batch
            previous = batch.started
            continue
        recorded = _recorded(event)
        if recorded is not None and attributes.get("decisionTaskCompletedEventId") in found:
            found[attributes["decisionTaskCompletedEventId"]].decisions.append(recorded)
    return list(found.values())


def decision_text(decision_type: str, attributes: Mapping[str, Any]) -> str:
    """A decision in one line."""
    cells = (f"{name}={_text(attributes[name])}" for name in sorted(attributes))
    return " ".join([decision_type, *cells])


def decided_text(decision: Mapping[str, Any]) -> str:
    """A decision as a decider gives it, in one line."""
    decision_type = str(decision.get("decisionType"))
    attributes = decision.get(attributes_name(decision_type, "Decision"), {})
    return decision_text(decision_type, attributes or {})


def _recorded(event: Event) -> Recorded | None:
    rule, attributes = EVENTS.get(event.event_type), event.attributes
    if rule is None or not rule.decision:
        return None
    if rule.effect is Effect.REFUSES:
        if attributes.get(rule.link):
            return None
        members = pick(attributes, *DECISIONS[rule.decision].repeats)
        cause = str(attributes.get("cause"))
        return Recorded(event.event_id, rule.decision, _given(members), cause)
    names = decided_members(rule.decision)
    members = pick(attributes, *names)
    if "workflowTypeVersion" in names:
        members["workflowTypeVersion"] = attributes["workflowType"]["version"]
    return Recorded(event.event_id, rule.decision, _given(members))


def _given(members: Mapping[str, Any]) -> Attributes:
    """Members that say something: an empty list or None is as if it were not given."""
    return {name: value for name, value in members.items() if value is not None and value != []}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
