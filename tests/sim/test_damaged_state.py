"""A damaged state is refused and changes nothing, or it is a state like any other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from swf_emulator import Settings
from swf_emulator.engine.domains import Domain, Scope
from swf_emulator.engine.snapshot import export_state, import_state
from swf_emulator.protocol.state_document import checked_state

from . import names, steps
from .damage import damaged
from .fingerprint import differences, fingerprint
from .histories import check_agreement
from .links import check_links
from .obligations import check_obligations
from .profiles import profile
from .service import ACCOUNT
from .simulation import Simulation

Script = list[tuple[str, dict[str, Any]]]

DAMAGES = 8
"""Damaged copies of each state."""


class Errors(logging.Handler):
    """Collects what is logged as an error: internal errors of steps after a call."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


@contextmanager
def no_errors() -> Iterator[None]:
    """Fail if the block logs an error."""
    handler, logger = Errors(), logging.getLogger("swf_emulator")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    assert not handler.records, handler.records[0]


def played(script: Script, chosen: Settings) -> Simulation:
    sim = Simulation(chosen)
    for name, arguments in script:
        getattr(sim, name)(**arguments)
    sim.release()
    return sim


def accepted(sim: Simulation, document: Any) -> bool:
    """Import a document; if it is refused, check that nothing has changed."""
    before, exported = fingerprint(sim.service.engine), export_state(sim.service.accounts)
    try:
        import_state(sim.service.accounts, checked_state(document))
    except ValueError:
        assert not differences(before, fingerprint(sim.service.engine))
        assert export_state(sim.service.accounts) == exported
        return False
    return True


def check(sim: Simulation) -> None:
    """Check everything that must always hold, except what concerns the clients of before."""
    for engine in sim.service.accounts.engines():
        check_obligations(engine)
        runs = [run for region in engine.regions.values() for run in region.runs.values()]
        check_links(runs)
        for run in runs:
            check_agreement(run)


def domains_of(sim: Simulation) -> list[Domain]:
    """The domains that the clients of the simulation reach."""
    scope = Scope(ACCOUNT, sim.service.service.region)
    return list(sim.service.engine.region(scope).domains.values())


def read_everything(sim: Simulation) -> None:
    call = sim.service.call
    for domain in domains_of(sim):
        named = {"domain": domain.name}
        call("DescribeDomain", name=domain.name)
        for kind in ("Workflow", "Activity"):
            for listed in call(f"List{kind}Types", **named, registrationStatus="REGISTERED")[
                "typeInfos"
            ]:
                member = f"{kind[0].lower()}{kind[1:]}Type"
                call(f"Describe{kind}Type", **named, **{member: listed[member]})
        for state in ("Open", "Closed"):
            page = call(
                f"List{state}WorkflowExecutions", **named, startTimeFilter={"oldestDate": 0}
            )
            for info in page["executionInfos"]:
                execution = {**named, "execution": info["execution"]}
                call("DescribeWorkflowExecution", **execution)
                call("GetWorkflowExecutionHistory", **execution)


def go_on(sim: Simulation, script: Script) -> None:
    """Play a script, and read everything before and after it."""
    check(sim)
    read_everything(sim)
    if {domain.name for domain in domains_of(sim)} == set(names.DOMAINS):
        for name, arguments in script:
            getattr(sim, name)(**arguments)
            sim.collect()
            check(sim)
        read_everything(sim)


@settings(profile(), phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@given(st.data(), steps.scripts(), steps.scripts(), steps.settings)
def test_a_damaged_state_is_refused_whole_or_goes_on(
    data: st.DataObject, script: Script, later: Script, chosen: Settings
) -> None:
    document = export_state(played(script, chosen).service.accounts)
    for _ in range(DAMAGES):
        sim = Simulation(chosen)
        sim.start("north", "w1", names.FULL, {})
        with no_errors():
            if accepted(sim, data.draw(damaged(document))):
                go_on(sim, later)
