"""Read case files: from text to scripts.

A file holds cases. A case begins with ``=== NAME`` and its header lines; then come blocks,
separated by empty lines::

    StartWorkflowExecution
    decide executionContext=c1
      StartTimer timerId=t startToFireTimeout=1
    ----
    empty

A block holds commands, one a line; indented lines are the decisions of the command above them.
The lines after ``----`` are the expectations of the last command. Lines that begin with ``#`` are
comments. The language is described in the README of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.language import values
from conformance.verdict import Grade

REQUIRED = ("title", "source", "grade")
OPTIONAL = ("given", "needs", "domain", "alone", "covers", "known-difference")
SEPARATOR = "----"

_HEADER = re.compile(rf"({'|'.join((*REQUIRED, *OPTIONAL))}):\s*(.*)$")
_GRADE_MARK = re.compile(r"\((recorded|documented|inferred)\)\s+")
_MEMBER = re.compile(r"([A-Za-z_][\w.]*)=")


class CaseSyntaxError(Exception):
    """A case file that cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line after ``----``; ``grade`` is None where the grade of the case applies."""

    text: str
    grade: Grade | None
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision line: its type and members."""

    decision_type: str
    members: dict[str, Any]


@dataclass(slots=True)
class Command:
    """One command with its decisions and expectations."""

    name: str
    words: list[str]
    members: dict[str, Any]
    omitted: frozenset[str]
    line: int
    text: str
    decisions: list[Decision] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    separator: int | None = None
    """The line of ``----``; None: the command must only succeed."""


@dataclass(slots=True)
class Script:
    """A case as read from a file."""

    name: str
    path: Path
    line: int
    header: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)


Lines = list[tuple[int, str]]


def read_file(path: Path) -> list[Script]:
    """Return all cases of a file. Raises `CaseSyntaxError`."""
    scripts: list[Script] = []
    number = 1
    try:
        for block in _blocks(path.read_text(encoding="utf-8")):
            number, first = block[0]
            if first.startswith("=== "):
                scripts.append(_script(block, path))
            elif not scripts:
                raise CaseSyntaxError("a file must begin with '=== NAME'")
            else:
                for lines in _commands(block):
                    number = lines[0][0]
                    scripts[-1].commands.append(_command(lines))
    except (CaseSyntaxError, values.ValueSyntaxError) as problem:
        raise CaseSyntaxError(f"{path.name}:{number}: {problem}") from problem
    return scripts


def _blocks(text: str) -> Iterator[Lines]:
    block: Lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if line.lstrip().startswith("#"):
            continue
        if line:
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _commands(block: Lines) -> Iterator[Lines]:
    """Split a block: a line and its indented ones, and for the last also what is expected."""
    command: Lines = []
    expecting = False
    for number, line in block:
        expecting = expecting or line == SEPARATOR
        if command and not expecting and not line.startswith(" "):
            yield command
            command = []
        command.append((number, line))
    yield command


def _script(block: Lines, path: Path) -> Script:
    number, first = block[0]
    script = Script(first[4:].strip(), path, number)
    for _, line in block[1:]:
        header = _HEADER.match(line)
        if header is None:
            raise CaseSyntaxError(f"not a header line: {line}")
        script.header[header[1]] = header[2].strip()
    missing = set(REQUIRED) - script.header.keys()
    if missing:
        raise CaseSyntaxError(f"{script.name} has no {', '.join(sorted(missing))}")
    return script


def _command(lines: Lines) -> Command:
    number, first = lines[0]
    if first == SEPARATOR or first.startswith(" "):
        raise CaseSyntaxError(f"a command must come before: {first}")
    name, _, rest = first.partition(" ")
    words, members, omitted = parse_members(rest)
    command = Command(name, words, members, omitted, number, first)
    for line_number, line in lines[1:]:
        if line == SEPARATOR and command.separator is None:
            command.separator = line_number
        elif command.separator is not None:
            command.expectations.append(_expectation(line.strip(), line_number))
        else:
            command.decisions.append(_decision(line.strip()))
    return command


def _decision(text: str) -> Decision:
    decision_type, _, rest = text.partition(" ")
    words, members, _ = parse_members(rest)
    if words:
        raise CaseSyntaxError(f"a decision has members only: {text}")
    return Decision(decision_type, members)


def _expectation(text: str, line: int) -> Expectation:
    mark = _GRADE_MARK.match(text)
    if mark:
        return Expectation(text[mark.end() :], Grade(mark[1]), line)
    return Expectation(text, None, line)


def parse_members(text: str) -> tuple[list[str], dict[str, Any], frozenset[str]]:
    """Parse ``word a=1 b.c=2 -d`` into plain words, nested members and omitted members."""
    words: list[str] = []
    members: dict[str, Any] = {}
    omitted: set[str] = set()
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        member = _MEMBER.match(text, at)
        if member:
            value, at = values.parse_at(text, member.end())
            _put(members, member[1].split("."), value)
            continue
        end = text.find(" ", at)
        word = text[at:] if end < 0 else text[at:end]
        at += len(word)
        if len(word) > 1 and word[0] == "-" and word[1].isalpha():
            omitted.add(word[1:])
        else:
            words.append(word)
    return words, members, frozenset(omitted)


def _put(members: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        members = members.setdefault(part, {})
    members[path[-1]] = value
