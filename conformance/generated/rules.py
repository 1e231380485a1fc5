"""Cases for the rules on values that the model states in prose.

Decisions are left out: without a task their rejection cannot be distinguished from that of the
token.

Names must not contain ``:`` ``/`` ``|`` or control characters and must not be ``arn``; durations
are digits or NONE. The member documentation of the model says for which members a rule holds. How
the service words the refusal is known for the name of a type; the other names follow it as
inferred, and of durations only the code is expected, as inferred too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance import model
from conformance.case import Case
from conformance.context import Context
from conformance.generated import samples
from conformance.generated.samples import Member
from conformance.verdict import Grade

SECTION = "rules"
_BAD_NAMES = {
    "colon": "a:b",
    "slash": "a/b",
    "bar": "a|b",
    "control": "a\u0001b",
    "c1-control": "a\u0085b",
    "arn": "arn",
}
_BAD_DURATIONS = {"word": "abc", "negative": "-1", "fraction": "1.5"}
_BAD_PRIORITIES = {"word": "abc", "above": "2147483648", "below": "-2147483649"}
_BAD_RETENTIONS = {"word": "abc", "negative": "-1", "above": "91"}
_NO_NAMES = ("workflowId", "activityId", "timerId", "id")
"""Ids: the model states the rule for them, but recordings show that the service accepts them."""
_NOUNS = {"name": "name", "version": "version", "domain": "domain"}
"""What a message calls a member; every other name is that of a task list."""
_NEVER_NONE = ("executionStartToCloseTimeout", "defaultExecutionStartToCloseTimeout")
_YEAR_AND_A_SECOND = "31536001"


def broken(operation: str) -> Iterator[tuple[Member, str, str, str, Grade]]:
    """(member, name, value, rule, grade that the request is refused at all)."""
    for member in samples.members(operation):
        text = " ".join(member.documentation.split())
        shape = member.shape.name
        if "decisions" in member.keys:
            continue
        if "must not contain a" in text and member.keys[-1] not in _NO_NAMES:
            for name, value in _BAD_NAMES.items():
                yield member, name, value, "names", Grade.DOCUMENTED
            if "start or end with whitespace" in text:
                yield member, "space", " a", "names", Grade.DOCUMENTED
        if shape.startswith("DurationInSeconds"):
            for name, value in _BAD_DURATIONS.items():
                yield member, name, value, "durations", Grade.INFERRED
            if member.keys[-1] in _NEVER_NONE:
                yield member, "none", "NONE", "durations", Grade.DOCUMENTED
                yield member, "over-a-year", _YEAR_AND_A_SECOND, "durations", Grade.DOCUMENTED
        elif shape == "TaskPriority":
            for name, value in _BAD_PRIORITIES.items():
                yield member, name, value, "priorities", Grade.INFERRED
        elif shape == "DurationInDays":
            for name, value in _BAD_RETENTIONS.items():
                yield member, name, value, "retention", Grade.INFERRED


def message_of(member: Member, value: str) -> tuple[str, Grade]:
    """The message for a bad name, and how well it is supported."""
    if member.operation == "RegisterDomain":
        return f"Invalid domain: {value}", Grade.INFERRED
    noun = _NOUNS.get(str(member.keys[-1]), "task list")
    return f"Invalid {noun}: {value}", Grade.RECORDED if noun == "name" else Grade.INFERRED


def _run(member: Member, value: str, rule: str, refusal: Grade, ctx: Context) -> None:
    sent = {"name": value} if member.shape.name == "TaskList" else value
    body = samples.with_value(member, sent, ctx.target.run_domain())
    answer = ctx.target.call(member.operation, body)
    ctx.trace.append(f"{member.operation} {body} -> {answer}"[:600])
    where = f"{member.operation} {member.path} = {value!r}"
    if answer.status != 400:
        ctx.expect(False, where, "refused with status 400", answer, refusal)
        return
    code = "ValidationException"
    ctx.expect(answer.fault == code, where, f"fault {code}", answer, Grade.INFERRED)
    if rule == "names":
        message, grade = message_of(member, value)
        ctx.expect(answer.message == message, f"{where} message", message, answer.message, grade)


def cases() -> list[Case]:
    """One case for each rule of each member."""
    return [
        Case(
            name=f"{operation}.{member.dotted}.{rule}.{name}",
            section=SECTION,
            title=f"{operation}: {member.path} must not be {value!r}",
            source="documentation of the member in the service model",
            grade=refusal,
            run=partial(_run, member, value, rule, refusal),
            given="nothing",
            covers=frozenset((f"rule/{rule}/{name}",)),
            origin="generated/rules.py",
            shape=f"{member.shape.name} {rule} {name}",
        )
        for operation in model.operations()
        for member, name, value, rule, refusal in broken(operation)
    ]
