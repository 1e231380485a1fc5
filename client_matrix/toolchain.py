"""Builds clients with the tools of this machine, once for each version of their sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from client_matrix.clients import FOLDER, Client
from client_matrix.commands import run

BUILDS = FOLDER.parent / "build" / "clients"
_SECONDS_MAX = 1800.0
_STATUS_MISSING = 3
"""The exit status of a build command that found a tool missing and printed the reason."""


class Missing(Exception):
    """This machine lacks a tool that the client needs."""


class BuildFailed(Exception):
    """The build ended with an error."""


def built(client: Client) -> dict[str, str]:
    """Build the client unless that is done; return the environment for its commands.

    ``$BUILD`` is the folder for what is built, ``$PYTHON`` the interpreter to install with.
    Raises Missing or BuildFailed.
    """
    for tool in client.needs:
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is not installed")
    build = BUILDS / client.name
    environment = {**os.environ, "BUILD": str(build), "PYTHON": str(_interpreter(client.pythons))}
    mark, digest = build / "built", client.digest()
    if not (mark.exists() and mark.read_text() == digest):
        build.mkdir(parents=True, exist_ok=True)
        _build(client, environment)
        mark.write_text(digest)
    return environment


def _build(client: Client, environment: dict[str, str]) -> None:
    ended = run(client.build, client.folder, environment, _SECONDS_MAX)
    if ended.status is None:
        raise BuildFailed(f"not done after {_SECONDS_MAX:.0f} s")
    if ended.status == _STATUS_MISSING:
        raise Missing(ended.output.strip())
    if ended.status != 0:
        raise BuildFailed((ended.output + ended.errors).strip()[-2000:])


def _interpreter(versions: tuple[str, ...]) -> Path:
    """Return the first interpreter of one of these versions, on the path or kept by pyenv."""
    if not versions:
        return Path(sys.executable)
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in versions:
        found = shutil.which(f"python{version}")
        pyenv = [path / "bin" / "python" for path in sorted(kept.glob(f"{version}.*"))]
        for candidate in [*([Path(found)] if found else []), *pyenv]:
            if _is_version(candidate, version):
                return candidate
    raise Missing(f"Python {' or '.join(versions)} is not installed")


def _is_version(interpreter: Path, version: str) -> bool:
    """Tell whether the interpreter starts with that version; pyenv's placeholders do not."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [str(interpreter), "-c", ask], capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode == 0 and done.stdout.strip() == version
