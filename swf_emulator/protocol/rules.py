"""Rules for single values that the documentation states and the model lacks.

A rule takes a value that satisfies its shape's constraints and returns the constraint that it
violates, in the service's words, or None; a `Name` returns the whole message. The patterns are
inferred; the service's own are not known.

Source: API Reference, the members' descriptions ("The specified string must not contain…",
"An integer value can be used to specify the duration in seconds while NONE…"); Developer
Guide, "Setting task priority", "Tagging". Observed: aws-sdk-ruby issue 581 (the message for a
type name).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..core.durations import NONE, SECONDS_MAX
from ..core.lambdas import SECONDS_MAX as LAMBDA_SECONDS_MAX

Rule = Callable[[str], str | None]

RETENTION_DAYS_MAX = 90
PRIORITY_MIN, PRIORITY_MAX = -(2**31), 2**31 - 1

DURATION_PATTERN = "NONE|[0-9]{1,8}"
SECONDS_PATTERN = "[0-9]{1,8}"
PRIORITY_PATTERN = "-?[0-9]{1,10}"
TAG_PATTERN = r"[\p{L}\p{N}\s_.:/=+\-@]*"

_FORBIDDEN = re.compile(r"[:/|\u0000-\u001f\u007f-\u009f]")
_DIGITS = re.compile(r"[0-9]{1,8}", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,10}", re.ASCII)


def pattern(text: str) -> str:
    return f"Member must satisfy regular expression pattern: {text}"


def at_most(limit: int) -> str:
    return f"Member must have value less than or equal to {limit}"


def at_least(limit: int) -> str:
    return f"Member must have value greater than or equal to {limit}"


@dataclass(frozen=True, slots=True)
class Name:
    """No ``:``, ``/``, ``|`` or control characters; not the word ``arn``.

    ``trimmed``: no white space at the start or the end either.
    """

    noun: str
    trimmed: bool = False

    def __call__(self, value: str) -> str | None:
        untrimmed = self.trimmed and value != value.strip()
        if value == "arn" or untrimmed or _FORBIDDEN.search(value):
            return f"Invalid {self.noun}: {value}"
        return None


def duration(value: str) -> str | None:
    """``NONE``, or 0 to a year in seconds."""
    return None if value == NONE else _seconds(value, DURATION_PATTERN)


def finite_duration(value: str) -> str | None:
    """0 to a year in seconds."""
    return _seconds(value, SECONDS_PATTERN)


def lambda_duration(value: str) -> str | None:
    """``NONE``, or 1 to 900 seconds."""
    if value == NONE:
        return None
    if not _DIGITS.fullmatch(value):
        return pattern(DURATION_PATTERN)
    if int(value) < 1:
        return at_least(1)
    return at_most(LAMBDA_SECONDS_MAX) if int(value) > LAMBDA_SECONDS_MAX else None


def retention(value: str) -> str | None:
    """``NONE``, or 0 to 90 days."""
    if value == NONE:
        return None
    if not _DIGITS.fullmatch(value):
        return pattern(DURATION_PATTERN)
    return at_most(RETENTION_DAYS_MAX) if int(value) > RETENTION_DAYS_MAX else None


def priority(value: str) -> str | None:
    """A 32-bit integer in decimal."""
    if not _INTEGER.fullmatch(value):
        return pattern(PRIORITY_PATTERN)
    if int(value) < PRIORITY_MIN:
        return at_least(PRIORITY_MIN)
    return at_most(PRIORITY_MAX) if int(value) > PRIORITY_MAX else None


def resource_tag(value: str) -> str | None:
    """Letters, digits, white space and ``_ . : / = + - @``."""
    if all(char.isalnum() or char.isspace() or char in "_.:/=+-@" for char in value):
        return None
    return pattern(TAG_PATTERN)


def _seconds(value: str, text: str) -> str | None:
    if not _DIGITS.fullmatch(value):
        return pattern(text)
    return at_most(SECONDS_MAX) if int(value) > SECONDS_MAX else None


BY_SHAPE: dict[str, Rule] = {
    "DurationInSeconds": finite_duration,
    "DurationInSecondsOptional": duration,
    "DurationInDays": retention,
    "TaskPriority": priority,
    "ResourceTagKey": resource_tag,
    "ResourceTagValue": resource_tag,
}
"""Rules for every member of these shapes."""

TASK_LIST = Name("task list")

BY_MEMBER: dict[tuple[str, str], Rule] = {
    ("RegisterDomainInput", "name"): Name("domain", trimmed=True),
    ("RegisterActivityTypeInput", "name"): Name("name"),
    ("RegisterActivityTypeInput", "version"): Name("version"),
    ("RegisterActivityTypeInput", "defaultTaskList"): TASK_LIST,
    ("RegisterWorkflowTypeInput", "name"): Name("name"),
    ("RegisterWorkflowTypeInput", "version"): Name("version"),
    ("RegisterWorkflowTypeInput", "defaultTaskList"): TASK_LIST,
    ("RegisterWorkflowTypeInput", "defaultExecutionStartToCloseTimeout"): finite_duration,
    ("StartWorkflowExecutionInput", "domain"): Name("domain"),
    ("StartWorkflowExecutionInput", "taskList"): TASK_LIST,
    ("StartWorkflowExecutionInput", "executionStartToCloseTimeout"): finite_duration,
    ("PollForActivityTaskInput", "taskList"): Name("task list", trimmed=True),
    ("PollForDecisionTaskInput", "taskList"): TASK_LIST,
    ("RespondDecisionTaskCompletedInput", "taskList"): TASK_LIST,
    ("ScheduleActivityTaskDecisionAttributes", "taskList"): TASK_LIST,
    ("StartChildWorkflowExecutionDecisionAttributes", "taskList"): Name("task list", trimmed=True),
    ("ContinueAsNewWorkflowExecutionDecisionAttributes", "taskList"): TASK_LIST,
    ("ScheduleLambdaFunctionDecisionAttributes", "startToCloseTimeout"): lambda_duration,
}
"""Rules for one member; for a task list, the rule is that of its name.

The ids of executions, activity tasks, timers and Lambda tasks have none, although their
descriptions state one: ``:`` is recorded as accepted in a timer id and in a child's workflow id
(2016), and frameworks have used ``:`` and ``/`` in them for years. A child and a continued run may
have the execution timeout ``NONE``, as their descriptions say and as recorded in 2014.
"""

EMPTY_MEANS_ABSENT = frozenset(
    ("DurationInSecondsOptional", "PageToken", "VersionOptional", "WorkflowRunIdOptional")
)
"""Shapes whose empty string counts as absent [inferred]."""

NULL_IS_KEPT = frozenset(("TagList",))
"""Lists whose null elements are kept, as recorded in 2016."""
