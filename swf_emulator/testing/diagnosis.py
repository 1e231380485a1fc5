"""Reports why no execution progresses: open items, missing workers, the next deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..emulator import Emulator
from ..engine.history import decode_event
from ..engine.view import ExecutionRecord, OpenRecord, View
from ..histories import elapsed, format_timeline

TIMELINES_MAX = 3
TIMELINE_LINES = 15

Unserved = Callable[[OpenRecord], str | None]
"""A function from a waiting task to the reason why it is not taken, or to None."""

NOUNS = {
    "decision": "decision task",
    "lambda": "Lambda function",
    "external": "request to",
    "execution": "the timeout",
}
"""The kinds of open items whose names differ from their kind."""

STATES = {
    "child": (": not started yet", ": open"),
    "external": (": not delivered yet", ": not delivered yet"),
    "lambda": (": not invoked yet", ": invoked, no result yet"),
    "timer": ("", ""),
}
"""The state of an open item other than a task, before and after its start."""


class Stuck(RuntimeError):
    """No execution progresses, or not in time. The message shows what each one waits for.

    ``reason`` is the first line of the message.
    """

    def __init__(self, reason: str, emulator: Emulator, unserved: Unserved | None = None) -> None:
        super().__init__("\n".join([reason, explain(emulator, unserved)]))
        self.reason = reason


def explain(emulator: Emulator, unserved: Unserved | None = None) -> str:
    """Return what each open execution waits for, the next deadline, and the last events."""
    reports = emulator.accounts.read(lambda view: _report(view, unserved))
    lines = [] if any(report.has_open for report in reports) else ["No execution is open."]
    return "\n".join(lines + [line for report in reports for line in report.lines])


class _Report(NamedTuple):
    """The report on one account."""

    has_open: bool
    lines: list[str]


def _report(view: View, unserved: Unserved | None) -> _Report:
    opened = view.executions(open_only=True)
    lines = [line for execution in opened for line in _execution(view, execution, unserved)]
    due = view.next_due(retention=False)
    if due is not None:
        lines.append(
            f"Next deadline: in {_until(view, due.at_ms)}, {_name(due.item)} of "
            f"{due.execution.workflow_id} ({due.timeout_type})."
        )
    lines += _polls(view)
    for execution in opened[:TIMELINES_MAX]:
        events = [decode_event(stored) for stored in view.history(execution)]
        lines.append(f"Events of {execution.workflow_id}:")
        timeline = format_timeline(events, lines=TIMELINE_LINES)
        lines += [f"  {line}" for line in timeline.splitlines()]
    return _Report(bool(opened), lines)


def _execution(view: View, execution: ExecutionRecord, unserved: Unserved | None) -> Iterator[str]:
    lifetime, *items = view.open_items(execution)
    yield (
        f"{execution.workflow_id} ({execution.type_name}/{execution.type_version}) in "
        f"{execution.domain}, open for {elapsed(view.now_ms - execution.started_ms)}"
        f"{_deadline(view, lifetime)}:"
    )
    for item in items:
        yield f"  - {_name(item)}{_state(view, item, unserved)}{_deadline(view, item)}"
    if not items:
        yield (
            "  - no task, timer, child or request is open: the last decision scheduled nothing; "
            "only a signal or a cancel request can resume the execution"
        )


def _state(view: View, item: OpenRecord, unserved: Unserved | None) -> str:
    if item.kind not in ("decision", "activity"):
        waiting, started = STATES.get(item.kind, (": open", ": open"))
        return started if item.taken else waiting
    if item.taken:
        assert item.since_ms is not None
        ago = view.now_ms - item.since_ms
        return f": taken {f'{elapsed(ago)} ago' if ago > 0 else 'just now'} and not answered"
    if item.task_list is None:
        return ": waits until the started decision task is answered"
    reason = None if unserved is None else unserved(item)
    return f": waits on the {item.kind} task list {item.task_list!r}" + (
        "" if reason is None else f": {reason}"
    )


def _deadline(view: View, item: OpenRecord) -> str:
    if item.due_ms is None:
        return ""
    if item.kind == "timer":
        return f" fires in {_until(view, item.due_ms)}"
    return f"; times out in {_until(view, item.due_ms)} ({item.timeout_type})"


def _until(view: View, at_ms: int) -> str:
    return elapsed(max(0, at_ms - view.now_ms))


def _name(item: OpenRecord) -> str:
    title = f" {item.title!r}" if item.title else ""
    type_name = f" ({item.type_name})" if item.type_name else ""
    return f"{NOUNS.get(item.kind, item.kind)}{title}{type_name}"


def _polls(view: View) -> Iterator[str]:
    """Report the lists with waiting polls, which reveals a misspelled list name."""
    lists = [each for each in view.task_lists() if each.pollers]
    for each in sorted(lists, key=lambda each: (each.list_kind, each.name)):
        count = len(each.pollers)
        polls = "1 poll waits" if count == 1 else f"{count} polls wait"
        yield f"{polls} on the {each.list_kind} task list {each.name!r}."
