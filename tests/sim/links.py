"""Between executions: parents and children, runs and their continuations."""

from __future__ import annotations

from typing import Any

from swf_emulator.core.children import Child
from swf_emulator.engine.domains import Run

from .histories import read

CHILD_CLOSINGS = {
    "COMPLETED": "ChildWorkflowExecutionCompleted",
    "FAILED": "ChildWorkflowExecutionFailed",
    "CANCELED": "ChildWorkflowExecutionCanceled",
    "TERMINATED": "ChildWorkflowExecutionTerminated",
    "TIMED_OUT": "ChildWorkflowExecutionTimedOut",
}


def check_links(runs: list[Run]) -> None:
    """Raise AssertionError unless executions know of each other what they must."""
    for run in runs:
        if not run.execution.closed:
            _check_children(run)
        if run.execution.parent is not None:
            _check_parent(run, runs)
        if run.execution.close_status == "CONTINUED_AS_NEW":
            _check_continuation(run, runs)


def _check_children(parent: Run) -> None:
    """A child that is open for its parent is open."""
    for child in parent.execution.open_items.values():
        if not isinstance(child, Child):
            continue
        assert child.started_event_id, f"child {child.workflow_id} is initiated and not started"
        found = parent.domain.open_runs.get(child.workflow_id)
        assert found is not None, f"child {child.workflow_id} has closed without its parent"
        assert found.execution.parent == _name(parent)
        assert found.execution.parent_initiated_event_id == child.event_id


def _check_parent(child: Run, runs: list[Run]) -> None:
    """A parent that was open has recorded how its child closed."""
    execution = child.execution
    parent = next((run for run in runs if _name(run) == execution.parent), None)
    if parent is None:
        return
    initiated_id = execution.parent_initiated_event_id
    initiated = read(parent)[initiated_id - 1]
    assert initiated["eventType"] == "StartChildWorkflowExecutionInitiated"
    if not execution.closed:
        if not parent.execution.closed:
            assert initiated_id in parent.execution.open_items
        return
    closings = [
        event["eventType"]
        for event in read(parent)
        if event["eventType"] in CHILD_CLOSINGS.values()
        and _attributes(event)["initiatedEventId"] == initiated_id
        and _attributes(event)["workflowExecution"]["runId"] == execution.run_id
    ]
    known = CHILD_CLOSINGS.get(execution.close_status or "")
    assert closings in ([], [known]), f"{execution.close_status} is recorded as {closings}"
    if known is not None and not parent.execution.closed:
        assert closings, f"the parent does not know that {execution.workflow_id} has closed"


def _check_continuation(old: Run, runs: list[Run]) -> None:
    closing = _attributes(read(old)[-1])
    new = next((run for run in runs if run.execution.run_id == closing["newExecutionRunId"]), None)
    if new is None:
        return  # past its retention
    assert new.execution.workflow_id == old.execution.workflow_id
    assert new.execution.continued_run_id == old.execution.run_id
    assert new.execution.parent == old.execution.parent
    assert new.execution.started_ms == old.execution.close_ms


def _name(run: Run) -> dict[str, str]:
    return {"workflowId": run.execution.workflow_id, "runId": run.execution.run_id}


def _attributes(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        value for member, value in event.items() if member.endswith("EventAttributes")
    )
    return found
