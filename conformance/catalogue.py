"""All cases of the suite: those of the files, the programmed ones and the generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from conformance.case import Case
from conformance.context import Context
from conformance.generated import constraints, permissions, rules
from conformance.language import check, replay
from conformance.language.play import Player
from conformance.language.read import CaseSyntaxError, Script, read_file
from conformance.procedures import programmed
from conformance.verdict import Grade

FOLDER = Path(__file__).parent / "cases"


def scripts(folder: Path = FOLDER) -> Iterator[tuple[str, Script]]:
    """(section, script) of every case in the files of a folder, a section a file."""
    for path in sorted(folder.glob("*.txt")):
        for script in read_file(path):
            yield path.stem, script


def _play(script: Script, ctx: Context) -> None:
    Player(ctx, script).run()


def from_script(section: str, script: Script) -> Case:
    """The case that a script describes."""
    header = script.header
    return Case(
        name=script.name,
        section=section,
        title=header["title"],
        source=header["source"],
        grade=Grade(header["grade"]),
        run=partial(_play, script),
        given=header.get("given", "standard"),
        needs=frozenset(_words(header.get("needs", ""))),
        own_domain=header.get("domain") == "own",
        covers=frozenset(_words(header.get("covers", ""))),
        origin=f"{script.path.parent.name}/{script.path.name}:{script.line}",
        alone=header.get("alone") == "yes",
        known_difference=header.get("known-difference", ""),
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


def written(folder: Path = FOLDER) -> list[Case]:
    """The cases of the files of a folder. Raises `CaseSyntaxError` naming every mistake."""
    read = list(scripts(folder))
    problems = [problem for _, script in read for problem in check.problems(script)]
    if problems:
        raise CaseSyntaxError("\n".join(problems))
    return [from_script(section, script) for section, script in read]


def all_cases(folder: Path = FOLDER) -> list[Case]:
    """All cases of the suite, or of another folder of case files; ids are unique."""
    cases = written(folder)
    if folder == FOLDER:
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


def one_a_shape(cases: Iterable[Case]) -> list[Case]:
    """The written and programmed cases, and of those generated one of each shape."""
    shapes: set[str] = set()
    chosen = []
    for case in cases:
        if not case.shape or case.shape not in shapes:
            chosen.append(case)
        shapes.add(case.shape)
    return chosen


def select(cases: Iterable[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases whose id fits one of the patterns, and none of those that begin with ``!``.

    A section alone selects all its cases.
    """
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")] or ["*"]
    return [
        case
        for case in cases
        if any(_fits(case, pattern) for pattern in wanted)
        and not any(_fits(case, pattern) for pattern in unwanted)
    ]


def _fits(case: Case, pattern: str) -> bool:
    return pattern in (case.section, f"grade:{case.grade.value}") or fnmatch(case.id, pattern)
