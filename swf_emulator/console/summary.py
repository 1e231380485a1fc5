"""The summary of an execution: its input, outcome, configuration and other runs."""

from __future__ import annotations

from ..engine.domains import Scope
from ..engine.view import ExecutionRecord, View
from .execution import execution_page
from .pages import Data, Entry
from .panels import PAYLOAD_MEMBERS
from .site import Shown, Site
from .words import LIMITS, seconds

RUNS_MAX = 50


@execution_page("summary", "execution_summary.html", tab=Entry(6, "Summary"))
def show_execution(site: Site, shown: Shown) -> Data:
    record, spans = shown.record, site.spans(shown)
    last = spans.last
    outcome = {
        member: last.attributes[member]
        for member in PAYLOAD_MEMBERS
        if not record.open and member != "input" and member in last.attributes
    }
    first = spans.first.attributes
    return {
        "first": first,
        "limits": {member: seconds(first[member]) for member in LIMITS if member in first},
        "last": {"type": last.event_type, "event_id": last.event_id, **last.attributes},
        "outcome": outcome,
        "continued_from": record.continued_run_id,
        "continued_to": last.attributes.get("newExecutionRunId"),
        "parent": record.parent,
        "runs": site.read(_runs, record),
    }


def _runs(view: View, scope: Scope, record: ExecutionRecord) -> list[Data]:
    """The last runs of the same workflow id, newest first."""
    runs = view.executions(scope, record.domain, workflow_id=record.workflow_id)
    return [
        {
            "runId": each.run_id,
            "startedMs": each.started_ms,
            "closedMs": each.closed_ms,
            "status": each.status,
            "events": each.event_count,
        }
        for each in runs[: -RUNS_MAX - 1 : -1]
    ]
