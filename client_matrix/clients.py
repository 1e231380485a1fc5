"""The clients: one folder each, described by its ``client.toml``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

STORIES = (
    "hello",
    "retry",
    "timer",
    "signal",
    "cancel",
    "child",
    "continue-as-new",
    "long-poll",
    "heartbeat",
    "paging",
    "errors",
)
"""What a client plays unless its file names other stories."""


@dataclass(frozen=True, slots=True)
class Client:
    """An SDK or a framework, with the commands that build and run its program.

    The commands are run by ``sh`` in the client's folder.
    """

    name: str
    title: str
    run: str
    build: str
    needs: tuple[str, ...] = ()
    """Commands that must be installed."""
    pythons: tuple[str, ...] = ()
    """Versions of Python that the client runs on, best first; empty: this interpreter's."""
    uses: tuple[str, ...] = ()
    """Other clients whose sources the build takes files from."""
    stories: tuple[str, ...] = STORIES

    @property
    def folder(self) -> Path:
        """The folder of the program and its build file."""
        return FOLDER / self.name

    def digest(self) -> str:
        """Return a digest of everything the build depends on."""
        digest = hashlib.sha256()
        for path in sorted(self._sources()):
            digest.update(str(path.relative_to(FOLDER)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def _sources(self) -> Iterator[Path]:
        for name in (self.name, *self.uses):
            for path in (FOLDER / name).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield path


def all_clients() -> dict[str, Client]:
    """Return every client by its name."""
    return {path.parent.name: _load(path) for path in sorted(FOLDER.glob("*/client.toml"))}


def _load(path: Path) -> Client:
    described = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, value in described.items():
        if isinstance(value, list):
            described[name] = tuple(value)
    return Client(name=path.parent.name, **described)
