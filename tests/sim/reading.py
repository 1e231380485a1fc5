"""Histories and descriptions as clients read them, against what is stored."""

from __future__ import annotations

from typing import Any

from swf_emulator.engine.domains import Run

from .histories import open_counts, read
from .service import Refused, Service

MAX_PAGES = 500
TASK = "PollForDecisionTask"

Parameters = dict[str, Any]


def check_history_pages(service: Service, run: Run, paging: Parameters) -> None:
    """Raise AssertionError unless the pages together are the history, each of the asked size."""
    asked = {**_named(run), **paging}
    page = service.call("GetWorkflowExecutionHistory", **asked)
    events = _all_events(service, "GetWorkflowExecutionHistory", asked, page)
    stored = read(run)
    assert events == (stored[::-1] if paging.get("reverseOrder") else stored)


def check_task_pages(service: Service, asked: Parameters, answer: Parameters) -> None:
    """Raise AssertionError unless the task's pages hold the history up to its start."""
    execution = answer["workflowExecution"]
    (run,) = (run for run in service.runs() if run.execution.run_id == execution["runId"])
    first = 1
    if asked.get("startAtPreviousStartedEvent"):
        first = answer["previousStartedEventId"] or 1
    expected = read(run)[first - 1 : answer["startedEventId"]]
    assert expected[-1]["eventType"] == "DecisionTaskStarted"
    events = _all_events(service, TASK, asked, answer)
    if events is None:
        task = run.execution.decision_started
        over = task is None or task.started_event_id != answer["startedEventId"]
        assert over or run.execution.closed
    else:
        assert events == (expected[::-1] if asked.get("reverseOrder") else expected)


def check_description(service: Service, run: Run) -> None:
    """Raise AssertionError unless a description agrees with the history."""
    found = service.call("DescribeWorkflowExecution", **_named(run))
    events = read(run)
    counts = dict(found["openCounts"])
    assert counts.pop("openDecisionTasks") in (0, 1)
    assert counts == open_counts(events)
    info = found["executionInfo"]
    assert info["startTimestamp"] == events[0]["eventTimestamp"]
    assert (info["executionStatus"] == "CLOSED") == run.execution.closed
    if run.execution.closed:
        assert info["closeTimestamp"] == events[-1]["eventTimestamp"]
        assert events[-1]["eventType"].upper() == "WORKFLOWEXECUTION" + info["closeStatus"].replace(
            "_", ""
        )


def _all_events(
    service: Service, operation: str, asked: Parameters, page: Parameters
) -> list[dict[str, Any]] | None:
    """All pages; None for a task that was over before they were read."""
    size = asked.get("maximumPageSize") or 1000
    events: list[dict[str, Any]] = []
    for _ in range(MAX_PAGES):
        assert len(page["events"]) <= size
        events += page["events"]
        if "nextPageToken" not in page:
            return events
        assert len(page["events"]) == size, "a page that is not the last is not full"
        try:
            following = service.call(operation, **asked, nextPageToken=page["nextPageToken"])
        except Refused as refused:
            if operation == TASK and refused.code == "UnknownResourceFault":
                return None
            raise
        for member in ("taskToken", "startedEventId", "previousStartedEventId"):
            assert following.get(member) == page.get(member)
        page = following
    raise AssertionError("the pages never end")


def _named(run: Run) -> Parameters:
    return {
        "domain": run.domain.name,
        "execution": {"workflowId": run.execution.workflow_id, "runId": run.execution.run_id},
    }
