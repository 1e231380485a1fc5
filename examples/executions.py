"""Starting executions, waiting for their end and reading their histories."""

from __future__ import annotations

import time
import uuid
from typing import Any

from botocore.client import BaseClient

Execution = dict[str, str]

LOOK_EVERY_SECONDS = 0.25
"""SWF notifies deciders and workers only; a starter must look for the close status."""


def start(
    swf: BaseClient,
    domain: str,
    workflow_type: dict[str, str],
    *,
    workflow_id: str | None = None,
    workflow_input: str | None = None,
) -> Execution:
    """Start an execution, by default with a new workflow id, and print its ids."""
    workflow_id = workflow_id or f"{workflow_type['name']}-{uuid.uuid4().hex[:12]}"
    run_id = swf.start_workflow_execution(
        domain=domain,
        workflowId=workflow_id,
        workflowType=workflow_type,
        **({} if workflow_input is None else {"input": workflow_input}),
    )["runId"]
    print(f"started {workflow_id}, run {run_id}")
    return {"workflowId": workflow_id, "runId": run_id}


def wait_until_closed(
    swf: BaseClient, domain: str, execution: Execution, seconds: float
) -> str | None:
    """Return the close status, or None if the execution is still open after ``seconds``."""
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
    """Return all events, oldest first."""
    pages = swf.get_paginator("get_workflow_execution_history").paginate(
        domain=domain, execution=execution
    )
    return [event for page in pages for event in page["events"]]
