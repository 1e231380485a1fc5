"""Write what an endpoint answers in place of what a case expects, to be reviewed as a diff.

A line that holds stays as it is, with its grade, its choice of members, its variables and
patterns. A line that does not hold is written again in the same form: the same members, ``only``
if it had it. Missing lines of histories are added, surplus ones dropped. An empty list of
expectations (``----`` alone) is filled with the whole answer. Lines graded recorded change only
with ``recorded=True``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance import model
from conformance.context import Context
from conformance.endpoint.wire import Answer
from conformance.language import check, event_lines, judge
from conformance.language.event_lines import Event, EventLine
from conformance.language.matching import ABSENT, VOLATILE, fetch, mismatches
from conformance.language.play import NOTHING, Player
from conformance.language.read import Command, Expectation, Script
from conformance.language.values import Pattern, Variable, written
from conformance.model import Shape
from conformance.verdict import CaseAborted, Grade

_DELAY_SECONDS_MIN = 0.5
"""From which delay on a new line of a case that moves the clock names it."""


@dataclass(slots=True)
class Changes:
    """Changes of a file, by the number of a line."""

    replaced: dict[int, str | None] = field(default_factory=dict)
    """The new text of a line; None: the line is dropped."""
    inserted: dict[int, list[str]] = field(default_factory=dict)
    """New lines after it."""
    kept: list[int] = field(default_factory=list)
    """Lines graded recorded that differ and were left."""

    def __bool__(self) -> bool:
        return bool(self.replaced or self.inserted)

    def apply(self, text: str) -> str:
        """The text with the changes."""
        lines: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            now = self.replaced.get(number, line)
            lines += [] if now is None else [now]
            lines += self.inserted.get(number, [])
        return "\n".join(lines) + "\n"


def rewrite_file(path: Path, changes: Iterable[Changes]) -> None:
    """Write the changes of all cases of a file."""
    merged = Changes()
    for change in changes:
        merged.replaced |= change.replaced
        merged.inserted |= change.inserted
    if merged:
        path.write_text(merged.apply(path.read_text(encoding="utf-8")), encoding="utf-8")


class Rewriter(Player):
    """Plays a script and notes the lines that change instead of judging."""

    def __init__(self, ctx: Context, script: Script, *, recorded: bool = False) -> None:
        super().__init__(ctx, script)
        self.changes = Changes()
        self._recorded = recorded

    # Answers.

    def judge(self, operation: str | None, answer: Answer, command: Command) -> None:
        """Note the lines of an answer that change."""
        lines = command.expectations
        if command.separator is None:
            judge.judge(self.ctx, operation, answer, command)
            return
        if not lines or (answer.status >= 300) != judge.expects(command, "fault", "status"):
            self._replace_all(command, self._whole_answer(operation, answer))
            return
        for number, line in enumerate(lines):
            if judge.keyword(line) == "events":
                body = answer.body if isinstance(answer.body, dict) else {}
                rest = [event_lines.parse_line(each) for each in lines[number + 1 :]]
                self._rewrite_events(rest, body.get("events", []), line.line)
                return
            if judge.problems(self.ctx, operation, answer, line):
                self._replace(line, self._answer_line(operation, line, answer))

    def finds_nothing(self, command: Command) -> bool:
        """An expectation that is to be filled says nothing: the poll is not repeated."""
        unknown = command.separator is not None and not command.expectations
        return unknown or super().finds_nothing(command)

    def unsatisfied(self, operation: str, command: Command, stop: CaseAborted) -> None:
        """Write the last answer."""
        self.judge(operation, self._last_answer(), command)

    def _whole_answer(self, operation: str | None, answer: Answer) -> list[str]:
        if answer.status >= 300:
            text = [] if answer.message is None else [f"text {answer.message}"]
            return [f"fault {answer.fault}", *text]
        if not answer.content:
            return ["empty"]
        body = answer.body if isinstance(answer.body, dict) else {}
        if (operation or "").startswith("PollFor") and not body.get("taskToken"):
            return ["no task"]
        events = body.get("events", [])
        lines = [
            self._member(operation, path, value)
            for path, value in _leaves(body)
            if path not in (*VOLATILE, "events")
        ]
        written_events = [self._event_line(None, event, "", None) for event in events]
        return [*lines, *(["events", *written_events] if events else [])]

    def _answer_line(self, operation: str | None, line: Expectation, answer: Answer) -> str | None:
        word, text = judge.keyword(line), line.text
        body = answer.body if isinstance(answer.body, dict) else {}
        if word == "fault":
            return f"fault {answer.fault}"
        if word == "text":
            return f"text {'<none>' if answer.message is None else answer.message}"
        if word == "only":
            return f"only {' '.join(sorted(body))}"
        if word == "status":
            return f"status {answer.status}"
        if word == "type":
            return f"type {body.get('__type')}"
        if word == "":
            path = judge.member_line(operation, text)[0]
            return self._member(operation, path, fetch(answer.body, path))
        return None if word in ("empty", "no") else text

    def _member(self, operation: str | None, path: str, value: Any) -> str:
        output = model.output_shape(operation) if operation else None
        shape = None if "[]" in path else model.member_shape(output, path)
        return f"{path}: {self._value(path, value, shape)}"

    def _value(self, path: str, value: Any, shape: Shape | None) -> str:
        if value is ABSENT:
            return "<absent>"
        return written(self._replaceable(path, value), shape)

    def _replaceable(self, path: str, value: Any) -> Any:
        """A value with variables and patterns in place of what differs from run to run."""
        if isinstance(value, dict):
            return {name: self._replaceable(name, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._replaceable(path, inner) for inner in value]
        name = path.rpartition(".")[2]
        if name.endswith(("Timestamp", "Date")):
            return Pattern("timestamp")
        if name in VOLATILE or (isinstance(value, str) and check.RUN_ID.search(value)):
            known = [k for k, v in self.ctx.variables.items() if v == value]
            return Variable(known[0]) if known else Pattern("text")
        return value

    # Histories.

    def judge_history(self, command: Command, events: list[Event]) -> None:
        """Note the lines of a history that change."""
        lines = [event_lines.parse_line(each) for each in command.expectations]
        self._rewrite_events(lines, events, command.separator or command.line)

    def judge_transcript(self, command: Command, added: dict[str, list[Event]]) -> None:
        """Note the lines of a transcript that change."""
        assert command.separator is not None
        nothing = [line for line in command.expectations if line.text == NOTHING]
        lines = [
            event_lines.parse_line(each, labeled=True)
            for each in command.expectations
            if each not in nothing
        ]
        partial = any(not line.label for line in lines)
        labels = dict.fromkeys(line.label for line in lines if line.label)
        at = command.separator
        for label in [*labels, *(label for label in added if label not in labels)]:
            if partial and label not in labels:
                continue
            about = [line for line in lines if line.label == label]
            before = self.event_before(label, added)
            at = self._rewrite_events(about, added.get(label, []), at, label, before)
        if added:
            for line in nothing:
                self._replace(line, None)
        elif not lines and not nothing:
            self._insert(command.separator, NOTHING)

    def _rewrite_events(
        self,
        lines: list[EventLine],
        events: list[Event],
        at: int,
        label: str = "",
        before: Event | None = None,
    ) -> int:
        """Note what changes; new lines come after line ``at``. Returns the last line."""
        for about, event in event_lines.align(lines, events):
            if not about and event is not None:
                self._insert(at, self._event_line(None, event, label, before))
            for line in about:
                if line.is_gap:
                    continue
                late = self.ctx.target.late_seconds
                variables = self.ctx.variables
                if event is None:
                    self._replace(line.expectation, None)
                elif event_lines.line_problems(line, event, before, variables, late):
                    text = self._event_line(line, event, label, before)
                    self._replace(line.expectation, text)
            at = max([at, *(line.expectation.line for line in about)])
            before = event or before
        return at

    def _event_line(
        self, line: EventLine | None, event: Event, label: str, before: Event | None
    ) -> str:
        """An event member by member: what holds stays, what does not is replaced."""
        event_type = str(event["eventType"])
        attributes: dict[str, Any] = event.get(model.attributes_member(event_type)) or {}
        shapes = model.event_attributes(event_type).members
        old = line.attributes or {} if line is not None and line.event_type == event_type else {}
        everything = line is None or line.only or line.event_type != event_type
        names = [name for name in old if name in attributes]
        names += [n for n in shapes if everything and n in attributes and n not in old]
        words = [label] if label else []
        if line is None or line.event_id is not None:
            words.append(str(event["eventId"]))
        words.append(event_type)
        words += ["only"] if line is None or line.only else []
        delay = event_lines.seconds_between(before, event)
        if line is not None and line.same_time and delay == 0:
            words.append("same-time")
        if delay is not None and self._names_delay(line, delay):
            words.append(f"+{delay:g}")
        for name in names:
            got = attributes[name]
            holds = name in old and not list(mismatches(old[name], got, self.ctx.variables, name))
            value = old[name] if holds else self._replaceable(name, got)
            words.append(f"{name}={written(value, shapes[name])}")
        absent = line.absent if line is not None and line.event_type == event_type else ()
        return " ".join([*words, *(f"-{name}" for name in sorted(set(absent) - set(attributes)))])

    def _names_delay(self, line: EventLine | None, delay: float) -> bool:
        if line is not None:
            return line.after is not None
        return "clock" in self.ctx.case.needs and delay >= _DELAY_SECONDS_MIN

    # Changes.

    def _grade(self, line: Expectation | None) -> Grade:
        return (line.grade if line is not None else None) or self.ctx.grade

    def _may_change(self, line: Expectation | None, number: int) -> bool:
        allowed = self._recorded or self._grade(line) is not Grade.RECORDED
        if not allowed:
            self.changes.kept.append(number)
        return allowed

    def _replace(self, line: Expectation, text: str | None) -> None:
        if self._may_change(line, line.line):
            mark = "" if line.grade is None else f"({line.grade.value}) "
            self.changes.replaced[line.line] = None if text is None else mark + text

    def _insert(self, at: int, text: str) -> None:
        if self._may_change(None, at):
            self.changes.inserted.setdefault(at, []).append(text)

    def _replace_all(self, command: Command, texts: list[str]) -> None:
        assert command.separator is not None
        for line in command.expectations:
            self._replace(line, None)
        for text in texts:
            self._insert(command.separator, text)


def _leaves(members: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """The members of an answer, those of structures one by one, names and types as a whole."""
    for name, value in members.items():
        inner = f"{path}.{name}" if path else name
        if isinstance(value, dict) and not value.keys() <= {"name", "version"}:
            yield from _leaves(value, inner)
        else:
            yield inner, value
