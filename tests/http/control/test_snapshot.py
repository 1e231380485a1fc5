"""Snapshots of all state, and reset, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http import create_app

from .api import ok, rejected, start


def test_an_exported_state_continues_in_another_emulator(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    virtual.clock.advance(100)
    snapshot = ok(http.get("/_emulator/state"))
    with Emulator(clock=VirtualClock()) as other:
        their = create_app(other).test_client()
        assert ok(their.put("/_emulator/state", json=snapshot)) == {"status": "ok"}
        assert other.history("w") == virtual.history("w")
        assert _unnumbered(ok(their.get("/_emulator/state"))) == _unnumbered(snapshot)
        assert ok(their.get("/_emulator/clock"))["now"] == "2026-01-01T00:01:40.000Z"


def _unnumbered(snapshot: Any) -> Any:
    """Without the numbers of places on task lists: only their order matters."""
    for domain in snapshot["domains"]:
        for execution in domain["executions"]:
            execution["queued"] = sorted(execution["queued"], key=execution["queued"].get)
    return snapshot


def test_a_snapshot_may_be_larger_than_an_aws_call(http: Client, virtual: Emulator) -> None:
    start(virtual, "w")
    swf = virtual.client()
    for _ in range(60):
        swf.signal_workflow_execution(
            domain="shop", workflowId="w", signalName="s", input="x" * 32_768
        )
    text = http.get("/_emulator/state").data
    assert len(text) > virtual.settings.max_request_bytes
    virtual.reset()
    ok(http.post("/_emulator/state", data=text, content_type="application/json"))
    assert len(virtual.history("w")) == 62


@pytest.mark.parametrize(
    "snapshot", [{}, [], None, 1, "x", {"format": "swf-emulator state", "version": 2}]
)
def test_an_invalid_snapshot_changes_nothing(
    http: Client, virtual: Emulator, snapshot: object
) -> None:
    start(virtual, "w")
    before = virtual.export_state()
    rejected(http.put("/_emulator/state", json=snapshot))
    assert virtual.export_state() == before


def test_a_reset_forgets_everything(http: Client, virtual: Emulator) -> None:
    for path in ("/_emulator/reset", "/moto-api/reset"):
        start(virtual, "w")
        assert ok(http.post(path)) == {"status": "ok"}
        assert virtual.executions() == []


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ({"domain": "shop"}, ["b", "c"]),
        ({"region": "eu-west-1"}, ["a", "b"]),
        ({"account": "123456789012"}, ["c"]),
        ({"account": "123456789012", "region": "us-east-1", "domain": "depot"}, ["a", "c"]),
        ({"account": "999999999999"}, ["a", "b", "c"]),
    ],
)
def test_a_reset_of_a_part(
    http: Client, virtual: Emulator, scope: dict[str, str], left: list[str]
) -> None:
    start(virtual, "a")
    start(virtual, "b", domain="depot")
    start(virtual, "c", region="eu-west-1")
    ok(http.post("/_emulator/reset", json=scope))
    assert [key.workflow_id for key in virtual.executions()] == left


@pytest.mark.parametrize("body", [{"domains": "x"}, {"domain": 1}, {"domain": ""}, []])
def test_an_invalid_reset_changes_nothing(http: Client, virtual: Emulator, body: object) -> None:
    start(virtual, "w")
    rejected(http.post("/_emulator/reset", json=body))
    assert len(virtual.executions()) == 1
