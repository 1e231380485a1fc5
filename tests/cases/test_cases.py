"""All cases, in this process with the clock moved instead of waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import catalogue
from conformance.case import Case
from conformance.reports import text
from conformance.run import runner
from conformance.run.audit import HistoryAudit
from conformance.verdict import Verdict
from tests.shapes import result_mismatches

from .inprocess import InProcessTarget

CASES = [*catalogue.all_cases(), *catalogue.all_cases(Path(__file__).parent)]
QUICK = {case.id for case in catalogue.one_a_shape(CASES)}
MARKED = [
    pytest.param(case, id=case.id, marks=() if case.id in QUICK else pytest.mark.generated)
    for case in CASES
]


@pytest.mark.parametrize("case", MARKED)
def test_case(case: Case) -> None:
    target = InProcessTarget()
    result = runner.run_alone(lambda: target, case, HistoryAudit())
    expected = Verdict.KNOWN if case.known_difference else Verdict.PASSED
    if result.verdict is Verdict.SKIPPED:
        pytest.skip(result.reason)
    assert result.verdict is expected, text.details([result])
    for operation, members in target.local.results():
        assert not list(result_mismatches(operation, members)), operation
