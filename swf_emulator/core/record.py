"""The only way in which events enter an execution."""

from __future__ import annotations

from .events import Attributes, Event, NewEvent, NewEvents
from .execution import Execution, ExecutionView
from .registry import EVENTS
from .settings import Settings


def fold(run: Execution, event: Event) -> None:
    """Take one recorded event into the state."""
    rule = EVENTS[event.event_type]
    run.event_count = event.event_id
    run.last_event_ms = event.timestamp_ms
    rule.fold(run, event)
    if rule.dates:
        run.latest_activity_task_ms = event.timestamp_ms
    if rule.close_status is not None:
        run.close(rule.close_status, event.timestamp_ms)
    elif rule.triggers and run.decision_waiting is None:
        run.decision_needed = True


def record(run: Execution, new_events: NewEvents, now_ms: int, settings: Settings) -> list[Event]:
    """Number, fold and return the events, and the decision task that they require.

    Each event is folded before the next one is requested, so a generator sees the effect of
    what it has yielded. Nothing follows the event that closes the execution.

    An event that triggers a decision task is followed by DecisionTaskScheduled with the same
    timestamp, a batch of events by one DecisionTaskScheduled at its end. There is none if a
    decision task waits already.

    The termination of the execution follows if its history has ``settings.max_events`` or more
    then. Until then the batch is recorded whole, past the limit too.

    Source: Developer Guide, "Deciders"; quotas, "history". Observed: recorded 2017 and 2023; a
    history that ended with the termination as event 25,044.
    """
    recorded: list[Event] = []
    for new_event in new_events:
        _append(run, recorded, new_event, now_ms)
        if run.close_status is not None:
            return recorded
    if run.decision_needed:
        _append(run, recorded, _decision_task_scheduled(run, settings), now_ms)
    if run.event_count >= settings.max_events:
        exceeded = {"cause": "EVENT_LIMIT_EXCEEDED", "childPolicy": run.child_policy}
        _append(run, recorded, NewEvent("WorkflowExecutionTerminated", exceeded), now_ms)
    return recorded


def _append(run: Execution, recorded: list[Event], new_event: NewEvent, now_ms: int) -> None:
    assert run.close_status is None, f"{new_event.event_type} after the close of {run.run_id}"
    event = Event(run.event_count + 1, now_ms, new_event.event_type, new_event.attributes)
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
