"""The same steps with the same seed give the same bytes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from swf_emulator import Settings

from . import steps
from .profiles import profile
from .simulation import Simulation

Script = list[tuple[str, dict[str, Any]]]


def play(script: Script, chosen: Settings, seed: int) -> Simulation:
    sim = Simulation(chosen, seed)
    for name, arguments in script:
        getattr(sim, name)(**arguments)
    sim.check()
    return sim


@settings(profile())
@given(steps.scripts(), steps.settings, st.integers(0, 2**32))
def test_histories_and_answers_repeat(script: Script, chosen: Settings, seed: int) -> None:
    first, second = play(script, chosen, seed), play(script, chosen, seed)
    assert first.histories() == second.histories()
    assert first.answers == second.answers


def test_another_seed_gives_other_run_ids_and_the_same_events() -> None:
    """The seed decides about ids only, so the comparison above is not of constants."""
    script: Script = [
        ("start_and_drive", {"domain": "north", "workflow_id": "w1", "rounds": [([], {})]})
    ]
    first, second = play(script, Settings(), 1), play(script, Settings(), 2)
    assert first.histories().keys() != second.histories().keys()
    assert list(first.histories().values()) == list(second.histories().values())
