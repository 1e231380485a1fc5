"""Every recording is compared with what the emulator does."""

from __future__ import annotations

import re
from pathlib import Path

from conformance import catalogue
from conformance.language import recordings, replay
from conformance.language.read import Command

FOLDERS = (catalogue.FOLDER, Path(__file__).parent)


def test_every_recording_is_used() -> None:
    used = set(replay.replayable())
    for folder in FOLDERS:
        for _, script in catalogue.scripts(folder):
            named = re.findall(r"recording ([\w-]+)", script.header["source"])
            texts = [text for command in script.commands for text in _texts(command)]
            used |= {name for name in (*named, *texts) if name in recordings.names()}
    assert used == set(recordings.names())


def _texts(command: Command) -> list[str]:
    """The recordings that a command names."""
    lines = [line.text.split()[1:2] for line in command.expectations if "like" in line.text]
    named = command.words[:1] if command.name in ("sample", "replay") else []
    return [word.partition("/")[0] for word in [*named, *(w for words in lines for w in words)]]


def test_known_differences_are_of_replayed_recordings() -> None:
    known = recordings.known_differences()
    assert set(known) <= set(replay.replayable())
    assert all(known.values()), "each needs a reason"
