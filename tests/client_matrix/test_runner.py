"""How a client is built, run and reported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from client_matrix import clients, report, toolchain
from client_matrix.clients import STORIES, Client, all_clients
from client_matrix.commands import run
from client_matrix.playing import Result, play

URL = "http://127.0.0.1:1"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    monkeypatch.setattr(clients, "FOLDER", tmp_path / "sources")
    monkeypatch.setattr(toolchain, "BUILDS", tmp_path / "builds")
    (tmp_path / "sources" / "sh").mkdir(parents=True)
    return Client(
        name="sh",
        title="Shell",
        build="echo built >> $BUILD/log",
        run="echo 'version: 1'; echo 'hello: ok'; echo noise; echo 'retry: was wrong'; exit 1",
        stories=("hello", "retry", "timer"),
    )


def result_of(client: Client) -> Result:
    result = Result(client.name, client.title)
    play(client, toolchain.built(client), URL, result)
    return result


def test_a_program_reports_its_version_and_the_outcome_of_each_story(client: Client) -> None:
    result = result_of(client)
    assert result.version == "1"
    assert result.passed == ["hello"]
    assert result.failed == {"retry": "was wrong", "timer": "no result; exit status 1: "}


def test_a_program_gets_endpoint_and_keys_from_the_environment(client: Client) -> None:
    names = "AWS_ENDPOINT_URL_SWF AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY SWF_DOMAIN"
    program = " ".join(f"${name}" for name in names.split())
    result = result_of(replace(client, run=f"echo version: {program}"))
    assert result.version == f"{URL} us-east-1 matrix matrix sh"


def test_a_client_is_built_once_for_each_version_of_its_sources(client: Client) -> None:
    log = toolchain.BUILDS / "sh" / "log"
    toolchain.built(client)
    toolchain.built(client)
    assert log.read_text() == "built\n"
    (client.folder / "new").touch()
    toolchain.built(client)
    assert log.read_text() == "built\nbuilt\n"


def test_a_client_is_built_again_when_a_file_changes_that_it_takes_from_another(
    client: Client,
) -> None:
    user = replace(client, uses=("other",))
    before = user.digest()
    (clients.FOLDER / "other").mkdir()
    (clients.FOLDER / "other" / "file").write_text("new")
    assert user.digest() != before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"needs": ("no-such-tool",)}, "no-such-tool is not installed"),
        ({"pythons": ("1.5", "1.6")}, "Python 1.5 or 1.6 is not installed"),
        ({"build": "echo nothing of version 2; exit 3"}, "nothing of version 2"),
    ],
)
def test_a_missing_tool_has_a_reason(
    client: Client, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(toolchain.Missing) as caught:
        toolchain.built(replace(client, **changes))  # type: ignore[arg-type]
    assert str(caught.value) == reason


def test_a_failed_build_shows_what_it_printed(client: Client) -> None:
    with pytest.raises(toolchain.BuildFailed, match="no such file"):
        toolchain.built(replace(client, build="echo no such file >&2; exit 1"))


def test_a_command_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    ended = run("echo begun; (sleep 60; touch late) & sleep 60", tmp_path, {}, 0.2)
    assert (ended.status, ended.output) == (None, "begun\n")


def test_the_report_has_a_row_for_each_client_and_a_line_for_each_problem() -> None:
    results = [
        Result("a", "A", "1.0", {"hello": "ok", "retry": "was wrong"}, "", 1.2, 3.4),
        Result("b", "B", skipped="go is not installed"),
    ]
    assert report.as_text(results).splitlines() == [
        "| Client | Version                      | Passed | Failed | Build | Run |",
        "|--------|------------------------------|--------|--------|-------|-----|",
        "| A      | 1.0                          | 1 of 2 | retry  | 1 s   | 3 s |",
        "| B      | skipped: go is not installed |        |        |       |     |",
        "",
        "a retry: was wrong",
    ]
    assert [told["skipped"] for told in json.loads(report.as_json(results))] == [
        "",
        "go is not installed",
    ]


def test_every_client_of_the_api_plays_every_story() -> None:
    frameworks = {name for name, client in all_clients().items() if client.stories != STORIES}
    assert frameworks == {
        "java_flow1",
        "java_flow1_12",
        "java_flow2",
        "python_botoflow",
        "python_flowy",
        "python_garcon",
        "python_simpleflow",
    }
