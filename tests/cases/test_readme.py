"""The examples of the suite's README are cases, and they pass."""

from __future__ import annotations

import re
from pathlib import Path

from conformance import catalogue
from conformance.reports import text
from conformance.run import runner
from conformance.verdict import Verdict

from .inprocess import InProcessTarget

README = catalogue.FOLDER.parent / "README.md"


def test_the_examples_pass(tmp_path: Path) -> None:
    examples = re.findall(r"^```\n(=== .*?)^```", README.read_text(encoding="utf-8"), re.S | re.M)
    (tmp_path / "examples.txt").write_text("\n".join(examples), encoding="utf-8")
    cases = catalogue.all_cases(tmp_path)
    assert len(cases) == 3
    results = runner.run_apart(InProcessTarget, cases)
    assert {result.verdict for result in results} == {Verdict.PASSED}, text.details(results)
