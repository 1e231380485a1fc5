"""Grades, differences and verdicts: what the judgment of a case consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """The support of an expectation.

    RECORDED: an answer of the real service shows it. DOCUMENTED: the API Reference, the Developer
    Guide or the service model states it. INFERRED: neither does; another endpoint may differ
    without being wrong, so a difference is reported but does not fail the run.
    """

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Verdict(Enum):
    """The verdict on one case."""

    PASSED = "passed"
    FAILED = "failed"
    DIFFERS = "differs"
    KNOWN = "known"
    """It differs, and the case names this difference as known."""
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


class CaseAborted(Exception):
    """The endpoint departed from a case so far that the case cannot continue."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(
            f"{difference.where}: expected {difference.expected}, got {difference.got}"
        )
        self.difference = difference


class Unavailable(Exception):
    """The target lacks something that the case needs."""


def verdict_of(differences: Sequence[Difference]) -> Verdict:
    """Return the verdict: only recorded and documented expectations can make a case fail."""
    if not differences:
        return Verdict.PASSED
    if all(difference.grade is Grade.INFERRED for difference in differences):
        return Verdict.DIFFERS
    return Verdict.FAILED
