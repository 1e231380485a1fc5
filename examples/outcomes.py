"""What a history says of the activity that a decision depends on."""

from __future__ import annotations

from typing import Any

from examples.polling import Event


def attributes(event: Event) -> dict[str, Any]:
    """The attributes of an event, whose member is named after its type."""
    name = event["eventType"]
    structure: dict[str, Any] = event[f"{name[0].lower()}{name[1:]}EventAttributes"]
    return structure


def activity_name(history: list[Event], event: Event) -> str:
    """The type of the activity that an event tells of."""
    of_event = attributes(event)
    if "activityType" not in of_event:
        of_event = attributes(history[of_event["scheduledEventId"] - 1])
    name: str = of_event["activityType"]["name"]
    return name


def failure(history: list[Event], event: Event) -> tuple[str, str | None] | None:
    """Reason and details if the event says that an activity did not succeed."""
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
