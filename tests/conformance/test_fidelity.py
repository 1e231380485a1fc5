"""docs/fidelity.md is what the cases and the kept run say."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from conformance import catalogue, model
from conformance.reports import fidelity, items

PAGE = Path(__file__).parent.parent.parent / "docs" / "fidelity.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == fidelity.render(), "run make docs"
    assert fidelity.main([str(PAGE), "--check"]) == 0


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "fidelity.md"
    page.write_text(fidelity.render() + "more\n", encoding="utf-8")
    assert fidelity.main([str(page), "--check"]) == 1
    assert fidelity.main([str(page)]) == 0
    assert fidelity.main([str(page), "--check"]) == 0


def test_every_open_question_is_shown_or_says_why_not() -> None:
    questions = tomllib.loads(fidelity.QUESTIONS.read_text(encoding="utf-8"))["question"]
    cases = catalogue.all_cases()
    assert len(questions) == 45
    for question in questions:
        assert question["asks"].endswith("?")
        assert question["choice"]
        assert bool(question.get("unshown")) != bool(question.get("cases")), question["asks"]
        for pattern in question.get("cases", ()):
            assert fidelity.matching(pattern, cases), pattern


def test_every_operation_decision_and_event_has_cases() -> None:
    counts = items.counts(catalogue.all_cases())
    wanted = {("op", name) for name in model.operations()}
    wanted |= {("decision", name) for name in model.decision_types()}
    wanted |= {("event", name) for name in model.event_types()}
    assert set(counts) == wanted


def test_the_kept_run_is_one_run_of_two_endpoints() -> None:
    kept = json.loads(fidelity.PEERS.read_text(encoding="utf-8"))
    ours, peer = kept["columns"]
    assert ours["name"].startswith("swf-emulator ")
    assert peer["name"].startswith("moto ")
    assert list(ours["sections"]) == list(peer["sections"])
    for column in (ours, peer):
        sections = dict(column["sections"])
        total = sections.pop("all")
        assert [sum(numbers) for numbers in zip(*sections.values(), strict=True)] == total
