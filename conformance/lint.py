"""Check case files without running them: names of operations, members, decisions and attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance import expectations, histories, model, recordings, values
from conformance.caselang import CaseSyntaxError, Decision, Expectation, Script, Step
from conformance.model import Shape
from conformance.steps import COMMANDS

_EXTRA = {
    "decide": {"nextTaskList"},
    "work": {"result"},
    "history": {"runId"},
}
_INPUT_OF = {"decide": "PollForDecisionTask", "work": "PollForActivityTask"}
_ALSO_OF = {"decide": "RespondDecisionTaskCompleted", "work": "RespondActivityTaskCompleted"}


def problems(script: Script) -> Iterator[str]:
    """Everything in a script that cannot work, as ``file:line: text``."""
    held: dict[str, str] = {}
    for step in script.steps:
        if step.command == "hold":
            held[step.words[0]] = step.words[1]
        for problem in _step_problems(step, held):
            yield f"{script.path}:{step.line}: {problem}"


def _step_problems(step: Step, held: dict[str, str]) -> Iterator[str]:
    operation = held.get(step.words[0]) if step.command == "got" else _operation(step)
    if step.command not in COMMANDS and step.command not in model.operations():
        yield f"no such command: {step.command}"
        return
    if step.command in ("until", "raw") and operation not in model.operations():
        yield f"{step.command} wants an operation: {step.text.splitlines()[0]}"
        return
    if step.command == "wait" and (not step.words or step.words[0] not in model.event_types()):
        yield f"wait wants an event type: {step.text.splitlines()[0]}"
    if operation is not None and step.command not in ("raw", "got", "hold"):
        yield from _member_problems(step, operation)
    for decision in step.decisions:
        yield from _decision_problems(decision)
    yield from _expectation_problems(step, _answering(step) or operation)


def _operation(step: Step) -> str | None:
    if step.command in ("until", "raw"):
        return step.words[0] if step.words else None
    if step.command in COMMANDS:
        return _INPUT_OF.get(step.command)
    return step.command


def _answering(step: Step) -> str | None:
    """The operation whose answer is judged."""
    return _ALSO_OF.get(step.command) or _operation(step)


def _member_problems(step: Step, operation: str) -> Iterator[str]:
    known = dict(model.input_shape(operation).members)
    if step.command in _ALSO_OF:
        known |= model.input_shape(_ALSO_OF[step.command]).members
    extra = _EXTRA.get(step.command, set())
    for name, value in step.members.items():
        if name in extra:
            continue
        if name not in known:
            yield f"{operation} has no member {name}"
        else:
            yield from _unknown_members(value, known[name], name)
    for name in step.omitted - known.keys():
        yield f"{operation} has no member {name}"


def _unknown_members(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(value, dict) and shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path} has no member {name}"
            else:
                yield from _unknown_members(inner, shape.members[name], f"{path}.{name}")
    elif isinstance(value, list) and shape.type_name == "list":
        for inner in value:
            yield from _unknown_members(inner, shape.member, path)


def _decision_problems(decision: Decision) -> Iterator[str]:
    if decision.kind not in model.decision_types():
        yield f"no such decision: {decision.kind}"
        return
    known = model.shape("Decision").members[model.decision_member(decision.kind)].members
    for name in decision.members.keys() - known.keys():
        yield f"{decision.kind} has no member {name}"


def _expectation_problems(step: Step, operation: str | None) -> Iterator[str]:
    try:
        if step.command == "history":
            expectations.history_lines(step.expectations)
            return
        for number, expectation in enumerate(step.expectations):
            word = expectations.keyword(expectation)
            if word == "events":
                for line in step.expectations[number + 1 :]:
                    histories.parse_line(line)
                return
            yield from _line_problems(word, expectation, operation)
    except (CaseSyntaxError, values.ValueSyntaxError) as problem:
        yield str(problem)


def _line_problems(word: str, expectation: Expectation, operation: str | None) -> Iterator[str]:
    rest = expectation.text[len(word) :].strip()
    if operation is None:
        yield f"nothing is answered here: {expectation.text}"
    elif word == "fault":
        known = {*model.faults_of(operation), "ValidationException", "SerializationException"}
        if rest not in known and not (expectation.grade or rest == "DomainDeprecatedFault"):
            yield f"the model lists no {rest} for {operation}"
    elif word == "like":
        name, _, path = rest.partition(" ")
        try:
            recordings.part(name, path)
        except (OSError, LookupError):
            yield f"no such recording: {rest}"
    elif word == "text":
        if rest.startswith("/"):
            re.compile(rest.strip("/"))
    elif word == "":
        path, colon, value = rest.partition(":")
        if not colon:
            raise CaseSyntaxError(f"'path: value' expected: {rest}")
        values.parse(value.strip())
        if model.member_shape(model.output_shape(operation), path) is None:
            yield f"{operation} answers no {path}"
