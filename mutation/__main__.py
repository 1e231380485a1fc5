"""Does the suite notice a broken emulator? ``python -m mutation PACKAGE [FOLDER ...]``.

Copies a Python package that serves SWF, plants one fault at a time in the modules of the given
folders, starts it with ``python -m PACKAGE serve`` and runs the cases. A fault is killed when a
case fails; the survivors are listed. Faults with which the package does not start count for
nothing. The package is started, never imported.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from conformance import catalogue
from conformance.case import Case
from conformance.endpoint.serving import end, free_port
from conformance.endpoint.target import SetupError, Target
from conformance.run import runner
from conformance.verdict import Verdict
from mutation.faults import Mutant, mutants

_START_SECONDS_MAX = 15.0
_RUN_SECONDS_MAX = 45.0
"""A fault may make the endpoint hang; then it is ended, and every case that waits fails."""
_NOT_CORE = ("constraints", "rules", "sdk")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults and print what became of them; status 1 below the wanted share."""
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the package")
    parser.add_argument("folders", nargs="*", help="modules or folders in it (default: all)")
    parser.add_argument("--count", type=int, default=40, help="faults to plant (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="which ones to choose")
    parser.add_argument("--share", type=float, default=0.95, help="share that must be killed")
    parser.add_argument("--strict", action="store_true", help="inferred differences kill as well")
    parser.add_argument(
        "--serve", default="serve --port {port}", help="how the package is started, its arguments"
    )
    options = parser.parse_args(arguments)
    chosen = _choose(options.package, options.folders or ["."], options.count, options.seed)
    cases = [c for c in catalogue.all_cases() if c.section not in _NOT_CORE]
    sound = _try(options, None, cases)
    if sound is None or sound:
        print("without a fault:", "it does not start" if sound is None else ", ".join(sound))
        return 2
    killed, survivors = 0, []
    for number, mutant in enumerate(chosen, 1):
        killers = _try(options, mutant, cases)
        where = f"{mutant.path.relative_to(options.package)}:{mutant.line} {mutant.change}"
        where = where.replace("\n", " ")[:160]
        if killers is None:
            print(f"{number:3} does not start  {where}", flush=True)
        elif killers:
            killed += 1
            print(f"{number:3} killed by {len(killers)} ({killers[0]})  {where}", flush=True)
        else:
            survivors.append(where)
            print(f"{number:3} SURVIVES  {where}", flush=True)
    tried = killed + len(survivors)
    print(f"{killed} of {tried} planted faults are killed")
    print("\n".join(f"survivor: {where}" for where in survivors))
    return 0 if tried and killed >= options.share * tried else 1


def _choose(package: Path, folders: Sequence[str], count: int, seed: int) -> list[Mutant]:
    paths: set[Path] = set()
    for folder in folders:
        found = package / folder
        paths |= {found} if found.is_file() else set(found.rglob("*.py"))
    every = [mutant for path in sorted(paths) for mutant in mutants(path)]
    return random.Random(seed).sample(every, min(count, len(every)))


def _try(options: argparse.Namespace, mutant: Mutant | None, cases: list[Case]) -> list[str] | None:
    """The ids of the cases that fail; None when the package does not start."""
    package: Path = options.package
    with tempfile.TemporaryDirectory(prefix="conformance-proof-") as folder:
        copied = Path(folder) / package.name
        shutil.copytree(package, copied, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is not None:
            changed = copied / mutant.path.relative_to(package)
            changed.write_text(mutant.source, encoding="utf-8")
        port = free_port()
        serve = [word.format(port=port) for word in options.serve.split()]
        command = [sys.executable, "-m", package.name, *serve]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        watchdog = threading.Timer(_RUN_SECONDS_MAX, process.kill)
        watchdog.start()
        try:
            return _judge(f"http://127.0.0.1:{port}", process, cases, options.strict)
        finally:
            watchdog.cancel()
            end(process)


def _judge(
    url: str, process: subprocess.Popen[bytes], cases: list[Case], strict: bool
) -> list[str] | None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    target = Target(url, patience=2.5)
    while True:
        try:
            target.run_domain()
            break
        except SetupError as problem:
            if "registers no domain" in str(problem):
                return ["the domain of the run"]
            if process.poll() is not None or time.monotonic() > deadline:
                return None
            time.sleep(0.1)
    target.call_timeout = 5.0
    bad = {Verdict.FAILED, Verdict.DIFFERS} if strict else {Verdict.FAILED}
    return [o.case.id for o in runner.run(target, cases) if o.verdict in bad]


if __name__ == "__main__":
    sys.exit(main())
