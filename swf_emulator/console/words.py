"""Events and spans in a few words: gists of payloads, causes, ends, limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS, Effect
from .formats import duration, noun_of, picture
from .spans import ENDING, Span, Spans, tone_of_end

GIST_MAX = 160
SCALARS_MAX = 6
PAYLOADS = ("result", "reason", "details", "input")
"""The members that say most about an event, the most telling one first."""
LIMITS = {
    "scheduleToStartTimeout": "start",
    "startToCloseTimeout": "run",
    "heartbeatTimeout": "heartbeat",
    "scheduleToCloseTimeout": "all",
    "executionStartToCloseTimeout": "open",
    "startToFireTimeout": "fires after",
}
"""The limits of time of an item, in a word each."""
LATE = {
    "HEARTBEAT": ("heartbeatTimeout", "no heartbeat for {}"),
    "SCHEDULE_TO_START": ("scheduleToStartTimeout", "nobody took it within {}"),
    "START_TO_CLOSE": ("startToCloseTimeout", "not answered within {}"),
    "SCHEDULE_TO_CLOSE": ("scheduleToCloseTimeout", "not done within {}"),
}
"""The meaning of a timeout, and the member that holds its length."""

ICONS = {
    "execution": "start",
    "activity": "activity",
    "decision": "decision",
    "timer": "timer",
    "child": "child",
    "lambda": "lambda",
    "signal": "signal",
    "cancel request": "off",
    "marker": "marker",
}
"""The icons of concepts."""
GISTS = (
    "activityId",
    "timerId",
    "workflowId",
    "id",
    "signalName",
    "markerName",
    "workflowType",
    "timeoutType",
    "cause",
    "identity",
    "taskList",
)
"""The members that make the gist of a raw event, before its payload."""


def split_words(name: str) -> str:
    """``TimedOut`` → timed out."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def seconds(text: Any) -> str | None:
    """A duration of the API in words; None for NONE and what is no duration."""
    return duration(int(text) * 1000) if str(text).isdecimal() else None


def duration_since(length_ms: int) -> str:
    """A place within a run: +7.79 s, from a minute on +4:54 min, from an hour on +2:05 h."""
    seconds_ = length_ms / 1000
    if seconds_ < 60:
        return f"+{seconds_:.2f}\u00a0s"
    minutes, rest = divmod(int(seconds_), 60)
    if minutes < 60:
        return f"+{minutes}:{rest:02}\u00a0min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"+{hours}:{minutes:02}\u00a0h"
    return f"+{hours // 24}\u00a0d {hours % 24}\u00a0h"


def gist(value: Any) -> str:
    """The content of a payload in one line: the scalars of an object, or the text itself."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if picture(text):
        return "a picture"
    if text[:1] in ("{", "[", '"'):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
    if isinstance(value, dict):
        pairs = [f"{key} {_scalar(each)}" for key, each in value.items() if _scalar(each)]
        text = ", ".join(pairs[:SCALARS_MAX]) or f"{len(value)} keys"
    elif isinstance(value, str):
        text = value
    elif isinstance(value, list):
        text = ", ".join(filter(None, map(_scalar, value[:SCALARS_MAX]))) or f"{len(value)} items"
    text = " ".join(text.split())
    return text if len(text) <= GIST_MAX else f"{text[:GIST_MAX]}…"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"{len(value)}" if value else ""
    return "" if value is None or isinstance(value, dict) else str(value)[:GIST_MAX]


def payload_of(attributes: dict[str, Any]) -> str:
    """The gist of the most telling payload among attributes."""
    found = next((attributes[name] for name in PAYLOADS if attributes.get(name)), None)
    return "" if found is None else gist(found)


def ended_how(span: Span) -> str:
    """The end of a span: its reason, its result, or the limit that it missed."""
    closing = span.closing
    if span.outcome == "TimedOut":
        return late(closing.get("timeoutType", ""), span.attributes)
    if closing.get("cause"):
        return split_words(str(closing["cause"]).replace("_", " "))
    return payload_of(closing) or split_words(span.outcome)


def late(timeout_type: str, attributes: dict[str, Any]) -> str:
    """The meaning of a timeout of that type for an item with these settings."""
    member, text = LATE.get(timeout_type, ("", "timed out"))
    length = seconds(attributes.get(member))
    if length is None:
        return f"timed out ({split_words(timeout_type.replace('_', ' '))})".replace(" ()", "")
    return text.format(length)


def limits(attributes: dict[str, Any]) -> str:
    """The limits of time of an item: start 5 min, run 1 min."""
    found = [(word, seconds(attributes.get(member))) for member, word in LIMITS.items()]
    return ", ".join(f"{word} {length}" for word, length in found if length)


def title_of(event: Event) -> str:
    """The name of what an event without a span is about: its signal, marker, timer or type."""
    rule = EVENTS.get(event.event_type)
    names = [] if rule is None else [event.attributes.get(name) for name in rule.concept.label]
    names.append(event.attributes.get("signalName"))
    words = [
        " ".join(map(str, name.values())) if isinstance(name, dict) else str(name)
        for name in names
        if name
    ]
    return ", ".join(words)


def cause_text(spans: Spans, event: Event) -> str:
    """An event as the cause of a decision: charge failed, the signal approval, the start."""
    span = spans.span_of(event.event_id)
    rule = EVENTS.get(event.event_type)
    if span is not None:
        ending = ENDING.search(event.event_type)
        name = "the decision" if span.concept == "decision" else span.name
        return f"{name} {split_words(ending.group() if ending else event.event_type)}"
    if rule is not None and rule.effect is Effect.OPENS:
        return "the start"
    if rule is not None and rule.effect is Effect.REQUESTS:
        return "the cancel request"
    if "signalName" in event.attributes:
        return f"the signal {event.attributes['signalName']}"
    if rule is not None and rule.effect is Effect.REFUSES:
        title = title_of(event)
        return f"{rule.decision} was refused" + (f" ({title})" if title else "")
    return event.event_type


def what_it_is(span: Span) -> str:
    """A span's type, and its attempt if it is not the first one."""
    if span.concept == "timer":
        length = seconds(span.attributes.get("startToFireTimeout"))
        return f"Timer, {length}" if length else "Timer"
    name = span.type_name
    if span.concept == "lambda":
        name = f"Lambda {name}"
    elif span.concept == "signal":
        name = f"Signal to {name}"
    elif not name:
        name = noun_of(span.concept).capitalize()
    return f"{name} · attempt {span.attempt}" if span.attempt > 1 else name


