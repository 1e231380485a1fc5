"""Scenario files: read into blocks, and written back with new expectations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SEPARATOR = "----"


@dataclass(frozen=True, slots=True)
class Block:
    """Some commands, each of one or more lines, and the lines expected of them, if any are."""

    line: int
    lines: tuple[str, ...]
    expected: tuple[str, ...] | None

    def commands(self) -> list[tuple[str, ...]]:
        """The commands: a line, and the indented ones that continue it."""
        commands: list[tuple[str, ...]] = []
        for line in self.lines:
            if line.startswith("#"):
                continue
            if line.startswith(" "):
                commands[-1] += (line.strip(),)
            else:
                commands.append((line,))
        return commands

    def rewritten(self, output: Iterable[str]) -> str:
        lines = list(self.lines)
        if self.expected is not None:
            lines += [SEPARATOR, *output]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Script:
    """One file: the comment at its head, and its blocks."""

    path: Path
    head: str
    blocks: tuple[Block, ...]


def read_script(path: Path) -> Script:
    """Blank lines separate blocks; the first, of comments only, is the head."""
    paragraphs: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip():
            fresh = True
            continue
        if fresh:
            paragraphs.append((number, []))
            fresh = False
        paragraphs[-1][1].append(line.rstrip())
    (_, head), *rest = paragraphs
    if not all(line.startswith("#") for line in head) or "Source:" not in "\n".join(head):
        raise ValueError(f"{path.name} does not begin with a comment that names its source")
    return Script(path, "\n".join(head) + "\n", tuple(_block(*paragraph) for paragraph in rest))


def _block(number: int, lines: list[str]) -> Block:
    if SEPARATOR not in lines:
        return Block(number, tuple(lines), None)
    at = lines.index(SEPARATOR)
    return Block(number, tuple(lines[:at]), tuple(lines[at + 1 :]))


def write_script(script: Script, outputs: Iterable[Iterable[str]]) -> None:
    """Put what the blocks brought about in the place of what was expected."""
    written = [script.head]
    written += [
        block.rewritten(output) for block, output in zip(script.blocks, outputs, strict=True)
    ]
    text = "\n".join(written)
    if text != script.path.read_text():
        script.path.write_text(text)
