"""The verdict on an execution: one sentence about how it ended, or why it goes no further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.events import Event
from ..core.registry import EVENTS
from ..engine.view import ExecutionRecord, OpenRecord
from .formats import duration
from .spans import DECIDED, Span, Spans
from .words import cause_text, causes_of, ended_how, gist, limits, payload_of, split_words

STUCK = "STUCK"
IDLE_PART = 2
"""An idle stretch is told if it takes more than one part in so many of the time."""


@dataclass(slots=True)
class Part:
    """A piece of the sentence: text, perhaps with a link to an event or a run, or a time that
    ticks: the length since ``since_ms``, or until ``until_ms``. ``strong``: it is stressed."""

    text: str
    event_id: int = 0
    run: tuple[str, str] | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    strong: bool = False


@dataclass(slots=True)
class Verdict:
    """``status`` is that of the execution, or STUCK. ``lead`` is the answer, ``rest`` proves it."""

    status: str
    tone: str
    lead: list[Part] = field(default_factory=list)
    rest: list[Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentence as text, without the times that tick."""
        words = [part.text for part in (*self.lead, *self.rest)]
        return "".join(words).strip()


def verdict_of(
    record: ExecutionRecord, spans: Spans, items: Sequence[OpenRecord], now_ms: int
) -> Verdict:
    """The verdict at one moment."""
    if record.open:
        return _open(spans, items, now_ms)
    return _closed(record, spans)


def _closed(record: ExecutionRecord, spans: Spans) -> Verdict:
    last = spans.last
    rule = EVENTS.get(last.event_type)
    status = record.status
    if rule is None or rule.close_status is None:
        return Verdict(status, "", [Part("Closed.")])
    says = payload_of(last.attributes)
    if status == "COMPLETED":
        lead = Part(f"Completed: {says}." if says else "Completed.")
        return Verdict(status, "", [lead], _troubles(spans))
    if status == "FAILED":
        lead = Part(f"Failed: {says}" if says else "Failed")
        return Verdict(status, "bad", [lead], [*_after(spans, last), Part(".")])
    if status == "TIMED_OUT":
        length = limits(spans.first.attributes).removeprefix("open ").partition(",")[0]
        return Verdict(
            status,
            "warn",
            [Part(f"Timed out: it was open for {length or 'too long'}.")],
            _left(spans),
        )
    if status == "TERMINATED":
        cause = str(last.attributes.get("cause", "")).replace("_", " ").lower()
        why = says or cause
        lead = Part(f"Terminated: {why}." if why else "Terminated.")
        return Verdict(status, "", [lead], _left(spans))
    if status == "CONTINUED_AS_NEW":
        run_id = last.attributes.get("newExecutionRunId", "")
        lead = Part("Continued as a new run", run=(record.workflow_id, run_id))
        return Verdict(status, "", [lead, Part(".")], _troubles(spans))
    lead = Part(f"Canceled: {says}." if says else "Canceled.")
    return Verdict(status, "", [lead], _left(spans))


def _after(spans: Spans, last: Event) -> list[Part]:
    """The problem before the decision that closed the execution, if there was one."""
    turn = spans.turn_of(last.attributes.get(DECIDED, 0))
    if turn is None:
        return []
    found = causes_of(spans, turn.causes)
    bad = [each for each in found if (span := spans.span_of(each[0])) is not None and span.problem]
    for event_id, text in (bad or found)[-1:]:
        span = spans.span_of(event_id)
        attempt = f", attempt {span.attempt}" if span is not None and span.attempt > 1 else ""
        return [Part(" after "), Part(text + attempt, event_id)]
    return []


def _left(spans: Spans) -> list[Part]:
    """The items that were open when the execution was ended from outside."""
    left = [
        span for span in spans.by_id.values() if not span.closed and span.concept != "execution"
    ]
    if not left:
        return []
    parts = [Part(" Still open: ")]
    for number, span in enumerate(left[-3:]):
        if number:
            parts.append(Part(", "))
        parts.append(Part(_name(span), span.opened))
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return [*parts, Part(f"{more}.")]


