"""The kill campaign with a few kills; ``make crash`` plays it longer."""

from __future__ import annotations

import pytest

from .crash import campaign

KILLS = 3


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost() -> None:
    compared = campaign(KILLS, seed=1)
    assert compared["kills"] == KILLS
    assert min(compared[each] for each in ("started", "decided", "beat", "completed")) > 0
