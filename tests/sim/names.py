"""The names of the simulation: few, so that they are used again."""

from __future__ import annotations

from typing import Any

DOMAINS = ("north", "south")
WORKFLOW_IDS = ("w1", "w2", "w3")
TASK_LISTS = ("main", "other")
TAGS = ("red", "blue")
SIGNALS = ("go", "stop")
ACTIVITY_IDS = ("a1", "a2")
TIMER_IDS = ("t1", "t2")
LAMBDA_IDS = ("l1", "l2")
POLICIES = ("TERMINATE", "REQUEST_CANCEL", "ABANDON")
CLOSE_STATUSES = (
    "COMPLETED",
    "FAILED",
    "CANCELED",
    "TERMINATED",
    "CONTINUED_AS_NEW",
    "TIMED_OUT",
)
ROLE = "arn:aws:iam::123456789012:role/lambda"

FULL = {"name": "full", "version": "1"}
"""A type with every default."""
BARE = {"name": "bare", "version": "1"}
"""A type without any."""
NEXT = {"name": "full", "version": "2"}
"""A type with every default but the Lambda role."""
MISSING = {"name": "missing", "version": "1"}
TYPES = (FULL, FULL, FULL, FULL, FULL, FULL, NEXT, BARE, MISSING)

WORKFLOW_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "main"},
    "defaultExecutionStartToCloseTimeout": "300",
    "defaultTaskStartToCloseTimeout": "20",
    "defaultChildPolicy": "TERMINATE",
    "defaultLambdaRole": ROLE,
}
ACTIVITY_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "main"},
    "defaultTaskScheduleToStartTimeout": "30",
    "defaultTaskScheduleToCloseTimeout": "60",
    "defaultTaskStartToCloseTimeout": "40",
    "defaultTaskHeartbeatTimeout": "10",
}

LIVE_FUNCTION, FAILING_FUNCTION, MISSING_FUNCTION = "echo", "broken", "nowhere"
SLOW_FUNCTION, SLOW_SECONDS = "slow", 2
FUNCTIONS = (LIVE_FUNCTION, FAILING_FUNCTION, MISSING_FUNCTION, SLOW_FUNCTION)
