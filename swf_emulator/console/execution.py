"""Pages of one execution: what they share, and its history as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from ..core.faults import Fault
from ..engine.domains import DAY_MS, Scope
from ..engine.view import ExecutionRecord, OpenRecord, View
from .axis import Axis
from .bars import strip
from .pages import Data, Entry, Page, get, page, wants_json
from .site import InputError, Shown, Site
from .spans import Spans
from .verdict import verdict_of

PATH = "/executions/<name:domain>/<name:workflow_id>/<run:run_id>"


def execution_page(
    path: str, template: str, *, tab: Entry | None = None
) -> Callable[[Callable[..., Data]], Page]:
    """Declare a page below the path of an execution.

    The decorated view gets the site, the execution, and the further arguments of the path.
    """

    def register(view: Callable[..., Data]) -> Page:
        @wraps(view)
        def show(site: Site, domain: str, workflow_id: str, run_id: str, **arguments: Any) -> Data:
            shown = _found(site, domain, workflow_id, run_id)
            return {**head(site, shown), **view(site, shown, **arguments)}

        return page(f"{PATH}/{path}", template, tab=tab)(show)

    return register


class RunGone(Fault):
    """A run that does not exist, or no longer; ``newest`` is the last one of its workflow id."""

    def __init__(self, fault: Fault, workflow_id: str, newest: ExecutionRecord | None) -> None:
        super().__init__(fault.code, fault.message)
        self.workflow_id = workflow_id
        self.newest = newest


def _found(site: Site, domain: str, workflow_id: str, run_id: str) -> Shown:
    """Return an execution. Fault: RunGone; UnknownResourceFault if there is no such domain."""
    try:
        return site.execution(domain, workflow_id, run_id)
    except Fault as fault:
        runs = site.read(_runs_of, domain, workflow_id)
        raise RunGone(fault, workflow_id, runs[-1] if runs else None) from None


def _runs_of(view: View, scope: Scope, domain: str, workflow_id: str) -> list[ExecutionRecord]:
    return view.executions(scope, domain, workflow_id=workflow_id)


def head(site: Site, shown: Shown) -> Data:
    """The data above every tab."""
    at, record = shown.at, shown.record
    named = {"workflowId": at["workflow_id"], "runId": at["run_id"]}
    described = site.call("DescribeWorkflowExecution", domain=at["domain"], execution=named)
    spans = site.spans(shown)
    items = open_items(site, shown)
    verdict = verdict_of(
        record,
        spans,
        list(items.values()),
        site.accounts.followers(shown.record.scope.account).clock.now_ms(),
    )
    data = {
        **at,
        "info": described.pop("executionInfo"),
        "description": described,
        "decision_open": record.decider_has_work,
        "started_ms": record.started_ms,
        "closed_ms": record.closed_ms,
        "deleted_ms": record.deleted_ms,
        "in_grace": _in_grace(record),
        "event_count": record.event_count,
        "family_count": len(spans.of_concept("child")) + (record.parent is not None),
        "verdict": verdict,
    }
    if not wants_json():
        data["strip"] = strip(spans, axis_of(site, shown, spans, items), items)
    return data


def open_items(site: Site, shown: Shown) -> dict[int, OpenRecord]:
    """The open items of an execution, by the events that opened them."""
    return site.read(_items, shown.record)


def _items(view: View, scope: Scope, record: ExecutionRecord) -> dict[int, OpenRecord]:
    return {item.event_id: item for item in view.open_items(record)}


def axis_of(
    site: Site, shown: Shown, spans: Spans, items: dict[int, OpenRecord], **options: Any
) -> Axis:
    """The axis of time of an execution; ``options`` are those of `Axis`."""
    closed_ms = shown.record.closed_ms
    if closed_ms is not None:
        return Axis(spans, closed_ms, None, **options)
    due = [
        item.due_ms
        for item in items.values()
        if item.due_ms is not None and item.event_id in spans.by_id
    ]
    return Axis(
        spans, site.accounts.followers(shown.record.scope.account).clock.now_ms(), due, **options
    )


def _in_grace(record: ExecutionRecord) -> bool:
    """Whether the execution is closed in a domain that retains none."""
    closed_ms, deleted_ms = record.closed_ms, record.deleted_ms
    return closed_ms is not None and deleted_ms is not None and deleted_ms - closed_ms < DAY_MS


@get(f"{PATH}/history.json")
def download_history(site: Site, domain: str, workflow_id: str, run_id: str) -> Response:
    """The whole history as a file, in the form of GetWorkflowExecutionHistory."""
    history = site.execution(domain, workflow_id, run_id).history
    body = b'{"events":[' + b",\n".join(history) + b"]}\n"
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in workflow_id)
    headers = {"Content-Disposition": f'attachment; filename="history-{name}.json"'}
    return Response(body, mimetype="application/json", headers=headers)


@get(f"{PATH}/events/<int:event_id>.json")
def show_event_json(
    site: Site, domain: str, workflow_id: str, run_id: str, event_id: int
) -> Response:
    """One event, as the service writes it."""
    history = site.execution(domain, workflow_id, run_id).history
    stored = history[min(max(event_id, 1), len(history)) - 1]
    return Response(stored, mimetype="application/json")


def number_of(name: str, otherwise: int = 1) -> int:
    """A number from 1 in the query. Raises InputError."""
    text = request.args.get(name, str(otherwise))
    if not text.isdecimal():
        raise InputError(f"{name} must be a whole number ≥ 1, not {text!r}")
    return max(1, int(text[:12]))
