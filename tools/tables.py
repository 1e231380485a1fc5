"""Write the tables that are made from the code into the documents.

``README.md`` lists what is supported, ``docs/configuration.md`` the options of ``serve``.

Usage: python -m tools.tables
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

import swf_emulator.core
from swf_emulator.command.cli import serve
from swf_emulator.command.options import named_options, variable_of
from swf_emulator.core.registry import DECISIONS, EVENTS
from swf_emulator.protocol import model, operations
from swf_emulator.protocol.call import OPERATIONS

ROOT = Path(__file__).parent.parent

assert swf_emulator.core.__all__, "importing the core fills the tables"
assert operations.__all__, "and importing the operations theirs"


def support() -> str:
    """The operations by the module that answers them, the decisions, the events."""
    known = model.service_model()
    decision_types = known.shapes["DecisionType"]["enum"]
    event_types = known.shapes["EventType"]["enum"]
    groups: dict[str, list[str]] = {}
    for name, entry in OPERATIONS.items():
        area = entry.function.__module__.rpartition(".")[2].replace("_", " ")
        groups.setdefault(area, []).append(name)
    rows = [
        (f"**{area.capitalize()}**", str(len(names)), ", ".join(names))
        for area, names in sorted(groups.items())
    ]
    rows += [
        ("*all operations*", f"{len(OPERATIONS)} of {len(known.operations)}", ""),
        (
            "**Decisions**",
            f"{len(DECISIONS)} of {len(decision_types)}",
            ", ".join(sorted(DECISIONS)),
        ),
        ("**History events**", f"{len(EVENTS)} of {len(event_types)}", ""),
    ]
    return _table(("", "", ""), rows)


def options() -> str:
    """One row for each option of ``serve``."""
    return _table(
        ("Option, and name in the file", "Value", "Default", ""),
        (
            (
                f"`--{name}`<br>`{variable_of(name)}`",
                _value(option),
                _default(option),
                option.help or "",
            )
            for name, option in named_options(serve).items()
        ),
    )


def _value(option: click.Option) -> str:
    kind = option.type
    words = {"integer range": "integer", "float range": "number", "text": "string"}
    text = words.get(kind.name, kind.name)
    if isinstance(kind, click.Choice):
        text = " or ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.IntRange | click.FloatRange):
        if kind.max is not None:
            text += f" {kind.min} to {kind.max}"
        elif kind.min_open:
            text += f" above {kind.min}"
        elif kind.min:
            text += f" from {kind.min}"
    return f"list of {text}" if option.multiple else text


def _default(option: click.Option) -> str:
    default = option.default
    if isinstance(default, bool):
        return "on" if default else "off"
    if not isinstance(default, str | int | float):
        return ""
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(head), "|---" * len(head) + "|", *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


TABLES: dict[Path, tuple[str, Callable[[], str]]] = {
    ROOT / "README.md": ("support table", support),
    ROOT / "docs" / "configuration.md": ("options", options),
}
"""For each page, the name of the markers around its table, and the function that makes it."""


def renewed(page: Path) -> str:
    """Return the text of a page with a current table."""
    name, make = TABLES[page]
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    head, _, rest = page.read_text().partition(begin)
    return head + begin + make() + end + rest.partition(end)[2]


if __name__ == "__main__":
    for page in TABLES:
        page.write_text(renewed(page))
