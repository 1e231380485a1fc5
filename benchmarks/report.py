"""Figures and their targets, as a table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from swf_emulator import __version__

DISTRIBUTIONS = ("uvicorn", "uvloop", "httptools", "boto3", "moto")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``target`` is what it should not exceed; None: only for comparison.

    ``note`` gives the numbers behind a ratio.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "ok" if self.value <= self.target else "missed"


def table(figures: Sequence[Figure]) -> str:
    """Format the figures as a table."""
    rows = [("figure", "measured", "target", "", "note")]
    for figure in figures:
        target = "" if figure.target is None else f"<= {_number(figure.target)}"
        measured = f"{_number(figure.value)} {figure.unit}"
        rows.append((figure.name, measured, target, figure.verdict, figure.note))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for name, measured, target, verdict, note in rows:
        cells = (
            name.ljust(widths[0]),
            measured.rjust(widths[1]),
            target.rjust(widths[2]),
            verdict.ljust(widths[3]),
            note,
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def document(figures: Sequence[Figure], quick: bool) -> dict[str, Any]:
    """Return the figures and the platform as a JSON object."""
    return {
        "emulator": __version__,
        "quick": quick,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "distributions": {name: version(name) for name in DISTRIBUTIONS},
        "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in figures],
    }


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
