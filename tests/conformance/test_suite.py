"""The emulator passes every case, and nothing is left out without a reason."""

from __future__ import annotations

import pytest

from conformance import catalogue
from conformance.endpoint.target import Target
from conformance.reports import text
from conformance.run import runner
from conformance.verdict import Verdict

SKIPPED = {"wire/unsigned-request"}
"""The emulator takes requests without a signature, on purpose."""


@pytest.mark.timeout(120)
def test_every_case_passes(fresh: str) -> None:
    target = Target(fresh)
    settings = target.control("GET", "settings").body
    results = runner.run(target, catalogue.all_cases())
    bad = [o for o in results if o.verdict in (Verdict.FAILED, Verdict.DIFFERS)]
    assert bad == [], text.details(bad)
    assert {o.case.id for o in results if o.verdict is Verdict.SKIPPED} == SKIPPED
    again = Target(fresh)
    assert again.control("GET", "settings").body == settings
    assert again.control("GET", "refusals").body == {"operations": {}, "decisions": {}}
    domains = again.call("ListDomains", {"registrationStatus": "REGISTERED"}).body
    assert domains == {"domainInfos": []}
    again.wire.close_all()
