"""Rules for single values that the documentation states and the model lacks.

A rule takes a value that satisfies its shape's constraints and returns the constraint that it
violates, in the service's words, or None. The patterns are inferred; the service's own are not
known.

Source: API Reference, the members' descriptions ("The specified string must not contain…",
"An integer value can be used to specify the duration in seconds while NONE…"); Developer
Guide, "Setting task priority", "Tagging".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..core.durations import NONE, SECONDS_MAX
from ..core.lambdas import SECONDS_MAX as LAMBDA_SECONDS_MAX

Rule = Callable[[str], str | None]

RETENTION_DAYS_MAX = 90
PRIORITY_MIN, PRIORITY_MAX = -(2**31), 2**31 - 1

NAME_PATTERN = r"(?!^arn$)[^:/|\u0000-\u001f\u007f-\u009f]*"
TRIMMED_PATTERN = r"(?!^arn$)(?!\s)[^:/|\u0000-\u001f\u007f-\u009f]*(?<!\s)"
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


def name(value: str) -> str | None:
    """No ``:``, ``/``, ``|`` or control characters; not the word ``arn``."""
    if value == "arn" or _FORBIDDEN.search(value):
        return pattern(NAME_PATTERN)
    return None


def trimmed_name(value: str) -> str | None:
    """Like `name`, and no white space at the start or the end."""
    if name(value) is not None or value != value.strip():
        return pattern(TRIMMED_PATTERN)
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

BY_MEMBER: dict[tuple[str, str], Rule] = {
    ("RegisterDomainInput", "name"): trimmed_name,
    ("RegisterActivityTypeInput", "name"): name,
    ("RegisterActivityTypeInput", "version"): name,
    ("RegisterActivityTypeInput", "defaultTaskList"): name,
    ("RegisterWorkflowTypeInput", "name"): name,
    ("RegisterWorkflowTypeInput", "version"): name,
    ("RegisterWorkflowTypeInput", "defaultTaskList"): name,
    ("RegisterWorkflowTypeInput", "defaultExecutionStartToCloseTimeout"): finite_duration,
    ("StartWorkflowExecutionInput", "domain"): name,
    ("StartWorkflowExecutionInput", "workflowId"): name,
    ("StartWorkflowExecutionInput", "taskList"): name,
    ("StartWorkflowExecutionInput", "executionStartToCloseTimeout"): finite_duration,
    ("PollForActivityTaskInput", "taskList"): trimmed_name,
    ("PollForDecisionTaskInput", "taskList"): name,
    ("RespondDecisionTaskCompletedInput", "taskList"): name,
    ("ScheduleActivityTaskDecisionAttributes", "activityId"): name,
    ("ScheduleActivityTaskDecisionAttributes", "taskList"): name,
    ("StartTimerDecisionAttributes", "timerId"): name,
    ("StartChildWorkflowExecutionDecisionAttributes", "taskList"): trimmed_name,
    (
        "StartChildWorkflowExecutionDecisionAttributes",
        "executionStartToCloseTimeout",
    ): finite_duration,
    ("ContinueAsNewWorkflowExecutionDecisionAttributes", "taskList"): name,
    (
        "ContinueAsNewWorkflowExecutionDecisionAttributes",
        "executionStartToCloseTimeout",
    ): finite_duration,
    ("ScheduleLambdaFunctionDecisionAttributes", "id"): name,
    ("ScheduleLambdaFunctionDecisionAttributes", "startToCloseTimeout"): lambda_duration,
}
"""Rules for one member; for a task list, the rule is that of its name.

The workflow id of a child has no rule, although its description states one: the Flow Framework
for Java and botoflow name children ``<run id>:<number>``, with the slashes of run ids, and the
service has accepted them for years.
"""

EMPTY_MEANS_ABSENT = frozenset(
    (
        "DurationInSecondsOptional",
        "PageToken",
        "TagList",
        "VersionOptional",
        "WorkflowRunIdOptional",
    )
)
"""Shapes whose empty string or list counts as absent [inferred]."""
