"""Quotas and switches: every number and every choice that a user may want to change.

Each field carries its own help and source, from which the command line, the environment
variables and the table in the documentation are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

QUOTAS_PAGE = "Developer Guide, Amazon SWF quotas"

LEAST = {"max_events": 2, "max_execution_page": 1, "max_history_page": 1}
"""What some settings must be at least: a history has a start and a termination, a page an end."""


def _setting(default: Any, help_text: str, source: str) -> Any:
    return field(default=default, metadata={"help": help_text, "source": source})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the emulated service behaves. The defaults are Amazon SWF's own values."""

    poll_hold_seconds: float = _setting(
        60.0,
        "How long an empty poll is held, in real seconds.",
        "API Reference, PollForDecisionTask",
    )
    retention_grace_seconds: int = _setting(
        30,
        "How long a closed execution stays readable in a domain whose retention is 0 days.",
        "inferred",
    )

    max_domains: int = _setting(
        100, "Domains per account and region, deprecated ones included.", QUOTAS_PAGE
    )
    max_types: int = _setting(
        10_000,
        "Workflow types, and as many activity types, per domain, deprecated ones included.",
        QUOTAS_PAGE,
    )
    max_domain_tags: int = _setting(50, "Resource tags of one domain.", QUOTAS_PAGE)
    max_open_executions: int = _setting(
        100_000, "Open workflow executions per domain, children included.", QUOTAS_PAGE
    )
    max_events: int = _setting(
        25_000, "Events in one history; the last is the termination.", QUOTAS_PAGE
    )
    max_open_activity_tasks: int = _setting(
        1_000, "Open activity tasks per execution, started or not.", QUOTAS_PAGE
    )
    max_open_timers: int = _setting(1_000, "Open timers per execution.", QUOTAS_PAGE)
    max_open_children: int = _setting(
        1_000, "Open child workflow executions per execution.", QUOTAS_PAGE
    )
    max_open_lambda_functions: int = _setting(
        1_000, "Open Lambda tasks per execution; the service publishes no number.", "inferred"
    )
    max_pollers: int = _setting(1_000, "Polls held at once on one task list.", QUOTAS_PAGE)
    max_held_polls: int = _setting(
        10_000,
        "Polls held at once in all; beyond it they are answered with ThrottlingException.",
        "the emulator's own",
    )
    max_request_bytes: int = _setting(
        1_048_576, "Size of one request, headers included.", QUOTAS_PAGE
    )
    max_execution_page: int = _setting(
        100,
        "Executions on one page of the open and closed lists.",
        "API Reference, ListOpenWorkflowExecutions",
    )
    max_history_page: int = _setting(
        1_000, "Events on one page of a history.", "API Reference, GetWorkflowExecutionHistory"
    )
    page_token_seconds: int = _setting(
        86_400, "Life of a page token.", "API Reference, GetWorkflowExecutionHistory"
    )

    child_policy_on_every_close: bool = _setting(
        True,
        "Apply the child policy also when the parent completes, fails or cancels, as observed; "
        "off: only when it is terminated or times out, as documented.",
        "observed 2017 against API Reference, StartWorkflowExecution",
    )
    cancel_requested_after_close: bool = _setting(
        False,
        "Keep cancelRequested true on a closed execution, as documented; recordings show false.",
        "recorded 2017 against API Reference, WorkflowExecutionInfo",
    )
    empty_poll_task_token: bool = _setting(
        False,
        'Answer an empty poll with "taskToken": "", as documented, instead of without one.',
        "API Reference, PollForDecisionTask; clients of the service test for its absence",
    )
    decision_task_schedule_to_start: bool = _setting(
        True,
        'Write scheduleToStartTimeout "NONE" into DecisionTaskScheduled, as recorded in 2023; '
        "recordings until 2017 have none.",
        "recorded 2023",
    )
    lose_tasks_of_vanished_pollers: bool = _setting(
        False,
        "Hand tasks to pollers whose connection has gone, as the service may, so that the "
        "task has to time out.",
        "Flow Framework Guide, Troubleshooting",
    )

    def __post_init__(self) -> None:
        """Raises ValueError: a number is negative or not finite."""
        for setting in fields(self):
            value = getattr(self, setting.name)
            if not 0 <= value < float("inf"):
                raise ValueError(f"{setting.name} must be a number from 0, not {value}")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}")


DEFAULTS = Settings()
