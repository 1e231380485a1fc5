"""Judge one answer by the lines behind ``----``.

``fault Code``            the call is refused with this error code
``text Message``          and with this message (``/.../`` is a regular expression)
``empty``                 the body is empty, as of every operation without output
``only a b c``            the result has exactly these members
``events``                the lines that follow are the whole list of events
``like recording path``   the same members and values as a recorded answer, but for times and ids
``path: value``           a member; ``<absent>``, ``<any>`` and other patterns are allowed
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from conformance import histories, model, recordings, values
from conformance.case import Difference, Disagreement
from conformance.caselang import CaseSyntaxError, Expectation
from conformance.context import Context
from conformance.matching import ABSENT, fetch, mismatches, show, unlike
from conformance.wire import Answer

_KEYWORDS = ("fault", "text", "empty", "only", "events", "like", "status", "type")


def keyword(expectation: Expectation) -> str:
    """The first word of a line when it is one of the keywords, else ''."""
    first = expectation.text.partition(" ")[0]
    return first if first in _KEYWORDS else ""


def expected_fault(expectations: Sequence[Expectation]) -> str | None:
    """The error code that the lines ask for."""
    for expectation in expectations:
        if keyword(expectation) == "fault":
            return expectation.text.split()[1]
    return None


def judge(
    ctx: Context, operation: str, answer: Answer, expectations: Sequence[Expectation]
) -> list[Difference]:
    """All differences between an answer and the expectations of a step.

    An unexpected fault raises ``Disagreement``: what follows in the case would mean nothing.
    """
    fault = expected_fault(expectations)
    if fault is None and answer.status != 200:
        raise Disagreement(ctx.difference(operation, "success", str(answer)))
    found: list[Difference] = []
    for number, expectation in enumerate(expectations):
        grade = expectation.grade or ctx.grade
        word = keyword(expectation)
        if word == "events":
            body = answer.body if isinstance(answer.body, dict) else {}
            lines = [histories.parse_line(e) for e in expectations[number + 1 :]]
            found += histories.compare(lines, body.get("events", []), ctx.variables, grade)
            break
        for where, expected, got in _problems(ctx, operation, answer, word, expectation):
            found.append(Difference(f"{operation} {where}".strip(), expected, got, grade))
    if fault is not None and answer.status == 200:
        raise Disagreement(found[0])
    return found


def _problems(
    ctx: Context, operation: str, answer: Answer, word: str, expectation: Expectation
) -> list[tuple[str, str, str]]:
    rest = expectation.text[len(word) :].strip() if word else expectation.text
    if word == "fault":
        return [] if answer.fault == rest else [("", f"fault {rest}", str(answer))]
    if word == "text":
        return _text_problems(rest, answer, ctx.variables)
    if word == "status":
        return [] if answer.status == int(rest) else [("status", rest, str(answer.status))]
    if word == "type":
        kind = answer.body.get("__type") if isinstance(answer.body, dict) else None
        return [] if kind == rest else [("__type", rest, show(kind))]
    if word == "empty":
        return [] if not answer.content else [("body", "empty", show(answer.content.decode()))]
    if word == "only":
        got = sorted(answer.body) if isinstance(answer.body, dict) else []
        expected = sorted(rest.replace(",", " ").split())
        return [] if got == expected else [("members", " ".join(expected), " ".join(got))]
    if word == "like":
        name, _, path = rest.partition(" ")
        return list(unlike(recordings.part(name, path), answer.body))
    return _member_problems(operation, answer, rest, ctx.variables)


def _text_problems(
    rest: str, answer: Answer, variables: dict[str, Any]
) -> list[tuple[str, str, str]]:
    message = answer.message
    if rest == "<none>":
        return [] if message is None else [("message", "<absent>", show(message))]
    expected = str(values.substitute(rest, variables))
    if len(expected) > 1 and expected[0] == expected[-1] == "/":
        holds = message is not None and re.search(expected[1:-1], message) is not None
    else:
        holds = message == expected
    return [] if holds else [("message", expected, show(ABSENT if message is None else message))]


def _member_problems(
    operation: str, answer: Answer, text: str, variables: dict[str, Any]
) -> list[tuple[str, str, str]]:
    path, colon, value_text = text.partition(":")
    if not colon:
        raise CaseSyntaxError(f"'path: value' expected: {text}")
    shape = model.member_shape(model.output_shape(operation), path)
    expected = model.coerce(values.parse(value_text.strip()), shape)
    if isinstance(expected, str):
        expected = values.substitute(expected, variables)
    if "[]" in path and isinstance(expected, list) and shape is not None:
        expected = [model.coerce(item, shape) for item in expected]
    got = fetch(answer.body, path)
    if isinstance(expected, list) and expected == [] and got == []:
        return []
    return list(mismatches(expected, got, variables, path))


def history_lines(expectations: Sequence[Expectation]) -> list[histories.EventLine]:
    """The event lines of a ``history`` step."""
    return [histories.parse_line(e) for e in expectations]
