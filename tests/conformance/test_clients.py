"""Clients in installations of their own run the small workflows on the emulator."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from client_matrix.__main__ import CANNOT_RUN, INSTALLED
from client_matrix.environments import CannotInstall, python_with
from client_matrix.stories import STORIES

ROOT = Path(__file__).parent.parent.parent
ERRORS = 3


@pytest.mark.clients
@pytest.mark.timeout(400)
@pytest.mark.parametrize("client", INSTALLED)
def test_a_client_runs_its_stories(fresh: str, client: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "client_matrix", client, "--endpoint-url", fresh],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )
    if done.returncode == CANNOT_RUN:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if re.search(r": \S", line)]
    assert all(line.endswith(": ok") for line in lines)
    assert len(lines) >= len(STORIES) + ERRORS


def test_the_oldest_boto3_is_the_lower_bound_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (bound,) = project["optional-dependencies"]["boto3"]
    assert INSTALLED["boto3-oldest"].packages == (bound.replace(">=", "=="),)


def test_what_cannot_be_installed_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWF_CONFORMANCE_CACHE", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(CannotInstall, match=r"no Python 1\.5 is installed"):
        python_with(["botoflow"], ["1.5"])
    with pytest.raises(CannotInstall, match="pip install"):
        python_with([str(tmp_path / "no-such-package")])
    assert not list(tmp_path.rglob("complete"))
