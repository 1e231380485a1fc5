"""Attributes of events, and failures of activities."""

from __future__ import annotations

from typing import Any

from examples.polling import Event


def attributes(event: Event) -> dict[str, Any]:
    """Return the attributes of an event; the member's name begins with the event type."""
    name = event["eventType"]
    structure: dict[str, Any] = event[f"{name[0].lower()}{name[1:]}EventAttributes"]
    return structure


def activity_name(history: list[Event], event: Event) -> str:
    """Return the name of the activity type of an activity event."""
    of_event = attributes(event)
    if "activityType" not in of_event:
        of_event = attributes(history[of_event["scheduledEventId"] - 1])
    name: str = of_event["activityType"]["name"]
    return name


def failure(history: list[Event], event: Event) -> tuple[str, str | None] | None:
    """Return reason and details if the event ends an activity without success, else None."""
    of_event = attributes(event)
    match event["eventType"]:
        case "ActivityTaskFailed":
            how, details = f"failed: {of_event.get('reason')}", of_event.get("details")
        case "ActivityTaskTimedOut":
            how, details = f"timed out: {of_event['timeoutType']}", of_event.get("details")
        case "ActivityTaskCanceled":
            how, details = "was canceled", of_event.get("details")
        case "ScheduleActivityTaskFailed":
            how, details = f"could not be scheduled: {of_event['cause']}", None
        case _:
            return None
    return f"{activity_name(history, event)} {how}", details
