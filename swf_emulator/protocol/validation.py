"""From JSON to the parameters of an operation: types first, then every constraint.

Each input shape is compiled once to a check. A check returns the value without null and
unknown members. A wrong JSON type ends the request at once; violated constraints are
collected, ten at most, and reported together, those of a structure in reverse model order. Rules
that SWF states in words of its own come after all constraints; only the first is reported.

Source: the service's own messages, as recorded: docs/fidelity-notes.md, "The wire". The
messages for wrong JSON types are those of other services on the same framework [inferred].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ..core import faults
from ..core.events import attributes_name
from ..core.faults import Fault
from . import rules
from .model import service_model
from .rules import Name, Rule

Path = tuple[Any, str | int] | None
"""The place of a value: its parent's path, and its member name or its index in a list."""


class Problems:
    """The messages of the violated constraints, and of the violated rules of SWF itself."""

    __slots__ = ("constraints", "rules")

    def __init__(self) -> None:
        self.constraints: list[str] = []
        self.rules: list[str] = []


Check = Callable[[Any, Path, Problems], Any]

PROBLEMS_MAX = 10
ABSENT = object()
"""Returned by a check for a value that counts as absent."""

PRINTED_FIRST = {
    "DecisionType": [
        "CompleteWorkflowExecution",
        "StartTimer",
        "RequestCancelExternalWorkflowExecution",
        "SignalExternalWorkflowExecution",
        "CancelTimer",
        "RecordMarker",
        "ScheduleActivityTask",
        "ContinueAsNewWorkflowExecution",
        "ScheduleLambdaFunction",
        "FailWorkflowExecution",
        "RequestCancelActivityTask",
        "StartChildWorkflowExecution",
        "CancelWorkflowExecution",
    ]
}
"""The recorded order in which the service prints an enumeration; the rest in model order."""


def validate(operation: str, value: Any) -> dict[str, Any]:
    """Return the parameters of a call. Faults: SerializationException, ValidationException."""
    problems = Problems()
    parameters: dict[str, Any] = _input_check(operation)(value, None, problems)
    if problems.constraints:
        listed = problems.constraints[:PROBLEMS_MAX]
        errors = "error" if len(listed) == 1 else "errors"
        raise faults.invalid(f"{len(listed)} validation {errors} detected: {'; '.join(listed)}")
    if problems.rules:
        raise faults.invalid(problems.rules[0])
    return parameters


@cache
def _input_check(operation: str) -> Check:
    return _structure(service_model().operations[operation].input, None)


def _compile(shape_name: str, rule: Rule | None) -> Check:
    shape = service_model().shapes[shape_name]
    match shape["type"]:
        case "structure":
            return _structure(shape_name, rule)
        case "list":
            return _list(shape_name, shape)
        case "string":
            return _string(shape_name, shape, rule or rules.BY_SHAPE.get(shape_name))
        case "boolean":
            return _boolean
        case "timestamp":
            return _timestamp
        case shape_type:
            assert shape_type == "integer", f"no input of SWF has the type {shape_type}"
            return _integer(shape)


def _structure(shape_name: str, name_rule: Rule | None) -> Check:
    """``name_rule`` is the rule for the member ``name``, if the parent sets one."""
    shape = service_model().shapes[shape_name]
    required = shape.get("required", ())
    members = [
        (member, _compile(target, _member_rule(shape_name, member, name_rule)), member in required)
        for member, target in shape["members"].items()
    ]

    def check(value: Any, path: Path, problems: Problems) -> Any:
        if type(value) is not dict:
            raise _not_structure(value, top=path is None)
        cleaned = {}
        found = problems.constraints
        first = len(found)
        for member, member_check, needed in members:
            each = value.get(member)
            if each is None and not needed:  # as most members of most calls
                continue
            place = len(found)
            if each is None:
                found.append(_problem(None, (path, member), "Member must not be null"))
            else:
                each = member_check(each, (path, member), problems)
                if each is not ABSENT:
                    cleaned[member] = each
            if len(found) > place > first:  # the service lists the members backwards
                found[first:] = found[place:] + found[first:place]
        return cleaned

    return _decision(check) if shape_name == "Decision" else check


def _member_rule(shape_name: str, member: str, name_rule: Rule | None) -> Rule | None:
    if member == "name" and name_rule is not None:
        return name_rule
    return rules.BY_MEMBER.get((shape_name, member))


def _decision(check: Check) -> Check:
    """A decision must have its structure of attributes if that has required members."""
    shapes = service_model().shapes
    needed = {
        decision_type: attributes_name(decision_type, "Decision")
        for decision_type in shapes["DecisionType"]["enum"]
        if shapes[f"{decision_type}DecisionAttributes"].get("required")
    }

    def check_decision(value: Any, path: Path, problems: Problems) -> Any:
        cleaned = check(value, path, problems)
        decision_type = cleaned.get("decisionType")
        if decision_type in needed and needed[decision_type] not in cleaned:
            structure = f"{decision_type}DecisionAttributes"
            problems.rules.append(
                f"{structure} must be specified for decision of type {decision_type}"
            )
        return cleaned

    return check_decision


