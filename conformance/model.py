"""The service model of SWF as shipped in botocore, and the few questions the suite asks of it.

The model gives names, required flags, lengths, ranges and enumerations of API version 2012-01-25.
It has no patterns: the rules for names and durations are prose and live in ``rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ServiceModel
from botocore.session import Session

Shape = Any
"""A botocore ``Shape``; botocore carries no type hints."""


@cache
def service() -> ServiceModel:
    """The model of API version 2012-01-25."""
    return Session().get_service_model("swf")


@cache
def operations() -> tuple[str, ...]:
    """The names of the 39 operations."""
    return tuple(service().operation_names)


@cache
def input_shape(operation: str) -> Shape:
    """The input structure of an operation; every SWF operation has one."""
    return service().operation_model(operation).input_shape


@cache
def output_shape(operation: str) -> Shape | None:
    """The output structure, or None for the operations that answer with an empty body."""
    return service().operation_model(operation).output_shape


@cache
def shape(name: str) -> Shape:
    """A shape by its name."""
    return service().shape_for(name)


def faults_of(operation: str) -> tuple[str, ...]:
    """The faults that the model lists for an operation."""
    return tuple(s.name for s in service().operation_model(operation).error_shapes)


def attributes_member(event_type: str) -> str:
    """The member of ``HistoryEvent`` that carries the attributes of an event type."""
    return event_type[0].lower() + event_type[1:] + "EventAttributes"


def attributes_of(event: dict[str, Any]) -> dict[str, Any]:
    """The attribute structure of an event; empty when it is missing."""
    found = event.get(attributes_member(str(event.get("eventType"))))
    return found if isinstance(found, dict) else {}


def decision_member(decision_type: str) -> str:
    """The member of ``Decision`` that carries the attributes of a decision type."""
    return decision_type[0].lower() + decision_type[1:] + "DecisionAttributes"


@cache
def event_types() -> tuple[str, ...]:
    """The 54 event types."""
    return tuple(shape("EventType").enum)


@cache
def decision_types() -> tuple[str, ...]:
    """The 13 decision types."""
    return tuple(shape("DecisionType").enum)


@cache
def event_attributes(event_type: str) -> Shape:
    """The attribute structure of an event type."""
    return shape("HistoryEvent").members[attributes_member(event_type)]


def causes() -> Iterator[tuple[str, str]]:
    """Every (event type, cause) pair of the events that have a cause."""
    for event_type in event_types():
        member = event_attributes(event_type).members.get("cause")
        if member is not None:
            for cause in member.enum:
                yield event_type, cause


def member_shape(start: Shape | None, path: str) -> Shape | None:
    """Follow a dotted path (``a.0.b``, ``a[].b``) through structures and lists."""
    current = start
    for part in path.replace("[]", ".0").split("."):
        if current is None or part == "":
            continue
        if current.type_name == "list":
            current = current.member
        elif current.type_name == "structure":
            current = current.members.get(part)
        else:
            return None
    return current


def coerce(value: Any, target: Shape | None) -> Any:
    """Write out the abbreviations of the case language for a member of the given shape.

    Durations, days and priorities are strings in SWF, so ``60`` becomes ``"60"``; a task list is
    written as its name; a type is written ``name:version`` (version 1 when left out).
    """
    if target is None:
        return value
    kind = target.type_name
    if kind == "structure":
        if isinstance(value, str):
            if target.name == "TaskList":
                return {"name": value}
            if target.name in ("WorkflowType", "ActivityType"):
                name, _, version = value.partition(":")
                return {"name": name, "version": version or "1"}
        if isinstance(value, dict):
            return {k: coerce(v, target.members.get(k)) for k, v in value.items()}
    elif kind == "list" and isinstance(value, list):
        return [coerce(v, target.member) for v in value]
    elif kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
