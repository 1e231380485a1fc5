"""The first page, and the page of task lists."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from . import overview as live
from .site import Model, Site

RECENT = 8


def register(routes: Blueprint, site: Site) -> None:
    """``/`` and ``/task-lists``."""

    @site.page(routes, "/", "dashboard.html")
    def show_dashboard() -> Model:
        domains = live.counts(site.engine, site.scope)
        return {
            "domains": domains,
            "queues": live.queues(site.engine, site.scope),
            "recent": _recent(site, [domain["name"] for domain in domains]),
            "clock": live.clock_view(site.service.accounts),
            "endpoint": request.host_url.rstrip("/"),
        }

    @site.page(routes, "/task-lists", "task_lists.html")
    def show_task_lists() -> Model:
        return {"queues": live.queues(site.engine, site.scope)}


def _recent(site: Site, domains: list[str]) -> list[dict[str, Any]]:
    """The executions started last, of all domains."""
    found = []
    for domain in domains:
        for operation in ("ListOpenWorkflowExecutions", "ListClosedWorkflowExecutions"):
            answer = site.calls(
                operation,
                domain=domain,
                startTimeFilter={"oldestDate": 0},
                maximumPageSize=RECENT,
            )
            found += [{**info, "domain": domain} for info in answer["executionInfos"]]
    return sorted(found, key=lambda info: info["startTimestamp"], reverse=True)[:RECENT]
