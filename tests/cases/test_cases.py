from __future__ import annotations

import pytest

from conformance import catalogue, runner
from conformance.case import Case, Verdict
from conformance.harvest import Harvest
from conformance.reports import text

from .inprocess import InProcessTarget

CASES = catalogue.all_cases()

@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case) -> None:
    target = InProcessTarget()
    try:
        outcome = runner.run_case(target, case, Harvest())
    finally:
        target.emulator.close()
    assert outcome.verdict in (Verdict.PASSED, Verdict.SKIPPED), text.details([outcome])
    if outcome.verdict is Verdict.SKIPPED: pytest.skip(outcome.reason)
