"""The summary of an execution: its input, outcome, configuration and relatives."""

from __future__ import annotations

from ..engine.domains import Scope
from ..engine.view import ExecutionRecord, View
from .execution import execution_page
from .pages import Data, Entry
from .site import Shown, Site

CHILDREN_MAX = 200
RUNS_MAX = 50


@execution_page("summary", "execution_summary.html", tab=Entry(1, "Summary"))
def show_execution(site: Site, shown: Shown) -> Data:
    record, spans = shown.record, site.spans(shown)
    last = spans.last
    children = spans.of_concept("child")
    return {
        "first": spans.first.attributes,
        "last": {"type": last.event_type, **last.attributes},
        "continued_from": record.continued_run_id,
        "continued_to": last.attributes.get("newExecutionRunId"),
        "parent": record.parent,
        "children": children[-CHILDREN_MAX:],
        "children_count": len(children),
        "runs": site.read(_runs, record),
    }


def _runs(view: View, scope: Scope, record: ExecutionRecord) -> list[Data]:
    """The last runs of the same workflow id, newest first."""
    runs = view.executions(scope, record.domain, workflow_id=record.workflow_id)
    return [
        {"runId": each.run_id, "startedMs": each.started_ms, "status": each.status}
        for each in runs[: -RUNS_MAX - 1 : -1]
    ]
