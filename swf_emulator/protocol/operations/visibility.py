"""Lists and counts of open and closed executions.

Source: API Reference, ListOpenWorkflowExecutions, ListClosedWorkflowExecutions and their
counts. Observed: recorded 2013 (order, the message for exclusive filters).
"""

from __future__ import annotations

from typing import Any

from ...core import faults
from ...engine.visibility import ALL, LAST, Query
from ..call import Call, operation
from ..results import Members, Result
from .executions import execution_info

FILTERS = (
    ("executionFilter", "WorkflowExecutionFilter"),
    ("typeFilter", "WorkflowTypeFilter"),
    ("tagFilter", "TagFilter"),
    ("closeStatusFilter", "CloseStatusFilter"),
)
"""The filters of which a call may have one, with the shape names that the fault prints."""


@operation("ListClosedWorkflowExecutions", reads=True, closed=True)
@operation("ListOpenWorkflowExecutions", reads=True, closed=False)
def list_executions(call: Call, closed: bool) -> Result:
    """Return executionInfos, newest start first; newest close first with a closeTimeFilter.

    Faults: ValidationException, UnknownResourceFault.
    """
    query = _query(call, closed)
    position = call.page_start(int, int)
    after = None if position is None else (position[0], position[1])
    size = call.page_size(call.settings.max_execution_page)
    oldest_first = call.get("reverseOrder", False)
    runs, following = call.domain().visibility.page(query, oldest_first, after, size)
    members: dict[str, Any] = {
        "executionInfos": [execution_info(run, call.settings) for run in runs]
    }
    if following is not None:
        members["nextPageToken"] = call.page_token(*following)
    return Members(members)


@operation("CountClosedWorkflowExecutions", reads=True, closed=True)
@operation("CountOpenWorkflowExecutions", reads=True, closed=False)
def count_executions(call: Call, closed: bool) -> Result:
    """Return count, never truncated. Faults: ValidationException, UnknownResourceFault."""
    query = _query(call, closed)
    return Members({"count": call.domain().visibility.count(query), "truncated": False})


def _query(call: Call, closed: bool) -> Query:
    """Return what the filters select; their rules come before the domain's [inferred].

    Fault: ValidationException.
    """
    started, ended = call.get("startTimeFilter"), call.get("closeTimeFilter")
    if started is not None and ended is not None:
        raise faults.two_time_filters()
    time_filter = started or ended
    if time_filter is None:
        raise faults.no_time_filter()
    filters = [shape for member, shape in FILTERS if member in call.parameters]
    if len(filters) > 1:
        raise faults.exclusive_filters(filters)
    return Query(
        closed,
        ended is not None,
        _key(call),
        time_filter["oldestDate"],
        time_filter.get("latestDate", LAST),
    )


def _key(call: Call) -> tuple[str, ...]:
    parameters = call.parameters
    if "executionFilter" in parameters:
        return ("workflow", parameters["executionFilter"]["workflowId"])
    if "tagFilter" in parameters:
        return ("tag", parameters["tagFilter"]["tag"])
    if "closeStatusFilter" in parameters:
        return ("status", parameters["closeStatusFilter"]["status"])
    if "typeFilter" in parameters:
        name, version = parameters["typeFilter"]["name"], parameters["typeFilter"].get("version")
        return ("type", name) if version is None else ("type", name, version)
    return ALL
