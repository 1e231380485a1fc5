"""The state of an execution after any of its events, and what that event did to it."""

from __future__ import annotations

from ..core.events import Event
from ..engine.history import decode_event
from ..engine.view import OpenRecord, states_around
from .execution import execution_page, number_of
from .pages import Data, Entry
from .site import Shown, Site
from .words import ICONS, event_icon, gist_of, icon_of


@execution_page("steps", "execution_steps.html", tab=Entry(5, "Step through"))
def show_steps(site: Site, shown: Shown) -> Data:
    """Argument: ``event``, the last one by default."""
    history = shown.history
    event_id = min(number_of("event", len(history)), len(history))
    event = decode_event(history[event_id - 1])
    before, after = states_around(history, event_id)
    old = {item.event_id: item for item in before.open_items}
    new = {item.event_id: item for item in after.open_items}
    spans = site.spans(shown)
    span = spans.span_of(event_id)
    icon, tone = event_icon(event) if span is None else icon_of(span)
    ended = after.status != "OPEN"
    return {
        "step": {
            "event_id": event_id,
            "total": len(history),
            "event_type": event.event_type,
            "icon": icon,
            "icon_tone": tone,
            "gist": gist_of(event),
            "timestamp_ms": event.timestamp_ms,
            "offset_ms": event.timestamp_ms - spans.first.timestamp_ms,
            "attributes": event.attributes,
            "status": after.status,
            "decider": _decider(after.open_items, after.status),
            "open_counts": after.open_counts,
            "cancel_requested": after.cancel_requested,
            "execution_context": after.execution_context,
            "open": [_row(item, _change(item, old), event, ended) for item in after.open_items],
            "closed": [_row(old[key], "closed", event, True) for key in old if key not in new],
        }
    }


def _change(item: OpenRecord, before: dict[int, OpenRecord]) -> str:
    if item.event_id not in before:
        return "opened"
    return "" if before[item.event_id] == item else "changed"


def _decider(items: list[OpenRecord], status: str) -> str:
    decisions = [item for item in items if item.kind == "decision"]
    if status != "OPEN":
        return "is done"
    if not decisions:
        return "has nothing to do"
    first, *behind = decisions
    if not first.taken:
        return f"has task {first.event_id} waiting on the list “{first.task_list}”"
    text = f"works on task {first.event_id}"
    return f"{text}; task {behind[0].event_id} comes next" if behind else text


def _row(item: OpenRecord, change: str, event: Event, ended: bool) -> Data:
    """An open item. ``change`` is the effect of the event: opened, changed, closed or "".

    Once the item, or the execution, has ended, no deadline of it is left.
    """
    name = " · ".join(filter(None, (item.title, item.type_name)))
    if item.kind == "decision" and item.task_list:
        name = f"on “{item.task_list}”"
    due_ms = None if ended else item.due_ms
    phase = "started" if item.taken else "open" if item.task_list is None else "waiting"
    return {
        "concept": item.kind,
        "icon": "timer" if item.kind == "execution" else ICONS.get(item.kind, "shapes"),
        "name": name,
        "event_id": item.event_id,
        "phase": "left open" if ended and change != "closed" else phase,
        "deadline_ms": due_ms,
        "left_ms": None if due_ms is None else due_ms - event.timestamp_ms,
        "timeout_type": "" if due_ms is None else item.timeout_type,
        "change": change,
    }
