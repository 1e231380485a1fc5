"""Write what an endpoint answers in the place of what a case expects, to be reviewed as a diff.

A line that still holds stays as it is, with its grade and its choice of members. One that does
not is written anew in the same form: the same members, ``only`` if it had it. An empty list of
expectations (``----`` alone) is filled with all there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance import caselang, expectations, histories, model
from conformance.case import Case, Disagreement
from conformance.caselang import Expectation, Script, Step
from conformance.context import Context
from conformance.matching import ABSENT, fetch, mismatches, show
from conformance.steps import Interpreter
from conformance.target import Target
from conformance.wire import Answer

Lines = dict[int, list[str]]
"""By the number of a line in the file, what stands there now."""


class Rewriter(Interpreter):
    """Plays a script and notes the lines that change instead of judging."""

    def __init__(self, ctx: Context, script: Script) -> None:
        super().__init__(ctx, script)
        self.lines: Lines = {}

    def _judge(self, operation: str, answer: Answer, step: Step) -> None:
        for expectation in step.expectations:
            if expectations.keyword(expectation) == "events":
                break
            fault = [e for e in step.expectations if expectations.keyword(e) == "fault"]
            judged = [expectation] if expectation in fault else [*fault, expectation]
            try:
                holds = not expectations.judge(self.ctx, operation, answer, judged)
            except Disagreement:
                holds = False
            if not holds:
                self.lines[expectation.line] = [_answer_line(expectation, answer)]

    def _history(self, step: Step) -> None:
        workflow_id = step.words[0] if step.words else "w"
        events = self.ctx.history(workflow_id)
        parsed = [histories.parse_line(each) for each in step.expectations]
        pairs = histories._align(parsed, events)
        by_text = dict(zip(map(id, parsed), step.expectations, strict=True))
        last = step.line + step.text.count("\n")
        kept: dict[int, list[str]] = {each.line: [] for each in step.expectations}
        for row, (line, event) in enumerate(pairs):
            if line is not None and line.event_type == histories.GAP:
                kept[by_text[id(line)].line] = [histories.GAP]
            elif line is None:
                assert event is not None
                kept.setdefault(last, [step.text.splitlines()[-1]]).append(_event_line(None, event, self.ctx.variables))
            elif event is not None:
                problems = histories._line_problems(line, event, pairs, row, self.ctx.variables)
                where = by_text[id(line)]
                kept[where.line] = [_marked(where, _event_line(line, event, self.ctx.variables))] if problems else None  # type: ignore[assignment]
        self.lines |= {number: texts for number, texts in kept.items() if texts is not None}


def _marked(expectation: Expectation, text: str) -> str:
    return text if expectation.grade is None else f"({expectation.grade.value}) {text}"


def _event_line(
    line: histories.EventLine | None, event: dict[str, Any], variables: dict[str, Any]
) -> str:
    """Member by member: what holds stays, what does not is replaced, what is new comes last."""
    kind = str(event["eventType"])
    attributes = event.get(model.attributes_member(kind)) or {}
    old = line.attributes if line is not None and line.event_type == kind else {}
    names = [name for name in old if name in attributes]
    if not old or (line is not None and line.only):
        names += [name for name in attributes if name not in old]
    members = []
    for name in names:
        got = attributes[name]
        holds = name in old and not list(mismatches(old[name], got, dict(variables), name))
        members.append(f"{name}={_value(old[name] if holds else got)}")
    words = [str(event["eventId"]), kind]
    if line is None or line.only:
        words.append("only")
    if line is not None and line.same_time:
        words.append("same-time")
    return " ".join([*words, *members])


def _value(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"name"}:
        return str(value["name"])
    if isinstance(value, dict) and value == {"name": "flow", "version": "1"}:
        return "flow"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_value(v)}" for k, v in value.items()) + "}"
    plain = isinstance(value, str) and value and " " not in value
    return str(value) if plain else show(value)


def _answer_line(expectation: Expectation, answer: Answer) -> str:
    word, text = expectations.keyword(expectation), expectation.text
    if word == "fault":
        text = f"fault {answer.fault}"
    elif word == "text":
        text = f"text {answer.message}"
    elif word == "only":
        text = f"only {' '.join(sorted(answer.body))}"
    elif not word:
        path = text.partition(":")[0]
        got = fetch(answer.body, path)
        text = f"{path}: {'<absent>' if got is ABSENT else _value(got)}"
    return _marked(expectation, text)


def rewrite(path: Path, make_target: Any, case_of: Any) -> int:
    """Rewrite one file; returns how many lines have changed."""
    changes: Lines = {}
    for script in caselang.read_file(path):
        target: Target = make_target()
        case: Case = case_of(path.stem, script)
        ctx = Context(target, case)
        ctx.prepare()
        rewriter = Rewriter(ctx, script)
        rewriter.run()
        changes |= rewriter.lines
    written = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        written += changes.get(number, [line])
    path.write_text("\n".join(written) + "\n")
    return len(changes)
