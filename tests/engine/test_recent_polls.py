"""The last pollers of a task list. Source of the rules: the emulator's own design."""

from __future__ import annotations

from typing import Any

from swf_emulator import Emulator
from swf_emulator.engine.recent_polls import LISTS_MAX, POLLERS_MAX, RecentPoller, RecentPolls

from .stage import OURS, Stage, activity


def test_polls_and_tasks_are_remembered() -> None:
    with Emulator(clock="virtual", seed=1) as emulator:
        stage = Stage(emulator)
        stage.register()

        def pollers(kind: str, name: str = "L") -> list[RecentPoller]:
            return stage.engine.read(lambda view: view.recent_pollers(OURS, "d", kind, name))

        poll: dict[str, Any] = {"domain": "d", "taskList": {"name": "L"}}
        stage.start("w")
        stage.decide(activity("a"))
        begun_ms = stage.engine.now_ms
        assert pollers("decision") == [RecentPoller(None, begun_ms, 1)]
        for identity in ("anna", "bert"):
            stage.call("PollForActivityTask", **poll, identity=identity)
            emulator.clock.advance(1)
        assert pollers("activity") == [
            RecentPoller("bert", begun_ms + 1000, 0),
            RecentPoller("anna", begun_ms, 1),
        ]
        held = stage.hold("Decision")
        stage.start("v", taskList={"name": "M"})
        assert pollers("decision", "M") == [RecentPoller("me", begun_ms + 2000, 1)]
        held.expire()
        assert pollers("activity", "nowhere") == []
        assert stage.engine.read(lambda view: view.recent_pollers(OURS, "e", "activity", "L")) == []


def test_what_was_polled_longest_ago_is_forgotten() -> None:
    recent = RecentPolls()
    for number in range(POLLERS_MAX + 1):
        recent.note("activity", "l", str(number), number, 0)
    assert [poller.identity for poller in recent.of("activity", "l")] == [
        str(number) for number in range(POLLERS_MAX, 0, -1)
    ]
    for number in range(LISTS_MAX):
        recent.note("decision", str(number), None, number, 0)
    assert recent.of("activity", "l") == []
