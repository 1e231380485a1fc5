"""The examples of tests in other languages that run at once, each in an account of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from swf_emulator import Emulator

EXAMPLES = Path(__file__).parents[2] / "examples/parallel"
COMMANDS = {
    "mvn": ["mvn", "--batch-mode", "--quiet", "test"],
    "node": ["node", "--test"],
    "go": ["go", "test", "-count=1", "-parallel=6", "./..."],
}


@pytest.mark.clients
@pytest.mark.timeout(200)
@pytest.mark.parametrize("language", COMMANDS)
def test_each_test_moves_its_own_time(language: str) -> None:
    if shutil.which(language) is None:
        pytest.skip(f"{language} is not installed")
    with Emulator() as emulator, emulator.serve() as server:
        done = subprocess.run(
            COMMANDS[language],
            cwd=EXAMPLES / ("java" if language == "mvn" else language),
            env={**os.environ, "SWF_EMULATOR_URL": server.url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert emulator.clock.mode == "real"
        assert emulator.executions() == []
        assert emulator.accounts.names_of_own() == []
