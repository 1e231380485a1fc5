"""Registration of a domain and types; repeating it has no effect."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from botocore.client import BaseClient


def register_domain(swf: BaseClient, name: str, retention_days: int = 1) -> None:
    """Register a domain unless it exists."""
    with suppress(swf.exceptions.DomainAlreadyExistsFault):
        swf.register_domain(name=name, workflowExecutionRetentionPeriodInDays=str(retention_days))


def register_workflow_type(swf: BaseClient, **workflow_type: Any) -> None:
    """Register a workflow type unless it exists."""
    with suppress(swf.exceptions.TypeAlreadyExistsFault):
        swf.register_workflow_type(**workflow_type)


def register_activity_type(swf: BaseClient, **activity_type: Any) -> None:
    """Register an activity type unless it exists."""
    with suppress(swf.exceptions.TypeAlreadyExistsFault):
        swf.register_activity_type(**activity_type)
