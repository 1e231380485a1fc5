"""Judge other emulators with the same cases and print the results side by side."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from conformance.case import Case, CaseResult
from conformance.endpoint.serving import served
from conformance.endpoint.target import Target
from conformance.reports import text
from conformance.run import runner
from conformance.verdict import Verdict


@contextmanager
def moto_server() -> Iterator[str]:
    """Moto's server on a free port of the loopback interface; yields its URL."""
    if importlib.util.find_spec("moto") is None:
        raise ModuleNotFoundError("moto is not installed; it comes with the extra 'dev'")
    with served([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"]) as url:
        yield url


def moto_version() -> str:
    """The name of the peer's column."""
    return f"moto {importlib.metadata.version('moto')}"


def compare(
    endpoint: str | None,
    results: Sequence[CaseResult],
    cases: Sequence[Case],
    options: argparse.Namespace,
) -> int:
    """Run the cases against moto and print both results by section; status as of the endpoint.

    ``endpoint`` names the column of the results there are already.
    """
    with moto_server() as url:
        target = Target(url, region=options.region or "us-east-1", patience=options.patience)
        progress = text.Progress(len(cases), sys.stderr, options.quiet)
        peer = runner.run(target, cases, progress, options.workers)
        progress.finish()
    columns = {moto_version(): peer}
    if results:
        columns = {endpoint or "Amazon SWF": list(results), **columns}
    print(side_by_side(columns))
    if options.keep:
        options.keep.write_text(kept(columns), encoding="utf-8")
    bad = {Verdict.FAILED, Verdict.DIFFERS} if options.strict else {Verdict.FAILED}
    judged = results or peer
    return 1 if any(o.verdict in bad for o in judged) else 0


def side_by_side(columns: dict[str, list[CaseResult]]) -> str:
    """Passed and judged cases by section, one column an endpoint.

    A case that departs only from what is inferred counts as agreeing: no source says otherwise.
    """
    rows = []
    for section in _sections(columns):
        cells = []
        for found in columns.values():
            agreeing, judged = _agreeing(found, section)
            cells.append(f"{agreeing} of {judged}")
        rows.append([section, *cells])
    return text.table(rows, ["agrees with SWF", *columns])


def kept(columns: dict[str, list[CaseResult]]) -> str:
    """The same as data, with the date."""
    data = {
        "date": datetime.now(UTC).date().isoformat(),
        "columns": [
            {
                "name": name,
                "sections": {section: _agreeing(found, section) for section in _sections(columns)},
            }
            for name, found in columns.items()
        ],
    }
    return json.dumps(data, indent=1) + "\n"


def _sections(columns: dict[str, list[CaseResult]]) -> list[str]:
    seen = dict.fromkeys(o.case.section for found in columns.values() for o in found)
    return [*seen, "all"]


def _agreeing(found: Sequence[CaseResult], section: str) -> tuple[int, int]:
    """The number of cases that agree, and of those that were judged."""
    counts = Counter(o.verdict for o in found if section in (o.case.section, "all"))
    judged = sum(counts.values()) - counts[Verdict.SKIPPED]
    return judged - counts[Verdict.FAILED] - counts[Verdict.KNOWN], judged
