"""Run ids and request ids. Source: recorded since 2015 (run ids), 2023 (request ids)."""

from __future__ import annotations

import re
from uuid import UUID

from swf_emulator.engine.ids import Ids

RUN_ID = re.compile(r"22[A-Za-z0-9+/]{43}=")


def test_run_ids_have_the_service_s_form() -> None:
    made = [Ids().run_id() for _ in range(100)]
    assert all(RUN_ID.fullmatch(run_id) for run_id in made)
    assert len(set(made)) == 100
    assert any("+" in run_id for run_id in made)
    assert any("/" in run_id for run_id in made)


def test_request_ids_are_uuids_of_version_4() -> None:
    for _ in range(100):
        request_id = Ids().request_id()
        assert str(UUID(request_id)) == request_id
        assert UUID(request_id).version == 4


def test_a_seed_makes_them_reproducible() -> None:
    one, other, different = Ids(1), Ids(1), Ids(2)
    made = [one.run_id(), one.run_id()]
    assert made == [other.run_id(), other.run_id()]
    assert made[0] != made[1]
    assert different.run_id() not in made
