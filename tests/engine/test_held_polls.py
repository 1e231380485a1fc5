"""A poll that waits, in a thread of its own: it gets a task, or its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from swf_emulator import Emulator

from .stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator(clock="virtual", seed=1) as emulator:
        stage = Stage(emulator)
        stage.register()
        yield stage


def test_a_task_comes_while_it_waits(stage: Stage) -> None:
    held = stage.hold("Decision")
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(held.wait)
        stage.start("w", taskList={"name": "M"})
        assert answer.result(30)["startedEventId"] == 3


def test_its_time_is_over(stage: Stage) -> None:
    held = stage.hold("Decision", seconds=0.01)
    assert held.wait() == {"previousStartedEventId": 0, "startedEventId": 0}
    assert stage.lists() == {}


def test_a_task_that_came_before_the_time_was_over_is_not_lost(stage: Stage) -> None:
    held = stage.hold("Decision", seconds=0.01)
    stage.start("w", taskList={"name": "M"})
    held.expire()
    assert held.wait()["startedEventId"] == 3


def test_a_reset_ends_it(stage: Stage) -> None:
    held = stage.hold("Decision")
    stage.emulator.reset()
    assert held.wait()["startedEventId"] == 0
