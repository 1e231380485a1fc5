"""The operations, decisions and events that cases are about, by grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from conformance import catalogue
from conformance.case import Case
from conformance.language import replay
from conformance.reports import coverage
from conformance.verdict import Grade

KINDS = ("op", "decision", "event")
Counts = Mapping[tuple[str, str], Counter[Grade]]


def counts(cases: Iterable[Case]) -> Counts:
    """(kind, name) to the number of cases by grade."""
    told = {f"{section}/{script.name}": script for section, script in catalogue.scripts()}
    replayed = set(replay.replayable())
    result: dict[tuple[str, str], Counter[Grade]] = {}
    for case in cases:
        covered = set(case.covers)
        if case.id in told:
            covered |= set(coverage.of_script(told[case.id]))
        elif case.section == replay.SECTION and case.name in replayed:
            covered |= set(coverage.of_recording(case.name))
        for item in {found for text in covered if (found := _item(text)) is not None}:
            result.setdefault(item, Counter())[case.grade] += 1
        operation = None if case.id in told else _generated(case)
        if operation is not None and ("op", operation) not in {_item(text) for text in covered}:
            result.setdefault(("op", operation), Counter())[case.grade] += 1
    return result


def _item(covered: str) -> tuple[str, str] | None:
    """``op/StartTimer/...``, ``event/TimerFired.timerId/present`` as (kind, name)."""
    kind, _, rest = covered.partition("/")
    if kind == "cause":
        kind = "event"
    name = rest.partition("/")[0].partition(".")[0]
    return (kind, name) if kind in KINDS else None


def _generated(case: Case) -> str | None:
    """The operation that a generated case is named after."""
    if case.section in ("constraints", "rules", "permissions"):
        name, dot, _ = case.name.partition(".")
        return name if dot and not name.endswith("Failed") else None
    return None
