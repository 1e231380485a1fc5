"""Write the table of options into docs/configuration.md, from the command's own options.

Usage: python tools/configuration_table.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from swf_emulator.command.cli import serve
from swf_emulator.command.options import named_options, variable_of

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- options: begin -->\n", "<!-- options: end -->"


def table() -> str:
    """One row for each option of ``serve``."""
    lines = ["| Option, and name in the file | Value | Default | |", "|---|---|---|---|"]
    for name, option in named_options(serve).items():
        variable = variable_of(name)
        cell = f"`--{name}`<br>`{variable}`"
        lines.append(f"| {cell} | {_kind(option)} | {_default(option)} | {option.help} |")
    return "\n".join(lines) + "\n"


def _kind(option: click.Option) -> str:
    kind = option.type
    words = {"integer range": "integer", "float range": "number", "text": "text"}
    text = words.get(kind.name, kind.name)
    if isinstance(kind, click.Choice):
        text = " or ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.types._NumberRangeBase):
        low, high = kind.min, kind.max
        if high is not None:
            text += f" {low} to {high}"
        elif low:
            text += f" from {low}"
        elif kind.min_open:
            text += " above 0"
    return f"list of {text}" if option.multiple else text


def _default(option: click.Option) -> str:
    default = option.default
    if isinstance(default, bool):
        return "on" if default else "off"
    if not isinstance(default, str | int | float):
        return ""
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def renewed(text: str) -> str:
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + table() + END + tail


if __name__ == "__main__":
    text = PAGE.read_text()
    if "--check" in sys.argv:
        sys.exit(text != renewed(text))
    PAGE.write_text(renewed(text))
