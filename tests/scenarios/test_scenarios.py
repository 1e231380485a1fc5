"""Every scenario file comes out as it says, and every history in it is a possible one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.grammar import check_history

from .playing import NAMES, PATHS, played
from .script import write_script

MISHAPS = ("! ", "no task")
"""How a line begins that a block without expectations must not bring about."""


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_scenario(path: Path, request: pytest.FixtureRequest) -> None:
    scenario = played(path)
    rewrite = request.config.getoption("--rewrite", default=False)
    for block, output in zip(scenario.script.blocks, scenario.outputs, strict=True):
        where = f"{path.name}, line {block.line}"
        assert "! InternalFailure:" not in output, where
        if block.expected is None:
            assert not [line for line in output if line.startswith(MISHAPS)], where
        elif not rewrite:
            assert list(output) == list(block.expected), where
    if rewrite:
        write_script(scenario.script, scenario.outputs)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_the_grammar_accepts_its_histories(path: Path) -> None:
    for events in played(path).histories.values():
        check_history(events)
