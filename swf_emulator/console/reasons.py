"""Reasons why an execution waits: each open item, who must act, and what happens otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.domains import Scope
from ..engine.view import ExecutionRecord, OpenRecord, View
from .execution import execution_page
from .formats import noun_of
from .overview import effect_of
from .pages import Data, Entry
from .site import Shown, Site
from .spans import Spans

TEXTS = {
    "timer": "The timer is running. When it fires, the decider gets a task.",
    "child": "The child execution is open.",
    "lambda": "The function {0.type_name} is running.",
    "execution": "The execution can stay open until its own timeout.",
    "signal": "The signal to another execution is being delivered.",
    "cancel request": "The cancel request to another execution is being delivered.",
}
"""Texts for open items that wait for no worker, by their concept."""


@dataclass(slots=True)
class Reason:
    """One open item.

    ``urgent``: nothing happens until someone acts. ``task_list`` is the list on which a task
    waits.
    """

    concept: str
    name: str
    event_id: int
    text: str
    advice: str = ""
    since_ms: int | None = None
    task_list: str | None = None
    deadline_ms: int | None = None
    effect: str | None = None
    urgent: bool = False
    child_run_id: str | None = None


@execution_page("waiting", "execution_waiting.html", tab=Entry(5, "Why is it waiting?"))
def show_waiting(site: Site, shown: Shown) -> Data:
    """The reasons, urgent ones first; none once the execution is closed."""
    found = site.read(_reasons, shown.record, site.spans(shown))
    found.sort(key=lambda reason: (not reason.urgent, reason.deadline_ms or 2**62))
    return {"reasons": found}


def _reasons(view: View, scope: Scope, execution: ExecutionRecord, spans: Spans) -> list[Reason]:
    items = view.open_items(execution)
    reasons = [_reason(view, execution, item, spans) for item in items]
    if [item.kind for item in items] == ["execution"]:
        reasons.append(_nothing_open(spans))
    return reasons


def _reason(view: View, execution: ExecutionRecord, item: OpenRecord, spans: Spans) -> Reason:
    span = spans.by_id.get(item.event_id)
    reason = Reason(
        item.kind,
        item.title or noun_of(item.kind).capitalize(),
        item.event_id,
        TEXTS.get(item.kind, "It is open.").format(item),
        since_ms=item.since_ms,
        task_list=item.task_list,
        deadline_ms=item.due_ms,
        effect=None if item.due_ms is None else effect_of(item),
    )
    if span is not None and item.kind == "child":
        reason.since_ms, reason.child_run_id = span.opened_ms, span.run_id
    identity = (None if span is None else span.identity) or "without a name"
    if item.task_list is not None:
        _wait_for_poller(reason, view, execution)
    elif item.behind:
        reason.text = "This task comes after the decision task that a decider has now."
    elif item.kind == "decision":
        reason.text = f"The decider {identity} has the task and has not answered yet."
    elif item.kind == "activity":
        reason.text = f"The worker {identity} has the task."
        if item.heartbeat is not None:
            reason.text += f" Its last heartbeat: {item.heartbeat or 'no details'}."
        if item.cancel_requested:
            reason.text += (
                " Cancellation was requested; the worker learns of it from its next heartbeat "
                "response."
            )
    return reason


def _wait_for_poller(reason: Reason, view: View, execution: ExecutionRecord) -> None:
    """Complete the reason of a task on a list: a task waits only as long as no client polls."""
    who, name = "decider" if reason.concept == "decision" else "worker", reason.task_list
    reason.urgent = True
    reason.text = f"No {who} polls the task list “{name}”."
    reason.advice = f"Start a {who} that polls “{name}” in the domain “{execution.domain}”"
    for each in view.task_lists(execution.scope, execution.domain):
        if each.name == name and each.list_kind != reason.concept:
            reason.advice += f" (there is a list of this name for {each.list_kind} tasks)"
    reason.advice += ", or answer the task by hand."


def _nothing_open(spans: Spans) -> Reason:
    return Reason(
        "decider",
        "Nothing",
        0,
        "The last decision scheduled nothing: no activity, timer or child is open.",
        "Only a signal or a cancel request triggers the next decision. If this is not "
        "intended, the decider forgot to schedule something or to close the execution.",
        since_ms=spans.last.timestamp_ms,
        urgent=True,
    )
