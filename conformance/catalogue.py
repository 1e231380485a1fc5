"""All cases of the suite: those of the files, the programmed ones and the generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from conformance import caselang, constraints, lint, permissions, replay, rules
from conformance.case import Case, Grade
from conformance.caselang import Script
from conformance.context import Context
from conformance.procedures import programmed
from conformance.steps import Interpreter

FOLDER = Path(__file__).parent / "cases"


def case_files() -> list[Path]:
    """The case files, in reading order."""
    return sorted(FOLDER.glob("*.txt"))


def scripts() -> Iterator[tuple[str, Script]]:
    """(section, script) of every case in the files; the section is the name of the file."""
    for path in case_files():
        for script in caselang.read_file(path):
            yield path.stem, script


def _interpret(script: Script, ctx: Context) -> None:
    Interpreter(ctx, script).run()


def from_script(section: str, script: Script) -> Case:
    """The case that a script describes."""
    header = script.header
    return Case(
        name=script.name,
        section=section,
        title=header["title"],
        source=header["source"],
        grade=Grade(header["grade"]),
        run=partial(_interpret, script),
        given=header.get("given", "standard"),
        needs=frozenset(_words(header.get("needs", ""))),
        own_domain=header.get("domain") == "own",
        covers=frozenset(_words(header.get("covers", ""))),
        origin=f"cases/{script.path}:{script.line}",
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


def all_cases() -> list[Case]:
    """Every case, ids unique; a mistake in a case file is told before anything runs."""
    read = list(scripts())
    problems = [problem for _, script in read for problem in lint.problems(script)]
    if problems:
        raise caselang.CaseSyntaxError("\n".join(problems))
    cases = [from_script(section, script) for section, script in read]
    cases += replay.cases()
    cases += programmed()
    cases += constraints.cases()
    cases += rules.cases()
    cases += permissions.cases()
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise ValueError(f"two cases are called {case.id}")
        seen.add(case.id)
    return cases


def select(cases: Iterable[Case], patterns: Iterable[str]) -> list[Case]:
    """The cases whose id fits one of the patterns; a section alone stands for all its cases."""
    wanted = list(patterns)
    if not wanted:
        return list(cases)
    return [c for c in cases if any(_fits(c, pattern) for pattern in wanted)]


def _fits(case: Case, pattern: str) -> bool:
    return pattern in (case.section, f"grade:{case.grade.value}") or fnmatch(case.id, pattern)
