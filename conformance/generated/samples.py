"""Well-formed minimal inputs for every operation, and the way to each of their members."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance import model
from conformance.model import Shape

_BY_SHAPE = {
    "DurationInDays": "1",
    "DurationInSeconds": "60",
    "DurationInSecondsOptional": "60",
    "TaskPriority": "0",
    "DecisionType": "CompleteWorkflowExecution",
    "Arn": "arn:aws:swf:us-east-1:123456789012:/domain/conformance",
}
_CHOSEN_FILTER = {
    "ListClosedWorkflowExecutions": {"startTimeFilter": {"oldestDate": 0}},
    "CountClosedWorkflowExecutions": {"startTimeFilter": {"oldestDate": 0}},
}

_DECISION_OF = {model.decision_member(kind): kind for kind in model.decision_types()}


@dataclass(frozen=True, slots=True)
class Member:
    """A member somewhere in the input of an operation."""

    operation: str
    keys: tuple[str | int, ...]
    """The way to it: names of members, and 0 for the element of a list."""
    shape: Shape
    required: bool
    documentation: str

    @property
    def path(self) -> str:
        """The path as the service prints it: ``decisions.1.member.decisionType``."""
        parts = [f"{key + 1}.member" if isinstance(key, int) else key for key in self.keys]
        return ".".join(parts)

    @property
    def dotted(self) -> str:
        """The path with the indexes left out, for names of cases."""
        return ".".join(key for key in self.keys if isinstance(key, str))


def sample(shape: Shape) -> Any:
    """A small valid value: required members only."""
    kind = shape.type_name
    if kind == "structure":
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [sample(shape.member)]
    if kind == "string":
        return _BY_SHAPE.get(shape.name, shape.enum[0] if shape.enum else "x")
    if kind == "boolean":
        return True
    return 1


def minimal(operation: str, domain: str) -> dict[str, Any]:
    """The smallest input that breaks no constraint."""
    shape = model.input_shape(operation)
    body: dict[str, Any] = sample(shape)
    body.update(copy.deepcopy(_CHOSEN_FILTER.get(operation, {})))
    if "domain" in shape.members:
        body["domain"] = domain
    return body


def members(operation: str) -> Iterator[Member]:
    """Every member of an input, nested ones and list elements included."""
    yield from _members(operation, model.input_shape(operation), ())


def _members(operation: str, shape: Shape, keys: tuple[str | int, ...]) -> Iterator[Member]:
    for name, inner in shape.members.items():
        required = name in shape.required_members
        yield Member(operation, (*keys, name), inner, required, inner.documentation)
        if inner.type_name == "structure":
            yield from _members(operation, inner, (*keys, name))
        elif inner.type_name == "list":
            element = inner.member
            at = (*keys, name, 0)
            yield Member(operation, at, element, False, element.documentation)
            if element.type_name == "structure":
                yield from _members(operation, element, at)


def with_value(member: Member, value: Any, domain: str) -> dict[str, Any]:
    """The minimal input with one member set; structures on the way get their required members."""
    body = _with_parents(member, domain)
    parent: Any = body
    for key in member.keys[:-1]:
        parent = parent[key]
    parent[member.keys[-1]] = value
    return body


def without(member: Member, domain: str) -> dict[str, Any]:
    """The minimal input with one required member left out."""
    body = _with_parents(member, domain)
    parent: Any = body
    for key in member.keys[:-1]:
        parent = parent[key]
    parent.pop(member.keys[-1], None)
    return body


def _with_parents(member: Member, domain: str) -> dict[str, Any]:
    body = minimal(member.operation, domain)
    if member.keys[0] == "closeTimeFilter":
        body.pop("startTimeFilter", None)
    parent: Any = body
    shape = model.input_shape(member.operation)
    for key in member.keys[:-1]:
        shape = shape.member if isinstance(key, int) else shape.members[key]
        if isinstance(key, str) and key not in parent:
            parent[key] = sample(shape)
            if key.endswith("DecisionAttributes"):
                parent["decisionType"] = _DECISION_OF[key]
        parent = parent[key]
    return body
