"""Source distribution and wheel: their content, and that they work in a bare environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from swf_emulator import __version__

from .conftest import ROOT

pytestmark = [pytest.mark.release, pytest.mark.timeout(300)]

PACKAGE = ROOT / "swf_emulator"
NEEDED = ("protocol/model.json", "py.typed", "command/cli.py", "__main__.py")
STRANGE = re.compile(
    r"(^|/)(tests?|conformance|client_matrix|mutation|benchmarks|examples)/|__pycache__|\.pyc$"
)


def expected() -> set[str]:
    """All files of the package that are not made by Python."""
    files = (file for file in PACKAGE.rglob("*") if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}


def wheel_of(dist: Path) -> Path:
    (wheel,) = dist.glob("*.whl")
    return wheel


def test_the_wheel_is_the_package_and_its_license(dist: Path) -> None:
    wheel = wheel_of(dist)
    assert wheel.name == f"swf_emulator-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {info.filename for info in archive.infolist()}
        metadata = archive.read(f"swf_emulator-{__version__}.dist-info/METADATA").decode()
        scripts = archive.read(f"swf_emulator-{__version__}.dist-info/entry_points.txt").decode()
    inside = {name for name in names if name.startswith("swf_emulator/")}
    assert inside == expected()
    assert {f"swf_emulator/{name}" for name in NEEDED} <= inside
    assert any(name.startswith("swf_emulator/console/templates/") for name in inside)
    assert any(name.startswith("swf_emulator/console/static/") for name in inside)
    beside = {name.rpartition("/")[2] for name in names - inside}
    assert beside >= {"METADATA", "RECORD", "WHEEL", "LICENSE", "entry_points.txt"}
    assert not [name for name in names if STRANGE.search(name)]
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "swf-emulator = swf_emulator.command.cli:main" in scripts


def test_the_source_distribution_is_what_the_wheel_is_built_from(dist: Path) -> None:
    (source,) = dist.glob("*.tar.gz")
    top = f"swf_emulator-{__version__}/"
    with tarfile.open(source) as archive:
        names = {member.name.removeprefix(top) for member in archive if member.isfile()}
    inside = {name for name in names if name.startswith("swf_emulator/")}
    assert inside == expected()
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO"} <= names
    assert not [name for name in names if STRANGE.search(name)]


def test_the_version_has_a_changelog_entry(dist: Path) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_demo_runs_in_a_bare_environment(dist: Path, tmp_path: Path) -> None:
    """With the wheel, boto3 and the examples, without the rest of the checkout."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, f"{wheel_of(dist)}[boto3]"], check=True, capture_output=True)
    place = tmp_path / "place"
    shutil.copytree(ROOT / "examples", place / "examples")
    shutil.copy(ROOT / "tools" / "demo.py", place)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    demo = subprocess.run(
        [str(python), "demo.py"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "COMPLETED" in demo.stdout
    where = subprocess.run(
        [str(python), "-c", "import swf_emulator; print(swf_emulator.__file__)"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout).is_relative_to(home)


def test_an_installation_has_few_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert len(project["dependencies"]) <= 8
