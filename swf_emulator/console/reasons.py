"""Reasons why an execution waits: what would move it, who must act, and what happens otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.registry import EVENTS
from ..engine.domains import Scope
from ..engine.history import decode_event
from ..engine.recent_polls import RecentPoller
from ..engine.view import ExecutionRecord, OpenRecord, View
from .execution import execution_page
from .family import family_tree
from .formats import noun_of
from .overview import effect_of
from .pages import Data, Entry
from .site import Shown, Site
from .spans import Span, Spans
from .words import ICONS, limits, split_words, what_it_is

TEXTS = {
    "timer": "When it fires, the decider gets a task.",
    "lambda": "The function has to return, or its time runs out.",
    "signal": "It is being delivered to the other execution.",
    "cancel request": "It is being delivered to the other execution.",
}
"""Texts for open items that wait for no worker, by their concept."""
POLICIES = {
    "TERMINATE": "its children are terminated",
    "REQUEST_CANCEL": "its children are asked to cancel",
    "ABANDON": "its children go on",
}
THEN = {
    "timer": "then the decider gets a task",
    "execution": "then it times out",
}
"""The consequence of a deadline, by concept."""
SIGNALED = b'"eventType":"WorkflowExecutionSignaled"'
RUNS_MAX, EVENTS_MAX, SIGNALS_MAX = 200, 2000, 6
"""How many runs of the type are searched for signals, how many events of each, what is shown."""
QUEUE_MAX = 10


@dataclass(slots=True)
class Reason:
    """One open item.

    ``urgent``: nothing happens until someone acts. ``task_list`` is the list on which a task
    waits. ``answer`` is the concept of a task that can be answered by hand. The meter of its
    time begins at ``begun_ms``.
    """

    concept: str
    name: str
    event_id: int
    icon: str
    tone: str
    title: str
    text: str
    advice: str = ""
    since_ms: int | None = None
    since: str = "Open for"
    begun_ms: int | None = None
    task_list: str | None = None
    deadline_ms: int | None = None
    effect: str | None = None
    then: str = ""
    urgent: bool = False
    answer: str = ""
    child: Data | None = None


@dataclass(slots=True)
class Signal:
    """A signal that executions of the type received: how often, and the last time."""

    name: str
    count: int
    last_ms: int
    workflow_id: str
    run_id: str
    input: str


@dataclass(slots=True)
class Waiting:
    """Everything that the page shows, at one moment."""

    reasons: list[Reason] = field(default_factory=list)
    pollers: list[tuple[str, str, list[RecentPoller]]] = field(default_factory=list)
    queues: list[tuple[str, int, list[Data]]] = field(default_factory=list)


@execution_page("waiting", "execution_waiting.html", tab=Entry(3, "Why is it waiting?"))
def show_waiting(site: Site, shown: Shown) -> Data:
    """The reasons, urgent ones first; none once the execution is closed."""
    found = site.read(_waiting, shown.record, site.spans(shown))
    found.reasons.sort(key=_rank)
    signals = site.read(_signals, shown.record) if shown.record.open else []
    return {
        "reasons": found.reasons,
        "pollers": found.pollers,
        "queues": found.queues,
        "signals": received(signals),
        "tree": site.read(family_tree, shown.record),
    }


def _rank(reason: Reason) -> tuple[bool, bool, int]:
    """What stands still comes first, the execution's own end last."""
    return reason.concept == "execution", not reason.urgent, reason.deadline_ms or 2**62


def _waiting(view: View, scope: Scope, execution: ExecutionRecord, spans: Spans) -> Waiting:
    items = view.open_items(execution)
    found = Waiting([_reason(view, execution, item, spans) for item in items])
    if [item.kind for item in items] == ["execution"]:
        found.reasons.append(_nothing_open(spans))
    lists = {(r.concept, r.task_list): None for r in found.reasons if r.task_list is not None}
    records = {
        (each.list_kind, each.name): each
        for each in view.task_lists(execution.scope, execution.domain)
    }
    for concept, name in lists:
        assert name is not None
        polled = view.recent_pollers(execution.scope, execution.domain, concept, name)
        found.pollers.append((concept, name, polled))
        record = records.get((concept, name))
        if record is not None and record.waiting:
            tasks = view.tasks(record)[:QUEUE_MAX]
            rows = [
                {
                    "workflow_id": each.execution.workflow_id,
                    "run_id": each.execution.run_id,
                    "title": each.item.title,
                    "since_ms": each.item.since_ms,
                }
                for each in tasks
            ]
            found.queues.append((name, record.waiting, rows))
    return found


def _reason(view: View, execution: ExecutionRecord, item: OpenRecord, spans: Spans) -> Reason:
    span = spans.by_id.get(item.event_id)
    concept, name = item.kind, item.title or noun_of(item.kind).capitalize()
    reason = Reason(
        concept,
        name,
        item.event_id,
        "timer" if concept == "execution" else ICONS.get(concept, "shapes"),
        "soft" if concept == "execution" else "accent",
        f"The {noun_of(concept)} {item.title} is open".replace("  ", " "),
        TEXTS.get(concept, "It is open."),
        since_ms=item.since_ms,
        begun_ms=item.since_ms,
        task_list=item.task_list,
        deadline_ms=item.due_ms,
        effect=None if item.due_ms is None else effect_of(item),
        then=THEN.get(concept, "then the decider is asked"),
    )
    if item.task_list is not None:
        _wait_for_poller(reason, view, execution, item, span)
    elif concept == "decision":
        _decision(reason, item, span)
    elif concept == "activity":
        _activity(reason, item, span)
    elif concept == "child":
        _child(reason, view, execution, item, span)
    elif concept == "timer":
        reason.title = f"The timer {name} runs"
        reason.then = "then it fires and the decider is asked"
    elif concept == "lambda":
        reason.title = f"The function {item.type_name} works on {name}"
    elif concept == "execution":
        _lifetime(reason, spans)
    return reason


