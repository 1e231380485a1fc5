"""Run cases against a target, many at a time, since most of them wait."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from conformance.case import (
    Case,
    Difference,
    Disagreement,
    Outcome,
    Unavailable,
    Verdict,
    verdict_of,
)
from conformance.context import Context
from conformance.harvest import Harvest
from conformance.target import Target
from conformance.wire import NoAnswer

WORKERS = 24
"""Cases in flight; long timers first would end sooner, yet the order of the files is kept."""

Progress = Callable[[Outcome], None]


def run_case(target: Target, case: Case, harvest: Harvest) -> Outcome:
    """One case, from its registrations to the look at its histories."""
    missing = case.needs - target.capabilities
    if missing:
        return Outcome(
            case, Verdict.SKIPPED, reason=f"the target lacks {', '.join(sorted(missing))}"
        )
    began = time.monotonic()
    try:
        ctx = Context(target, case)
    except Unavailable as reason:
        return Outcome(case, Verdict.SKIPPED, reason=str(reason))
    try:
        ctx.prepare()
        case.run(ctx)
    except Disagreement as stop:
        ctx.differences.append(stop.difference)
    except Unavailable as reason:
        return Outcome(case, Verdict.SKIPPED, time.monotonic() - began, reason=str(reason))
    except (NoAnswer, OSError, http.client.HTTPException) as problem:
        where = f"connection to {target.url}"
        ctx.differences.append(Difference(where, "an answer", repr(problem), case.grade))
    except (TypeError, AttributeError, LookupError, ValueError) as problem:
        where = "the answers could not be read"
        ctx.differences.append(Difference(where, "well-formed data", repr(problem), case.grade))
    finally:
        if case.turn is not None:
            target.restore()
    seconds = time.monotonic() - began
    harvest.gather(ctx)
    verdict = verdict_of(ctx.differences)
    trace = ctx.trace if verdict in (Verdict.FAILED, Verdict.DIFFERS) else []
    return Outcome(case, verdict, seconds, list(ctx.differences), trace=trace)


def run(
    target: Target,
    cases: Sequence[Case],
    progress: Progress = lambda outcome: None,
    workers: int = WORKERS,
) -> list[Outcome]:
    """All cases; the outcomes are in the order of the cases, the grammar's rules last.

    Those that change the whole endpoint come after the others, one at a time.
    """
    target.run_domain()
    harvest = Harvest()
    outcomes: dict[str, Outcome] = {}

    def told(outcome: Outcome) -> None:
        outcomes[outcome.case.id] = outcome
        progress(outcome)

    with ThreadPoolExecutor(workers, thread_name_prefix="case") as pool:
        together = [case for case in cases if case.turn is None]
        running = [pool.submit(run_case, target, case, harvest) for case in together]
        for future in as_completed(running):
            told(future.result())
    alone = [case for case in cases if case.turn is not None]
    for case in sorted(alone, key=lambda case: case.turn or 0):
        told(run_case(target, case, harvest))
    target.leave()
    return [*(outcomes[case.id] for case in cases), *harvest.outcomes()]
