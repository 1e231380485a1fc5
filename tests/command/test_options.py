"""Options from the command line, the environment and a file: one name, the same checks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from swf_emulator.command.cli import main, serve
from swf_emulator.command.options import (
    PREFIX,
    ServeOptions,
    named_options,
    takes,
    variable_of,
)
from swf_emulator.core.settings import DEFAULTS, NUMBER_MAX, QUOTAS


def values(*arguments: str) -> dict[str, Any]:
    """The parameters that ``serve`` would get."""
    return serve.make_context("serve", list(arguments)).params


def error_of(*arguments: str) -> str:
    """The output of ``serve`` when it does not start."""
    outcome = CliRunner().invoke(main, ["serve", *arguments])
    assert outcome.exit_code == 2, outcome.output
    return outcome.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "emulator.toml"


def test_the_first_place_with_an_option_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('port = 1\nregion = "file"\naccount = "000000000001"\n')
    monkeypatch.setenv("SWF_EMULATOR_CONFIG", str(file))
    monkeypatch.setenv("SWF_EMULATOR_PORT", "2")
    monkeypatch.setenv("SWF_EMULATOR_REGION", "environment")
    given = values("--port", "3")
    assert given["port"] == 3
    assert given["region"] == "environment"
    assert given["account"] == "000000000001"
    assert given["host"] == "127.0.0.1"


SAMPLES = {bool: ("1", "true", True), int: ("2000", "2000", 2000), float: ("2.5", "2.5", 2.5)}


@pytest.mark.parametrize("name", [name for name in named_options(serve) if name != "config"])
def test_every_option_has_one_name_in_three_places(
    name: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = named_options(serve)[name]
    assert option.name is not None
    written, in_file, value = _sample(option)
    switch = isinstance(option.type, click.types.BoolParamType)
    arguments = [f"--{name}"] if switch else [f"--{name}", written]
    monkeypatch.chdir(file.parent)
    from_command = values(*arguments)[option.name]
    assert from_command == value
    file.write_text(f"{name} = {in_file}\n")
    from_file = values("--config", str(file))[option.name]
    if isinstance(option.type, click.Path):
        paths = from_file if option.multiple else (from_file,)
        relative = tuple(path.relative_to(file.parent) for path in paths)
        from_file = relative if option.multiple else relative[0]
    assert from_file == value
    monkeypatch.setenv(variable_of(name), written)
    assert values()[option.name] == value


def _sample(option: click.Option) -> tuple[str, str, Any]:
    kind = option.type
    if isinstance(kind, click.types.BoolParamType):
        return SAMPLES[bool]
    if isinstance(kind, click.types.FloatParamType):
        return SAMPLES[float]
    if isinstance(kind, click.types.IntParamType):
        return SAMPLES[int]
    text = kind.choices[-1] if isinstance(kind, click.Choice) else "sample"
    value: Any = Path(text) if isinstance(kind, click.Path) else text
    if option.multiple:
        return text, f'["{text}"]', (value,)
    return text, f'"{text}"', value


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("# first\npoll-hodl = 5\n", ": unknown option 'poll-hodl'; did you mean poll-hold?"),
        ("\n\nconfig = 'x'\n", ": unknown option 'config'"),
        ("port = 70000\n", ": port: 70000 is not in the range 0<=x<=65535."),
        ("port = '4596x'\n", ": port: '4596x' is not a valid integer range."),
        ("port = true\n", ": port: must be a number"),
        ("host = 1\n", ": host: must be a string"),
        ("speed = 0\n", ": speed: 0.0 is not in the range 0<x<=1000000000.0."),
        ("speed = -1.5\n", ": speed: -1.5 is not in the range 0<x<=1000000000.0."),
        ("control = 'yes'\n", ": control: must be true or false"),
        ("log-format = 'xml'\n", ": log-format: 'xml' is not one of 'text', 'json'."),
        ("allowed-host = 'a'\n", ": allowed-host: must be a list"),
        ("allowed-host = ['a', 1]\n", ": allowed-host: must be a string"),
        ("port = \n", ": Invalid value (at line 1, column "),
    ],
)
def test_an_invalid_file_is_a_startup_error(file: Path, text: str, error: str) -> None:
    file.write_text(text)
    assert f"Error: {file}{error}" in error_of("--config", str(file))


def test_a_file_must_exist_and_be_toml(tmp_path: Path) -> None:
    assert "absent.toml: No such file" in error_of("--config", str(tmp_path / "absent.toml"))
    (tmp_path / "c.yaml").write_text("port: 1")
    assert "the configuration must be a .toml file" in error_of(
        "--config", str(tmp_path / "c.yaml")
    )


@pytest.mark.parametrize(
    ("variable", "value", "error"),
    [
        ("PRT", "1", "unknown variable SWF_EMULATOR_PRT; did you mean SWF_EMULATOR_PORT?"),
        ("PORT", "x", "'x' is not a valid integer range"),
        ("MAX_EVENTS", "1", "1 is not in the range x>=2"),
        (
            "PORT",
            "tcp://10.0.0.1:4596",
            "SWF_EMULATOR_PORT must be a port, not 'tcp://10.0.0.1:4596'",
        ),
    ],
)
def test_an_invalid_variable_is_a_startup_error(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, error: str
) -> None:
    monkeypatch.setenv(PREFIX + variable, value)
    assert error in error_of()


def test_variables_that_orchestrators_set_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT_4596_TCP_ADDR"):
        monkeypatch.setenv(PREFIX + name, "10.0.0.1")
    assert values()["port"] == 4596


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--account", "12"), "must be 12 digits"),
        (("--max-events", "1"), "1 is not in the range x>=2"),
        (("--poll-hold", "nan"), "poll_hold_seconds must be a number from 0 to"),
        (("--speed", "inf"), "inf is not in the range 0<x<=1000000000.0."),
        (("--speed", "1e308"), "1e+308 is not in the range 0<x<=1000000000.0."),
        (("--speed", "nan"), "--speed: speed must be a number above 0, at most 1e+09, not nan"),
        (("--lambda-endpoint", "localhost:1"), "'localhost:1' is not an http or https URL"),
        (("--lambda-endpoint", "http://a..b"), "'http://a..b' is not an http or https URL"),
        (("--events-url", "http://a..b/"), "'http://a..b/' is not an http or https URL"),
        (("--host", ""), "the host must not be empty"),
        (("--events-url", "ftp://x"), "is not an http or https URL"),
        (("--init", "absent.toml"), "absent.toml: No such file"),
        (("--init", "pyproject.json"), "must be a directory or a file .toml"),
    ],
)
def test_an_invalid_option_is_a_startup_error(arguments: tuple[str, ...], error: str) -> None:
    assert error in error_of("--port", "0", *arguments)


def test_metrics_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "swf_emulator.telemetry.metrics", None)
    assert "pip install 'swf-emulator[metrics]'" in error_of("--port", "0", "--metrics")


def test_yaml_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "swf_emulator.command.yaml_files", raising=False)
    (tmp_path / "init.yaml").write_text("domains: []\n")
    error = error_of("--port", "0", "--init", str(tmp_path))
    assert "init.yaml: reading YAML needs the extra: pip install 'swf-emulator[yaml]'" in error


def test_relaxed_limits_lift_the_quotas_that_nothing_sets(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('limits = "relaxed"\nmax-types = 3\n')
    monkeypatch.setenv("SWF_EMULATOR_MAX_EVENTS", "7")
    seen: list[ServeOptions] = []
    command = click.command()(takes(ServeOptions)(seen.append))
    arguments = ["--config", str(file), "--max-domains", "100"]
    outcome = CliRunner().invoke(command, arguments)
    assert outcome.exit_code == 0, outcome.output
    settings = seen[0].settings
    assert (settings.max_domains, settings.max_types, settings.max_events) == (100, 3, 7)
    lifted = set(QUOTAS) - {"max_domains", "max_types", "max_events"}
    assert {getattr(settings, name) for name in lifted} == {NUMBER_MAX}
    assert settings.max_history_page == DEFAULTS.max_history_page, "no quota"


def test_the_quotas_are_the_services_without_the_option() -> None:
    seen: list[ServeOptions] = []
    command = click.command()(takes(ServeOptions)(seen.append))
    assert CliRunner().invoke(command, []).exit_code == 0
    assert seen[0].settings == DEFAULTS
