"""Open and closed executions: listed and counted.

Source: API Reference, ListOpenWorkflowExecutions, ListClosedWorkflowExecutions and their
counts. Observed: recorded 2013 (order, the text for exclusive filters).
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


@operation("ListOpenWorkflowExecutions", reads=True)
def list_open_workflow_executions(call: Call) -> Result:
    """Newest start first. Faults: UnknownResourceFault, ValidationException."""
    return _list(call, closed=False)


@operation("ListClosedWorkflowExecutions", reads=True)
def list_closed_workflow_executions(call: Call) -> Result:
    """Newest start first, or newest close with a closeTimeFilter. Faults as above."""
    return _list(call, closed=True)


@operation("CountOpenWorkflowExecutions", reads=True)
def count_open_workflow_executions(call: Call) -> Result:
    """Faults: UnknownResourceFault, ValidationException."""
    return _count(call, closed=False)


@operation("CountClosedWorkflowExecutions", reads=True)
def count_closed_workflow_executions(call: Call) -> Result:
    """Faults: UnknownResourceFault, ValidationException."""
    return _count(call, closed=True)


def _list(call: Call, *, closed: bool) -> Result:
    query = _query(call, closed)
    position = call.page_start()
    after = None if position is None else (position[0], position[1])
    size = call.page_size(call.settings.max_execution_page)
    oldest_first = call.parameters.get("reverseOrder", False)
    runs, following = call.domain().visibility.page(query, oldest_first, after, size)
    answer: dict[str, Any] = {
        "executionInfos": [execution_info(run, call.settings) for run in runs]
    }
    if following is not None:
        answer["nextPageToken"] = call.page_token(*following)
    return Members(answer)


def _count(call: Call, *, closed: bool) -> Result:
    query = _query(call, closed)
    return Members({"count": call.domain().visibility.count(query), "truncated": False})


def _query(call: Call, closed: bool) -> Query:
    """What is asked for. The rules for the filters come before the domain [inferred]."""
    started, ended = call.get("startTimeFilter"), call.get("closeTimeFilter")
    if started is not None and ended is not None:
        raise faults.two_time_filters()
    time_filter = started or ended
    if time_filter is None:
        raise faults.no_time_filter()
    given = [shape for member, shape in FILTERS if member in call.parameters]
    if len(given) > 1:
        raise faults.exclusive_filters(given)
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
        asked = parameters["typeFilter"]
        version = asked.get("version")
        return ("type", asked["name"]) if version is None else ("type", asked["name"], version)
    return ALL
