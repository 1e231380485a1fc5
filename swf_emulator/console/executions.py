"""The list of executions, with the service's filters; open and closed ones together if asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request

from ..core.faults import Fault
from . import overview as live
from .calls import Calls
from .site import Model, NotUnderstood, Site

PAGE = 50
CLOSE_STATUSES = (
    "COMPLETED",
    "FAILED",
    "CANCELED",
    "TERMINATED",
    "CONTINUED_AS_NEW",
    "TIMED_OUT",
)
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


def register(routes: Blueprint, site: Site) -> None:
    """``/executions``."""

    @site.page(routes, "/executions", "executions.html")
    def show_executions() -> Model:
        counted = live.counts(site.engine, site.scope)
        domains = [each["name"] for each in counted]
        domain = request.args.get("domain") or _busiest(counted)
        asked = {name: request.args.get(name, "").strip() for name in ARGUMENTS}
        asked["state"] = _state(asked)
        model: Model = {
            "domains": domains,
            "domain": domain,
            "asked": asked,
            "close_statuses": list(CLOSE_STATUSES),
            "executions": [],
            "after": None,
            "matching": 0,
            "problem": None,
        }
        if domain is None:
            return model
        try:
            filters = filters_of(asked)
            model["executions"], model["after"] = _page(
                site.calls, domain, STATES[asked["state"]], filters, asked["after"]
            )
            model["matching"] = sum(
                site.calls(f"Count{state}WorkflowExecutions", domain=domain, **filters)["count"]
                for state in STATES[asked["state"]]
            )
        except (Fault, NotUnderstood) as problem:
            model["problem"] = problem.message if isinstance(problem, Fault) else str(problem)
        return model


def _busiest(domains: list[dict[str, Any]]) -> str | None:
    """The domain with most executions: what somebody wants to see who names none."""
    busiest = max(domains, key=lambda each: each["open"] + each["closed"], default=None)
    return None if busiest is None else str(busiest["name"])


def _state(asked: Mapping[str, str]) -> str:
    """Only closed executions have a close status or a close time."""
    if asked["closeStatus"] or asked["by"] == "close":
        return "closed"
    return asked["state"] if asked["state"] in STATES else "all"


def filters_of(asked: Mapping[str, str]) -> dict[str, Any]:
    """The filters of the service. Raises NotUnderstood for a time that is none."""
    filters: dict[str, Any] = {}
    times = {"oldestDate": _seconds(asked["oldest"]) or 0}
    latest = _seconds(asked["latest"])
    if latest is not None:
        times["latestDate"] = latest
    filters["closeTimeFilter" if asked["by"] == "close" else "startTimeFilter"] = times
    if asked["closeStatus"]:
        filters["closeStatusFilter"] = {"status": asked["closeStatus"]}
    if asked["type"]:
        name, _, version = asked["type"].partition("/")
        filters["typeFilter"] = {"name": name} | ({"version": version} if version else {})
    if asked["tag"]:
        filters["tagFilter"] = {"tag": asked["tag"]}
    if asked["workflowId"]:
        filters["executionFilter"] = {"workflowId": asked["workflowId"]}
    return filters


def _seconds(text: str) -> float | None:
    """Epoch seconds of what a date field gives, in UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a time such as 2026-01-31T12:00") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _page(
    calls: Calls, domain: str, states: tuple[str, ...], filters: dict[str, Any], after: str
) -> tuple[list[dict[str, Any]], str | None]:
    """The newest executions of one list or of two merged, and where the next page begins.

    A place in two lists is a token for each, ``-`` for a list that has ended.
    """
    tokens = after.split("~") if after else [""] * len(states)
    if len(tokens) != len(states):
        raise NotUnderstood("This page belongs to another list")
    lists = [
        _listed(calls, state, domain, filters, token, PAGE)[0]
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
            token = _listed(calls, state, domain, filters, token, shown)[1] or EXHAUSTED
        elif not lists[index]:
            token = EXHAUSTED
        following.append(token)
    ended = all(token == EXHAUSTED for token in following)
    return [entry[2] for entry in merged], None if ended else "~".join(following)


def _listed(
    calls: Calls, state: str, domain: str, filters: dict[str, Any], token: str, size: int
) -> tuple[list[dict[str, Any]], str | None]:
    if token == EXHAUSTED:
        return [], None
    asked = {**filters, "nextPageToken": token} if token else filters
    operation = f"List{state}WorkflowExecutions"
    answer = calls(operation, domain=domain, maximumPageSize=size, **asked)
    return answer["executionInfos"], answer.get("nextPageToken")
