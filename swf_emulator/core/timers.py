"""Timers: started by the decider, fired by the service or canceled by the decider.

Events: TimerStarted, StartTimerFailed, TimerFired, TimerCanceled, CancelTimerFailed.

Source: API Reference, StartTimerDecisionAttributes and CancelTimerDecisionAttributes.
Observed: recorded 2017 (a timer of 0 seconds fires as a separate, later event).
"""

from __future__ import annotations

from typing import ClassVar

from .durations import milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import ExecutionView
from .open_items import Deadline, OpenItem, earliest
from .registry import Concept, refusal
from .world import World

TIMER = Concept("timer", "timers", link="startedEventId", key="timerId")


class Timer(OpenItem):
    """An open timer, identified by its TimerStarted event."""

    __slots__ = ("length_ms", "started_ms", "timer_id")
    concept: ClassVar[str] = TIMER.name
    count: ClassVar[str | None] = "openTimers"

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.timer_id: str = event.attributes["timerId"]
        self.started_ms = event.timestamp_ms
        self.length_ms = milliseconds(event.attributes["startToFireTimeout"])

    @property
    def title(self) -> str:
        return self.timer_id

    @property
    def since_ms(self) -> int | None:
        return self.started_ms

    def next_deadline(self) -> Deadline | None:
        return earliest((self.started_ms, self.length_ms, "START_TO_FIRE"))

    def expire(self, timeout_type: str) -> NewEvents:
        yield NewEvent("TimerFired", {"timerId": self.timer_id, "startedEventId": self.event_id})


def start_timer(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Start a timer.

    Causes, in this order: TIMER_ID_ALREADY_IN_USE, OPEN_TIMERS_LIMIT_EXCEEDED. Order inferred.
    """
    if (TIMER.name, attributes["timerId"]) in run.named:
        yield refusal(run, "StartTimer", attributes, "TIMER_ID_ALREADY_IN_USE")
    elif run.open_counts["openTimers"] >= world.settings.max_open_timers:
        yield refusal(run, "StartTimer", attributes, "OPEN_TIMERS_LIMIT_EXCEEDED")
    else:
        yield NewEvent(
            "TimerStarted",
            {
                **pick(attributes, "timerId", "control", "startToFireTimeout"),
                "decisionTaskCompletedEventId": run.decision_completed_event_id,
            },
        )


def cancel_timer(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Cancel an open timer; its id is free at once [inferred]. Cause: TIMER_ID_UNKNOWN."""
    started_event_id = run.named.get((TIMER.name, attributes["timerId"]))
    if started_event_id is None:
        yield refusal(run, "CancelTimer", attributes, "TIMER_ID_UNKNOWN")
    else:
        yield NewEvent(
            "TimerCanceled",
            {
                "timerId": attributes["timerId"],
                "startedEventId": started_event_id,
                "decisionTaskCompletedEventId": run.decision_completed_event_id,
            },
        )


TIMER.decision("StartTimer", start_timer, repeats=("timerId",), beside_close=False)
TIMER.decision("CancelTimer", cancel_timer, repeats=("timerId",))
TIMER.opens("TimerStarted", Timer, by="StartTimer")
TIMER.closes("TimerFired", triggers=True)
TIMER.closes("TimerCanceled", by="CancelTimer", told=True)
