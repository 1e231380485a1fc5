"""Outcomes on a terminal: progress, differences side by side, and a summary by section."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TextIO

from conformance.case import CaseResult
from conformance.verdict import Difference, Grade, Verdict

_MARKS = {
    Verdict.PASSED: ".",
    Verdict.FAILED: "F",
    Verdict.DIFFERS: "d",
    Verdict.KNOWN: "k",
    Verdict.SKIPPED: "s",
}
_COLUMN = 58
_SHOWN_MAX = 6


class Progress:
    """One character a case on a file, or a counter in place on a terminal."""

    def __init__(self, total: int, stream: TextIO, quiet: bool) -> None:
        self.total = total
        self.stream = stream
        self.quiet = quiet
        self.done = 0
        self.failed = 0

    def __call__(self, result: CaseResult) -> None:
        self.done += 1
        self.failed += result.verdict is Verdict.FAILED
        if self.quiet:
            return
        if self.stream.isatty():
            line = f"\r{self.done}/{self.total} cases, {self.failed} failed  {result.case.id[:60]}"
            self.stream.write(line.ljust(100))
        else:
            self.stream.write(_MARKS[result.verdict])
            if self.done % 100 == 0:
                self.stream.write(f" {self.done}/{self.total}\n")
        self.stream.flush()

    def finish(self) -> None:
        """End the line."""
        if not self.quiet:
            self.stream.write("\n")


def table(rows: Sequence[Sequence[str]], head: Sequence[str]) -> str:
    """A plain table with aligned columns."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(
            str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def side_by_side(rows: Iterable[tuple[str, str, str]]) -> str:
    """A history as a table: id, expected, got; the first difference is marked with '>'."""
    lines = [f"    {'':6} {'expected':{_COLUMN}} got"]
    for event_id, expected, got in rows:
        left = textwrap.wrap(expected, _COLUMN) or [""]
        right = textwrap.wrap(got, _COLUMN) or [""]
        for number in range(max(len(left), len(right))):
            one = left[number] if number < len(left) else ""
            other = right[number] if number < len(right) else ""
            label = event_id if number == 0 else event_id[:2]
            lines.append(f"    {label:6} {one:{_COLUMN}} {other}".rstrip())
    return "\n".join(lines)


def difference(found: Difference) -> str:
    """One difference: where, what was expected, what came."""
    mark = "" if found.grade is not Grade.INFERRED else " (inferred)"
    lines = [
        f"  {found.where}{mark}",
        f"    expected: {found.expected}",
        f"    got:      {found.got}",
    ]
    if found.table:
        lines.append(side_by_side(found.table))
    return "\n".join(lines)


def details(results: Iterable[CaseResult]) -> str:
    """Every case that failed or differs, with its differences; known ones with their reason."""
    parts = []
    for result in results:
        if result.verdict is Verdict.KNOWN:
            parts.append(f"differs as known: {result.case.id}: {result.reason}")
        if result.verdict not in (Verdict.FAILED, Verdict.DIFFERS):
            continue
        case = result.case
        head = "FAILED" if result.verdict is Verdict.FAILED else "differs"
        lines = [
            f"{head} {case.id} [{case.grade.value}]",
            f"  {case.title}",
            f"  source: {case.source}",
        ]
        lines += [difference(d) for d in result.differences[:_SHOWN_MAX]]
        hidden = len(result.differences) - _SHOWN_MAX
        if hidden > 0:
            lines.append(f"  and {hidden} more")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def summary(results: Sequence[CaseResult]) -> str:
    """Counts by section and by grade."""
    return "\n\n".join(
        (
            _counts(results, lambda o: o.case.section, "section"),
            _counts(results, lambda o: o.case.grade.value, "grade"),
            _last_line(results),
        )
    )


def _counts(results: Sequence[CaseResult], key: object, name: str) -> str:
    assert callable(key)
    groups: dict[str, Counter[Verdict]] = {}
    for result in results:
        groups.setdefault(str(key(result)), Counter())[result.verdict] += 1
    rows = [
        [group, str(sum(found.values())), *(str(found[v] or "") for v in Verdict)]
        for group, found in groups.items()
    ]
    return table(rows, [name, "cases", *(v.value for v in Verdict)])


def _last_line(results: Sequence[CaseResult]) -> str:
    found = Counter(o.verdict for o in results)
    judged = [o for o in results if o.verdict is not Verdict.SKIPPED]
    sound = sum(o.verdict is not Verdict.FAILED for o in judged)
    share = 100 * sound / len(judged) if judged else 0.0
    return (
        f"{found[Verdict.PASSED]} passed, {found[Verdict.FAILED]} failed, "
        f"{found[Verdict.DIFFERS]} differ only in what is inferred, "
        f"{found[Verdict.KNOWN]} differ as known, "
        f"{found[Verdict.SKIPPED]} skipped; {share:.1f} % of {len(judged)} without failure"
    )
