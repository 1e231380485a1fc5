"""Files that users write, TOML or YAML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (".toml", *YAML_SUFFIXES)
TOO_DEEP = "tables and lists must not be nested hundreds of times"


class DocumentError(Exception):
    """A file cannot be used. The message begins with its name."""


def read_document(file: Path) -> dict[str, Any]:
    """Read a file in the format of its suffix. Raises DocumentError.

    A number with a fraction stays a string, so that the version 1.10 keeps its zero. In YAML
    every scalar is a string.
    """
    return _read_yaml(file) if file.suffix in YAML_SUFFIXES else read_toml(file)


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file; see `read_document`."""
    try:
        return tomllib.loads(_text(file), parse_float=str)
    except ValueError as error:  # also for an integer of thousands of digits
        raise DocumentError(f"{file}: {error}") from None
    except RecursionError:
        raise DocumentError(f"{file}: {TOO_DEEP}") from None


def _read_yaml(file: Path) -> dict[str, Any]:
    try:
        from .yaml_files import yaml_value
    except ImportError:
        raise DocumentError(
            f"{file}: reading YAML needs the extra: pip install 'swf-emulator[yaml]'"
        ) from None
    try:
        value = yaml_value(_text(file))
    except ValueError as error:
        raise DocumentError(f"{file}: {error}") from None
    except RecursionError:
        raise DocumentError(f"{file}: {TOO_DEEP}") from None
    if not isinstance(value, dict | None):
        raise DocumentError(f"{file}: the file must be a mapping, not a {type(value).__name__}")
    return value or {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file}: the file must be UTF-8 text") from None
