"""Run cases against a target, many at a time, since most of them wait."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from conformance.case import Case, CaseResult
from conformance.context import Context
from conformance.endpoint.target import Target
from conformance.endpoint.wire import NoAnswer
from conformance.run.audit import HistoryAudit
from conformance.verdict import CaseAborted, Difference, Unavailable, Verdict, verdict_of

WORKERS = 24
"""Cases in flight; long timers first would end sooner, yet the order of the files is kept."""

Progress = Callable[[CaseResult], None]


def run_case(target: Target, case: Case, audit: HistoryAudit) -> CaseResult:
    """One case, from its registrations to the look at its histories."""
    missing = case.needs - target.capabilities
    if missing:
        return CaseResult(
            case, Verdict.SKIPPED, reason=f"the target lacks {', '.join(sorted(missing))}"
        )
    began = time.monotonic()
    try:
        ctx = Context(target, case)
    except Unavailable as reason:
        return CaseResult(case, Verdict.SKIPPED, reason=str(reason))
    try:
        ctx.prepare()
        case.run(ctx)
    except CaseAborted as stop:
        ctx.differences.append(stop.difference)
    except Unavailable as reason:
        return CaseResult(case, Verdict.SKIPPED, time.monotonic() - began, reason=str(reason))
    except (NoAnswer, OSError, http.client.HTTPException) as problem:
        where = f"connection to {target.url}"
        ctx.differences.append(Difference(where, "an answer", repr(problem), case.grade))
    except (TypeError, AttributeError, LookupError, ValueError) as problem:
        where = "the answers could not be read"
        ctx.differences.append(Difference(where, "well-formed data", repr(problem), case.grade))
    finally:
        if case.serial_order is not None:
            target.restore()
    seconds = time.monotonic() - began
    audit.gather(ctx)
    verdict, known = verdict_of(ctx.differences), ""
    if case.known_difference and target.is_emulator:
        verdict, known = _as_known(ctx, verdict)
    trace = [] if verdict is Verdict.PASSED else ctx.trace
    return CaseResult(case, verdict, seconds, list(ctx.differences), known, trace)


def _as_known(ctx: Context, verdict: Verdict) -> tuple[Verdict, str]:
    """The verdict on a case in which the emulator is known to differ: it must differ."""
    known = ctx.case.known_difference
    if verdict in (Verdict.FAILED, Verdict.DIFFERS):
        return Verdict.KNOWN, known
    expected = f"the known difference: {known}"
    ctx.differences.append(ctx.difference(ctx.case.origin, expected, "none; remove the entry"))
    return Verdict.FAILED, ""


def run_alone(make_target: Callable[[], Target], case: Case, audit: HistoryAudit) -> CaseResult:
    """One case on a target of its own."""
    target = make_target()
    try:
        return run_case(target, case, audit)
    finally:
        target.leave()


def run_apart(
    make_target: Callable[[], Target],
    cases: Sequence[Case],
    progress: Progress = lambda result: None,
    first: bool = False,
) -> list[CaseResult]:
    """All cases, one after the other, each on a target of its own; the grammar's rules last.

    With ``first`` it ends after the first case that fails.
    """
    audit = HistoryAudit()
    results = []
    for case in cases:
        results.append(run_alone(make_target, case, audit))
        progress(results[-1])
        if first and results[-1].verdict is Verdict.FAILED:
            break
    return [*results, *audit.results()]


def run(
    target: Target,
    cases: Sequence[Case],
    progress: Progress = lambda result: None,
    workers: int = WORKERS,
) -> list[CaseResult]:
    """All cases; the results are in the order of the cases, the grammar's rules last.

    Those that change the whole endpoint come after the others, one at a time.
    """
    target.run_domain()
    audit = HistoryAudit()
    results: dict[str, CaseResult] = {}

    def told(result: CaseResult) -> None:
        results[result.case.id] = result
        progress(result)

    with ThreadPoolExecutor(workers, thread_name_prefix="case") as pool:
        together = [case for case in cases if case.serial_order is None]
        running = [pool.submit(run_case, target, case, audit) for case in together]
        for future in as_completed(running):
            told(future.result())
    alone = [case for case in cases if case.serial_order is not None]
    for case in sorted(alone, key=lambda case: case.serial_order or 0):
        told(run_case(target, case, audit))
    target.leave()
    return [*(results[case.id] for case in cases), *audit.results()]
