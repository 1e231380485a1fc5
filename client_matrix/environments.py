"""Throw-away installations for clients that this interpreter does not have.

Each lives in a folder of the cache (``SWF_CONFORMANCE_CACHE``, or ``swf-conformance`` in the
user's cache) named after what is installed there, and is made at its first use.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "SWF_CONFORMANCE_CACHE"
_MARK = "complete"
_SECONDS_MAX = 300.0


class CannotInstall(Exception):
    """The machine lacks something that the client needs."""


def cache() -> Path:
    """Where installations are kept."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "swf-conformance"


def python_with(requirements: Sequence[str], versions: Sequence[str] = ()) -> Path:
    """An interpreter that has these packages; of this version unless others are asked for."""
    interpreter = _interpreter(versions) if versions else Path(sys.executable)
    folder = _folder(str(interpreter), *requirements)
    python = folder / "bin" / "python"
    if not (folder / _MARK).exists():
        _fresh(folder)
        _run([str(interpreter), "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", *requirements])
        (folder / _MARK).touch()
    return python


def node_modules(*packages: str) -> Path:
    """A folder from which Node.js finds these packages."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise CannotInstall("Node.js and npm are not installed")
    folder = _folder("node", *packages)
    if not (folder / _MARK).exists():
        _fresh(folder)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        _run([npm, "install", "--no-fund", "--no-audit", "--prefix", str(folder), *packages])
        (folder / _MARK).touch()
    return folder


def _interpreter(versions: Sequence[str]) -> Path:
    """The first interpreter found of one of these versions (``3.9``): on the path, or pyenv's."""
    for version in versions:
        kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
        candidates = [path / "bin" / "python" for path in sorted(kept.glob(f"{version}.*"))]
        found = shutil.which(f"python{version}")
        for candidate in [*([Path(found)] if found else []), *candidates]:
            if _starts(candidate, version):
                return candidate
    raise CannotInstall(f"no Python {' or '.join(versions)} is installed")


def _starts(interpreter: Path, version: str) -> bool:
    """Whether it is there and of that version; pyenv has placeholders that are not."""
    ask = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [str(interpreter), "-c", ask], capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode == 0 and done.stdout.strip() == version


def _folder(*ingredients: str) -> Path:
    digest = hashlib.sha256("\n".join(ingredients).encode()).hexdigest()[:10]
    name = re.sub(r"[^A-Za-z0-9]+", "-", ingredients[-1]).strip("-")
    return cache() / f"{name}-{digest}"


def _fresh(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise CannotInstall(f"{command[0]} took longer than {_SECONDS_MAX} s") from problem
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise CannotInstall(f"{' '.join(command[1:4])}: {''.join(last)}")
