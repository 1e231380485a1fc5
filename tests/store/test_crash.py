"""The kill campaign, as long as continuous integration plays it."""

from __future__ import annotations

import pytest

from .crash import campaign

KILLS = 30


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost() -> None:
    compared = campaign(KILLS, seed=1)
    assert compared["kills"] == KILLS
    assert min(compared[each] for each in ("started", "decided", "beat", "completed")) > KILLS
