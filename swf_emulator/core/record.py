"""The only way in which events enter an execution."""

from __future__ import annotations

from .events import Attributes, Event, NewEvent, NewEvents
from .execution import Execution, ExecutionView
from .registry import EVENTS, Effect
from .settings import Settings


def fold(run: Execution, event: Event) -> None:
    """Take one recorded event into the state."""
    rule = EVENTS[event.event_type]
    run.event_count = event.event_id
    run.last_event_ms = event.timestamp_ms
    rule.fold(run, event)
    if rule.concept.dated and rule.effect is not Effect.REFUSES:
        run.latest_activity_task_ms = event.timestamp_ms
    if rule.close_status is not None:
        run.close(rule.close_status, event.timestamp_ms)
    elif rule.triggers and run.decision_waiting is None:
        run.decision_needed = True


def record(run: Execution, new_events: NewEvents, now_ms: int, settings: Settings) -> list[Event]:
    """Number, fold and return the events, and the decision task that they require.

    Each event is folded before the next one is requested, so a generator sees the effect of
    what it has yielded. Nothing follows the event that closes the execution. If a history
    reaches ``settings.max_events``, the termination of the execution is recorded in place of
    the event with that number, unless that event closes the execution too.

    An event that triggers a decision task is followed by DecisionTaskScheduled with the same
    timestamp, a batch of events by one DecisionTaskScheduled at its end. There is none if a
    decision task waits already.

    Source: Developer Guide, "Deciders"; quotas, "history". Observed: recorded 2017 and 2023.
    """
    recorded: list[Event] = []
    for new_event in new_events:
        _append(run, recorded, new_event, now_ms, settings)
        if run.closed:
            return recorded
    if run.decision_needed:
        scheduled = _decision_task_scheduled(run, settings)
        _append(run, recorded, scheduled, now_ms, settings)
    return recorded


def _append(
    run: Execution, recorded: list[Event], new_event: NewEvent, now_ms: int, settings: Settings
) -> None:
    assert not run.closed, f"{new_event.event_type} after the close of {run.run_id}"
    event_id = run.event_count + 1
    if event_id >= settings.max_events and EVENTS[new_event.event_type].close_status is None:
        new_event = NewEvent(
            "WorkflowExecutionTerminated",
            {"cause": "EVENT_LIMIT_EXCEEDED", "childPolicy": run.child_policy},
        )
    event = Event(event_id, now_ms, new_event.event_type, new_event.attributes)
    fold(run, event)
    recorded.append(event)


def _decision_task_scheduled(run: ExecutionView, settings: Settings) -> NewEvent:
    override = run.override
    attributes: Attributes = {
        "taskList": {"name": override.task_list if override else run.task_list},
        "startToCloseTimeout": run.task_timeout,
    }
    if run.task_priority is not None:
        attributes["taskPriority"] = run.task_priority
    if override and override.schedule_to_start is not None:
        attributes["scheduleToStartTimeout"] = override.schedule_to_start
    elif settings.decision_task_schedule_to_start:
        attributes["scheduleToStartTimeout"] = "NONE"
    return NewEvent("DecisionTaskScheduled", attributes)
