"""``swf-emulator data``: check, backup, compact."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swf_emulator import Emulator
from swf_emulator.command.cli import main

from ..engine.stage import Stage
from .test_restart import busy

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "swf.db"
    with Emulator(clock="virtual", data=path) as emulator:
        busy(Stage(emulator))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", *map(str, arguments)])


def test_a_whole_file(data: Path) -> None:
    result = run("check", data)
    assert (result.exit_code, result.output) == (0, f"{data} is whole: 3 executions.\n")


def test_a_backup_has_the_state(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert run("backup", data, copy).exit_code == 0
    with Emulator(data=data) as first, Emulator(data=copy) as second:
        assert first.export_state() == second.export_state()


def test_a_backup_overwrites_nothing(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    result = run("backup", data, copy)
    assert (result.exit_code, copy.read_text()) == (3, "mine")
    assert "must not exist yet" in result.output


def test_compacting_gives_space_back(data: Path) -> None:
    with Emulator(data=data) as emulator:
        stage = Stage(emulator)
        for _ in range(50):
            stage.call(
                "SignalWorkflowExecution",
                domain="d",
                workflowId="w3",
                signalName="s",
                input="x" * 30_000,
            )
        emulator.reset()
    before = data.stat().st_size
    assert run("compact", data).exit_code == 0
    assert data.stat().st_size < before / 10
    Emulator(data=data).close()


@pytest.mark.parametrize("command", ["check", "compact"])
def test_a_damaged_file_is_told_and_kept(data: Path, command: str) -> None:
    whole = data.read_bytes()
    data.write_bytes(whole[: len(whole) // 2])
    before = data.read_bytes()
    result = run(command, data)
    assert result.exit_code == 3
    assert str(data) in result.output
    assert data.read_bytes() == before


def test_a_file_in_use_is_told(data: Path) -> None:
    with Emulator(data=data):
        result = run("check", data)
    assert result.exit_code == 3
    assert "is in use by process" in result.output
