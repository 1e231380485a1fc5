"""Judge other emulators with the same cases and print the results side by side."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from conformance import runner
from conformance.case import Case, Outcome, Verdict
from conformance.reports import text
from conformance.target import Target

_START_SECONDS_MAX = 30.0


@contextmanager
def moto_server() -> Iterator[str]:
    """Moto's server on a free port of the loopback interface; yields its URL."""
    if importlib.util.find_spec("moto") is None:
        raise ModuleNotFoundError("moto is not installed; it comes with the extra 'dev'")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the peer ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the peer does not listen on port {port}")


def moto_version() -> str:
    """The name of the peer's column."""
    return f"moto {importlib.metadata.version('moto')}"


def compare(outcomes: Sequence[Outcome], cases: Sequence[Case], options: argparse.Namespace) -> int:
    """Run the cases against moto and print both results by section; status as of the endpoint."""
    with moto_server() as url:
        target = Target(url, region=options.region or "us-east-1", patience=options.patience)
        progress = text.Progress(len(cases), sys.stderr, options.quiet)
        peer = runner.run(target, cases, progress, options.workers)
        progress.finish()
    columns = {moto_version(): peer}
    if outcomes:
        columns = {options.endpoint_url or "Amazon SWF": list(outcomes), **columns}
    print(side_by_side(columns))
    bad = {Verdict.FAILED, Verdict.DIFFERS} if options.strict else {Verdict.FAILED}
    judged = outcomes or peer
    return 1 if any(o.verdict in bad for o in judged) else 0


def side_by_side(columns: dict[str, list[Outcome]]) -> str:
    """Passed and judged cases by section, one column an endpoint.

    A case that departs only from what is inferred counts as agreeing: no source says otherwise.
    """
    sections = list(dict.fromkeys(o.case.section for found in columns.values() for o in found))
    rows = []
    for section in [*sections, "all"]:
        cells = []
        for found in columns.values():
            counts = Counter(o.verdict for o in found if section in (o.case.section, "all"))
            judged = sum(counts.values()) - counts[Verdict.SKIPPED]
            agreeing = judged - counts[Verdict.FAILED]
            cells.append(f"{agreeing} of {judged}")
        rows.append([section, *cells])
    return text.table(rows, ["agrees with SWF", *columns])
