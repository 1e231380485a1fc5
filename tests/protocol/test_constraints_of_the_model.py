"""Every constraint of every member of every input, as botocore's model has it.

A minimal valid input is made for each operation and decision type and broken at one member at a
time; the answer must name just that. Requests are refused before any state is looked at.

Source: API Reference, the members' constraints; observed: the grammar of the messages.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from swf_emulator.core.registry import DECISIONS as DECISION_TYPES
from swf_emulator.protocol.validation import PRINTED_FIRST
from tests.shapes import service

from .caller import (
    Caller,
    invalid,
    length_at_least,
    length_at_most,
    missing,
    one_of,
    problem,
    refused,
    value_at_least,
    value_at_most,
)

SHAPES = service()["shapes"]
VALID = {"DurationInDays": "1", "DurationInSeconds": "1"}
"""Values for shapes that the model describes by length only."""


class Broken(NamedTuple):
    """An input with one fault, and the message that it deserves."""

    operation: str
    parameters: dict[str, Any]
    problem: str


def minimal(shape_name: str) -> Any:
    """The least value of a shape that satisfies the model."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    if kind == "structure":
        required = shape.get("required", ())
        return {name: minimal(shape["members"][name]["shape"]) for name in required}
    if kind == "list":
        return []
    if kind == "string":
        return shape["enum"][0] if "enum" in shape else VALID.get(shape_name, "x")
    return {"integer": 0, "boolean": False, "timestamp": 0}[kind]


def faults(shape_name: str, path: str) -> Iterator[tuple[Any, str]]:
    """Values that break one constraint of a shape, and the problem that each is."""
    shape = SHAPES[shape_name]
    if "enum" in shape:
        listed = dict.fromkeys([*PRINTED_FIRST.get(shape_name, ()), *shape["enum"]])
        yield "x", problem("x", path, one_of(*listed))
    elif shape["type"] == "string":
        if shape.get("min", 0):
            yield "", problem("", path, length_at_least(shape["min"]))
        if "max" in shape:
            long = "1" * (shape["max"] + 1)
            yield long, problem(long, path, length_at_most(shape["max"]))
    elif shape["type"] == "integer":
        low, high = shape["min"] - 1, shape["max"] + 1
        yield low, problem(str(low), path, value_at_least(shape["min"]))
        yield high, problem(str(high), path, value_at_most(shape["max"]))
    elif shape["type"] == "list" and "max" in shape:
        many = ["t"] * (shape["max"] + 1)
        shown = f"[{', '.join(many)}]"
        yield many, problem(shown, path, length_at_most(shape["max"]))


def broken(shape_name: str, path: str) -> Iterator[tuple[list[str], Any, str]]:
    """Where in a structure to put what, and the problem that it is. ABSENT takes a member out."""
    shape = SHAPES[shape_name]
    for name, member in shape["members"].items():
        here = f"{path}.{name}" if path else name
        target = SHAPES[member["shape"]]
        if name in shape.get("required", ()):
            yield [name], ABSENT, missing(here)
        if target["type"] == "structure" and member["shape"] != "Decision":
            for inner, value, text in broken(member["shape"], here):
                yield [name, *inner], value, text
        for value, text in faults(member["shape"], here):
            yield [name], value, text


ABSENT = object()


def put(parameters: dict[str, Any], path: list[str], value: Any, shape_name: str) -> dict[str, Any]:
    """A copy with one member changed; structures on the way are made minimal if they are new."""
    changed = copy.deepcopy(parameters)
    at = changed
    for name in path[:-1]:
        shape_name = SHAPES[shape_name]["members"][name]["shape"]
        at = at.setdefault(name, minimal(shape_name))
    if value is ABSENT:
        at.pop(path[-1], None)
    else:
        at[path[-1]] = value
    return changed


def broken_inputs() -> Iterator[Broken]:
    for operation, described in service()["operations"].items():
        shape_name = described["input"]["shape"]
        valid = minimal(shape_name)
        for path, value, text in broken(shape_name, ""):
            yield Broken(operation, put(valid, path, value, shape_name), text)


def broken_decisions() -> Iterator[Broken]:
    for decision_type in DECISION_TYPES:
        member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
        shape_name = SHAPES["Decision"]["members"][member]["shape"]
        valid = minimal(shape_name)
        for path, value, text in broken(shape_name, f"decisions.2.member.{member}"):
            decision = {"decisionType": decision_type, member: put(valid, path, value, shape_name)}
            first = {"decisionType": "RecordMarker", **MARKER}
            parameters = {"taskToken": "x", "decisions": [first, decision]}
            yield Broken("RespondDecisionTaskCompleted", parameters, text)


MARKER = {"recordMarkerDecisionAttributes": {"markerName": "m"}}
INPUTS = list(broken_inputs())
DECISIONS = list(broken_decisions())


def test_the_model_gives_hundreds_of_faults() -> None:
    assert len(INPUTS) > 250
    assert len(DECISIONS) > 90


@pytest.mark.parametrize("operation", sorted(service()["operations"]))
def test_a_minimal_input_is_valid(caller: Caller, operation: str) -> None:
    """What is left to refuse it is that nothing is known yet."""
    shape_name = service()["operations"][operation]["input"]["shape"]
    answer = caller.ask(operation, minimal(shape_name))
    assert b"validation error" not in answer.body
    assert b"SerializationException" not in answer.body


@pytest.mark.parametrize("operation", sorted({each.operation for each in INPUTS}))
def test_every_constraint_of_an_operation(stateless: Caller, operation: str) -> None:
    for each in INPUTS:
        if each.operation == operation:
            assert stateless.error(operation, each.parameters) == invalid(each.problem)


@pytest.mark.parametrize("decision_type", DECISION_TYPES)
def test_every_constraint_of_a_decision(stateless: Caller, decision_type: str) -> None:
    for each in DECISIONS:
        if each.parameters["decisions"][1]["decisionType"] == decision_type:
            assert stateless.error(each.operation, each.parameters) == invalid(each.problem)


@pytest.mark.parametrize("decision_type", DECISION_TYPES)
def test_a_missing_structure(stateless: Caller, decision_type: str) -> None:
    """A structure without required members can be left out. Source: aws-swf issue 2; moto."""
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    required = SHAPES[SHAPES["Decision"]["members"][member]["shape"]].get("required", ())
    parameters = {"taskToken": "x", "decisions": [{"decisionType": decision_type}]}
    structure = f"{decision_type}DecisionAttributes"
    needed = f"{structure} must be specified for decision of type {decision_type}"
    expected = refused(needed if required else "Invalid token")
    assert stateless.error("RespondDecisionTaskCompleted", parameters) == expected


def test_five_tags_pass(caller: Caller) -> None:
    parameters = minimal("StartWorkflowExecutionInput") | {"tagList": ["t"] * 5}
    body = caller.error("StartWorkflowExecution", parameters)
    assert body["__type"].endswith("UnknownResourceFault")


def at_the_limit() -> Iterator[tuple[str, dict[str, Any]]]:
    """Inputs in which one string has just the greatest length."""
    for operation, described in service()["operations"].items():
        shape_name = described["input"]["shape"]
        for name, member in SHAPES[shape_name]["members"].items():
            shape = SHAPES[member["shape"]]
            if shape["type"] == "string" and "max" in shape and "Duration" not in member["shape"]:
                yield operation, minimal(shape_name) | {name: "1" * shape["max"]}


def test_strings_at_their_limits_pass(caller: Caller) -> None:
    for operation, parameters in at_the_limit():
        answer = caller.ask(operation, parameters)
        assert b"validation error" not in answer.body, (operation, answer.body)
