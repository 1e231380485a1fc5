"""Why an execution waits: each open thing, who has to act, and what happens if nobody does."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.engine import Engine
from ..engine.view import ExecutionRecord, OpenRecord, View
from .overview import effect_of
from .spans import Story


@dataclass(slots=True)
class Reason:
    """One open thing.

    ``urgent`` marks what stands still until somebody outside does something about it;
    ``pollers`` is the number of polls on ``task_list``, None for what is on no list.
    """

    kind: str
    name: str
    event_id: int
    text: str
    advice: str
    since_ms: int | None
    task_list: str | None
    pollers: int | None
    deadline_ms: int | None
    effect: str | None
    urgent: bool
    child_run_id: str | None = None


def reasons(engine: Engine, run: ExecutionRecord, story: Story) -> list[Reason]:
    """Why the run waits, what stands still first; empty once it is closed."""

    def read(view: View) -> list[Reason]:
        items = view.open_items(run)
        found = [_reason(view, run, item, story) for item in items]
        if len(found) == 1 and not any(item.kind == "decision" for item in items):
            found.append(_nothing_open(story))
        return found

    found = engine.read(read)
    return sorted(found, key=lambda reason: (not reason.urgent, reason.deadline_ms or 2**62))


NAMES = {"decision": "Decision task", "execution": "Execution"}
TEXTS = {
    "timer": "The timer runs; the decider is asked when it fires.",
    "child": "The child execution is open.",
    "lambda": "The function {0.type_name} is being invoked.",
    "execution": "It may stay open until its own timeout.",
    "signal": "The signal to another execution is being delivered.",
    "cancel request": "The cancel request to another execution is being delivered.",
}


def _reason(view: View, run: ExecutionRecord, item: OpenRecord, story: Story) -> Reason:
    span = story.spans.get(item.event_id)
    identity = (None if span is None else span.identity) or "without a name"
    text, advice, urgent, pollers = TEXTS.get(item.kind, "").format(item), "", False, None
    if item.task_list is not None:
        text, advice, urgent, pollers = _unpolled(view, run, item.kind, item.task_list)
    elif item.behind:
        text = "It comes after the decision task that a decider has now."
    elif item.kind == "decision":
        text = f"The decider {identity} has it and has not answered yet."
    elif item.kind == "activity":
        text = f"The worker {identity} is at it."
        if item.heartbeat is not None:
            text += f" Its last heartbeat said: {item.heartbeat or 'nothing'}."
        if item.cancel_requested:
            text += " It was asked to cancel, and learns so from its next heartbeat."
    since_ms = item.since_ms
    if item.kind == "child" and span is not None:
        since_ms = span.opened_ms
    return Reason(
        item.kind,
        NAMES.get(item.kind, item.title),
        item.event_id,
        text,
        advice,
        since_ms,
        item.task_list,
        pollers,
        item.due_ms,
        None if item.due_ms is None else effect_of(item),
        urgent,
        None if span is None else span.run_id,
    )


def _unpolled(view: View, run: ExecutionRecord, kind: str, name: str) -> tuple[str, str, bool, int]:
    """The text, the advice and the urgency of a task that nobody has taken; its pollers."""
    lists = {
        each.list_kind: each for each in view.task_lists(run.scope, run.domain) if each.name == name
    }
    who = "decider" if kind == "decision" else "worker"
    pollers = len(lists[kind].pollers) if kind in lists else 0
    if pollers:
        return f"It waits for a {who} on the task list “{name}”.", "", False, pollers
    advice = f"Start a {who} that polls “{name}” in the domain “{run.domain}”"
    other = "activity" if kind == "decision" else "decision"
    if other in lists:
        advice += f" (somebody uses a list of that name, but for {other} tasks)"
    text = f"Nobody polls the task list “{name}” for {kind} tasks."
    return text, f"{advice}, or answer it by hand.", True, 0


def _nothing_open(story: Story) -> Reason:
    return Reason(
        "decider",
        "Nothing",
        0,
        "The last decision left nothing to wait for: no activity, no timer, no child.",
        "Only a signal or a cancel request makes the service ask the decider again. "
        "If you did not mean that, the decider forgot to schedule something or to close.",
        None if story.last is None else story.last.timestamp_ms,
        None,
        None,
        None,
        None,
        True,
    )
