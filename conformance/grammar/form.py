"""The form of one event: the envelope, the members of its attributes, the values of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from conformance import model
from conformance.verdict import Grade

PYTHON_TYPES: dict[str, type[Any]] = {
    "structure": dict,
    "list": list,
    "string": str,
    "long": int,
    "integer": int,
}
NEVER_NONE = frozenset({"startToFireTimeout"})
ALWAYS_PRESENT: dict[str, tuple[str, ...]] = {
    "WorkflowExecutionStarted": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
        "parentInitiatedEventId",
    ),
    "WorkflowExecutionSignaled": ("externalInitiatedEventId",),
    "WorkflowExecutionCancelRequested": ("externalInitiatedEventId",),
    "WorkflowExecutionContinuedAsNew": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
    ),
    "DecisionTaskScheduled": ("startToCloseTimeout",),
    "ActivityTaskScheduled": (
        "scheduleToStartTimeout",
        "scheduleToCloseTimeout",
        "startToCloseTimeout",
        "heartbeatTimeout",
    ),
    "StartChildWorkflowExecutionInitiated": (
        "executionStartToCloseTimeout",
        "taskStartToCloseTimeout",
    ),
    "LambdaFunctionTimedOut": ("timeoutType",),
    "StartLambdaFunctionFailed": ("scheduledEventId", "cause", "message"),
}
"""Members that the model calls optional and that the service always writes."""


class HistoryError(AssertionError):
    """An event that cannot be where it is."""

    def __init__(
        self, where: str, event_id: int, reason: str, rule: str = "", grade: Grade | None = None
    ) -> None:
        super().__init__(f"{where}: {reason}")
        self.event_id = event_id
        self.reason = reason
        self.rule = rule
        self.grade = grade


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    type: str
    at_ms: int
    attributes: dict[str, Any]

    def __getitem__(self, member: str) -> Any:
        return self.attributes[member]

    def get(self, member: str, default: Any = None) -> Any:
        return self.attributes.get(member, default)

    def fail(self, reason: str, rule: str = "", grade: Grade | None = None) -> NoReturn:
        """Raise a `HistoryError`; the rule is that of the event's subject unless named."""
        raise HistoryError(f"event {self.id} {self.type}", self.id, reason, rule, grade)

    def require(
        self, condition: object, reason: str, rule: str = "", grade: Grade | None = None
    ) -> None:
        """Raise a `HistoryError` unless the condition holds."""
        if not condition:
            self.fail(reason, rule, grade)


def read_event(position: int, raw: dict[str, Any]) -> Event:
    where = f"event {raw.get('eventId', f'at position {position}')} {raw.get('eventType', '')}"

    def require(condition: object, reason: str) -> None:
        if not condition:
            raise HistoryError(where, position, reason, "form")

    shape = model.shape("HistoryEvent")
    require(
        type(raw.get("eventId")) is int and raw["eventId"] == position,
        f"the id must be {position}: ids start at 1 and have no gaps",
    )
    require(raw.get("eventType") in shape.members["eventType"].enum, "no such event type")
    at_ms = _milliseconds(raw.get("eventTimestamp"))
    require(at_ms is not None, "eventTimestamp must be a time in whole milliseconds")
    member = model.attributes_member(raw["eventType"])
    others = sorted(raw.keys() - {"eventId", "eventType", "eventTimestamp", member})
    require(not others, f"unexpected members: {', '.join(others)}")
    require(member in raw, f"{member} is missing")
    problem = next(_problems(shape.members[member], raw[member], member), None)
    require(problem is None, str(problem))
    event = Event(position, raw["eventType"], at_ms or 0, raw[member])
    for name in ALWAYS_PRESENT.get(event.type, ()):
        event.require(name in event.attributes, f"{name} is missing, it is always written", "form")
    return event


def _milliseconds(value: object) -> int | None:
    if isinstance(value, datetime):
        seconds = value.timestamp()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        return None
    milliseconds = round(seconds * 1000)
    return milliseconds if abs(seconds * 1000 - milliseconds) < 0.01 else None


def _problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Say where `value` differs from a shape of the service model."""
    if not isinstance(value, PYTHON_TYPES[shape.type_name]) or isinstance(value, bool):
        yield f"{path} must be of type {shape.type_name}, is {value!r}"
        return
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path} lacks the required member {name}"
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path} has the unknown member {name}"
            else:
                yield from _problems(shape.members[name], inner, f"{path}.{name}")
                yield from _problems_of_text(name, inner, f"{path}.{name}")
        return
    if shape.type_name in ("long", "integer"):
        return
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < low or (high is not None and len(value) > high):
        yield f"{path} must have a length of {low} to {high}, has {len(value)}"
    if shape.type_name == "list":
        for index, inner in enumerate(value):
            if inner is None and shape.name == "TagList":
                continue  # recorded in 2016
            yield from _problems(shape.member, inner, f"{path}[{index}]")
    elif shape.enum and value not in shape.enum:
        yield f"{path} must be one of {', '.join(shape.enum)}, is {value!r}"


def _problems_of_text(name: str, value: object, path: str) -> Iterator[str]:
    """Yield what is wrong with a number in a string; the model does not restrict these strings."""
    if name.endswith("Timeout"):
        forms = r"\d{1,8}" if name in NEVER_NONE else r"\d{1,8}|NONE"
        if not (isinstance(value, str) and re.fullmatch(forms, value, re.ASCII)):
            yield f"{path} must match {forms}, is {value!r}"
    elif name == "taskPriority" and not (
        isinstance(value, str)
        and re.fullmatch(r"[+-]?\d+", value, re.ASCII)
        and -(2**31) <= int(value) < 2**31
    ):
        yield f"{path} must be a 32-bit number, is {value!r}"
