"""A setting, max_signals, wherever a setting shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from swf_emulator import Emulator
from swf_emulator.command.cli import main, serve
from swf_emulator.core.settings import Settings
from swf_emulator.http import create_app
from tools import tables

BOUND = "max_signals must be a whole number from 3 to 2147483647, not 2"


def error_of(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["serve", *arguments])
    assert done.exit_code == 2, done.output
    return done.output


@pytest.fixture
def control(emulator: Emulator) -> Iterator[FlaskClient]:
    with create_app(emulator).test_client() as client:
        yield client


def test_the_default_and_the_bound() -> None:
    assert Settings().max_signals == 500  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=BOUND):
        Settings(max_signals=2)  # type: ignore[call-arg]


def test_it_is_an_option() -> None:
    assert serve.make_context("serve", ["--max-signals", "7"]).params["max_signals"] == 7
    help_text = CliRunner().invoke(main, ["serve", "--help"]).output
    assert "--max-signals" in help_text
    assert "Signals per execution." in help_text
    assert "2 is not in the range" in error_of("--max-signals", "2")


def test_it_is_a_variable_and_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "emulator.toml"
    file.write_text("max-signals = 2\n")
    assert "2 is not in the range" in error_of("--config", str(file))
    monkeypatch.setenv("SWF_EMULATOR_MAX_SIGNALS", "2")
    assert "2 is not in the range" in error_of()


def test_the_control_api_shows_and_changes_it(control: FlaskClient) -> None:
    path = "/_emulator/settings"
    assert control.get(path).get_json()["max_signals"] == 500
    assert control.post(path, json={"max_signals": 7}).get_json()["max_signals"] == 7
    refused = control.post(path, json={"max_signals": 2})
    assert refused.status_code == 400
    assert BOUND in refused.text


def test_the_table_of_options_has_it() -> None:
    assert "`--max-signals`<br>`SWF_EMULATOR_MAX_SIGNALS`" in tables.options()
