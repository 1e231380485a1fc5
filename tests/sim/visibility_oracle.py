"""The open and closed lists by brute force: all runs, filtered and sorted one by one."""

from __future__ import annotations

from typing import Any

from swf_emulator.engine.domains import Domain, Run

from .service import Service

MAX_PAGES = 50


def expected_runs(domain: Domain, closed: bool, query: dict[str, Any]) -> list[Run]:
    """The runs that a list call must give, in its order."""
    by_close = "closeTimeFilter" in query
    found = [
        run
        for run in domain.region.runs.values()
        if run.domain is domain
        and run.execution.closed == closed
        and _in_window(run, by_close, query)
        and _matches(run, query)
    ]
    found.sort(key=lambda run: (_instant_ms(run, by_close), run.sequence))
    return found if query.get("reverseOrder") else found[::-1]


def _instant_ms(run: Run, by_close: bool) -> int:
    return run.execution.close_ms if by_close else run.execution.started_ms


def _in_window(run: Run, by_close: bool, query: dict[str, Any]) -> bool:
    window = query["closeTimeFilter" if by_close else "startTimeFilter"]
    at_seconds = _instant_ms(run, by_close) / 1000
    latest = window.get("latestDate")
    return bool(window["oldestDate"] <= at_seconds and (latest is None or at_seconds <= latest))


def _matches(run: Run, query: dict[str, Any]) -> bool:
    execution = run.execution
    if "executionFilter" in query:
        return bool(execution.workflow_id == query["executionFilter"]["workflowId"])
    if "tagFilter" in query:
        return query["tagFilter"]["tag"] in (execution.tag_list or [])
    if "closeStatusFilter" in query:
        return bool(execution.close_status == query["closeStatusFilter"]["status"])
    if "typeFilter" in query:
        return bool(query["typeFilter"].items() <= execution.workflow_type.items())
    return True


def check_lists(service: Service, domain: Domain, closed: bool, query: dict[str, Any]) -> None:
    """Raise AssertionError unless list, pages and count are those of brute force."""
    expected = [run.execution.run_id for run in expected_runs(domain, closed, query)]
    state = "Closed" if closed else "Open"
    asked = {"domain": domain.name, **query}
    found: list[str] = []
    for _ in range(MAX_PAGES):
        page = service.call(f"List{state}WorkflowExecutions", **asked)
        size = query.get("maximumPageSize") or 100
        assert len(page["executionInfos"]) <= size
        found += [info["execution"]["runId"] for info in page["executionInfos"]]
        if "nextPageToken" not in page:
            break
        assert len(page["executionInfos"]) == size, "a page that is not the last is not full"
        asked["nextPageToken"] = page["nextPageToken"]
    else:
        raise AssertionError("the pages never end")
    assert found == expected, f"{state} of {domain.name} by {query}"
    paging = ("maximumPageSize", "reverseOrder")
    filters = {member: value for member, value in query.items() if member not in paging}
    counted = service.call(f"Count{state}WorkflowExecutions", domain=domain.name, **filters)
    assert counted == {"count": len(expected), "truncated": False}


def check_counts(domain: Domain) -> None:
    """The cheap part, for after every step."""
    runs = [run for run in domain.region.runs.values() if run.domain is domain]
    closed = sum(run.execution.closed for run in runs)
    assert domain.visibility.open_count == len(runs) - closed
    assert domain.visibility.closed_count == closed
