"""The list of executions, with the service's filters; open and closed ones together if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import request

from ..core.faults import Fault
from ..protocol.model import service_model
from .overview import domains
from .pages import Data, Entry, page
from .site import InputError, Site

PAGE = 50
STATES = {"all": ("Open", "Closed"), "open": ("Open",), "closed": ("Closed",)}
ARGUMENTS = (
    "state",
    "closeStatus",
    "type",
    "tag",
    "workflowId",
    "by",
    "oldest",
    "latest",
    "after",
)
EXHAUSTED = "-"


@page("/executions", "executions.html", bar=Entry(2, "Executions", "e"))
def show_executions(site: Site) -> Data:
    """Arguments: ``domain`` and those of ARGUMENTS; ``after`` is where the page begins."""
    found = site.read(domains)
    domain = request.args.get("domain") or _busiest(found)
    query = {name: request.args.get(name, "").strip() for name in ARGUMENTS}
    query["state"] = _state(query)
    data: Data = {
        "domains": [each["name"] for each in found],
        "domain": domain,
        "query": query,
        "close_statuses": service_model().shapes["CloseStatus"]["enum"],
        "executions": [],
        "after": None,
        "matching": 0,
        "problem": None,
    }
    if domain is None:
        return data
    states = STATES[query["state"]]
    try:
        filters = {"domain": domain, **filters_of(query)}
        data["executions"], data["after"] = _page(site, states, filters, query["after"])
        data["matching"] = sum(
            site.call(f"Count{state}WorkflowExecutions", **filters)["count"] for state in states
        )
    except (Fault, InputError) as problem:
        data["problem"] = problem.message if isinstance(problem, Fault) else str(problem)
    return data


def _busiest(found: list[Data]) -> str | None:
    """The domain with most executions: the default."""
    busiest = max(found, key=lambda each: each["open"] + each["closed"], default=None)
    return None if busiest is None else str(busiest["name"])


def _state(query: Mapping[str, str]) -> str:
    """Only closed executions have a close status or a close time."""
    if query["closeStatus"] or query["by"] == "close":
        return "closed"
    return query["state"] if query["state"] in STATES else "all"


def filters_of(query: Mapping[str, str]) -> dict[str, Any]:
    """The filters of the service. Raises InputError for an invalid time."""
    filters: dict[str, Any] = {}
    times = {"oldestDate": _seconds(query["oldest"]) or 0}
    latest = _seconds(query["latest"])
    if latest is not None:
        times["latestDate"] = latest
    filters["closeTimeFilter" if query["by"] == "close" else "startTimeFilter"] = times
    if query["closeStatus"]:
        filters["closeStatusFilter"] = {"status": query["closeStatus"]}
    if query["type"]:
        name, _, version = query["type"].partition("/")
        filters["typeFilter"] = {"name": name} | ({"version": version} if version else {})
    if query["tag"]:
        filters["tagFilter"] = {"tag": query["tag"]}
    if query["workflowId"]:
        filters["executionFilter"] = {"workflowId": query["workflowId"]}
    return filters


def _seconds(text: str) -> float | None:
    """The epoch seconds of a date field, which is in UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} must be a time such as 2026-01-31T12:00") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _page(
    site: Site, states: tuple[str, ...], filters: Data, after: str
) -> tuple[list[Data], str | None]:
    """The newest executions of one list or of two merged, and where the next page begins.

    A place in two lists is a token for each, ``-`` for a list that has ended.
    """
    tokens = after.split("~") if after else [""] * len(states)
    if len(tokens) != len(states):
        raise InputError("This page belongs to another list")
    lists = [
        _listed(site, state, filters, token, PAGE)[0]
        for state, token in zip(states, tokens, strict=True)
    ]
    moment = "closeTimestamp" if "closeTimeFilter" in filters else "startTimestamp"
    merged = sorted(
        ((info[moment], -index, info) for index, infos in enumerate(lists) for info in infos),
        key=lambda entry: entry[:2],
        reverse=True,
    )[:PAGE]
    following = []
    for index, (state, token) in enumerate(zip(states, tokens, strict=True)):
        shown = sum(1 for entry in merged if entry[1] == -index)
        if shown:
            token = _listed(site, state, filters, token, shown)[1] or EXHAUSTED
        elif not lists[index]:
            token = EXHAUSTED
        following.append(token)
    ended = all(token == EXHAUSTED for token in following)
    return [entry[2] for entry in merged], None if ended else "~".join(following)


def _listed(
    site: Site, state: str, filters: Data, token: str, size: int
) -> tuple[list[Data], str | None]:
    """Up to ``size`` executions of one list, and the token of what follows them."""
    if token == EXHAUSTED:
        return [], None
    page = {"nextPageToken": token} if token else {}
    operation = f"List{state}WorkflowExecutions"
    answer = site.call(operation, **filters, **page, maximumPageSize=size)
    return answer["executionInfos"], answer.get("nextPageToken")