def _list(shape_name: str, shape: dict[str, Any]) -> Check:
    element = _compile(shape["member"], None)
    of_structures = service_model().shapes[shape["member"]]["type"] == "structure"
    longest = shape.get("max")
    keeps_null = shape_name in rules.NULL_IS_KEPT

    def check(value: Any, path: Path, problems: Problems) -> Any:
        if type(value) is not list:
            raise _not_list(value)
        place = len(problems.constraints)
        cleaned = []
        for index, each in enumerate(value, 1):
            if each is not None:
                cleaned.append(element(each, (path, index), problems))
            elif of_structures:
                problems.constraints.append(
                    _problem(None, (path, index), "Member must not be null")
                )
            elif keeps_null:
                cleaned.append(None)
        if longest is not None and len(value) > longest:
            problems.constraints.insert(place, _problem(value, path, _length_at_most(longest)))
        return cleaned

    return check


def _string(shape_name: str, shape: dict[str, Any], rule: Rule | None) -> Check:
    shortest, longest = shape.get("min", 0), shape.get("max")
    allowed = shape.get("enum")
    may_be_empty = shape_name in rules.EMPTY_MEANS_ABSENT
    listing = ", ".join(_as_printed(shape_name, allowed or ()))

    def check(value: Any, path: Path, problems: Problems) -> Any:
        if type(value) is not str:
            raise _not_scalar(value, "String")
        if not value and may_be_empty:
            return ABSENT
        if allowed is not None:
            if value not in allowed:
                text = f"Member must satisfy enum value set: [{listing}]"
                problems.constraints.append(_problem(value, path, text))
        elif len(value) < shortest:
            text = f"Member must have length greater than or equal to {shortest}"
            problems.constraints.append(_problem(value, path, text))
        elif longest is not None and len(value) > longest:
            problems.constraints.append(_problem(value, path, _length_at_most(longest)))
        elif rule is not None:
            broken = rule(value)
            if broken is None:
                return value
            if isinstance(rule, Name):
                problems.rules.append(broken)
            else:
                problems.constraints.append(_problem(value, path, broken))
        return value

    return check


def _as_printed(shape_name: str, allowed: Sequence[str]) -> list[str]:
    first = PRINTED_FIRST.get(shape_name, [])
    return [*first, *(value for value in allowed if value not in first)]


def _integer(shape: dict[str, Any]) -> Check:
    smallest, largest = shape["min"], shape["max"]

    def check(value: Any, path: Path, problems: Problems) -> Any:
        if type(value) is float:
            value = int(max(min(value, 2.0**31), -(2.0**31)))
        elif type(value) is not int:
            raise _not_scalar(value, "Integer")
        if value > largest:
            problems.constraints.append(_problem(value, path, rules.at_most(largest)))
        elif value < smallest:
            problems.constraints.append(_problem(value, path, rules.at_least(smallest)))
        return value

    return check


def _boolean(value: Any, path: Path, problems: Problems) -> Any:
    if type(value) is not bool:
        raise _not_scalar(value, "Boolean")
    return value


FAR_SECONDS = 1e12
"""Timestamps further from the epoch count as this one, some 30,000 years."""


def _timestamp(value: Any, path: Path, problems: Problems) -> Any:
    """Convert epoch seconds to milliseconds."""
    if type(value) is not int and type(value) is not float:
        raise _not_scalar(value, "Date")
    return round(max(min(value, FAR_SECONDS), -FAR_SECONDS) * 1000)


def _length_at_most(longest: int) -> str:
    return f"Member must have length less than or equal to {longest}"


def _problem(value: Any, path: Path, constraint: str) -> str:
    shown = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {shown} at '{_dotted(path)}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return "null" if value is None else str(value)


def _dotted(path: Path) -> str:
    names: list[str] = []
    while path is not None:
        path, step = path
        names.append(f"{step}.member" if isinstance(step, int) else step)
    return ".".join(reversed(names))


# Wrong JSON types.


def _serialization(text: str | None) -> Fault:
    return Fault("SerializationException", text)


def not_json() -> Fault:
    """The fault for a body that is not a JSON object."""
    return _serialization(None)


def _not_scalar(value: Any, wanted: str) -> Fault:
    if isinstance(value, dict):
        return _serialization("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return _serialization("Start of list found where not expected")
    return _serialization(f"class {_java_class(value)} can not be converted to an {wanted}")


def _not_list(value: Any) -> Fault:
    if isinstance(value, dict):
        return _serialization("Start of structure or map found where not expected.")
    return _serialization("Expected list or null")


def _not_structure(value: Any, *, top: bool) -> Fault:
    if top:
        return not_json()
    if isinstance(value, list):
        return _serialization("Start of list found where not expected")
    return _serialization("Expected null")


def _java_class(value: Any) -> str:
    if isinstance(value, bool):
        return "java.lang.Boolean"
    if isinstance(value, str):
        return "java.lang.String"
    return "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
