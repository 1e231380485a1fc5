"""The examples of docs/control.md do what they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from swf_emulator import Emulator, VirtualClock

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "control.md"
EXAMPLE = re.compile(r"^\$ (.*)\n((?:[^$`].*\n)*)", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_examples_do_what_they_show(tmp_path: Path) -> None:
    shown = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(shown) > 20
    with Emulator(clock=VirtualClock()) as emulator, emulator.serve() as server:
        for command, output in shown:
            done = subprocess.run(
                ["/bin/sh", "-c", command],
                env={**os.environ, "ENDPOINT": server.url, "no_proxy": "127.0.0.1"},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=30,
                check=True,
            )
            assert done.stdout.strip() == output.strip(), command
