"""The recipes of examples/ci: they run where that is possible; the others are consistent."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from swf_emulator import Emulator
from swf_emulator.command.cli import serve
from swf_emulator.command.init_files import apply_init_files
from swf_emulator.command.options import PREFIX, ServeOptions, named_options, variable_of

ROOT = Path(__file__).parent.parent.parent
RECIPES = ROOT / "examples" / "ci"
OPTIONS = {variable_of(name) for name in named_options(serve)}


def variables(value: Any) -> set[str]:
    """All names in a document that have the prefix of our variables."""
    if isinstance(value, dict):
        found = {name for name in value if str(name).startswith(PREFIX)}
        return found.union(*map(variables, value.values()))
    return set().union(*map(variables, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("name", ["compose.yaml", "github-actions.yml", "gitlab-ci.yml"])
def test_variables_of_the_files_are_options(name: str) -> None:
    text = (RECIPES / name).read_text()
    assert variables(yaml.safe_load(text)) <= OPTIONS
    assert f":{ServeOptions().port}" in text
    for module in ("examples.demo", "examples.hello_world.worker"):
        if module in text:
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_compose_refers_to_existing_files() -> None:
    recipe = yaml.safe_load((RECIPES / "compose.yaml").read_text())
    services = recipe["services"]
    assert set(services) == {"swf", "decider", "worker", "test"}
    assert (RECIPES / services["swf"]["build"] / "Dockerfile").is_file()
    assert services["worker"]["depends_on"] == {"swf": {"condition": "service_healthy"}}
    for name in ("decider", "worker", "test"):
        module = services[name]["command"].split()[2]
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    (mounted,) = services["worker"]["volumes"]
    assert (RECIPES / mounted.split(":")[0]).resolve() == ROOT / "examples"


def test_the_init_files_of_compose(virtual: Emulator) -> None:
    assert apply_init_files(virtual.service, [RECIPES / "init"]) == 1


def test_together_with_moto() -> None:
    pytest.importorskip("moto")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    outcome = subprocess.run(
        [sys.executable, "-m", "examples.ci.beside_moto"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "has the buckets ['orders']" in outcome.stdout
    assert "has the domains ['orders']" in outcome.stdout


def test_the_container_class_is_python() -> None:
    tree = ast.parse((RECIPES / "swf_container.py").read_text())
    (made,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert made.name == "SwfContainer"


def test_the_javascript_is_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    script = RECIPES / "javascript" / "domains.mjs"
    subprocess.run([node, "--check", str(script)], check=True, timeout=30)
