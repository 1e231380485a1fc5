"""Checks of the Dockerfile that need no image."""

from __future__ import annotations

import re
from pathlib import Path

from swf_emulator import __version__
from swf_emulator.command.options import ServeOptions

ROOT = Path(__file__).parent.parent.parent
PORT = ServeOptions().port
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def found(pattern: str) -> list[str]:
    return re.findall(pattern, DOCKERFILE, re.MULTILINE)


def test_copied_files_exist_and_are_not_ignored() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    copied = [name for line in found(r"^COPY ((?!--from).*) \S+$") for name in line.split()]
    assert copied
    assert set(copied) == allowed
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_both_stages_have_the_python_whose_library_is_compiled() -> None:
    bases = found(r"^FROM python:(\d+\.\d+)-slim-bookworm")
    (library,) = found(r"/usr/local/lib/python(\S+)$")
    assert bases == [library, library]


def test_the_version_port_and_user_are_current() -> None:
    assert found(r"^ARG VERSION=(.*)$") == [__version__]
    assert found(r"^EXPOSE (.*)$") == [str(PORT)]
    assert found(r"^USER (.*)$") == ["10001:10001"]
    assert found(r"^ENTRYPOINT (.*)$") == ['["swf-emulator"]']
    assert f"or {PORT})" in (ROOT / "tools" / "healthcheck.py").read_text()
