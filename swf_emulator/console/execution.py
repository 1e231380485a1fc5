"""One execution: summary, events, activities, timeline, why it waits, step by step."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..engine.domains import Run
from . import overview as live
from .events import FAMILIES, events_page
from .reasons import reasons
from .site import Model, NotUnderstood, Site
from .state_at import step
from .timeline import timeline

PATH = "/executions/<name:domain>/<name:workflow_id>/<run:run_id>"
ACTIVITIES_PAGE = 100


def register(routes: Blueprint, site: Site) -> None:
    """The tabs, and the history as a file."""

    @site.page(routes, f"{PATH}/summary", "execution_summary.html")
    def show_execution(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        story = site.story(run)
        assert story.first is not None
        assert story.last is not None
        children = story.of_kind("child")
        return {
            **head(site, run),
            "first": story.first.attributes,
            "last": {"type": story.last.event_type, **story.last.attributes},
            "continued_from": run.execution.continued_run_id,
            "continued_to": story.last.attributes.get("newExecutionRunId"),
            "parent": run.execution.parent,
            "children": children[-200:],
            "children_count": len(children),
            "runs": live.runs_of(site.engine, run),
        }

    @site.page(routes, f"{PATH}/events", "execution_events.html")
    def show_events(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        asked = {name: request.args.get(name, "") for name in ("family", "text", "order")}
        page = events_page(
            run.history,
            site.story(run),
            family=asked["family"],
            text=asked["text"],
            newest_first=asked["order"] == "newest",
            page=_number("page"),
            event_id=_number("event") if "event" in request.args else None,
        )
        return {**head(site, run), "asked": asked, "families": list(FAMILIES), "events": page}

    @site.page(routes, f"{PATH}/activities", "execution_activities.html")
    def show_activities(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        spans = site.story(run).of_kind("activity")[::-1]
        pages = max(1, -(-len(spans) // ACTIVITIES_PAGE))
        page = min(_number("page"), pages)
        now_ms = site.engine.clock.now_ms()
        if run.execution.closed:
            now_ms = run.execution.close_ms
        return {
            **head(site, run),
            "activities": [
                {"span": span, "waited": span.waited_ms(now_ms), "ran": span.ran_ms(now_ms)}
                for span in spans[(page - 1) * ACTIVITIES_PAGE : page * ACTIVITIES_PAGE]
            ],
            "page": page,
            "pages": pages,
        }

    @site.page(routes, f"{PATH}/timeline", "execution_timeline.html")
    def show_timeline(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        by_event = request.args.get("scale") == "events"
        now_ms = site.engine.clock.now_ms()
        drawn = timeline(site.story(run), now_ms, by_event=by_event, page=_number("page"))
        return {**head(site, run), "timeline": drawn}

    @site.page(routes, f"{PATH}/waiting", "execution_waiting.html")
    def show_waiting(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        return {
            **head(site, run),
            "reasons": reasons(site.engine, site.record(run), site.story(run)),
        }

    @site.page(routes, f"{PATH}/steps", "execution_steps.html")
    def show_steps(domain: str, workflow_id: str, run_id: str) -> Model:
        run = site.run(domain, workflow_id, run_id)
        total = len(run.history)
        asked = min(_number("event") if "event" in request.args else total, total)
        found = step(workflow_id, run_id, run.history, asked)
        return {**head(site, run), "step": found}

    @routes.get(f"{PATH}/history.json")
    def download_history(domain: str, workflow_id: str, run_id: str) -> Response:
        """The whole history as GetWorkflowExecutionHistory would give it, as a file."""
        run = site.run(domain, workflow_id, run_id)
        body = b'{"events":[' + b",\n".join(run.history) + b"]}\n"
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in workflow_id)
        disposition = f'attachment; filename="history-{name}.json"'
        headers = {"Content-Disposition": disposition}
        return Response(body, mimetype="application/json", headers=headers)

    @routes.get(f"{PATH}/events/<int:event_id>.json")
    def show_event_json(domain: str, workflow_id: str, run_id: str, event_id: int) -> Response:
        """One event, as the service writes it."""
        history = site.run(domain, workflow_id, run_id).history
        stored = history[min(max(event_id, 1), len(history)) - 1]
        return Response(stored, mimetype="application/json")


def head(site: Site, run: Run) -> Model:
    """What stands above every tab."""
    execution = run.execution
    domain, workflow_id, run_id = run.domain.name, execution.workflow_id, execution.run_id
    named = {"workflowId": workflow_id, "runId": run_id}
    described = site.calls("DescribeWorkflowExecution", domain=domain, execution=named)
    return {
        "domain": domain,
        "workflow_id": workflow_id,
        "run_id": run_id,
        "info": described.pop("executionInfo"),
        "description": described,
        "decision_open": _decision_open(run),
        "started_ms": execution.started_ms,
        "closed_ms": execution.close_ms if execution.closed else None,
        "event_count": len(run.history),
    }


def _decision_open(run: Run) -> bool:
    execution = run.execution
    return bool(execution.decision_started or execution.decision_waiting)


def _number(name: str) -> int:
    """A number in the query, 1 if there is none. Raises NotUnderstood."""
    text = request.args.get(name, "1")
    if not text.isdecimal():
        raise NotUnderstood(f"{name} is a number from 1, not {text!r}")
    return max(1, int(text[:12]))
