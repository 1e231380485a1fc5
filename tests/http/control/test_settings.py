"""Settings, shown and changed over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator
from swf_emulator.core.settings import DEFAULTS

from .api import fault_of, ok, rejected


def test_settings_are_shown_by_name(http: Client) -> None:
    assert ok(http.get("/_emulator/settings")) == asdict(DEFAULTS)


def test_settings_are_changed_and_changed_back(http: Client, virtual: Emulator) -> None:
    before = ok(http.get("/_emulator/settings"))
    changes = {"max_domains": 0, "poll_hold_seconds": 1, "child_policy_on_every_close": False}
    assert ok(http.post("/_emulator/settings", json=changes)) == {**before, **changes}
    assert virtual.settings.max_domains == 0
    register = virtual.client().register_domain
    domain = {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}
    assert fault_of(register, **domain) == "LimitExceededFault"
    assert ok(http.post("/_emulator/settings", json=before)) == before
    assert fault_of(register, **domain) == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"color": 1}, "unknown member 'color'; known: poll_hold_seconds, "),
        ({"max_types": 5, "max_domains": -1}, "max_domains must be a whole number"),
        ({"max_domains": 1.5}, "max_domains must be a whole number"),
        ({"max_domains": True}, "max_domains must be a whole number"),
        ({"max_domains": "5"}, "max_domains must be a whole number"),
        ({"max_domains": None}, "max_domains must be a whole number"),
        ({"max_domains": 2**31}, "from 0 to 2147483647"),
        ({"max_history_page": 0}, "max_history_page must be a whole number from 1"),
        ({"max_events": 1}, "max_events must be a whole number from 2"),
        ({"empty_poll_task_token": 1}, "empty_poll_task_token must be true or false"),
        ({"max_request_bytes": 5}, "cannot be changed while the server runs"),
    ],
)
def test_invalid_settings_change_nothing(
    http: Client, virtual: Emulator, changes: dict[str, Any], message: str
) -> None:
    assert message in rejected(http.post("/_emulator/settings", json=changes))
    assert virtual.settings == DEFAULTS
