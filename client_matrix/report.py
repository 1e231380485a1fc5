"""The results as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from client_matrix.playing import Result

_HEADS = ("Client", "Version", "Passed", "Failed", "Build", "Run")


def as_text(results: Sequence[Result]) -> str:
    """Return a Markdown table, then the problems one a line."""
    rows = [_HEADS, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    problems = [
        f"{result.client} {story}: {problem}"
        for result in results
        for story, problem in result.failed.items()
    ]
    return "\n".join([*lines, *(["", *problems] if problems else [])])


def as_json(results: Sequence[Result]) -> str:
    """Return everything that is known of every client."""
    return json.dumps([asdict(result) for result in results], indent=2) + "\n"


def _row(result: Result) -> tuple[str, ...]:
    if result.skipped:
        return (result.title, f"skipped: {result.skipped}", "", "", "", "")
    return (
        result.title,
        result.version,
        f"{len(result.passed)} of {len(result.stories)}",
        ", ".join(result.failed) or "-",
        f"{result.build_seconds:.0f} s",
        f"{result.run_seconds:.0f} s",
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "| " + " | ".join(cells) + " |"
