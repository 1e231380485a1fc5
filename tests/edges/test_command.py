"""``swf-emulator serve``: banner, answers, signals, environment, refusals."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from swf_emulator import __version__
from swf_emulator.command.cli import main

from . import command, wire, workload
from .wire import Wire

STOP_SECONDS = 2.0
POLLERS = 10


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_at_once_with_polls_held(number: signal.Signals) -> None:
    """Held polls end empty, one connection has another request in its pipe, one is idle."""
    options = ("--port", "0", "--max-pollers", str(POLLERS))
    with command.serving(*options) as serving, ExitStack() as stack:
        assert __version__ in serving.banner
        assert f"AWS_ENDPOINT_URL_SWF={serving.url}" in serving.banner
        workload.register(serving.url)
        poll = workload.decision_poll()
        waiting = [stack.enter_context(Wire(serving.url)).send(poll) for _ in range(POLLERS)]
        waiting[0].send(poll)
        stack.enter_context(Wire(serving.url))
        _await_full(serving.url)
        status, errors = serving.stop(number, STOP_SECONDS)
        assert status == 0
        (warning,) = errors.splitlines()
        assert "the quota max_pollers is reached" in warning
        for connection in waiting:
            assert "taskToken" not in connection.receive().json()


def _await_full(url: str) -> None:
    """Return once the list holds as many polls as it may: one more is refused."""

    def refused() -> bool:
        with Wire(url, seconds=0.2) as probe:
            probe.send(workload.decision_poll())
            try:
                return probe.receive().status == 400
            except TimeoutError:
                return False

    workload.await_that(refused, "all polls are held")


def test_every_option_is_also_an_environment_variable() -> None:
    port = free_port()
    environment = {
        "SWF_EMULATOR_PORT": str(port),
        "SWF_EMULATOR_POLL_HOLD": "0.05",
        "SWF_EMULATOR_ACCOUNT": "999988887777",
        "SWF_EMULATOR_REGION": "eu-north-1",
        "SWF_EMULATOR_EMPTY_POLL_TASK_TOKEN": "1",
    }
    with command.serving(**environment) as serving:
        assert serving.url == f"http://127.0.0.1:{port}"
        workload.register(serving.url)
        info = wire.succeed(serving.url, "DescribeDomain", name=workload.DOMAIN)["domainInfo"]
        assert info["arn"] == f"arn:aws:swf:eu-north-1:999988887777:/domain/{workload.DOMAIN}"
        empty = wire.succeed(serving.url, "PollForActivityTask", **workload.poll_parameters())
        assert empty == {"startedEventId": 0, "taskToken": ""}


def test_verbose_logs_a_readable_line_for_each_call() -> None:
    with command.serving("--port", "0", "-v") as serving:
        workload.register(serving.url)
        wire.call(serving.url, "DescribeDomain", name="none")
        status, errors = serving.stop(signal.SIGTERM, STOP_SECONDS)
    assert status == 0
    lines = [line for line in errors.splitlines() if "Domain" in line]
    assert len(lines) == 2
    assert "RegisterDomain" in lines[0]
    assert "UnknownResourceFault: Unknown domain: none" in lines[1]


def test_a_busy_port_is_told_clearly(busy_port: int) -> None:
    done = command.run("serve", "--port", str(busy_port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"127.0.0.1:{busy_port}" in done.stderr
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_is_not_there_is_told_clearly() -> None:
    done = command.run("serve", "--host", "host.invalid", "--port", "0")
    assert done.returncode == 1
    assert "cannot listen on host.invalid" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--port", "-1"],
        ["--port", "65536"],
        ["--port", "many"],
        ["--account", "12345"],
        ["--account", "12345678901a"],
        ["--account", "\N{ARABIC-INDIC DIGIT ONE}" * 12],
        ["--speed", "0"],
        ["--speed", "-2"],
        ["--speed", "nan"],
        ["--speed", "inf"],
        ["--speed", "fast"],
        ["--seed", "x"],
        ["--poll-hold", "-1"],
        ["--poll-hold", "nan"],
        ["--poll-hold", "inf"],
        ["--max-domains", "-1"],
        ["--max-domains", "1.5"],
        ["--no-such-option"],
        ["argument"],
    ],
    ids=" ".join,
)
def test_bad_options_are_refused(options: list[str], busy_port: int) -> None:
    """On a busy port, so that an option that is wrongly taken fails otherwise, and at once."""
    result = CliRunner().invoke(main, ["serve", "--port", str(busy_port), *options])
    assert result.exit_code == 2, result.output
    assert "Error:" in result.stderr


@pytest.mark.parametrize("name", ["SWF_EMULATOR_PORT", "SWF_EMULATOR_POLL_HOLD"])
def test_bad_variables_are_refused_too(name: str) -> None:
    result = CliRunner(env={name: "wrong"}).invoke(main, ["serve"])
    assert result.exit_code == 2
    assert "'wrong' is not a valid" in result.stderr


def test_the_help_names_every_variable() -> None:
    text = CliRunner().invoke(main, ["serve", "--help"]).output
    for option in ("port", "host", "poll-hold", "max-events", "lose-tasks-of-vanished-pollers"):
        assert f"--{option}" in text
        assert f"SWF_EMULATOR_{option.upper().replace('-', '_')}" in text