def ids_text(ids: Iterable[int]) -> str:
    """Event ids, consecutive ones joined: 27 28 33 → 27–28 33; three or more make a range."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [f"{run[0]}–{run[-1]}" if len(run) > 2 else " ".join(map(str, run)) for run in runs]
    return " ".join(words)


def icon_of(span: Span, waits: bool = False) -> tuple[str, str]:
    """The icon of a span and its tone."""
    if span.tone in ("no", "late"):
        return ("failed", "bad") if span.tone == "no" else ("late", "warn")
    if waits:
        return "stuck", "warn"
    icon = ICONS.get(span.concept, "shapes")
    if span.concept == "activity" and span.outcome == "Completed":
        return "done", "good"
    return icon, "accent" if not span.closed else "soft"


def event_icon(event: Event) -> tuple[str, str]:
    """The icon of an event on its own and its tone."""
    rule = EVENTS.get(event.event_type)
    tone = tone_of_end(event.event_type)
    if tone in ("no", "late"):
        return ("failed", "bad") if tone == "no" else ("late", "warn")
    if rule is None:
        return "shapes", "soft"
    if rule.close_status is not None:
        return ("done", "good") if rule.close_status == "COMPLETED" else ("stopped", "soft")
    if rule.concept.name == "activity" and event.event_type.endswith("Completed"):
        return "done", "good"
    if "signalName" in event.attributes and rule.effect is Effect.NOTES:
        return "signal", "accent"
    return ICONS.get(rule.concept.name, "shapes"), "soft"


def title_of_type(event: Event) -> str:
    """The type that WorkflowExecutionStarted names."""
    named = event.attributes.get("workflowType", {})
    return f"{named.get('name', '')} {named.get('version', '')}".strip()


def close_word(event_type: str) -> str:
    """WorkflowExecutionCancelRequested → Cancel requested; MarkerRecorded → Marker recorded."""
    words = event_type.removeprefix("WorkflowExecution")
    spaced = "".join(f" {each.lower()}" if each.isupper() else each for each in words).strip()
    return spaced[:1].upper() + spaced[1:]


def causes_of(spans: Spans, causes: Sequence[int]) -> list[tuple[int, str]]:
    """The events that caused a decision, with words for them."""
    found = [(event_id, cause_text(spans, spans.event(event_id))) for event_id in causes]
    telling = [each for each in found if not each[1].endswith(" started")]
    return telling or found


def gist_of(event: Event) -> str:
    """The event in a few words."""
    return " · ".join(_gist_words(event.attributes))


def _gist_words(attributes: dict[str, Any]) -> Iterator[str]:
    for member in GISTS:
        value = attributes.get(member)
        if isinstance(value, dict):
            value = " ".join(str(value[part]) for part in ("name", "version") if part in value)
        if value:
            yield str(value)[:120]
    payload = payload_of(attributes)
    if payload:
        yield payload
