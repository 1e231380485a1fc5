"""Reading histories and writing decisions, for the deciders of the samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...core.events import attributes_name

Event = dict[str, Any]
Decision = dict[str, Any]


class Seen:
    """The content of a history, by the ids that the decider gave."""

    def __init__(self, history: Sequence[Event]) -> None:
        self.scheduled: dict[str, int] = {}
        self.results: dict[str, str] = {}
        self.failed: dict[str, int] = {}
        self.timers: set[str] = set()
        self.fired: set[str] = set()
        self.signals: dict[str, Any] = {}
        self.children: dict[str, str | None] = {}
        self.cancel_requested = False
        self.input: Any = None
        ids: dict[int, str] = {}
        for event in history:
            attributes = event[attributes_name(event["eventType"], "Event")]
            match event["eventType"]:
                case "WorkflowExecutionStarted":
                    self.input = json.loads(attributes["input"])
                case "ActivityTaskScheduled":
                    name = ids[event["eventId"]] = attributes["activityId"]
                    self.scheduled[name] = self.scheduled.get(name, 0) + 1
                case "ActivityTaskCompleted":
                    self.results[ids[attributes["scheduledEventId"]]] = attributes["result"]
                case "ActivityTaskFailed" | "ActivityTaskTimedOut" | "ActivityTaskCanceled":
                    name = ids[attributes["scheduledEventId"]]
                    self.failed[name] = self.failed.get(name, 0) + 1
                case "TimerStarted":
                    self.timers.add(attributes["timerId"])
                case "TimerFired":
                    self.fired.add(attributes["timerId"])
                case "WorkflowExecutionSignaled":
                    self.signals[attributes["signalName"]] = attributes.get("input")
                case "WorkflowExecutionCancelRequested":
                    self.cancel_requested = True
                case "StartChildWorkflowExecutionInitiated":
                    self.children[attributes["workflowId"]] = None
                case "ChildWorkflowExecutionCompleted":
                    child = attributes["workflowExecution"]["workflowId"]
                    self.children[child] = attributes.get("result", "")

    def waits_for(self, name: str) -> bool:
        """Whether an activity with that id is open."""
        ended = self.failed.get(name, 0) + (name in self.results)
        return self.scheduled.get(name, 0) > ended

    def running(self, timer_id: str) -> bool:
        return timer_id in self.timers and timer_id not in self.fired


def decision(decision_type: str, **attributes: Any) -> Decision:
    """A decision with its attributes."""
    member = attributes_name(decision_type, "Decision")
    return {"decisionType": decision_type, member: attributes}


def activity(name: str, activity_id: str, task_input: Any) -> Decision:
    """Schedule an activity with the defaults of its type."""
    return decision(
        "ScheduleActivityTask",
        activityType={"name": name, "version": "1"},
        activityId=activity_id,
        input=json.dumps(task_input),
    )


def complete(result: Any) -> list[Decision]:
    return [decision("CompleteWorkflowExecution", result=json.dumps(result))]


def fail(reason: str, details: str) -> list[Decision]:
    return [decision("FailWorkflowExecution", reason=reason, details=details)]


def cancel(details: str) -> list[Decision]:
    return [decision("CancelWorkflowExecution", details=details)]
