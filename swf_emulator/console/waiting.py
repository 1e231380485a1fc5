"""Why an execution waits: each open thing, who has to act, and what happens if nobody does."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.decision_tasks import DecisionTask
from ..core.executions import Lifetime
from ..core.lambdas import LambdaTask
from ..core.pending import Pending
from ..core.timers import Timer
from ..engine.engine import Engine
from ..engine.runs import Run
from .live import effect_of
from .story import Story


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


def reasons(engine: Engine, run: Run, story: Story) -> list[Reason]:
    """Why the run waits, what stands still first; empty once it is closed."""

    def read() -> list[Reason]:
        execution = run.execution
        if execution.closed:
            return []
        found = [_reason(run, pending, story) for pending in execution.pending.values()]
        decider_is_asked = execution.decision_started or execution.decision_waiting
        if len(found) == 1 and not decider_is_asked:
            found.append(_nothing_open(execution.last_event_ms))
        return found

    found = engine.transact(read)
    return sorted(found, key=lambda reason: (not reason.urgent, reason.deadline_ms or 2**62))


def _reason(run: Run, pending: Pending, story: Story) -> Reason:
    deadline = pending.next_deadline()
    deadline_ms = None if deadline is None else deadline.at_ms
    effect = None if deadline is None else effect_of(pending, deadline.timeout_type)
    span = story.spans.get(pending.event_id)
    identity = (None if span is None else span.identity) or "without a name"

    def reason(
        kind: str,
        name: str,
        text: str,
        since_ms: int | None,
        advice: str = "",
        queue: tuple[str, str] | None = None,
        urgent: bool = False,
    ) -> Reason:
        pollers = None if queue is None else _pollers(run, *queue)
        return Reason(
            kind,
            name,
            pending.event_id,
            text,
            advice,
            since_ms,
            None if queue is None else queue[1],
            pollers,
            deadline_ms,
            effect,
            urgent,
            None if span is None else span.run_id,
        )

    match pending:
        case DecisionTask(started_event_id=0, offered_ms=None):
            return reason(
                "decision",
                "Decision task",
                "It comes after the decision task that a decider has now.",
                pending.offered_ms,
            )
        case DecisionTask(started_event_id=0):
            text, advice, urgent = _unpolled(run, "decision", pending.task_list)
            queue = ("decision", pending.task_list)
            since_ms = pending.offered_ms
            return reason("decision", "Decision task", text, since_ms, advice, queue, urgent)
        case DecisionTask():
            text = f"The decider {identity} has it and has not answered yet."
            return reason("decision", "Decision task", text, pending.started_ms)
        case ActivityTask(started_event_id=0):
            text, advice, urgent = _unpolled(run, "activity", pending.task_list)
            queue = ("activity", pending.task_list)
            name = pending.activity_id
            return reason("activity", name, text, pending.scheduled_ms, advice, queue, urgent)
        case ActivityTask():
            text = f"The worker {identity} is at it."
            if pending.heartbeat_ms is not None:
                text += f" Its last heartbeat said: {pending.heartbeat_details or 'nothing'}."
            if pending.latest_cancel_requested_event_id is not None:
                text += " It was asked to cancel, and learns so from its next heartbeat."
            return reason("activity", pending.activity_id, text, pending.started_ms)
        case Timer():
            return reason(
                "timer",
                pending.timer_id,
                "The timer runs; the decider is asked when it fires.",
                pending.started_ms,
            )
        case Child():
            text = "The child execution is open."
            return reason(
                "child", pending.workflow_id, text, None if span is None else span.opened_ms
            )
        case LambdaTask():
            text = f"The function {pending.function_name} is being invoked."
            return reason("lambda", pending.function_id, text, pending.started_ms or None)
        case Lifetime():
            return reason(
                "execution",
                "Execution",
                "It may stay open until its own timeout.",
                pending.started_ms,
            )
        case _:
            text = "A request to another execution is on its way."
            return reason("external", f"Event {pending.event_id}", text, None)


def _pollers(run: Run, kind: str, name: str) -> int:
    task_list = run.domain.task_lists.get((kind, name))
    return 0 if task_list is None else len(task_list.pollers)


def _unpolled(run: Run, kind: str, name: str) -> tuple[str, str, bool]:
    """The text, the advice and the urgency of a task that nobody has taken."""
    who = "decider" if kind == "decision" else "worker"
    if _pollers(run, kind, name):
        return f"It waits for a {who} on the task list “{name}”.", "", False
    advice = f"Start a {who} that polls “{name}” in the domain “{run.domain.name}”"
    other = "activity" if kind == "decision" else "decision"
    if (other, name) in run.domain.task_lists:
        advice += f" (somebody uses a list of that name, but for {other} tasks)"
    return (
        f"Nobody polls the task list “{name}” for {kind} tasks.",
        f"{advice}, or answer it by hand.",
        True,
    )


def _nothing_open(since_ms: int) -> Reason:
    return Reason(
        "decider",
        "Nothing",
        0,
        "The last decision left nothing to wait for: no activity, no timer, no child.",
        "Only a signal or a cancel request makes the service ask the decider again. "
        "If you did not mean that, the decider forgot to schedule something or to close.",
        since_ms,
        None,
        None,
        None,
        None,
        True,
    )
