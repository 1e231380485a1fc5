"""The order of a history made the same where the service leaves it open.

A child's start, a delivered signal or cancel request and the start of a Lambda function follow the
response that caused them some 25 to 230 ms later, in no fixed order among themselves and between
whatever happens in the meantime. `ordered` moves them to the end of their response, in the order in
which they were initiated, as if they had taken no time. Decision tasks are placed again by the one
rule that all recordings obey: an event that triggers one is followed by DecisionTaskScheduled at
once, unless one waits already; those of a response are followed by one at its end.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import NamedTuple

from conformance import model
from conformance.grammar.table import TRIGGERS
from conformance.language.recordings import Event
from conformance.model import attributes_of

OUTCOMES = {
    "ChildWorkflowExecutionStarted": "initiatedEventId",
    "ExternalWorkflowExecutionSignaled": "initiatedEventId",
    "ExternalWorkflowExecutionCancelRequested": "initiatedEventId",
    "SignalExternalWorkflowExecutionFailed": "initiatedEventId",
    "RequestCancelExternalWorkflowExecutionFailed": "initiatedEventId",
    "StartChildWorkflowExecutionFailed": "initiatedEventId",
    "LambdaFunctionStarted": "scheduledEventId",
    "StartLambdaFunctionFailed": "scheduledEventId",
}
"""The events that follow a response in no fixed order, with the member that names their cause."""

ELSEWHERE = ("externalInitiatedEventId", "parentInitiatedEventId")
"""Members that name an event of another history."""


class Ordered(NamedTuple):
    """A history in its order, and the new id of each of its events that keeps its place in it."""

    events: list[Event]
    ids: dict[int, int]


def ordered(events: list[Event]) -> Ordered:
    """Put a history, numbered from 1, in order."""
    made: list[Event] = []
    ids: dict[int, int] = {}
    tasks = (e for e in events if e["eventType"] == "DecisionTaskScheduled")
    waiting = started = 0
    moved = list(_moved(events))
    triggered = False
    for event, following in zip(moved, [*moved[1:], None], strict=True):
        old_id = event["eventId"]
        ids[old_id] = len(made) + 1
        made.append(_numbered(event, ids))
        attributes = attributes_of(made[-1])
        if event["eventType"] == "DecisionTaskStarted":
            attributes["scheduledEventId"] = waiting
            waiting, started = 0, waiting
        elif event["eventType"] in ("DecisionTaskCompleted", "DecisionTaskTimedOut"):
            attributes["scheduledEventId"] = started or waiting
            waiting, started = waiting if started else 0, 0
        triggered |= event["eventType"] in TRIGGERS
        if triggered and not waiting and not _same_response(event, following):
            task = next(tasks, None)
            if task is None:
                break  # the history ends before the decision task
            waiting = len(made) + 1
            made.append(_numbered(task, {**ids, task["eventId"]: waiting}))
        if not _same_response(event, following):
            triggered = False
    return Ordered(made, ids)


def _moved(events: list[Event]) -> Iterator[Event]:
    """All events except the decision tasks, outcomes at the end of their response."""
    left = [event for event in events if event["eventType"] != "DecisionTaskScheduled"]
    outcomes = sorted(filter(_cause_of, left), key=_cause_of)
    kept = [event for event in left if not _cause_of(event)]
    done = 0
    for event, following in zip(kept, [*kept[1:], None], strict=True):
        done = max(done, event["eventId"] if _response_of(event) else 0)
        yield event
        if not _same_response(event, following):
            while outcomes and _cause_of(outcomes[0]) <= done:
                yield outcomes.pop(0)


def _cause_of(event: Event) -> int:
    """The id of the event that caused an outcome; 0 for an event that is none."""
    member = OUTCOMES.get(event["eventType"])
    return 0 if member is None else int(attributes_of(event).get(member, 0))


def _response_of(event: Event) -> int:
    """The id of the DecisionTaskCompleted to whose response an event belongs, 0 if none."""
    if _cause_of(event):
        return 0
    completed = event["eventType"] == "DecisionTaskCompleted"
    found = event["eventId"] if completed else attributes_of(event).get(RESPONSE, 0)
    return int(found)


RESPONSE = "decisionTaskCompletedEventId"


def _same_response(event: Event, following: Event | None) -> bool:
    response = _response_of(event)
    return bool(response) and following is not None and _response_of(following) == response


def _numbered(event: Event, ids: dict[int, int]) -> Event:
    """A copy of an event with its new id and new references."""
    made = copy.deepcopy(event)
    made["eventId"] = ids[event["eventId"]]
    attributes = made[model.attributes_member(event["eventType"])]
    for member, value in attributes.items():
        if member.endswith("EventId") and member not in ELSEWHERE:
            attributes[member] = ids.get(value, value)
    return made
