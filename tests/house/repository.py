"""A copy of the repository in which a change can be tried."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis", ".coverage*"
)
MODEL = "swf_emulator/protocol/model.json"


class Repository:
    """A copy in ``folder``. Commands run in it with the packages of the running Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
        self._models = folder.parent / f"{folder.name}-models"
        outside = ("PYTEST_", "COV_", "SWF_EMULATOR_")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(outside)},
            "PYTHONPATH": str(folder),
            "AWS_DATA_PATH": str(self._models),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def copy(self, folder: Path) -> Repository:
        """Another copy, with the same changes and the same service model."""
        other = Repository(folder)
        shutil.rmtree(folder)
        shutil.copytree(self.folder, folder, symlinks=True)
        if self._models.exists():
            shutil.copytree(self._models, other._models)
        return other

    @staticmethod
    def original(path: str) -> str:
        """The text of a file before any change."""
        return (ROOT / path).read_text(encoding="utf-8")

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        self.write(path, self.text(path) + text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace a string that the file must have once."""
        before = self.text(path)
        assert before.count(old) == 1, f"{path} must have once: {old}"
        self.write(path, before.replace(old, new))

    def amend_model(self, change: dict[str, Any], shapes: dict[str, Any]) -> None:
        """Give botocore another service model, and the emulator its condensed copy.

        ``shapes`` are added; ``change`` maps paths (``shapes.DecisionType.enum``) to what a list
        or a structure there gets in addition.
        """
        model = json.loads(json.dumps(Loader().load_service_model("swf", "service-2")))
        model["shapes"] |= shapes
        for path, addition in change.items():
            place = model
            for key in path.split("."):
                place = place[key]
            if isinstance(place, list):
                place += addition
            else:
                place |= addition
        target = self._models / "swf" / "2012-01-25" / "service-2.json"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(model), encoding="utf-8")
        self.run("tools/build_model.py")

    def run(self, *arguments: str) -> str:
        """Run Python in the copy, which must succeed; return its output."""
        status, output = self._python(*arguments)
        assert status == 0, output
        return output

    def make_docs(self) -> None:
        """Generate the documents, as ``make docs`` does."""
        self.run("-m", "tools.tables")
        self.run("-m", "conformance.reports.fidelity", "docs/fidelity.md")

    def test(self, *arguments: str) -> str:
        """Run tests of the copy, which must pass."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)

    def failing_test(self, *arguments: str) -> str:
        """Run tests of the copy, one of which must fail; return their output."""
        status, output = self._python("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)
        assert status == 1, output
        return output

    def _python(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def touched(self) -> set[str]:
        """The files that differ from those of the repository, or that it does not have."""
        return set(_different(filecmp.dircmp(ROOT, self.folder, ignore=_IGNORED)))


_IGNORED = [".git", ".venv", "build", "dist", "__pycache__", ".hypothesis"]


def _different(compared: filecmp.dircmp[str], prefix: str = "") -> list[str]:
    names = [*compared.diff_files, *compared.right_only]
    found = [f"{prefix}{name}" for name in names if not name.startswith(".")]
    for name, below in compared.subdirs.items():
        found += _different(below, f"{prefix}{name}/")
    return found
