"""Settings refuse senseless numbers and tell what they mean."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from swf_emulator.core.settings import DEFAULTS, Settings

NUMBERS = [field.name for field in fields(Settings) if type(field.default) in (int, float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_negative_numbers_are_refused(name: str) -> None:
    changed: dict[str, Any] = {name: -1}
    with pytest.raises(ValueError, match=f"{name} must be a number from 0, not -1"):
        Settings(**changed)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_must_be_finite(value: float) -> None:
    with pytest.raises(ValueError, match="poll_hold_seconds must be a number from 0"):
        Settings(poll_hold_seconds=value)


def test_a_history_has_room_for_its_beginning() -> None:
    with pytest.raises(ValueError, match="max_events must be at least"):
        Settings(max_events=1)


def test_every_setting_says_what_it_is_and_why() -> None:
    for field in fields(Settings):
        assert field.metadata["help"].endswith("."), field.name
        assert field.metadata["source"], field.name


def test_the_defaults_are_the_published_quotas() -> None:
    """Source: Developer Guide, "Amazon SWF quotas"; API Reference, ListOpenWorkflowExecutions."""
    assert (DEFAULTS.max_domains, DEFAULTS.max_types, DEFAULTS.max_domain_tags) == (100, 10_000, 50)
    assert DEFAULTS.max_open_executions == 100_000
    assert DEFAULTS.max_events == 25_000
    assert DEFAULTS.max_open_activity_tasks == 1_000
    assert DEFAULTS.max_open_timers == 1_000
    assert DEFAULTS.max_open_children == 1_000
    assert DEFAULTS.max_pollers == 1_000
    assert DEFAULTS.max_request_bytes == 1_048_576
    assert (DEFAULTS.max_execution_page, DEFAULTS.max_history_page) == (100, 1_000)
    assert DEFAULTS.poll_hold_seconds == 60
    assert DEFAULTS.page_token_seconds == 86_400
