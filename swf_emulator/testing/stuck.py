"""Why nothing goes on: what is open, who would have to do something, what is due when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.decision_tasks import DecisionTask
from ..core.executions import Lifetime
from ..core.external import ExternalRequest
from ..core.lambdas import LambdaTask
from ..core.pending import Deadline, Pending
from ..core.timers import Timer
from ..emulator import Emulator
from ..engine.history import decode_event
from ..engine.runs import Run
from ..histories import elapsed, format_timeline

LAST_LINES = 15

Unserved = Callable[[str, str, Pending], str | None]
"""Why a waiting task is not taken: from kind, task list and task to a reason, None if it is."""


class Stuck(RuntimeError):
    """Nothing goes on any more, or not in time. The text says what is waited for.

    ``reason`` is its first line.
    """

    def __init__(self, reason: str, emulator: Emulator, unserved: Unserved | None = None) -> None:
        super().__init__("\n".join([reason, explain(emulator, unserved)]))
        self.reason = reason


class Due(NamedTuple):
    """What happens next in an open execution if nothing else does."""

    deadline: Deadline
    pending: Pending
    run: Run


def explain(emulator: Emulator, unserved: Unserved | None = None) -> str:
    """What every open execution waits for, one line each, and what happened last in it.

    A retention period is not waited for.
    """
    return emulator.engine.transact(lambda: "\n".join(_explained(emulator, unserved)))


def next_due(emulator: Emulator) -> Due | None:
    """The earliest deadline of an open execution. Retention is not one. Needs the lock."""
    found = [
        Due(deadline, pending, run)
        for run in open_runs(emulator)
        for pending in run.execution.pending.values()
        if (deadline := pending.next_deadline()) is not None
    ]
    return min(found, key=lambda due: due.deadline.at_ms, default=None)


def open_runs(emulator: Emulator) -> list[Run]:
    """The open runs in the order of their starts. Needs the lock."""
    runs = [
        run
        for partition in emulator.engine.partitions.values()
        for domain in partition.domains.values()
        for run in domain.open_runs.values()
    ]
    return sorted(runs, key=lambda run: run.sequence)


def _explained(emulator: Emulator, unserved: Unserved | None) -> Iterator[str]:
    now_ms = emulator.engine.now_ms
    runs = open_runs(emulator)
    if not runs:
        yield "No execution is open."
    for run in runs:
        execution = run.execution
        name, version = execution.workflow_type["name"], execution.workflow_type["version"]
        age = elapsed(now_ms - execution.started_ms)
        yield f"{execution.workflow_id} ({name}/{version}) in {run.domain.name}, open for {age}:"
        yield from (f"  - {line}" for line in _waits(run, now_ms, unserved))
    due = next_due(emulator)
    if due is not None:
        after = elapsed(max(0, due.deadline.at_ms - now_ms))
        what = _named(due.pending)
        whose = due.run.execution.workflow_id
        yield f"Next deadline: in {after}, {what} of {whose} ({due.deadline.timeout_type})."
    yield from _polls(emulator)
    for run in runs[:3]:
        yield f"What happened in {run.execution.workflow_id}:"
        events = [decode_event(stored) for stored in run.history]
        yield _indented(format_timeline(events, lines=LAST_LINES))


def _waits(run: Run, now_ms: int, unserved: Unserved | None) -> Iterator[str]:
    pendings = list(run.execution.pending.values())
    lines = [line for pending in pendings for line in _line(pending, now_ms, unserved)]
    yield from lines
    if not lines:
        yield (
            "no task, timer, child or request is open: its decider has decided nothing that "
            "goes on; only a signal or a cancel request can wake it"
        )
    lifetime = next(pending for pending in pendings if isinstance(pending, Lifetime))
    deadline = lifetime.next_deadline()
    if deadline is not None:
        yield f"it times out as a whole in {elapsed(max(0, deadline.at_ms - now_ms))}"


def _line(pending: Pending, now_ms: int, unserved: Unserved | None) -> Iterator[str]:
    ago = partial(_ago, now_ms)
    match pending:
        case DecisionTask() | ActivityTask():
            if pending.started_event_id:
                taken = f"taken {ago(pending.started_ms)} and not answered"
                yield f"{_named(pending)}: {taken}{_ends(pending, now_ms)}"
            else:
                yield f"{_named(pending)}: {_queued(pending, unserved)}{_ends(pending, now_ms)}"
        case Timer():
            yield f"{_named(pending)}{_ends(pending, now_ms, 'fires')}"
        case Child():
            state = "open" if pending.started_event_id else "not started yet"
            yield f"{_named(pending)}: {state}"
        case LambdaTask():
            yield f"{_named(pending)}: invoked and not answered{_ends(pending, now_ms)}"
        case ExternalRequest():
            yield f"{_named(pending)}: on its way"


def _queued(task: DecisionTask | ActivityTask, unserved: Unserved | None) -> str:
    place = task.queued()
    if place is None:
        return "waits behind the one that is being decided"
    why = None if unserved is None else unserved(place.kind, place.task_list, task)
    if why is None and unserved is None:
        why = "nobody takes it"
    return f"waits on the {place.kind} task list {place.task_list!r}" + (
        "" if why is None else f": {why}"
    )


def _ends(pending: Pending, now_ms: int, verb: str = "times out") -> str:
    deadline = pending.next_deadline()
    if deadline is None:
        return ""
    which = f" ({deadline.timeout_type})" if verb == "times out" else ""
    comma = "" if verb == "fires" else ";"
    return f"{comma} {verb} in {elapsed(max(0, deadline.at_ms - now_ms))}{which}"


def _ago(now_ms: int, at_ms: int) -> str:
    return "just now" if at_ms >= now_ms else f"{elapsed(now_ms - at_ms)} ago"


def _named(pending: Pending) -> str:
    match pending:
        case DecisionTask():
            return "decision task"
        case ActivityTask():
            return f"activity {pending.activity_id!r} ({pending.activity_type['name']})"
        case Timer():
            return f"timer {pending.timer_id!r}"
        case Child():
            return f"child {pending.workflow_id!r} ({pending.workflow_type['name']})"
        case LambdaTask():
            return f"Lambda function {pending.function_id!r} ({pending.function_name})"
        case ExternalRequest():
            return f"request to {pending.target[0]!r}"
        case Lifetime():
            return "the time-out"
    return type(pending).__name__


def _polls(emulator: Emulator) -> Iterator[str]:
    """Who waits for tasks, and where: a list misspelt on one side shows here."""
    lists = sorted(
        (task_list.kind, task_list.name, len(task_list.pollers))
        for partition in emulator.engine.partitions.values()
        for domain in partition.domains.values()
        for task_list in domain.task_lists.values()
        if task_list.pollers
    )
    for kind, name, count in lists:
        polls = "1 poll waits" if count == 1 else f"{count} polls wait"
        yield f"{polls} on the {kind} task list {name!r}."


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