def _wait_for_poller(
    reason: Reason, view: View, execution: ExecutionRecord, item: OpenRecord, span: Span | None
) -> None:
    """Complete the reason of a task on a list: a task waits only as long as no client polls."""
    concept, task_list = reason.concept, item.task_list
    who = "decider" if concept == "decision" else "worker"
    what = "the decision task" if concept == "decision" else reason.name
    reason.urgent, reason.icon, reason.tone = True, "stuck", "warn"
    reason.since = "It has waited for"
    reason.answer = concept if concept in ("activity", "decision") else ""
    reason.title = f"A {who} has to take {what}"
    about = f"{what_it_is(span)}. " if span is not None and concept == "activity" else ""
    reason.text = f"{about}No {who} polls the task list “{task_list}”."
    reason.advice = f"Start a {who} that polls “{task_list}” in the domain “{execution.domain}”"
    for each in view.task_lists(execution.scope, execution.domain):
        if each.name == task_list and each.list_kind != concept:
            reason.advice += f" (there is a list of this name for {each.list_kind} tasks)"
    reason.advice += ", or answer the task by hand."


def _who(span: Span | None) -> str:
    return (None if span is None else span.identity) or "without a name"


def _decision(reason: Reason, item: OpenRecord, span: Span | None) -> None:
    if item.behind:
        reason.title = "One more decision task waits"
        reason.text = "This task comes after the decision task that a decider has now."
        return
    reason.title = "The decider has to answer"
    reason.text = f"The decider {_who(span)} has the task and has not answered yet."
    reason.since = "It has had it for"
    reason.answer = "decision"
    reason.then = "then another decider can take it"


def _activity(reason: Reason, item: OpenRecord, span: Span | None) -> None:
    reason.title = f"The worker has to answer {reason.name}"
    about = f"{what_it_is(span)}. " if span is not None else ""
    reason.text = f"{about}The worker {_who(span)} has the task."
    reason.since = "It has had it for"
    reason.answer = "activity"
    if item.heartbeat is not None:
        reason.text += f" Its last heartbeat: {item.heartbeat or 'no details'}."
    if item.cancel_requested:
        reason.text += (
            " Cancellation was requested; the worker learns of it from its next heartbeat response."
        )


def _child(
    reason: Reason, view: View, execution: ExecutionRecord, item: OpenRecord, span: Span | None
) -> None:
    """A child: why it waits itself, if it is there."""
    reason.title = f"The child {reason.name} is open"
    reason.text = f"{item.type_name}." if item.type_name else "It is open."
    if span is None or span.run_id is None:
        reason.text += " It is being started."
        return
    reason.since_ms = reason.begun_ms = span.opened_ms
    child = view.find(execution.scope, span.run_id)
    if child is None:
        return
    reason.child = {
        "domain": child.domain,
        "workflow_id": child.workflow_id,
        "run_id": child.run_id,
    }
    stuck = [each for each in view.open_items(child) if each.task_list is not None]
    if stuck:
        reason.urgent, reason.tone = True, "warn"
        reason.text += f" Nobody polls its task list “{stuck[0].task_list}”."


def _lifetime(reason: Reason, spans: Spans) -> None:
    first = spans.first.attributes
    length = limits(first).removeprefix("open ").partition(",")[0]
    reason.begun_ms, reason.since_ms = spans.first.timestamp_ms, None
    reason.title = f"The execution itself may stay open for {length or 'any time'}"
    policy = POLICIES.get(str(first.get("childPolicy")), "")
    words = split_words(str(first.get("childPolicy", "")).replace("_", " "))
    reason.text = f"Then it times out, and {policy}, as its child policy ({words}) says."
    if not policy:
        reason.text = "Then it times out."


def _nothing_open(spans: Spans) -> Reason:
    return Reason(
        "decider",
        "Nothing",
        0,
        "stuck",
        "warn",
        "Nothing is open",
        "The last decision scheduled nothing: no activity, timer or child is open.",
        "Only a signal or a cancel request triggers the next decision. If this is not "
        "intended, the decider forgot to schedule something or to close the execution.",
        since_ms=spans.last.timestamp_ms,
        since="So it has been for",
        urgent=True,
    )


Histories = list[tuple[ExecutionRecord, Sequence[bytes]]]


def _signals(view: View, scope: Scope, execution: ExecutionRecord) -> Histories:
    """The histories of the last executions of the same type, newest first."""
    wanted = (execution.type_name, execution.type_version)
    found = [
        each
        for each in view.executions(scope, execution.domain)
        if (each.type_name, each.type_version) == wanted
    ]
    return [(each, view.history(each)) for each in found[: -RUNS_MAX - 1 : -1]]


def received(histories: Histories) -> list[Signal]:
    """The signals in histories by name, those received most often first."""
    counts: Counter[str] = Counter()
    last: dict[str, Signal] = {}
    for record, history in histories:
        for stored in history[-EVENTS_MAX:]:
            if SIGNALED not in stored:
                continue
            event = decode_event(stored)
            if event.event_type not in EVENTS or "signalName" not in event.attributes:
                continue
            name = str(event.attributes["signalName"])
            counts[name] += 1
            known = last.get(name)
            if known is None or known.last_ms < event.timestamp_ms:
                last[name] = Signal(
                    name,
                    0,
                    event.timestamp_ms,
                    record.workflow_id,
                    record.run_id,
                    str(event.attributes.get("input", "")),
                )
    for name, count in counts.items():
        last[name].count = count
    return [last[name] for name, _ in counts.most_common(SIGNALS_MAX)]
