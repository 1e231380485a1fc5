"""The command line: ``python -m conformance``."""

from __future__ import annotations

import argparse
import importlib
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from conformance import catalogue
from conformance.case import Case, CaseResult
from conformance.endpoint.serving import served
from conformance.endpoint.target import SetupError, Target
from conformance.reports import coverage, html_page, json_report, junit, text
from conformance.run import peers, rewriting, runner
from conformance.verdict import Verdict

IN_PROCESS = "tests.cases.inprocess:InProcessTarget"


def parser() -> argparse.ArgumentParser:
    """All options."""
    result = argparse.ArgumentParser(
        prog="python -m conformance",
        description="Judge how faithfully an endpoint behaves like Amazon Simple Workflow Service.",
    )
    where = result.add_mutually_exclusive_group()
    where.add_argument("--endpoint-url", metavar="URL", help="the endpoint to judge")
    where.add_argument(
        "--serve",
        metavar="COMMAND",
        help="start an endpoint for the run; {port} in the command becomes a free port",
    )
    where.add_argument("--aws", action="store_true", help="judge Amazon SWF with your own account")
    where.add_argument(
        "--in-process",
        nargs="?",
        const=IN_PROCESS,
        metavar="MODULE:CLASS",
        help="judge an endpoint of this process, a new one for each case "
        f"(default {IN_PROCESS}, this repository's emulator)",
    )
    result.add_argument(
        "--rewrite",
        nargs="?",
        const="*",
        metavar="PATTERN",
        help="write what comes into the case files instead of judging it, in process unless an "
        "endpoint is given; review the diff",
    )
    result.add_argument(
        "--recorded", action="store_true", help="with --rewrite: change lines graded recorded too"
    )
    result.add_argument(
        "--cases",
        type=Path,
        default=catalogue.FOLDER,
        metavar="FOLDER",
        help="play the case files of another folder",
    )
    result.add_argument("--region", default=None, help="region (default us-east-1)")
    result.add_argument(
        "--i-accept-charges",
        action="store_true",
        help="confirm that calls to Amazon SWF are charged to your account",
    )
    result.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a section, a pattern such as 'timers/*' or 'grade:recorded'; with ! before it, these "
        "cases are left out; may be repeated",
    )
    result.add_argument(
        "--strict", action="store_true", help="let inferred expectations fail the run as well"
    )
    result.add_argument(
        "--own-domains",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="run the cases that register a domain of their own, about 70; a domain is "
        "permanent, so this is off with --aws and on otherwise",
    )
    result.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    result.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report")
    result.add_argument("--html", type=Path, metavar="FILE", help="write a page for a browser")
    result.add_argument(
        "--first", action="store_true", help="with --in-process: stop at the first failure"
    )
    result.add_argument("--quiet", action="store_true", help="only the summary")
    result.add_argument("--workers", type=int, default=runner.WORKERS, help="cases in flight")
    result.add_argument(
        "--patience",
        type=float,
        default=5.0,
        metavar="SECONDS",
        help="how long to wait for what must happen (default 5)",
    )
    result.add_argument(
        "--idle-wait",
        type=float,
        metavar="SECONDS",
        help="how long to wait for the answer to a poll that finds nothing (default: --patience)",
    )
    result.add_argument("--list", action="store_true", help="list the cases and stop")
    result.add_argument("--coverage", action="store_true", help="show what no case covers and stop")
    result.add_argument(
        "--peer",
        action="store_true",
        help="start moto's server, judge it too and print both columns",
    )
    result.add_argument(
        "--keep", type=Path, metavar="FILE", help="with --peer: keep both columns as data"
    )
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 1 when a case failed."""
    options = parser().parse_args(arguments)
    if options.rewrite:
        return _rewrite(options)
    cases = catalogue.select(catalogue.all_cases(options.cases), options.select)
    if options.list:
        print("\n".join(f"{c.grade.value:10} {c.id}  {c.title}" for c in cases))
        return 0
    if options.coverage:
        print(coverage.report())
        return 0
    if not cases:
        print("no case fits", ", ".join(options.select), file=sys.stderr)
        return 2
    if options.in_process:
        factory, progress = _factory(options.in_process), _progress(cases, options)
        results = runner.run_apart(factory, cases, progress, options.first)
        _tell(results, options, options.in_process)
        print(text.summary(results))
        return _status(results, options.strict)
    try:
        with served(shlex.split(options.serve)) if options.serve else nullcontext() as started:
            options.endpoint_url = started or options.endpoint_url
            return _run(cases, options)
    except (SetupError, RuntimeError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _run(cases: Sequence[Case], options: argparse.Namespace) -> int:
    target = _target(options)
    if target is None and not options.peer:
        return 2
    results: list[CaseResult] = []
    if target is not None:
        results = runner.run(target, cases, _progress(cases, options), options.workers)
        _tell(results, options, target.url)
    if options.peer:
        return peers.compare(target.name if target else None, results, cases, options)
    print(text.summary(results))
    return _status(results, options.strict)


def _rewrite(options: argparse.Namespace) -> int:
    """Rewrite the expectations of case files; the exit status is 1 when a case ended early."""
    if options.endpoint_url:

        def make_target() -> Target:
            target = _target(options)
            assert target is not None
            return target
    else:
        make_target = _factory(options.in_process or IN_PROCESS)
    status = 0
    for line, stopped in rewriting.rewrite(
        make_target, options.cases, options.rewrite, options.recorded
    ):
        print(line)
        status = max(status, int(stopped))
    return status


def _factory(name: str) -> Callable[[], Target]:
    """The class of a target, from ``module:Class``."""
    module, _, attribute = name.partition(":")
    found: Callable[[], Target] = getattr(importlib.import_module(module), attribute)
    return found


def _target(options: argparse.Namespace) -> Target | None:
    if options.aws:
        if not options.i_accept_charges:
            print("--aws makes charged calls; confirm with --i-accept-charges", file=sys.stderr)
            return None
        region = options.region or "us-east-1"
        return Target.aws(region, bool(options.own_domains), max(options.patience, 20.0))
    if options.endpoint_url:
        return Target(
            options.endpoint_url,
            region=options.region or "us-east-1",
            own_domains=options.own_domains is not False,
            patience=options.patience,
            idle_wait=options.idle_wait,
        )
    if not options.peer:
        print(
            "an endpoint is required: --endpoint-url URL, --serve, --in-process or --aws",
            file=sys.stderr,
        )
    return None


def _progress(cases: Sequence[Case], options: argparse.Namespace) -> text.Progress:
    return text.Progress(len(cases), sys.stderr, options.quiet)


def _tell(results: Sequence[CaseResult], options: argparse.Namespace, endpoint: str) -> None:
    """Print the differences and write the reports."""
    if not options.quiet:
        print("\n" + text.details(results))
    if options.json:
        options.json.write_text(json_report.render(results, endpoint), encoding="utf-8")
    if options.junit:
        options.junit.write_text(junit.render(results), encoding="utf-8")
    if options.html:
        options.html.write_text(html_page.render(results, endpoint), encoding="utf-8")


def _status(results: Sequence[CaseResult], strict: bool) -> int:
    bad = {Verdict.FAILED, Verdict.DIFFERS} if strict else {Verdict.FAILED}
    return 1 if any(o.verdict in bad for o in results) else 0
