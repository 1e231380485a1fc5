"""A history as a table: id, seconds since the start, event type, main attributes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from examples.outcomes import attributes
from examples.polling import Event

LEFT_OUT = frozenset({"childPolicy", "parentInitiatedEventId", "externalInitiatedEventId"})
"""Members that are the same in nearly every history. Timeouts are also left out."""

SHORT_LABELS = {"decisionTaskCompletedEventId": "decision"}
TEXT_LENGTH_MAX = 40


def history_table(events: list[Event]) -> str:
    """Format a history as a table."""
    rows = [("id", "time", "event", "attributes")]
    rows += [
        (
            str(event["eventId"]),
            f"+{_seconds(event) - _seconds(events[0]):.3f}",
            event["eventType"],
            "  ".join(_cells(event)),
        )
        for event in events
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"{number:>{widths[0]}}  {time:>{widths[1]}}  {name:<{widths[2]}}  {cells}".rstrip()
        for number, time, name, cells in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in (*widths, len("attributes"))))
    return "\n".join(lines)


def _seconds(event: Event) -> float:
    moment = event["eventTimestamp"]
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)


def _cells(event: Event) -> Iterator[str]:
    for name, value in sorted(attributes(event).items()):
        if name in LEFT_OUT or (name.endswith("Timeout") and name != "startToFireTimeout"):
            continue
        if name.endswith("EventId"):
            label = SHORT_LABELS.get(name, name.removesuffix("EventId"))
            yield f"{label}={value or '-'}"
        else:
            yield f"{name}={_short(value)}"


def _short(value: Any) -> str:
    match value:
        case {"name": name, "version": version}:
            return f"{name}/{version}"
        case {"name": name}:
            return str(name)
        case {"workflowId": workflow_id}:
            return str(workflow_id)
        case list():
            return ",".join(map(str, value))
    text = str(value)
    shown = text if len(text) <= TEXT_LENGTH_MAX else text[: TEXT_LENGTH_MAX - 1] + "…"
    return repr(shown) if " " in shown or not shown else shown
