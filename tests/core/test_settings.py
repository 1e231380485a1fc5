"""Settings check their types and bounds, and describe themselves."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from swf_emulator.core.settings import DEFAULTS, Settings

NUMBERS = [field for field in fields(Settings) if type(field.default) in (int, float)]


def made(**changes: Any) -> Settings:
    return Settings(**changes)


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_every_number_has_a_lower_bound(field: Any) -> None:
    least = field.metadata["at_least"]
    assert getattr(made(**{field.name: least}), field.name) == least
    with pytest.raises(ValueError, match=f"{field.name} must be a .*number from {least} to"):
        made(**{field.name: least - 1})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("poll_hold_seconds", float("inf"), "must be a number from 0 to 2147483647, not inf"),
        ("poll_hold_seconds", float("nan"), "must be a number from 0 to 2147483647, not nan"),
        ("poll_hold_seconds", "1", "must be a number from 0 to 2147483647, not '1'"),
        ("max_domains", 1.5, "must be a whole number from 0 to 2147483647, not 1.5"),
        ("max_domains", True, "must be a whole number from 0 to 2147483647, not True"),
        ("max_events", 1, "must be a whole number from 2 to 2147483647, not 1"),
        ("empty_poll_task_token", 1, "must be true or false, not 1"),
    ],
)
def test_a_value_must_be_of_its_type_and_within_bounds(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{name} {re.escape(message)}$"):
        made(**{name: value})


def test_a_whole_number_is_a_number() -> None:
    assert made(poll_hold_seconds=1).poll_hold_seconds == 1


def test_every_setting_has_help_and_a_source() -> None:
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
