"""Files that people write, TOML or YAML: their content, and on which line each part stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Place = tuple[str | int, ...]
"""The way to a part of a document: names of members, indices of lists."""

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (".toml", *YAML_SUFFIXES)

_TOKEN = re.compile(
    r"""\"{3}(?:\\.|[^\\])*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '[^'\n]*'
    | \#[^\n]* | [\[\]{}\n]""",
    re.DOTALL | re.VERBOSE,
)
_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


class DocumentError(Exception):
    """A file cannot be used. The text begins with the file, and the line where it is known."""


class Document(NamedTuple):
    """A file that has been read: a table, and the lines of its parts."""

    file: Path
    value: dict[str, Any]
    lines: dict[Place, int]

    def where(self, *place: str | int) -> str:
        """``file:line`` of a part, or of the nearest part around it that has a line."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.file}:{self.lines[place]}" if place else str(self.file)

    def error(self, text: str, *place: str | int) -> DocumentError:
        return DocumentError(f"{self.where(*place)}: {text}")


def read_document(file: Path) -> Document:
    """Read a file by its suffix. Raises DocumentError.

    A number with a fraction is kept as the text that was written, so that a version 1.10 stays
    one. In YAML every plain value is text.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file}: not text in UTF-8") from None
    if file.suffix in YAML_SUFFIXES:
        return _read_yaml(file, text)
    return _read_toml(file, text)


def _read_toml(file: Path, text: str) -> Document:
    try:
        value = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _TOML_LINE.search(message)
        line = f":{at[1]}" if at else ""
        raise DocumentError(f"{file}{line}: {_TOML_LINE.sub('', message)}") from None
    return Document(file, value, dict(_toml_lines(text.replace("\r\n", "\n"))))


def _toml_lines(text: str) -> Iterator[tuple[Place, int]]:
    """The line of every header and every key of a valid TOML text."""
    table: Place = ()
    sizes: dict[Place, int] = {}
    for line, statement in _toml_statements(text):
        names = _names(tomllib.loads(statement))
        if not statement.startswith("["):
            for length in range(1, len(names) + 1):
                yield table + names[:length], line
            continue
        table = ()
        for name in names:
            table += (sizes[table] - 1, name) if table in sizes else (name,)
        if statement.startswith("[["):
            if table not in sizes:
                yield table, line
            sizes[table] = sizes.get(table, 0) + 1
            table += (sizes[table] - 1,)
        yield table, line


def _toml_statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and assignments, each with the line on which it begins."""
    start = depth = 0
    for token in [*_TOKEN.finditer(text + "\n")]:
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and not depth:
            statement = text[start : token.start()].strip()
            if statement and not statement.startswith("#"):
                yield text.count("\n", 0, start) + 1, statement
            start = token.end()


def _names(value: Any) -> tuple[str, ...]:
    """The keys down to the first value that is not a table of one member."""
    names: tuple[str, ...] = ()
    while True:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict) or len(value) != 1:
            return names
        ((name, value),) = value.items()
        names += (name,)


def _read_yaml(file: Path, text: str) -> Document:
    try:
        import yaml
    except ImportError:
        raise DocumentError(
            f"{file}: reading YAML needs the extra: pip install 'swf-emulator[yaml]'"
        ) from None
    lines: dict[Place, int] = {}
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        value = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = "" if mark is None else f":{mark.line + 1}"
        raise DocumentError(f"{file}{line}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise DocumentError(f"{file}: {error}") from None
    if not isinstance(value, dict | None):
        raise DocumentError(f"{file}:1: a table is expected, not {type(value).__name__}")
    _note_yaml_lines(node, (), lines)
    return Document(file, value or {}, lines)


def _note_yaml_lines(node: Any, place: Place, lines: dict[Place, int]) -> None:
    if place:
        lines.setdefault(place, node.start_mark.line + 1)
    match getattr(node, "id", None):
        case "mapping":
            for key, value in node.value:
                lines[*place, key.value] = key.start_mark.line + 1
                _note_yaml_lines(value, (*place, key.value), lines)
        case "sequence":
            for index, value in enumerate(node.value):
                _note_yaml_lines(value, (*place, index), lines)
