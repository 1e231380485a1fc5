"""The first page: latest executions, task lists, domains, and samples to launch."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from .overview import clock_of, domains, task_lists
from .pages import Data, Entry, page, post
from .samples import SAMPLES
from .site import Site, done

RECENT = 8


@page("/", "dashboard.html", bar=Entry(1, "Dashboard", "d"))
def show_dashboard(site: Site) -> Data:
    found = site.read(domains)
    return {
        "domains": found,
        "queues": site.read(task_lists),
        "recent": _recent(site, [domain["name"] for domain in found]),
        "samples": [
            {"name": name, "title": each.title, "text": each.text, "choices": each.choices}
            for name, each in SAMPLES.items()
        ],
        "clock": clock_of(site.accounts),
        "endpoint": request.host_url.rstrip("/"),
    }


@post("/samples/<name>")
def launch_sample(site: Site, name: str) -> Response:
    """Register the sample's domain and types, start an execution, and do its work."""
    sample = SAMPLES.get(name)
    if sample is None:
        raise NotFound
    workflow_id, run_id = site.crews.launch(site.scope, sample, request.form)
    location = url_for(
        "console.show_events", domain=sample.domain, workflow_id=workflow_id, run_id=run_id
    )
    return done(f"Launched {sample.title}", location)


def _recent(site: Site, names: list[str]) -> list[Data]:
    """The executions started last, of all domains."""
    found = []
    for domain in names:
        for state in ("Open", "Closed"):
            answer = site.call(
                f"List{state}WorkflowExecutions",
                domain=domain,
                startTimeFilter={"oldestDate": 0},
                maximumPageSize=RECENT,
            )
            found += [{**info, "domain": domain} for info in answer["executionInfos"]]
    return sorted(found, key=lambda info: info["startTimestamp"], reverse=True)[:RECENT]