def _troubles(spans: Spans) -> list[Part]:
    """The failures on the way, and the longest wait."""
    parts: list[Part] = []
    failed = [span for span in spans.by_id.values() if span.problem and span.concept != "decision"]
    names = list(dict.fromkeys(span.name for span in failed))
    if len(names) == 1:
        tries = sum(span.name == names[0] for span in spans.by_id.values())
        why = list(dict.fromkeys(gist(ended_how(span)) for span in failed))
        needed = f" needed {tries} attempts" if tries > len(failed) else " did not go well"
        parts = [
            Part(" "),
            Part(names[0], failed[-1].opened),
            Part(f"{needed} ({'; '.join(why[:3])})."),
        ]
    elif names:
        parts = [
            Part(f" {len(failed)} steps of {len(names)} went wrong on the way, the last one "),
            Part(failed[-1].name, failed[-1].opened),
            Part(f" ({gist(ended_how(failed[-1]))})."),
        ]
    return parts + _longest_wait(spans)


def _longest_wait(spans: Spans) -> list[Part]:
    total = spans.times[-1] - spans.times[0]
    gaps = zip(spans.times, spans.times[1:], strict=False)
    length, event_id = max(
        ((to - start, number) for number, (start, to) in enumerate(gaps, 2)), default=(0, 0)
    )
    if not length or length * IDLE_PART < total or length < 1000:
        return []
    event = spans.event(event_id)
    name = event.attributes.get("signalName")
    if name and spans.span_of(event_id) is None:
        return [
            Part(f" {duration(length)} passed until the signal "),
            Part(str(name), event_id),
            Part(" came."),
        ]
    what = Part(cause_text(spans, event), event_id)
    return [Part(f" {duration(length)} passed until "), what, Part(".")]


def _name(span: Span) -> str:
    return "a decision" if span.concept == "decision" else span.name


def _open(spans: Spans, items: Sequence[OpenRecord], now_ms: int) -> Verdict:
    waiting = [item for item in items if item.task_list is not None]
    if waiting:
        return _stuck(waiting)
    working = [item for item in items if item.taken and item.kind in ("activity", "decision")]
    if working:
        return _working(spans, working)
    others = [item for item in items if item.kind != "execution"]
    if others:
        first = min(others, key=lambda item: item.due_ms or now_ms + 10**15)
        lead = [Part("Waiting for "), *_kind(first), Part(".")]
        rest = _until(first, " It fires in " if first.kind == "timer" else " It times out in ")
        if len(others) > 1:
            rest.append(Part(f" {len(others) - 1} more open."))
        return Verdict("OPEN", "", lead, rest)
    lead = [Part("Waiting for a signal")]
    rest = [Part(" or a cancel request: the last decision scheduled nothing.")]
    return Verdict("OPEN", "", lead, rest)


def _kind(item: OpenRecord) -> list[Part]:
    word = split_words(item.kind)
    return [Part(f"the {word} "), Part(item.title or item.type_name or word, item.event_id)]


def _stuck(waiting: Sequence[OpenRecord]) -> Verdict:
    lists = list(dict.fromkeys(str(item.task_list) for item in waiting))
    since_ms = min(item.since_ms or 0 for item in waiting)
    lead = [Part("Waiting for "), Part("", since_ms=since_ms), Part(": nobody polls ")]
    for number, name in enumerate(lists[:3]):
        if number:
            lead.append(Part(" and " if number == len(lists) - 1 else ", "))
        lead.append(Part(name, strong=True))
    lead.append(Part("."))
    due = [item for item in waiting if item.due_ms is not None]
    first = min(due, key=lambda item: item.due_ms or 0, default=None)
    rest = [] if first is None else _until(first, " Unless somebody does, it times out in ")
    return Verdict(STUCK, "warn", lead, rest)


def _working(spans: Spans, working: Sequence[OpenRecord]) -> Verdict:
    first = working[0]
    span = spans.by_id.get(first.event_id)
    who = (span.identity if span is not None else None) or "A worker"
    what = "decides" if first.kind == "decision" else "works on "
    lead = [Part(f"{who} {what}")]
    if first.kind != "decision":
        lead.append(Part(first.title, first.event_id))
    if first.since_ms is not None:
        lead += [Part(", for "), Part("", since_ms=first.since_ms)]
    lead.append(Part("."))
    rest = [Part(f" {len(working) - 1} more tasks are with workers.")] if len(working) > 1 else []
    return Verdict("OPEN", "", lead, [*rest, *_until(first, " It times out in ")])


def _until(item: OpenRecord, text: str) -> list[Part]:
    if item.due_ms is None:
        return []
    return [Part(text), Part("", until_ms=item.due_ms), Part(".")]
