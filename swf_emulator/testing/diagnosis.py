"""Why nothing goes on: what is open, who would have to do something, what is due when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..emulator import Emulator
from ..engine.history import decode_event
from ..engine.view import ExecutionRecord, OpenRecord, View
from ..histories import elapsed, format_timeline

LAST_LINES = 15

Unserved = Callable[[OpenRecord], str | None]
"""Why a waiting task is not taken: from the task to a reason, None if it is."""


class Stuck(RuntimeError):
    """Nothing goes on any more, or not in time. The text says what is waited for.

    ``reason`` is its first line.
    """

    def __init__(self, reason: str, emulator: Emulator, unserved: Unserved | None = None) -> None:
        super().__init__("\n".join([reason, explain(emulator, unserved)]))
        self.reason = reason


def explain(emulator: Emulator, unserved: Unserved | None = None) -> str:
    """What every open execution waits for, one line each, and what happened last in it.

    A retention period is not waited for.
    """
    return emulator.engine.read(lambda view: "\n".join(_explained(view, unserved)))


def _explained(view: View, unserved: Unserved | None) -> Iterator[str]:
    opened = view.executions(open_only=True)
    if not opened:
        yield "No execution is open."
    for execution in opened:
        name, version = execution.type_name, execution.type_version
        age = elapsed(view.now_ms - execution.started_ms)
        yield f"{execution.workflow_id} ({name}/{version}) in {execution.domain}, open for {age}:"
        yield from (f"  - {line}" for line in _waits(view, execution, unserved))
    due = view.next_due(retention=False)
    if due is not None:
        after = elapsed(max(0, due.at_ms - view.now_ms))
        whose = due.execution.workflow_id
        yield f"Next deadline: in {after}, {_named(due.item)} of {whose} ({due.timeout_type})."
    yield from _polls(view)
    for execution in opened[:3]:
        yield f"What happened in {execution.workflow_id}:"
        events = [decode_event(stored) for stored in view.history(execution)]
        yield _indented(format_timeline(events, lines=LAST_LINES))


def _waits(view: View, execution: ExecutionRecord, unserved: Unserved | None) -> Iterator[str]:
    lifetime, *items = sorted(view.open_items(execution), key=lambda item: item.event_id)
    yield from (_line(item, view.now_ms, unserved) for item in items)
    if not items:
        yield (
            "no task, timer, child or request is open: its decider has decided nothing that "
            "goes on; only a signal or a cancel request can wake it"
        )
    if lifetime.due_ms is not None:
        yield f"it times out as a whole in {elapsed(max(0, lifetime.due_ms - view.now_ms))}"


def _line(item: OpenRecord, now_ms: int, unserved: Unserved | None) -> str:
    return f"{_named(item)}{_state(item, now_ms, unserved)}{_ends(item, now_ms)}"


def _state(item: OpenRecord, now_ms: int, unserved: Unserved | None) -> str:
    match item.kind:
        case "decision" | "activity" if item.taken:
            assert item.since_ms is not None
            return f": taken {_ago(now_ms, item.since_ms)} and not answered"
        case "decision" | "activity":
            return f": {_queued(item, unserved)}"
        case "child":
            return ": open" if item.taken else ": not started yet"
        case "lambda":
            return ": invoked and not answered"
        case "timer":
            return ""
        case _:
            return ": on its way"


def _queued(item: OpenRecord, unserved: Unserved | None) -> str:
    if item.task_list is None:
        return "waits behind the one that is being decided"
    why = "nobody takes it" if unserved is None else unserved(item)
    return f"waits on the {item.kind} task list {item.task_list!r}" + (
        "" if why is None else f": {why}"
    )


def _ends(item: OpenRecord, now_ms: int) -> str:
    if item.due_ms is None:
        return ""
    after = elapsed(max(0, item.due_ms - now_ms))
    if item.kind == "timer":
        return f" fires in {after}"
    return f"; times out in {after} ({item.timeout_type})"


def _ago(now_ms: int, at_ms: int) -> str:
    return "just now" if at_ms >= now_ms else f"{elapsed(now_ms - at_ms)} ago"


NOUNS = {
    "decision": "decision task",
    "lambda": "Lambda function",
    "signal": "signal to",
    "cancel request": "cancel request to",
    "execution": "the time-out",
}


def _named(item: OpenRecord) -> str:
    title = f" {item.title!r}" if item.title else ""
    what = f" ({item.type_name})" if item.type_name else ""
    return f"{NOUNS.get(item.kind, item.kind)}{title}{what}"


def _polls(view: View) -> Iterator[str]:
    """Who waits for tasks, and where: a list misspelt on one side shows here."""
    lists = [each for each in view.task_lists() if each.pollers]
    for each in sorted(lists, key=lambda each: (each.list_kind, each.name)):
        count = len(each.pollers)
        polls = "1 poll waits" if count == 1 else f"{count} polls wait"
        yield f"{polls} on the {each.list_kind} task list {each.name!r}."


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
