"""Plays scenario files, each once in a test session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .commands import play
from .script import Script, read_script
from .stage import Stage

FOLDER = Path(__file__).parent
PATHS = sorted(FOLDER.rglob("*.txt"))
NAMES = [str(path.relative_to(FOLDER).with_suffix("")) for path in PATHS]


@dataclass(frozen=True, slots=True)
class Played:
    """What a scenario brought about: lines by block, histories by run, answers by call."""

    script: Script
    outputs: tuple[tuple[str, ...], ...]
    histories: dict[str, list[dict[str, Any]]]
    answers: list[tuple[str, dict[str, Any]]]


@cache
def played(path: Path) -> Played:
    """Play a file, or recall how it was played."""
    script = read_script(path)
    stage = Stage()
    outputs = []
    for block in script.blocks:
        lines = [line for command in block.commands() for line in play(stage, command)]
        outputs.append(tuple(lines) or ("ok",))
    for poll in stage.held.values():
        poll.expire()
    return Played(script, tuple(outputs), stage.histories, stage.answers)
