"""A case for every constraint that the service model puts on every input member.

Required members, lengths, ranges and enumerations are answered with one ValidationException that
lists the problems; a JSON value of the wrong type with a SerializationException. The wording was
recorded for missing members and lengths; for ranges, enumerations and types it follows other AWS
services on the same server framework and counts as inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance import model
from conformance.case import Case
from conformance.context import Context
from conformance.generated import samples
from conformance.generated.samples import Member
from conformance.verdict import Grade

SECTION = "constraints"
VALIDATION = "com.amazon.coral.validate#ValidationException"
SERIALIZATION = "com.amazon.coral.service#SerializationException"
_RECORDED = "recorded ValidationException texts (python-simple-workflow issue 29, moto issue 10263)"
_MODEL = "service model; wording as in other AWS services"
_PRINTED_FIRST = {
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
"""The service prints these values in an order of its own; later ones follow."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A broken input and the error that it must get."""

    member: Member
    kind: str
    title: str
    value: Any
    missing: bool
    error_type: str
    problem: str | None
    """The text behind 'Value ... at ... failed to satisfy constraint: ', or the whole message."""
    code_grade: Grade
    text_grade: Grade

    @property
    def message(self) -> str | None:
        """The message of the error; None if it is not known."""
        if self.problem is None or self.error_type != VALIDATION:
            return self.problem
        printed = "null" if self.missing else f"'{_printed(self.value)}'"
        return (
            f"1 validation error detected: Value {printed} at '{self.member.path}' "
            f"failed to satisfy constraint: {self.problem}"
        )


def _printed(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)


def constraints(operation: str) -> Iterator[Constraint]:
    """Every broken input of one operation."""
    for member in samples.members(operation):
        if member.required:
            yield Constraint(
                member,
                "required",
                "must be there",
                None,
                True,
                VALIDATION,
                "Member must not be null",
                Grade.RECORDED,
                Grade.RECORDED,
            )
        yield from _limits(member)
        yield from _types(member)


def _limits(member: Member) -> Iterator[Constraint]:
    shape = member.shape
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    counted = shape.type_name in ("string", "list")
    phrase = "length" if counted else "value"
    grade = Grade.RECORDED if counted else Grade.INFERRED
    code_grade = Grade.RECORDED if counted else Grade.DOCUMENTED
    if most is not None and shape.type_name != "timestamp":
        yield Constraint(
            member,
            "max",
            f"has a {phrase} of at most {most}",
            _above(shape, most),
            False,
            VALIDATION,
            f"Member must have {phrase} less than or equal to {most}",
            code_grade,
            grade,
        )
    if least is not None and not (counted and least == 0):
        value: Any = "" if counted else least - 1
        yield Constraint(
            member,
            "min",
            f"has a {phrase} of at least {least}",
            value,
            False,
            VALIDATION,
            f"Member must have {phrase} greater than or equal to {least}",
            code_grade,
            grade,
        )
    if shape.type_name == "string" and shape.enum:
        values = ", ".join(dict.fromkeys([*_PRINTED_FIRST.get(shape.name, ()), *shape.enum]))
        yield Constraint(
            member,
            "enum",
            "is one of an enumeration",
            "NO_SUCH_VALUE",
            False,
            VALIDATION,
            f"Member must satisfy enum value set: [{values}]",
            Grade.DOCUMENTED,
            Grade.INFERRED,
        )


def _above(shape: model.Shape, most: int) -> Any:
    if shape.type_name == "list":
        return ["x"] * (most + 1)
    if shape.type_name == "string":
        return "60".zfill(most + 1) if shape.name.startswith("Duration") else "x" * (most + 1)
    return most + 1


_NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an"
_WRONG: dict[str, tuple[tuple[str, Any, str | None], ...]] = {
    "string": (
        ("number", 42, f"{_NUMBER} String"),
        ("boolean", True, "class java.lang.Boolean can not be converted to an String"),
        ("object", {}, "Start of structure or map found where not expected."),
        ("list", [], "Start of list found where not expected"),
    ),
    "integer": (
        ("string", "x", "class java.lang.String can not be converted to an Integer"),
        ("object", {}, "Start of structure or map found where not expected."),
    ),
    "boolean": (("string", "x", None),),
    "timestamp": (("string", "x", None),),
    "structure": (("string", "x", "Expected null"),),
    "list": (("string", "x", "Expected list or null"),),
}


def _types(member: Member) -> Iterator[Constraint]:
    for name, value, text in _WRONG[member.shape.type_name]:
        yield Constraint(
            member,
            f"not-a-{name}",
            f"is not a {name} in JSON",
            value,
            False,
            SERIALIZATION,
            text,
            Grade.INFERRED,
            Grade.INFERRED,
        )


def _run(constraint: Constraint, ctx: Context) -> None:
    domain = ctx.target.run_domain()
    if constraint.missing:
        body = samples.without(constraint.member, domain)
    else:
        body = samples.with_value(constraint.member, constraint.value, domain)
    operation = constraint.member.operation
    answer = ctx.target.call(operation, body)
    ctx.trace.append(f"{operation} {body} -> {answer}"[:600])
    code = constraint.error_type.rpartition("#")[2]
    where = f"{operation} {constraint.member.path}"
    if answer.fault != code:
        ctx.expect(False, where, f"fault {code}", answer, constraint.code_grade)
        return
    ctx.expect(answer.status == 400, f"{where} status", 400, answer.status, constraint.code_grade)
    kind = answer.body.get("__type") if isinstance(answer.body, dict) else None
    ctx.expect(
        kind == constraint.error_type,
        f"{where} __type",
        constraint.error_type,
        kind,
        constraint.text_grade,
    )
    expected = constraint.message
    if expected is not None:
        ctx.expect(
            answer.message == expected,
            f"{where} message",
            expected,
            answer.message,
            constraint.text_grade,
        )


def cases() -> list[Case]:
    """One case for each constraint of each member of each operation."""
    return [
        Case(
            name=f"{operation}.{c.member.dotted}{'[]' if c.member.keys[-1] == 0 else ''}.{c.kind}",
            section=SECTION,
            title=f"{operation}: {c.member.path} {c.title}",
            source=_RECORDED if c.text_grade is Grade.RECORDED else _MODEL,
            grade=c.code_grade,
            run=partial(_run, c),
            given="nothing",
            covers=frozenset((f"constraint/{operation}.{c.member.dotted}/{c.kind}",)),
            origin="generated/constraints.py",
            shape=f"{c.member.shape.name} {c.kind}",
        )
        for operation in model.operations()
        for c in constraints(operation)
    ]
