"""A case, and the result of running one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.context import Conditions, Context
from conformance.verdict import Difference, Verdict

EXCLUSIVE = ("refusals", "settings", "clock")
"""Capabilities that change the whole endpoint: their cases run after all others, one at a time,
in this order, since a clock that was moved stays ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Conditions):
    """One behavior of SWF, with the reason to expect it and the way to see it."""

    title: str
    source: str
    run: Callable[[Context], None]
    covers: frozenset[str] = frozenset()
    shape: str = ""
    """For generated cases: what they have in common with others; one of each is a sample."""
    alone: bool = False
    """Whether other calls at the same time would disturb it."""

    @property
    def serial_order(self) -> int | None:
        """Its place among the cases that run alone, after all others; None: runs with others."""
        orders = [EXCLUSIVE.index(need) + 1 for need in self.needs if need in EXCLUSIVE]
        return max(orders, default=0 if self.alone else None)


@dataclass(slots=True)
class CaseResult:
    """A case that was run or skipped."""

    case: Case
    verdict: Verdict
    seconds: float = 0.0
    differences: Sequence[Difference] = ()
    reason: str = ""
    trace: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The result as JSON data."""
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
