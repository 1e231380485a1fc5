"""Decisions as a history records them.

The core's registry defines which event records which decision. A failed decision is recorded
as its ``…Failed`` event, which repeats only a few members. A ``…Failed`` event with an
``initiatedEventId`` is not compared: it records the later failure of an accepted decision.

Settings (timeouts, task list, priority, child policy, Lambda role) are recorded with their
effective values, from the decision or from the type's defaults. They are compared only if the
decision contains them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Attributes, Event, attributes_name, pick
from ..core.registry import DECISIONS, EVENTS, Effect
from .model import service_model


def decided_members(decision_type: str) -> Collection[str]:
    """Return the members of a decision of that type, from the service model."""
    members: dict[str, str] = service_model().shapes[f"{decision_type}DecisionAttributes"][
        "members"
    ]
    return members.keys()


@dataclass(frozen=True)
class Recorded:
    """A recorded decision.

    ``members`` are those in the history; ``failed`` is the cause of a failed decision, whose
    other members are unknown. A decision is equal if it has all members except settings, and
    if none of its members has another value.
    """

    event_id: int
    decision_type: str
    members: Attributes
    failed: str | None = None

    def differences(self, decision: Mapping[str, Any]) -> Iterator[str]:
        """Yield each difference from a decision as a line."""
        decision_type = decision.get("decisionType")
        if decision_type != self.decision_type:
            yield f"{self.decision_type} was recorded, the decider now returns {decision_type}"
            return
        settled = DECISIONS[self.decision_type].settles
        decided = _present(decision.get(attributes_name(self.decision_type, "Decision")) or {})
        for name in sorted(self.members.keys() | decided.keys()):
            if name in decided and name in self.members:
                if _text(decided[name]) != _text(self.members[name]):
                    yield f"{name}: {_text(self.members[name])} → {_text(decided[name])}"
            elif name in decided and self.failed is None and name not in settled:
                yield f"{name}: absent → {_text(decided[name])}"
            elif name in self.members and name not in settled:
                yield f"{name}: {_text(self.members[name])} → absent"

    def __str__(self) -> str:
        settled = DECISIONS[self.decision_type].settles
        shown = {name: self.members[name] for name in self.members if name not in settled}
        failed = "" if self.failed is None else f"  (failed: {self.failed})"
        return decision_text(self.decision_type, shown) + failed


@dataclass(frozen=True)
class Batch:
    """A completed decision task and its decisions.

    ``started`` and ``completed`` are the ids of its DecisionTaskStarted and
    DecisionTaskCompleted events; ``previous`` is ``started`` of the batch before, or 0.
    """

    started: int
    completed: int
    previous: int
    context: str | None
    decisions: list[Recorded] = field(default_factory=list)


def batches(events: Sequence[Event]) -> list[Batch]:
    """Return the completed decision tasks of a history, each with its decisions."""
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
    """Format a recorded decision as one line."""
    cells = (f"{name}={_text(attributes[name])}" for name in sorted(attributes))
    return " ".join([decision_type, *cells])


def decided_text(decision: Mapping[str, Any]) -> str:
    """Format a decision of a decider as one line."""
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
        return Recorded(event.event_id, rule.decision, _present(members), cause)
    names = decided_members(rule.decision)
    members = pick(attributes, *names)
    if "workflowTypeVersion" in names:
        members["workflowTypeVersion"] = attributes["workflowType"]["version"]
    return Recorded(event.event_id, rule.decision, _present(members))


def _present(members: Mapping[str, Any]) -> Attributes:
    """Return the members without None and empty lists, which mean the same as absence."""
    return {name: value for name, value in members.items() if value is not None and value != []}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
