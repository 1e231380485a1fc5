"""Over HTTP the emulator passes a part of the cases; all of them are played by `make conformance`.

In process all cases are played by tests/cases.
"""

from __future__ import annotations

from conformance import catalogue
from conformance.endpoint.target import Target
from conformance.reports import text
from conformance.run import runner
from conformance.verdict import Verdict

SECTIONS = ("long-polls", "wire", "sdk", "timeouts")
"""Played as a whole, since sockets and real time matter to them."""
STEP = 10
"""Of the other cases, one in this many is played."""
SKIPPED = {"wire/unsigned-request"}
"""The emulator accepts requests without a signature, on purpose."""


def test_cases_pass_over_http(fresh: str) -> None:
    every = catalogue.all_cases()
    whole = [case for case in every if case.section in SECTIONS]
    others = [case for case in every if case.section not in SECTIONS]
    target = Target(fresh)
    settings = target.control("GET", "settings").body
    results = runner.run(target, [*whole, *others[::STEP]])
    bad = [r for r in results if r.verdict in (Verdict.FAILED, Verdict.DIFFERS)]
    assert bad == [], text.details(bad)
    assert {r.case.id for r in results if r.verdict is Verdict.SKIPPED} == SKIPPED
    again = Target(fresh)
    assert again.control("GET", "settings").body == settings
    assert again.control("GET", "refusals").body == {"operations": {}, "decisions": {}}
    domains = again.call("ListDomains", {"registrationStatus": "REGISTERED"}).body
    assert domains == {"domainInfos": []}
    again.wire.close_all()
