"""The language of the case files: text to steps.

A file holds cases. A case begins with ``=== name`` and lines ``title:``, ``source:``, ``grade:``
(and ``given:``, ``needs:``, ``domain: own``). Then come steps, separated by empty lines:

    RespondDecisionTaskCompleted executionContext=c1
      StartTimer timerId=t startToFireTimeout=1
    ----
    empty

The first line is a command with members, indented lines are decisions, and behind ``----`` stand
the expectations. Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance import values
from conformance.case import Grade

_HEADER = re.compile(r"(title|source|grade|given|needs|domain|covers):\s*(.*)$")
_GRADE_MARK = re.compile(r"\((recorded|documented|inferred)\)\s+")
_MEMBER = re.compile(r"([A-Za-z_][\w.]*)=")


class CaseSyntaxError(Exception):
    """A case file that cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line behind ``----``; ``grade`` is None where the grade of the case holds."""

    text: str
    grade: Grade | None
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision line: its type and members."""

    kind: str
    members: dict[str, Any]


@dataclass(slots=True)
class Step:
    """One command."""

    command: str
    words: list[str]
    members: dict[str, Any]
    omitted: frozenset[str]
    decisions: list[Decision]
    expectations: list[Expectation]
    line: int
    text: str


@dataclass(slots=True)
class Script:
    """A case as read from a file."""

    name: str
    path: str
    line: int
    header: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def read_file(path: Path) -> list[Script]:
    """All cases of a file."""
    scripts: list[Script] = []
    try:
        for block in _blocks(path.read_text(encoding="utf-8")):
            number, first = block[0]
            if first.startswith("=== "):
                scripts.append(_script(block, path.name))
            elif scripts:
                scripts[-1].steps.extend(map(_step, _commands(block)))
            else:
                raise CaseSyntaxError("a file begins with '=== name'")
    except (CaseSyntaxError, values.ValueSyntaxError) as problem:
        raise CaseSyntaxError(f"{path.name}:{number}: {problem}") from problem
    return scripts


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    block: list[tuple[int, str]] = []
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


def _commands(block: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """A block's commands: a line, its indented ones, and for the last what is expected."""
    command: list[tuple[int, str]] = []
    expecting = False
    for number, line in block:
        expecting = expecting or line == "----"
        if command and not expecting and not line.startswith(" "):
            yield command
            command = []
        command.append((number, line))
    yield command


def _script(block: list[tuple[int, str]], path: str) -> Script:
    number, first = block[0]
    script = Script(first[4:].strip(), path, number)
    for _, line in block[1:]:
        header = _HEADER.match(line)
        if header is None:
            raise CaseSyntaxError(f"not a header line: {line}")
        script.header[header[1]] = header[2].strip()
    missing = {"title", "source", "grade"} - script.header.keys()
    if missing:
        raise CaseSyntaxError(f"{script.name} has no {', '.join(sorted(missing))}")
    return script


def _step(block: list[tuple[int, str]]) -> Step:
    number, first = block[0]
    command, _, rest = first.partition(" ")
    words, members, omitted = parse_members(rest)
    decisions: list[Decision] = []
    expectations: list[Expectation] = []
    expecting = False
    for line_number, line in block[1:]:
        if line == "----":
            expecting = True
        elif expecting:
            expectations.append(_expectation(line.strip(), line_number))
        elif line.startswith(" "):
            kind, _, attributes = line.strip().partition(" ")
            decision_words, decision_members, _ = parse_members(attributes)
            if decision_words:
                raise CaseSyntaxError(f"a decision has members only: {line.strip()}")
            decisions.append(Decision(kind, decision_members))
        else:
            raise CaseSyntaxError(f"'----' or an indented decision expected: {line}")
    text = "\n".join(line for _, line in block)
    return Step(command, words, members, omitted, decisions, expectations, number, text)


def _expectation(text: str, line: int) -> Expectation:
    mark = _GRADE_MARK.match(text)
    if mark:
        return Expectation(text[mark.end() :], Grade(mark[1]), line)
    return Expectation(text, None, line)


def parse_members(text: str) -> tuple[list[str], dict[str, Any], frozenset[str]]:
    """``word a=1 b.c=2 -d`` as plain words, nested members and left-out members."""
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
