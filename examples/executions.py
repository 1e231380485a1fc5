"""Starting an execution and learning how it ended."""

from __future__ import annotations

import time
import uuid
from typing import Any

from botocore.client import BaseClient

Execution = dict[str, str]

LOOK_EVERY_SECONDS = 0.25
"""SWF tells deciders and workers when something happens, but nobody else: one has to look."""


def start(
    swf: BaseClient,
    domain: str,
    workflow_type: dict[str, str],
    *,
    workflow_id: str | None = None,
    **more: Any,
) -> Execution:
    """Start an execution; without a workflow id, under an id not used before."""
    workflow_id = workflow_id or f"{workflow_type['name']}-{uuid.uuid4().hex[:12]}"
    run_id = swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=workflow_type, **more
    )["runId"]
    return {"workflowId": workflow_id, "runId": run_id}


def wait_until_closed(
    swf: BaseClient, domain: str, execution: Execution, seconds: float
) -> str | None:
    """The close status, or None if the execution is still open after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        info = swf.describe_workflow_execution(domain=domain, execution=execution)["executionInfo"]
        if info["executionStatus"] == "CLOSED":
            status: str = info["closeStatus"]
            return status
        if time.monotonic() >= deadline:
            return None
        time.sleep(LOOK_EVERY_SECONDS)


def history(swf: BaseClient, domain: str, execution: Execution) -> list[dict[str, Any]]:
    """All events, oldest first."""
    pages = swf.get_paginator("get_workflow_execution_history").paginate(
        domain=domain, execution=execution
    )
    return [event for page in pages for event in page["events"]]
