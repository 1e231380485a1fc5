"""What every SWF history must look like, whatever the workflow did.

A history is a list of events with ids 1, 2, 3 ... in which each event has exactly one attribute
structure, refers only to earlier events of the fitting type, and in which at most one decision
task is active and one more is waiting (Developer Guide, "Workflow history" and "Deciders"; API
Reference, HistoryEvent and the attribute structures). Each rule reports what breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import model
from conformance.slots import Slots
from conformance.verdict import Grade

Event = dict[str, Any]

CLOSING = frozenset(
    "WorkflowExecution" + how
    for how in ("Completed", "Failed", "Canceled", "ContinuedAsNew", "Terminated", "TimedOut")
)
TRIGGERS = frozenset(
    (
        "WorkflowExecutionStarted",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionCancelRequested",
        "ActivityTaskCompleted",
        "ActivityTaskFailed",
        "ActivityTaskTimedOut",
        "TimerFired",
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionCompleted",
        "ChildWorkflowExecutionFailed",
        "DecisionTaskTimedOut",
        "LambdaFunctionCompleted",
    )
)
"""Events seen, in recordings or samples of the service, to call for a decision at once."""

LATE_FAILURES = frozenset(
    (
        "StartChildWorkflowExecutionFailed",
        "SignalExternalWorkflowExecutionFailed",
        "RequestCancelExternalWorkflowExecutionFailed",
    )
)
"""Failures that may come after the response that asked: the result is asynchronous."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the grammar."""

    name: str
    title: str
    source: str
    grade: Grade


RULES = (
    Rule("ids", "event ids are 1, 2, 3 ... without gaps", "API: HistoryEvent", Grade.RECORDED),
    Rule("times", "timestamps never decrease", "recordings", Grade.RECORDED),
    Rule(
        "structure",
        "exactly one attribute structure, the one of the event's type",
        "API: HistoryEvent",
        Grade.RECORDED,
    ),
    Rule(
        "known",
        "attributes, their types and values are those of the model",
        "service model",
        Grade.DOCUMENTED,
    ),
    Rule("required", "required attributes are present", "service model", Grade.DOCUMENTED),
    Rule(
        "references",
        "event ids in attributes name earlier events of the right type and subject",
        "API: the ...EventAttributes pages",
        Grade.DOCUMENTED,
    ),
    Rule(
        "decision-tasks",
        "at most one decision task active and one waiting; each started, ended once",
        "Developer Guide: developing deciders; recordings",
        Grade.RECORDED,
    ),
    Rule(
        "tasks",
        "activities, timers, children and Lambda tasks start and end once",
        "API: the ...EventAttributes pages",
        Grade.DOCUMENTED,
    ),
    Rule(
        "open-ids",
        "activity and timer ids are unique among the open ones",
        "API: ScheduleActivityTaskDecisionAttributes, StartTimerDecisionAttributes",
        Grade.DOCUMENTED,
    ),
    Rule(
        "first",
        "the first event, and only that, is WorkflowExecutionStarted",
        "recordings",
        Grade.RECORDED,
    ),
    Rule("closing", "nothing follows the closing event", "recordings", Grade.RECORDED),
    Rule(
        "triggers",
        "what calls for a decision is followed at once by DecisionTaskScheduled "
        "with the same timestamp",
        "recordings",
        Grade.RECORDED,
    ),
    Rule(
        "batch",
        "the events of a response directly follow its DecisionTaskCompleted",
        "recordings",
        Grade.RECORDED,
    ),
)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken by an event."""

    rule: str
    event_id: int
    text: str


def check(events: Sequence[Event]) -> list[Violation]:
    """Every violation in a complete history that begins with the first event."""
    found: list[Violation] = []
    slots = Slots()
    by_id: dict[int, Event] = {}
    for position, event in enumerate(events, 1):
        event_id = event.get("eventId", 0)
        before = events[position - 2] if position > 1 else None
        following = events[position] if position < len(events) else None
        broken: list[tuple[str, str]] = [
            *_numbering(event, position, before),
            *_structure(event),
            *_references(event, by_id),
            *_place(event, position, before),
            *_batch(event, before, by_id),
        ]
        called_for = event.get("eventType") in TRIGGERS and slots.may_queue(event)
        broken += slots.apply(event)
        if called_for:
            broken += _trigger(event, following)
        found += [Violation(rule, event_id, text) for rule, text in broken]
        by_id[event_id] = event
    return found


def attributes_of(event: Event) -> dict[str, Any]:
    """The attribute structure of an event; empty when it is missing."""
    found = event.get(model.attributes_member(str(event.get("eventType"))))
    return found if isinstance(found, dict) else {}


def _numbering(event: Event, position: int, before: Event | None) -> Iterator[tuple[str, str]]:
    if event.get("eventId") != position:
        yield "ids", f"id {event.get('eventId')} at position {position}"
    if before is not None:
        earlier, later = before.get("eventTimestamp", 0), event.get("eventTimestamp", 0)
        if later < earlier:
            yield "times", f"{later} after {earlier}"


def _structure(event: Event) -> Iterator[tuple[str, str]]:
    kind = event.get("eventType")
    if kind not in model.event_types():
        yield "known", f"no such event type: {kind}"
        return
    member = model.attributes_member(kind)
    others = set(event) - {"eventId", "eventType", "eventTimestamp", member}
    if member not in event:
        yield "structure", f"{member} is missing"
    if others:
        yield "structure", f"{kind} has also {', '.join(sorted(others))}"
    shape = model.event_attributes(kind)
    attributes = attributes_of(event)
    for name in shape.required_members:
        if name not in attributes:
            yield "required", f"{kind} lacks {name}"
    for problem in foreign(attributes, shape, kind):
        yield "known", problem


def foreign(value: Any, shape: model.Shape, path: str) -> Iterator[str]:
    """Where a value does not fit the model: unknown members, wrong types, unknown enum values."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path} is not an object"
            return
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path} has the unknown member {name}"
            else:
                yield from foreign(inner, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path} is not a list"
            return
        for inner in value:
            yield from foreign(inner, shape.member, f"{path}[]")
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{path} is not a string: {value!r}"
        elif shape.enum and value not in shape.enum:
            yield f"{path} is none of {', '.join(shape.enum)}: {value}"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{path} is not a boolean: {value!r}"
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        yield f"{path} is not a number: {value!r}"


