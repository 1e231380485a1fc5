"""Quotas and switches of the emulated service.

Each field carries its help, its source and its bounds. The command line, the environment
variables, ``/_emulator/settings`` and the table in the documentation are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

QUOTAS_PAGE = "Developer Guide, Amazon SWF quotas"
OWN = "the emulator's own"

NUMBER_MAX = 2**31 - 1
"""The upper bound of every number; as seconds, 68 years."""


def setting(
    default: Any, help_text: str, source: str = OWN, *, at_least: float = 0, fixed: bool = False
) -> Any:
    """A dataclass field with its metadata; ``fixed`` if a running server cannot change it."""
    metadata = {"help": help_text, "source": source, "at_least": at_least, "fixed": fixed}
    return field(default=default, metadata=metadata)


def quota(
    default: int,
    help_text: str,
    source: str = QUOTAS_PAGE,
    *,
    cause: str = "",
    at_least: int = 0,
    fixed: bool = False,
) -> Any:
    """A `setting` that is a quota; ``cause`` is that of the events that enforce it."""
    made = setting(default, help_text, source, at_least=at_least, fixed=fixed)
    return field(default=default, metadata={**made.metadata, "quota": True, "cause": cause})


def check(options: Any) -> None:
    """Compare the fields that `setting` made with their metadata. Raises ValueError."""
    for each in fields(options):
        value: Any = getattr(options, each.name)
        expected: Any = type(each.default)
        if expected is bool:
            valid, rule = isinstance(value, bool), "true or false"
        else:
            least = each.metadata["at_least"]
            number = "whole number" if expected is int else "number"
            valid = _is_number(value, expected) and least <= value <= NUMBER_MAX
            rule = f"a {number} from {least} to {NUMBER_MAX}"
        if not valid:
            raise ValueError(f"{each.name} must be {rule}, not {value!r}")


def _is_number(value: Any, expected: type) -> bool:
    accepted = (int, float) if expected is float else int
    return isinstance(value, accepted) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Quotas and switches of the emulated service. The defaults are Amazon SWF's own values."""

    poll_hold_seconds: float = setting(
        60.0,
        "How long an empty poll is held, in real seconds.",
        "API Reference, PollForDecisionTask",
    )
    retention_grace_seconds: int = setting(
        30,
        "How long a closed execution stays readable in a domain whose retention is NONE or 0.",
        "inferred",
    )

    max_domains: int = quota(100, "Domains per account and region, including deprecated ones.")
    max_types: int = quota(
        10_000,
        "Workflow types, and as many activity types, per domain, including deprecated ones.",
    )
    max_domain_tags: int = quota(50, "Resource tags per domain.")
    max_open_executions: int = quota(
        100_000,
        "Open workflow executions per domain, including children.",
        cause="OPEN_WORKFLOWS_LIMIT_EXCEEDED",
    )
    max_events: int = quota(
        25_000,
        "Events in one history; the call that reaches it is applied whole, then the execution is "
        "terminated.",
        at_least=2,
        cause="EVENT_LIMIT_EXCEEDED",
    )
    max_open_activity_tasks: int = quota(
        1_000,
        "Open activity tasks per execution, started or not.",
        cause="OPEN_ACTIVITIES_LIMIT_EXCEEDED",
    )
    max_open_timers: int = quota(
        1_000, "Open timers per execution.", cause="OPEN_TIMERS_LIMIT_EXCEEDED"
    )
    max_open_children: int = quota(
        1_000, "Open child workflow executions per execution.", cause="OPEN_CHILDREN_LIMIT_EXCEEDED"
    )
    max_open_lambda_functions: int = quota(
        1_000,
        "Open Lambda tasks per execution; SWF publishes no number.",
        "inferred",
        cause="OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED",
    )
    max_pollers: int = quota(1_000, "Polls held at the same time on one task list.")
    max_held_polls: int = quota(
        10_000, "Polls held at the same time in total; further polls get ThrottlingException.", OWN
    )
    max_request_bytes: int = quota(
        1_048_576, "Size of one request, including its headers.", fixed=True
    )
    max_execution_page: int = setting(
        100,
        "Executions on one page of the lists of open and closed executions.",
        "API Reference, ListOpenWorkflowExecutions",
        at_least=1,
    )
    max_history_page: int = setting(
        1_000,
        "Events on one page of a history.",
        "API Reference, GetWorkflowExecutionHistory",
        at_least=1,
    )
    page_token_seconds: int = setting(
        86_400,
        "How long a page token is valid, in seconds.",
        "API Reference, GetWorkflowExecutionHistory",
    )

    child_policy_on_every_close: bool = setting(
        True,
        "Apply the child policy also when the parent completes, fails or cancels, as observed; "
        "off: only when it is terminated or times out, as documented.",
        "observed 2017 against API Reference, StartWorkflowExecution",
    )
    undeprecate_types_with_domain: bool = setting(
        False,
        "UndeprecateDomain also undeprecates the types that DeprecateDomain deprecated; off: they "
        "stay deprecated. The documents say neither.",
        "API Reference, UndeprecateDomain",
    )
    cancel_requested_after_close: bool = setting(
        False,
        "Keep cancelRequested true on a closed execution, as documented; recordings show false.",
        "recorded 2017 against API Reference, WorkflowExecutionInfo",
    )
    empty_poll_task_token: bool = setting(
        False,
        'Answer an empty poll with "taskToken": "", as documented, instead of without a token.',
        "API Reference, PollForDecisionTask; clients of the service test for its absence",
    )
    decision_task_schedule_to_start: bool = setting(
        True,
        'Write scheduleToStartTimeout "NONE" into DecisionTaskScheduled, as recorded in 2023; '
        "recordings until 2017 do not have it.",
        "recorded 2023",
    )
    lose_tasks_of_vanished_pollers: bool = setting(
        False,
        "Hand tasks to pollers whose connection is gone, as SWF may do, so that the tasks time "
        "out.",
        "Flow Framework Guide, Troubleshooting",
    )

    def __post_init__(self) -> None:
        """Raises ValueError for a value of the wrong type or out of bounds."""
        check(self)


DEFAULTS = Settings()

QUOTAS = tuple(each.name for each in fields(Settings) if each.metadata.get("quota"))
"""The settings that are quotas."""

QUOTA_OF_CAUSE = {
    each.metadata["cause"]: each.name for each in fields(Settings) if each.metadata.get("cause")
}
"""The quota that an event with this cause enforces."""


def option_of(name: str) -> str:
    """The name of the command-line option of a setting, without dashes in front."""
    return name.replace("_", "-").removesuffix("-seconds")
