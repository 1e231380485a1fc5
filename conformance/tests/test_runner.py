"""The runner, the verdicts, the reports and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance import catalogue
from conformance.case import Case, CaseResult
from conformance.context import Context
from conformance.endpoint.target import Target
from conformance.reports import html_page, json_report, junit, text
from conformance.run import cli, runner
from conformance.run.peers import side_by_side
from conformance.tests.dumb_servers import serve
from conformance.verdict import Difference, Grade, Verdict, verdict_of

_FAULT = b'{"__type":"com.amazonaws.swf.base.model#NonsenseFault","message":"no"}'
_SUCCESS = b'{"taskToken":"t","runId":"r","events":[],"colour":"red"}'


def _verdicts(status: int, content: bytes) -> dict[str, Verdict]:
    with serve(status, content) as url:
        target = Target(url, patience=0.05)
        return {o.case.id: o.verdict for o in runner.run(target, catalogue.all_cases())}


@pytest.mark.timeout(120)
def test_every_case_can_fail() -> None:
    """No case passes both on an endpoint that grants all and on one that refuses all."""
    granting, refusing = _verdicts(200, _SUCCESS), _verdicts(400, _FAULT)
    content = {Verdict.PASSED, Verdict.SKIPPED}
    never = [name for name in granting if {granting[name], refusing[name]} <= content]
    assert [name for name in never if not name.startswith("grammar/")] == []


def test_inferred_differences_do_not_fail() -> None:
    inferred = Difference("x", "a", "b", Grade.INFERRED)
    documented = Difference("x", "a", "b", Grade.DOCUMENTED)
    assert verdict_of([]) is Verdict.PASSED
    assert verdict_of([inferred]) is Verdict.DIFFERS
    assert verdict_of([inferred, documented]) is Verdict.FAILED


def _results() -> list[CaseResult]:
    def case(name: str) -> Case:
        return Case(
            name=name,
            section="section",
            title=f"title of {name}",
            source="source",
            grade=Grade.RECORDED,
            run=_nothing,
        )

    table = (("  1", "TimerStarted timerId=t", "TimerStarted timerId=t"), ("> 2", "a", "<b>"))
    found = Difference("event 2", "a", "<b>", Grade.RECORDED, table)
    return [
        CaseResult(case("good"), Verdict.PASSED, 0.1),
        CaseResult(case("bad"), Verdict.FAILED, 0.2, [found]),
        CaseResult(case("off"), Verdict.SKIPPED, reason="the target lacks clock"),
        CaseResult(case("odd"), Verdict.DIFFERS, 0.1, [Difference("x", "1", "2", Grade.INFERRED)]),
    ]


def _nothing(ctx: Context) -> None:
    """A case without steps."""


def test_text_report() -> None:
    details = text.details(_results())
    assert "FAILED section/bad" in details
    assert "differs section/odd" in details
    assert "> 2" in details
    summary = text.summary(_results())
    assert (
        "1 passed, 1 failed, 1 differ only in what is inferred, 0 differ as known, 1 skipped"
        in summary
    )


def test_json_report() -> None:
    data = json.loads(json_report.render(_results(), "http://x"))
    assert data["counts"] == {"passed": 1, "failed": 1, "skipped": 1, "differs": 1}
    assert data["results"][1]["differences"][0]["history"][1] == ["> 2", "a", "<b>"]


def test_junit_report() -> None:
    (suite,) = ElementTree.fromstring(junit.render(_results()))
    assert suite.get("tests") == "4"
    assert suite.get("failures") == "1"
    assert suite.get("skipped") == "1"
    assert suite.find("testcase[@name='bad']/failure") is not None


def test_html_report_escapes() -> None:
    page = html_page.render(_results(), "http://x/<y>")
    assert "&lt;b&gt;" in page
    assert "<b>b</b>" not in page
    assert "http://x/&lt;y&gt;" in page


def test_columns_of_peers() -> None:
    table = side_by_side({"one": _results(), "two": _results()[:1]})
    assert "2 of 3" in table
    assert "1 of 1" in table


def test_exit_status_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {kind: tmp_path / f"out.{kind}" for kind in ("json", "junit", "html")}
    with serve(400, _FAULT) as url:
        arguments = ["--endpoint-url", url, "--select", "domains", "--patience", "0.05"]
        for kind, path in files.items():
            arguments += [f"--{kind}", str(path)]
        assert cli.main(arguments) == 1
    assert all(path.read_text(encoding="utf-8") for path in files.values())
    assert "FAILED domains/register-and-describe" in capsys.readouterr().out


def test_the_real_service_wants_a_confirmation(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--aws", "--region", "us-east-1"]) == 2
    assert "--i-accept-charges" in capsys.readouterr().err


def test_an_endpoint_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert cli.main(["--endpoint-url", "http://127.0.0.1:1", "--select", "nothing"]) == 2
    assert "--endpoint-url" in capsys.readouterr().err


def test_an_endpoint_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--endpoint-url", "http://127.0.0.1:1", "--select", "timers"]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_listing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--list", "--select", "timers"]) == 0
    assert "timers/fires" in capsys.readouterr().out
