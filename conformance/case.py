"""What a case is and what comes out of running one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.context import Context


class Grade(Enum):
    """How well an expectation is supported.

    RECORDED: an answer of the real service shows it. DOCUMENTED: the API Reference, the Developer
    Guide or the service model says it. INFERRED: it follows from neither; another endpoint may
    differ without being wrong, so a difference is reported but does not fail the run.
    """

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Verdict(Enum):
    """The result of one case."""

    PASSED = "passed"
    FAILED = "failed"
    DIFFERS = "differs"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the endpoint answered something else than expected."""

    where: str
    expected: str
    got: str
    grade: Grade
    table: tuple[tuple[str, str, str], ...] = ()
    """For histories: (event id, expected, got) rows; the first differing row starts with '>'."""


class Disagreement(Exception):
    """The endpoint departed from a case so far that the case cannot go on."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(
            f"{difference.where}: expected {difference.expected}, got {difference.got}"
        )
        self.difference = difference


class Unavailable(Exception):
    """The target lacks something that the case needs."""


EXCLUSIVE = ("refusals", "settings", "clock")
"""Capabilities that change the whole endpoint: their cases run after all others, one at a time,
in this order, since a clock that was moved stays ahead."""


@dataclass(frozen=True, slots=True)
class Case:
    """One behaviour of SWF, with the reason to expect it and the way to see it."""

    name: str
    section: str
    title: str
    source: str
    grade: Grade
    run: Callable[[Context], None]
    given: str = "standard"
    needs: frozenset[str] = frozenset()
    own_domain: bool = False
    covers: frozenset[str] = frozenset()
    origin: str = ""
    alone: bool = False
    """Whether other calls meanwhile would spoil it."""

    @property
    def id(self) -> str:
        """``section/name``, the text that ``--select`` is compared with."""
        return f"{self.section}/{self.name}"

    @property
    def turn(self) -> int | None:
        """When it runs alone: None is side by side with the others, before these."""
        turns = [EXCLUSIVE.index(need) + 1 for need in self.needs if need in EXCLUSIVE]
        return max(turns, default=0 if self.alone else None)


@dataclass(slots=True)
class Outcome:
    """A case that was run (or skipped)."""

    case: Case
    verdict: Verdict
    seconds: float = 0.0
    differences: Sequence[Difference] = ()
    reason: str = ""
    trace: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The outcome as JSON data."""
        return {
            "id": self.case.id,
            "section": self.case.section,
            "title": self.case.title,
            "source": self.case.source,
            "grade": self.case.grade.value,
            "verdict": self.verdict.value,
            "seconds": round(self.seconds, 3),
            "reason": self.reason,
            "differences": [
                {
                    "where": d.where,
                    "expected": d.expected,
                    "got": d.got,
                    "grade": d.grade.value,
                    "history": [list(row) for row in d.table],
                }
                for d in self.differences
            ],
        }


def verdict_of(differences: Sequence[Difference]) -> Verdict:
    """Only differences in what is recorded or documented make a case fail."""
    if not differences:
        return Verdict.PASSED
    if all(d.grade is Grade.INFERRED for d in differences):
        return Verdict.DIFFERS
    return Verdict.FAILED
