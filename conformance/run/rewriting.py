"""Rewrite the expectations of case files: play each case and write what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from conformance import catalogue
from conformance.case import Case
from conformance.context import Context
from conformance.endpoint.target import Target
from conformance.language.read import Script
from conformance.language.rewrite import Changes, Rewriter, rewrite_file
from conformance.verdict import CaseAborted, Unavailable


def rewrite(
    make_target: Callable[[], Target], folder: Path, pattern: str, recorded: bool = False
) -> Iterator[tuple[str, bool]]:
    """Rewrite the cases that a pattern selects, each on a target of its own.

    Yields a line about each case that changed or stopped, and whether it stopped.
    """
    changes: dict[Path, list[Changes]] = {}
    for section, script in catalogue.scripts(folder):
        case = catalogue.from_script(section, script)
        if not catalogue.select([case], [pattern]):
            continue
        changed, stop = _played(make_target, script, case, recorded)
        changes.setdefault(script.path, []).append(changed)
        if changed or changed.kept or stop:
            yield f"{case.id}: {_summary(changed, stop)}", bool(stop)
    for path, found in changes.items():
        rewrite_file(path, found)


def _played(
    make_target: Callable[[], Target], script: Script, case: Case, recorded: bool
) -> tuple[Changes, str]:
    """The changes, and the reason if the case could not be played to its end."""
    target = make_target()
    missing = case.needs - target.capabilities
    if missing:
        target.leave()
        return Changes(), f"the target lacks {', '.join(sorted(missing))}"
    try:
        ctx = Context(target, case)
        rewriter = Rewriter(ctx, script, recorded=recorded)
        try:
            ctx.prepare()
            rewriter.run()
        except CaseAborted as aborted:
            return rewriter.changes, str(aborted)
        except Unavailable as reason:
            return rewriter.changes, str(reason)
        return rewriter.changes, ""
    finally:
        if case.serial_order is not None:
            target.restore()
        target.leave()


def _summary(changes: Changes, stop: str) -> str:
    parts = []
    if changes:
        inserted = sum(map(len, changes.inserted.values()))
        dropped = sum(text is None for text in changes.replaced.values())
        parts.append(
            f"{len(changes.replaced) - dropped} lines changed, {inserted} added, {dropped} dropped"
        )
    if changes.kept:
        parts.append(
            f"{len(set(changes.kept))} recorded lines differ and were kept (see --recorded)"
        )
    if stop:
        parts.append(f"stopped: {stop}")
    return "; ".join(parts)
