"""The clock over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator

from .api import START, ok, rejected, start


def test_the_clock_shows_time_mode_and_next_deadline(http: Client, virtual: Emulator) -> None:
    still = {"now": START, "mode": "virtual", "speed": 0.0, "nextDeadline": None}
    assert ok(http.get("/_emulator/clock")) == still
    start(virtual, "w")
    assert ok(http.get("/_emulator/clock"))["nextDeadline"] == "2026-01-02T00:00:00.000Z"


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({"advance": 90}, "2026-01-01T00:01:30.000Z"),
        ({"advance": 0.25}, "2026-01-01T00:00:00.250Z"),
        ({"advance": 0}, START),
        ({"advanceTo": "2026-01-01T12:00:00Z"}, "2026-01-01T12:00:00.000Z"),
        ({"advanceTo": "2026-01-01T12:00:00+02:00"}, "2026-01-01T10:00:00.000Z"),
        ({"advanceTo": "2026-01-01"}, START),
        ({"advanceTo": 1767225601.5}, "2026-01-01T00:00:01.500Z"),
    ],
)
def test_the_clock_is_advanced(http: Client, change: dict[str, Any], now: str) -> None:
    assert ok(http.post("/_emulator/clock", json=change))["now"] == now
    assert ok(http.get("/_emulator/clock"))["now"] == now


def test_deadlines_on_the_way_fire(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    ok(http.post("/_emulator/clock", json={"advance": 90_000}))
    last = virtual.history("w")[-1]
    assert last["eventType"] == "WorkflowExecutionTimedOut"
    assert last["eventTimestamp"] == 1767225600 + 86_400


def test_to_the_next_deadline_until_there_is_none(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    moves = [ok(http.post("/_emulator/clock", json={"toNextDeadline": True})) for _ in range(3)]
    assert [move["moved"] for move in moves] == [True, True, False]
    assert virtual.executions() == []


def test_mode_and_speed(http: Client, virtual: Emulator) -> None:
    assert ok(http.post("/_emulator/clock", json={"mode": "skip"}))["mode"] == "skip"
    answer = ok(http.post("/_emulator/clock", json={"mode": "real", "speed": 60}))
    assert (answer["mode"], answer["speed"]) == ("real", 60)
    assert ok(http.post("/_emulator/clock", json={"mode": "virtual"}))["speed"] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "the body must have exactly one of: advance, "),
        ({"advance": 1, "mode": "skip"}, "the body must have exactly one of: advance, "),
        ({"advance": -1}, "0 or more"),
        ({"advance": "1"}, "a number of seconds"),
        ({"advance": True}, "a number of seconds"),
        ({"advance": None}, "a number of seconds"),
        ({"advance": 1e300}, "cannot go beyond 9000-01-01"),
        ({"advanceTo": "2025-12-31T23:59:59Z"}, "must not be before 2026-01-01"),
        ({"advanceTo": "soon"}, "must be a time like"),
        ({"advanceTo": []}, "must be a time like"),
        ({"advanceTo": "9999-12-31T00:00:00Z"}, "cannot go beyond"),
        ({"advanceTo": -1}, "must not be before 2026-01-01"),
        ({"toNextDeadline": False}, "must be true"),
        ({"mode": "fast"}, "mode must be one of: real, virtual, skip"),
        ({"mode": []}, "mode must be one of: real, virtual, skip"),
        ({"mode": "real", "speed": 0}, "above 0"),
        ({"mode": "real", "speed": "2"}, "above 0"),
        ({"mode": "skip", "speed": 2}, 'speed requires "mode": "real"'),
        ({"advances": 1}, "unknown member 'advances'; known: advance, "),
    ],
)
def test_an_invalid_change_changes_nothing(
    http: Client, change: dict[str, Any], message: str
) -> None:
    assert message in rejected(http.post("/_emulator/clock", json=change))
    assert ok(http.get("/_emulator/clock"))["now"] == START
