"""Check case files without playing them: names of operations, members, decisions and attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance import model
from conformance.language import event_lines, judge, play, recordings, values
from conformance.language.read import CaseSyntaxError, Command, Decision, Expectation, Script
from conformance.model import Shape

RUN_ID = re.compile(r"\b22[A-Za-z0-9+/]{43}=")
"""A run id in a case is one that was to be a variable."""

_EXTRA = {
    "decide": {"nextTaskList"},
    "history": {"runId"},
    "refuse": {"times"},
}
_CALLS: dict[str, tuple[str, ...]] = {
    "decide": ("PollForDecisionTask", "RespondDecisionTaskCompleted"),
    "work": ("PollForActivityTask", "RespondActivityTaskCompleted"),
    "history": ("GetWorkflowExecutionHistory",),
    "events": ("GetWorkflowExecutionHistory",),
}
_FREE_MEMBERS = ("control", "raw", "set")
"""Commands with members that the service model does not describe, or that may break it."""
_WORDS = {
    "decide": (0, 0),
    "work": (0, 0),
    "wait": (1, 4),
    "until": (1, 1),
    "history": (0, 1),
    "events": (0, 0),
    "hold": (2, 2),
    "got": (1, 1),
    "leave": (1, 1),
    "pause": (1, 1),
    "set": (0, 0),
    "refuse": (2, 2),
    "permit": (0, 0),
    "control": (2, 3),
    "raw": (1, 1),
    "replay": (1, 1),
    "sample": (1, 2),
}
"""The least and greatest number of words of a command, without ``as NAME``."""
_NEEDS = {"set": "settings", "refuse": "refusals", "permit": "refusals"}


def problems(script: Script) -> Iterator[str]:
    """Everything in a script that cannot work, as ``file:line: text``."""
    held: dict[str, str] = {}
    needs = script.header.get("needs", "")
    for command in script.commands:
        if command.name == "hold" and len(command.words) == 2:
            held[command.words[0]] = command.words[1]
        for problem in _command_problems(command, held, needs):
            yield f"{script.path.name}:{command.line}: {problem}"


def calls(command: Command, held: dict[str, str] | None = None) -> tuple[str, ...]:
    """The operations that a command calls; the last one is the one that is judged."""
    words = command.words
    if command.name in ("until", "raw"):
        return tuple(words[:1])
    if command.name == "hold":
        return tuple(words[1:2])
    if command.name == "got":
        found = (held or {}).get(words[0]) if words else None
        return (found,) if found else ()
    if command.name == "sample":
        try:
            return (play.sample_of(command).operation,)
        except (OSError, LookupError):
            return ()
    if command.name in play.COMMANDS:
        return _CALLS.get(command.name, ())
    return (command.name,)


def _command_problems(command: Command, held: dict[str, str], needs: str) -> Iterator[str]:
    name, words = command.name, list(command.words)
    if name not in play.COMMANDS and name not in model.operations():
        yield f"unknown command: {name}"
        return
    if words[-2:-1] == ["as"]:
        del words[-2:]
    least, most = _WORDS.get(name, (0, 0))
    if not least <= len(words) <= most:
        yield f"{name} takes {least} to {most} words: {command.text}"
        return
    yield from _word_problems(command, words, held)
    if name in _NEEDS and _NEEDS[name] not in needs:
        yield f"{name} requires 'needs: {_NEEDS[name]}'"
    operations = calls(command, held)
    for operation in operations:
        if operation not in model.operations():
            yield f"unknown operation: {operation}"
            return
    if name not in _FREE_MEMBERS:
        yield from _member_problems(command, operations)
    for decision in command.decisions:
        yield from _decision_problems(decision)
    if RUN_ID.search(command.text) or any(RUN_ID.search(e.text) for e in command.expectations):
        yield "a run id must be a variable"
    yield from _expectation_problems(command, operations[-1] if operations else None)


def _word_problems(command: Command, words: list[str], held: dict[str, str]) -> Iterator[str]:
    name = command.name
    if name == "wait" and words[0] not in model.event_types():
        yield f"unknown event type: {words[0]}"
    if name in ("got", "leave") and words[0] not in held:
        yield f"no poll is held as {words[0]}"
    if name == "hold" and not words[1].startswith("PollFor"):
        yield f"only polls can be held: {words[1]}"
    if name == "refuse" and words[0] not in (*model.operations(), *model.decision_types()):
        yield f"unknown operation or decision: {words[0]}"
    if name == "sample" and not calls(command):
        yield f"unknown recording, or no operation: {command.text}"
    if name == "replay" and words[0] not in recordings.names():
        yield f"unknown recording: {words[0]}"
    if command.decisions and name not in ("decide", "RespondDecisionTaskCompleted"):
        yield f"{name} takes no decisions"


def _member_problems(command: Command, operations: tuple[str, ...]) -> Iterator[str]:
    known: dict[str, Shape] = {}
    if command.name not in ("history", "events", "got"):
        for operation in operations:
            known |= model.input_shape(operation).members
    extra = _EXTRA.get(command.name, set())
    where = operations[-1] if known else command.name
    for name, value in command.members.items():
        if name in extra:
            continue
        if name not in known:
            yield f"{where} has no member {name}"
        else:
            yield from _unknown_members(value, known[name], name)
    if command.name == "sample":
        return  # a printed request can have members that its operation does not have
    for name in command.omitted - known.keys():
        yield f"{where} has no member {name}"


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
    decision_type = decision.decision_type
    if decision_type not in model.decision_types():
        yield f"unknown decision: {decision_type}"
        return
    known = model.shape("Decision").members[model.decision_member(decision_type)].members
    for name in decision.members.keys() - known.keys():
        yield f"{decision_type} has no member {name}"


def _expectation_problems(command: Command, operation: str | None) -> Iterator[str]:
    try:
        if command.name in ("history", "events"):
            for line in command.expectations:
                if line.text != play.NOTHING:
                    event_lines.parse_line(line, labeled=command.name == "events")
            return
        for number, expectation in enumerate(command.expectations):
            word = judge.keyword(expectation)
            if word == "events":
                for line in command.expectations[number + 1 :]:
                    event_lines.parse_line(line)
                return
            yield from _line_problems(word, expectation, command, operation)
    except (CaseSyntaxError, values.ValueSyntaxError) as problem:
        yield str(problem)


def _line_problems(
    word: str, expectation: Expectation, command: Command, operation: str | None
) -> Iterator[str]:
    rest = expectation.text[len(word) :].strip()
    if operation is None and command.name != "control":
        yield f"{command.name} has no answer: {expectation.text}"
    elif word == "fault" and operation is not None:
        known = {*model.faults_of(operation), "ValidationException", "SerializationException"}
        if rest not in known and not (expectation.grade or rest == "DomainDeprecatedFault"):
            yield f"the model lists no {rest} for {operation}"
    elif word == "no":
        if rest != "task" or not (operation or "").startswith("PollFor"):
            yield f"'no task' is an answer to a poll: {expectation.text}"
    elif word == "like":
        name, _, path = rest.partition(" ")
        try:
            recordings.part(name, path)
        except (OSError, LookupError):
            yield f"unknown recording: {rest}"
    elif word == "text" and rest.startswith("/"):
        re.compile(rest.strip("/"))
    elif word == "":
        path, shape, _ = judge.member_line(operation, rest)
        if shape is None and operation is not None:
            yield f"{operation} answers no {path}"
