"""Plant faults in a package, one at a time, and count those that a command notices.

``python -m mutation PACKAGE [FOLDER ...]`` copies the repository, changes one place in a module of
the package and runs the command in the copy; by default that is the conformance suite in process.
A fault is killed if the command fails or does not end in time. The survivors are listed.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from mutation.faults import Mutant, mutants

COMMAND = (
    "python -m conformance --in-process --quiet --first "
    "--select !constraints --select !rules --select !sdk"
)
_LEFT_OUT = (".*", "build", "dist", "__pycache__")
_SHOWN_MAX = 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults and print the result of each; status 1 below the wanted share."""
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the package, below this one")
    parser.add_argument("folders", nargs="*", help="modules or folders in it (default: all)")
    parser.add_argument("--count", type=int, default=40, help="faults to plant (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="which ones to choose")
    parser.add_argument("--share", type=float, default=0.95, help="share that must be killed")
    parser.add_argument("--command", default=COMMAND, help=f"default: {COMMAND}")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of the command")
    parser.add_argument("--jobs", type=int, default=1, help="copies in which it runs at a time")
    options = parser.parse_args(arguments)
    chosen = choose(options.package, options.folders or ["."], options.count, options.seed)
    command = [sys.executable if w == "python" else w for w in shlex.split(options.command)]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(options.jobs):
            copies.put(Copy(Path.cwd(), Path(folder) / str(number), command, options.seconds))
        sound = copies.get()
        if sound.notices(None):
            print("the command fails without a fault")
            return 2
        copies.put(sound)
        with ThreadPoolExecutor(options.jobs) as pool:
            killed = list(pool.map(lambda mutant: _try(copies, mutant), chosen))
    survivors = [mutant for mutant, dead in zip(chosen, killed, strict=True) if not dead]
    print(f"{sum(killed)} of {len(chosen)} planted faults are killed")
    print("\n".join(f"survivor: {_where(mutant)}" for mutant in survivors))
    return 0 if chosen and sum(killed) >= options.share * len(chosen) else 1


def choose(package: Path, folders: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Some of all faults in the modules of the given folders."""
    paths: set[Path] = set()
    for folder in folders:
        found = package / folder
        paths |= {found} if found.is_file() else set(found.rglob("*.py"))
    every = [mutant for path in sorted(paths) for mutant in mutants(path)]
    return random.Random(seed).sample(every, min(count, len(every)))


def _try(copies: SimpleQueue[Copy], mutant: Mutant) -> bool:
    copy = copies.get()
    try:
        killed = copy.notices(mutant)
    finally:
        copies.put(copy)
    print("killed   " if killed else "SURVIVES ", _where(mutant), flush=True)
    return killed


def _where(mutant: Mutant) -> str:
    text = f"{mutant.path}:{mutant.line} {mutant.change}"
    return text.replace("\n", " ")[:_SHOWN_MAX]


class Copy:
    """A copy of the repository in which a command is run."""

    def __init__(self, root: Path, folder: Path, command: list[str], seconds: float) -> None:
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        self._folder = folder
        self._command = command
        self._seconds = seconds
        self._times = _later_times()

    def notices(self, mutant: Mutant | None) -> bool:
        """Whether the command fails, or takes too long, with a fault planted."""
        if mutant is None:
            return not self._passes()
        path = self._folder / mutant.path
        sound = path.read_text(encoding="utf-8")
        self._write(path, mutant.source)
        try:
            return not self._passes()
        finally:
            self._write(path, sound)

    def _write(self, path: Path, text: str) -> None:
        """Write a module with a time of its own, so that no old bytecode is taken for it."""
        path.write_text(text, encoding="utf-8")
        at = next(self._times)
        os.utime(path, (at, at))

    def _passes(self) -> bool:
        try:
            done = subprocess.run(
                self._command,
                cwd=self._folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _later_times() -> Iterator[int]:
    """Times that differ by a second each: bytecode is valid for one second of a source."""
    yield from range(1_600_000_000, 2_000_000_000)


if __name__ == "__main__":
    sys.exit(main())
