"""The registry of programmed cases."""

from __future__ import annotations

from collections.abc import Callable

from conformance.case import Case
from conformance.context import Context
from conformance.verdict import Grade

Procedure = Callable[[Context], None]

registered: list[Case] = []


def case(
    section: str,
    title: str,
    source: str,
    grade: Grade,
    *,
    given: str = "standard",
    needs: str = "",
    covers: str = "",
    own_domain: bool = False,
    alone: bool = False,
) -> Callable[[Procedure], Procedure]:
    """Put a function into the suite as a case; its name becomes the name of the case."""

    def put(procedure: Procedure) -> Procedure:
        registered.append(
            Case(
                name=procedure.__name__.replace("_", "-"),
                section=section,
                title=title,
                source=source,
                grade=grade,
                run=procedure,
                given=given,
                needs=frozenset(needs.split()),
                own_domain=own_domain,
                covers=frozenset(covers.split()),
                alone=alone,
                origin=f"{procedure.__module__}.{procedure.__name__}",
            )
        )
        return procedure

    return put
