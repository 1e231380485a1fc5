"""A state that was exported and imported goes on exactly as the original does."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from swf_emulator import Settings

from . import steps
from .profiles import profile
from .simulation import Simulation

Script = list[tuple[str, dict[str, Any]]]


def play(script: Script, chosen: Settings, every: int, how: str) -> Simulation:
    """Play a script; a step without arguments comes again and again."""
    sim = Simulation(chosen)
    for index, (name, arguments) in enumerate(script, 1):
        if index % every == 0:
            getattr(sim, how)()
            sim.check()
        getattr(sim, name)(**arguments)
    sim.check()
    return sim


@settings(profile())
@given(steps.scripts(), steps.settings, st.integers(1, 6))
def test_an_imported_state_goes_on_as_the_original(
    script: Script, chosen: Settings, every: int
) -> None:
    imported = play(script, chosen, every, "reimport")
    original = play(script, chosen, every, "release")
    assert imported.histories() == original.histories()
    assert imported.answers == original.answers