_SCHEDULED = {"Activity": "ActivityTask", "Decision": "DecisionTask", "Lambda": "LambdaFunction"}
_INITIATED = (
    ("SignalExternalWorkflowExecutionFailed", "SignalExternalWorkflowExecutionInitiated"),
    ("ExternalWorkflowExecutionSignaled", "SignalExternalWorkflowExecutionInitiated"),
    (
        "RequestCancelExternalWorkflowExecutionFailed",
        "RequestCancelExternalWorkflowExecutionInitiated",
    ),
    (
        "ExternalWorkflowExecutionCancelRequested",
        "RequestCancelExternalWorkflowExecutionInitiated",
    ),
)
_MAY_BE_ZERO = {
    "startedEventId": ("ActivityTaskTimedOut", "ActivityTaskCanceled", "DecisionTaskTimedOut"),
    "initiatedEventId": (
        "StartChildWorkflowExecutionFailed",
        "SignalExternalWorkflowExecutionFailed",
        "RequestCancelExternalWorkflowExecutionFailed",
    ),
}


def _wanted_type(kind: str, name: str) -> str | None:
    """The type of event that an attribute must refer to; None for ids in other histories."""
    if name == "decisionTaskCompletedEventId":
        return "DecisionTaskCompleted"
    if name == "latestCancelRequestedEventId":
        return "ActivityTaskCancelRequested"
    if name in ("scheduledEventId", "startedEventId"):
        for prefix, task in _SCHEDULED.items():
            if prefix in kind:
                return task + ("Scheduled" if name == "scheduledEventId" else "Started")
        return "TimerStarted" if kind.startswith("Timer") else "ChildWorkflowExecutionStarted"
    if name == "initiatedEventId":
        return dict(_INITIATED).get(kind, "StartChildWorkflowExecutionInitiated")
    return None


def _references(event: Event, by_id: dict[int, Event]) -> Iterator[tuple[str, str]]:
    kind = str(event.get("eventType"))
    attributes = attributes_of(event)
    for name, value in attributes.items():
        wanted = _wanted_type(kind, name) if name.endswith("EventId") else None
        if wanted is None:
            continue
        if value == 0 and kind in _MAY_BE_ZERO.get(name, ()):
            continue
        referred = by_id.get(value)
        if referred is None or referred.get("eventType") != wanted:
            got = referred.get("eventType") if referred else "no earlier event"
            yield "references", f"{kind}.{name} {value} is {got}, not {wanted}"
        elif _subject(referred) not in (None, _subject(event)):
            yield "references", f"{kind}.{name} {value} is about {_subject(referred)}"


def _subject(event: Event) -> object:
    """What an event is about, for those whose partners are about the same."""
    attributes = attributes_of(event)
    kind = str(event.get("eventType"))
    if kind in ("TimerStarted", "TimerFired", "TimerCanceled"):
        return attributes.get("timerId")
    if kind.startswith(("StartChildWorkflowExecution", "ChildWorkflowExecution")):
        execution = attributes.get("workflowExecution", attributes)
        return execution.get("workflowId") if isinstance(execution, dict) else None
    return None


def _place(event: Event, position: int, before: Event | None) -> Iterator[tuple[str, str]]:
    kind = event.get("eventType")
    if (kind == "WorkflowExecutionStarted") != (position == 1):
        yield "first", f"{kind} at position {position}"
    if before is not None and before.get("eventType") in CLOSING:
        yield "closing", f"{kind} after {before.get('eventType')}"


def _trigger(event: Event, following: Event | None) -> Iterator[tuple[str, str]]:
    kind = event.get("eventType")
    next_kind = following.get("eventType") if following else "nothing"
    if following is None or next_kind != "DecisionTaskScheduled":
        yield "triggers", f"{kind} is followed by {next_kind}"
    elif following.get("eventTimestamp") != event.get("eventTimestamp"):
        yield "triggers", f"DecisionTaskScheduled is not of the same time as {kind}"


def _batch(
    event: Event, before: Event | None, by_id: dict[int, Event]
) -> Iterator[tuple[str, str]]:
    attributes = attributes_of(event)
    kind = event.get("eventType")
    completed = attributes.get("decisionTaskCompletedEventId")
    if completed is None or kind in LATE_FAILURES or before is None:
        return
    for earlier_id in range(completed + 1, event.get("eventId", 0)):
        earlier = by_id.get(earlier_id, {})
        same = attributes_of(earlier).get("decisionTaskCompletedEventId") == completed
        at_once = earlier.get("eventType") in ("ActivityTaskCanceled", "DecisionTaskScheduled")
        if not same and not at_once:
            yield "batch", f"{earlier.get('eventType')} stands between {kind} and its response"
            return
