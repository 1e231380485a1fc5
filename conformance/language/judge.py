"""Judge one answer by the lines after ``----``.

``fault Code``            the call fails with this error code
``text Message``          and with this message (``/.../`` is a regular expression)
``empty``                 the body is empty, as of every operation without output
``no task``               the answer to a poll that has found no task
``only a b c``            the result has exactly these members
``events``                the lines that follow are the whole list of events
``like recording path``   the same members and values as a recorded answer, except times and ids
``status N``, ``type T``  the HTTP status; the ``__type`` of the body
``within N``              the answer has come within N seconds
``path: value``           a member; ``<absent>``, ``<any>`` and other patterns are allowed
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from conformance import model
from conformance.context import Context
from conformance.endpoint.wire import Answer
from conformance.language import event_lines, recordings, values
from conformance.language.matching import ABSENT, fetch, mismatches, show, unlike
from conformance.language.read import CaseSyntaxError, Command, Expectation
from conformance.verdict import CaseAborted, Difference

KEYWORDS = (
    *("fault", "text", "empty", "no", "only", "events", "like", "status", "type", "within"),
    "nothing",
)
Problem = tuple[str, str, str]
"""Place, expected, got."""


def keyword(expectation: Expectation) -> str:
    """The first word of a line when it is one of the keywords, else ''."""
    first = expectation.text.partition(" ")[0]
    return first if first in KEYWORDS else ""


def expected_fault(expectations: Sequence[Expectation]) -> str | None:
    """The error code that the lines require."""
    for expectation in expectations:
        if keyword(expectation) == "fault":
            return expectation.text.split()[1]
    return None


def expects(command: Command, *words: str) -> bool:
    """Whether one of the expectations begins with one of these keywords."""
    return any(keyword(expectation) in words for expectation in command.expectations)


def judge(ctx: Context, operation: str | None, answer: Answer, command: Command) -> None:
    """Add all differences between an answer and the expectations of a command to the context.

    ``operation`` is None for answers that the service model does not describe. An unexpected
    fault raises `CaseAborted`: what follows in the case would mean nothing.
    """
    found = differences(ctx, operation, answer, command)
    if found and answer.status < 300 and expects(command, "fault"):
        raise CaseAborted(found[0])
    ctx.differences += found


def differences(
    ctx: Context, operation: str | None, answer: Answer, command: Command
) -> list[Difference]:
    """All differences between an answer and the expectations. Raises `CaseAborted`."""
    name = operation or command.text.partition(" ")[2]
    if answer.status >= 300 and not expects(command, "fault", "status"):
        raise CaseAborted(ctx.difference(name, "success", str(answer)))
    found: list[Difference] = []
    if command.separator is not None and not command.expectations:
        found.append(ctx.difference(name, "no expectations yet (run --rewrite)", str(answer)))
    for number, expectation in enumerate(command.expectations):
        grade = expectation.grade or ctx.grade
        if keyword(expectation) == "events":
            body = answer.body if isinstance(answer.body, dict) else {}
            lines = [event_lines.parse_line(e) for e in command.expectations[number + 1 :]]
            found += event_lines.compare(lines, body.get("events", []), ctx.variables, grade)
            break
        for where, expected, got in problems(ctx, operation, answer, expectation):
            found.append(Difference(f"{name} {where}".strip(), expected, got, grade))
    return found


def problems(
    ctx: Context, operation: str | None, answer: Answer, expectation: Expectation
) -> list[Problem]:
    """Everything in which an answer differs from one line."""
    word = keyword(expectation)
    rest = expectation.text[len(word) :].strip() if word else expectation.text
    body = answer.body if isinstance(answer.body, dict) else {}
    if word == "fault":
        return [] if answer.fault == rest else [("", f"fault {rest}", str(answer))]
    if word == "text":
        return _text_problems(rest, answer, ctx.variables)
    if word == "status":
        return [] if answer.status == int(rest) else [("status", rest, str(answer.status))]
    if word == "type":
        got_type = body.get("__type")
        return [] if got_type == rest else [("__type", rest, show(got_type))]
    if word == "empty":
        return [] if not answer.content else [("body", "empty", show(answer.content.decode()))]
    if word == "no":
        token = body.get("taskToken")
        return [] if not token else [("taskToken", "absent or empty", show(token))]
    if word == "within":
        fits = ctx.seconds <= float(rest)
        return [] if fits else [("time", f"at most {rest} s", f"{ctx.seconds:.2f} s")]
    if word == "only":
        got, wanted = sorted(body), sorted(rest.replace(",", " ").split())
        return [] if got == wanted else [("members", " ".join(wanted), " ".join(got))]
    if word == "like":
        name, _, path = rest.partition(" ")
        return list(unlike(recordings.part(name, path), answer.body))
    return _member_problems(operation, answer, rest, ctx.variables)


def _text_problems(rest: str, answer: Answer, variables: dict[str, Any]) -> list[Problem]:
    message = answer.message
    if message is None and answer.body is None:
        message = answer.content.decode("utf-8", "replace")
    if rest == "<none>":
        return [] if message is None else [("message", "<absent>", show(message))]
    expected = str(values.substitute(rest, variables))
    if len(expected) > 1 and expected[0] == expected[-1] == "/":
        holds = message is not None and re.search(expected[1:-1], message) is not None
    else:
        holds = message == expected
    return [] if holds else [("message", expected, show(ABSENT if message is None else message))]


def member_line(operation: str | None, text: str) -> tuple[str, model.Shape | None, Any]:
    """Path, shape and value of a line ``path: value``."""
    path, colon, value_text = text.partition(":")
    if not colon:
        raise CaseSyntaxError(f"the line must be 'path: value': {text}")
    output = model.output_shape(operation) if operation else None
    shape = model.member_shape(output, path)
    value = model.coerce(values.parse(value_text.strip()), shape)
    if "[]" in path and isinstance(value, list) and shape is not None:
        value = [model.coerce(item, shape) for item in value]
    return path, shape, value


def _member_problems(
    operation: str | None, answer: Answer, text: str, variables: dict[str, Any]
) -> list[Problem]:
    path, _, expected = member_line(operation, text)
    if isinstance(expected, str):
        expected = values.substitute(expected, variables)
    return list(mismatches(expected, fetch(answer.body, path), variables, path))
