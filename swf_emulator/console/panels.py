"""The panel of an event: facts, payloads, cause and effects of the span that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS, Effect
from ..engine.view import OpenRecord
from .forms import label_of
from .pages import Data
from .spans import DECIDED, Span, Spans
from .words import (
    causes_of,
    close_word,
    ended_how,
    event_icon,
    icon_of,
    ids_text,
    limits,
    split_words,
    title_of,
    title_of_type,
    what_it_is,
)

PAYLOAD_MEMBERS = ("input", "control", "result", "reason", "details", "executionContext")
EFFECTS_MAX = 30


@dataclass(slots=True)
class Fact:
    """A labelled value: text, links to events, a time, a length, or a link to an execution."""

    label: str
    text: str = ""
    tone: str = ""
    after: str = ""
    events: list[tuple[int, str]] = field(default_factory=list)
    at_ms: int | None = None
    length_ms: int | None = None
    run: Data | None = None


@dataclass(slots=True)
class Panel:
    """``payloads`` are pairs of label and text, ``attributes`` those of each event of a span."""

    event_id: int
    ids: str
    title: str
    icon: str
    icon_tone: str
    facts: list[Fact]
    payloads: list[tuple[str, str]]
    attributes: list[tuple[int, str, dict[str, Any]]]
    answer: str = ""
    offset_from_ms: int = 0
    open: bool = False


def panel_of(spans: Spans, items: dict[int, OpenRecord], event_id: int, now_ms: int) -> Panel:
    """The panel of an event."""
    event = spans.event(event_id)
    span = spans.span_of(event_id)
    if span is None or (DECIDED in event.attributes and span.opened != event_id):
        icon, tone = event_icon(event)
        facts = _event_facts(spans, event, span)
        events = [event]
        title, ids = _title(event), str(event_id)
        answer = ""
    else:
        item = items.get(span.opened)
        icon, tone = icon_of(span)
        facts = _facts(spans, span, item, now_ms)
        events = [spans.event(each) for each in span.events]
        title = "Decision" if span.concept == "decision" else span.name
        ids = ids_text(span.events)
        answer = span.concept if item is not None and span.concept in ANSWERED else ""
    payloads = [
        (label_of(member), str(each.attributes[member]))
        for each in events
        for member in PAYLOAD_MEMBERS
        if each.attributes.get(member) not in (None, "")
    ]
    if span is not None:
        if span.closing.get("timeoutType") == "HEARTBEAT":
            payloads = [
                ("Last heartbeat" if label == "Details" else label, text)
                for label, text in payloads
            ]
        item = items.get(span.opened)
        if item is not None and item.heartbeat:
            payloads.append(("Last heartbeat", item.heartbeat))
    return Panel(
        event_id,
        ids,
        title,
        icon,
        tone,
        facts,
        payloads,
        [(each.event_id, each.event_type, each.attributes) for each in reversed(events)],
        answer,
        spans.first.timestamp_ms,
        span is not None and span.opened in items,
    )


def _title(event: Event) -> str:
    known = event.event_type in EVENTS
    return title_of(event) or (close_word(event.event_type) if known else event.event_type)


ANSWERED = ("activity", "decision")
"""The concepts whose tasks can be answered by hand."""


def _facts(spans: Spans, span: Span, item: OpenRecord | None, now_ms: int) -> list[Fact]:
    facts = []
    decision = span.concept == "decision"
    if not decision:
        facts.append(Fact("Type", what_it_is(span)))
    if span.closed:
        state, after = split_words(span.outcome).capitalize(), ended_how(span)
        tone = {"no": "bad", "late": "warn"}.get(span.tone, "")
        facts.append(Fact("State", state, tone, after if span.problem else ""))
    else:
        waits = item is not None and item.task_list is not None
        state = "Waiting" if waits else "Running" if span.started else "Open"
        after = f"nobody polls {item.task_list}" if item is not None and waits else ""
        facts.append(Fact("State", state, "warn" if waits else "accent", after))
    facts.append(Fact("Began", at_ms=span.opened_ms))
    waited_ms, ran_ms = span.waited_ms(now_ms), span.ran_ms(now_ms)
    if waited_ms is not None:
        facts.append(
            Fact("Waited", f"for {span.identity}" if span.identity else "", length_ms=waited_ms)
        )
    if ran_ms is not None:
        facts.append(Fact("Ran", length_ms=ran_ms))
    if item is not None and item.due_ms is not None:
        facts.append(
            Fact("Due", split_words(item.timeout_type.replace("_", " ")), at_ms=item.due_ms)
        )
    if span.decided:
        facts.append(Fact("Decided in", events=[(span.decided, f"event {span.decided}")]))
    if decision:
        facts += _turn_facts(spans, span)
    if text := limits(span.attributes):
        facts.append(Fact("Deadlines", text))
    if isinstance(task_list := span.attributes.get("taskList"), dict):
        facts.append(Fact("Task list", str(task_list.get("name", ""))))
    if span.cancel_requested:
        facts.append(Fact("Cancel", "was requested"))
    if span.run_id and span.attributes.get("workflowId"):
        run = {"workflow_id": span.attributes["workflowId"], "run_id": span.run_id}
        facts.append(Fact("Execution", str(span.attributes["workflowId"]), run=run))
    return facts


def _turn_facts(spans: Spans, span: Span) -> list[Fact]:
    turn = next((each for each in reversed(spans.turns) if each.head is span), None)
    if turn is None:
        return []
    effects = [
        (each.opened, each.name) if isinstance(each, Span) else (each.event_id, _title(each))
        for each in turn.effects[:EFFECTS_MAX]
    ]
    if len(turn.effects) > EFFECTS_MAX:
        effects.append((span.closed, f"{len(turn.effects) - EFFECTS_MAX} more"))
    facts = [Fact("Because", events=causes_of(spans, turn.causes[:EFFECTS_MAX]))]
    if span.closed and not span.problem:
        facts.append(Fact("Decided", "" if effects else "to wait", events=effects))
    return [fact for fact in facts if fact.events or fact.text]


def _settings(event: Event) -> list[Fact]:
    """The settings with which an execution was started."""
    attributes = event.attributes
    task_list = attributes.get("taskList", {})
    found = [
        ("Workflow type", title_of_type(event)),
        ("Task list", str(task_list.get("name", ""))),
        ("Deadlines", limits(attributes)),
        ("Child policy", split_words(str(attributes.get("childPolicy", "")).replace("_", " "))),
        ("Tags", ", ".join(str(tag) for tag in attributes.get("tagList") or ())),
    ]
    return [Fact(label, text) for label, text in found if text]


def _event_facts(spans: Spans, event: Event, span: Span | None) -> list[Fact]:
    facts = [Fact("Type", event.event_type), Fact("At", at_ms=event.timestamp_ms)]
    rule = EVENTS.get(event.event_type)
    if rule is not None and rule.effect is Effect.OPENS:
        facts += _settings(event)
    if decided := event.attributes.get(DECIDED):
        facts.append(Fact("Decided in", events=[(decided, f"event {decided}")]))
    if rule is not None and rule.decision:
        facts.append(Fact("Records", rule.decision))
    if span is not None:
        facts.append(Fact("About", events=[(span.opened, span.name)]))
    if cause := event.attributes.get("cause"):
        facts.append(Fact("Cause", split_words(str(cause).replace("_", " "))))
    if rule is not None and rule.close_status is not None:
        turn = spans.turn_of(event.attributes.get(DECIDED, 0))
        if turn is not None:
            facts.append(Fact("After", events=causes_of(spans, turn.causes[:EFFECTS_MAX])))
    external = event.attributes.get("externalWorkflowExecution")
    if isinstance(external, dict) and external.get("runId"):
        run = {"workflow_id": external["workflowId"], "run_id": external["runId"]}
        facts.append(Fact("Sent by", str(external["workflowId"]), run=run))
    return facts
