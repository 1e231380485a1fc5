"""What is open at each point of a history: the decision task slot, activities, timers, children.

At most one decision task is active and at most one more is recorded and waiting behind it
(Developer Guide, "Developing deciders"; recordings in which DecisionTaskScheduled stands between
DecisionTaskStarted and DecisionTaskCompleted).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance import model

Event = dict[str, Any]
_Broken = Iterator[tuple[str, str]]

_TASK_ENDS = ("Completed", "Failed", "TimedOut", "Canceled", "Terminated")


class Slots:
    """The open things of one history, event by event."""

    def __init__(self) -> None:
        self.scheduled: int | None = None
        self.started: tuple[int, int] | None = None
        """(scheduled, started) of the decision task in a decider's hands."""
        self.queued: int | None = None
        self.activities: dict[int, str] = {}
        self.timers: dict[int, str] = {}
        self.children: set[int] = set()
        self.lambdas: set[int] = set()
        self.running: dict[int, int] = {}
        """Scheduled id to started id of activities and Lambda tasks that were started."""

    def may_queue(self, event: Event) -> bool:
        """Whether an event that calls for a decision would find room for a decision task."""
        if event.get("eventType") == "DecisionTaskTimedOut":
            return self.queued is None
        return self.scheduled is None and self.queued is None

    def apply(self, event: Event) -> list[tuple[str, str]]:
        """Take in the next event; returns (rule, text) for each rule that it breaks."""
        kind = str(event.get("eventType"))
        attributes = event.get(model.attributes_member(kind), {})
        if not isinstance(attributes, dict):
            return []
        event_id = int(event.get("eventId", 0))
        if kind.startswith("DecisionTask"):
            return list(self._decision_task(kind, event_id, attributes))
        if kind.startswith("ActivityTask"):
            return list(self._activity(kind, event_id, attributes))
        if kind.startswith("LambdaFunction"):
            return list(self._lambda(kind, event_id, attributes))
        if kind.startswith("Timer"):
            return list(self._timer(kind, event_id, attributes))
        if kind.startswith("ChildWorkflowExecution"):
            return list(self._child(kind, event_id, attributes))
        return []

    def _decision_task(self, kind: str, event_id: int, attributes: dict[str, Any]) -> _Broken:
        scheduled, started = attributes.get("scheduledEventId"), attributes.get("startedEventId")
        rule = "decision-tasks"
        if kind == "DecisionTaskScheduled":
            if self.scheduled is not None or self.queued is not None:
                yield rule, "another decision task is already waiting"
            elif self.started is not None:
                self.queued = event_id
            else:
                self.scheduled = event_id
        elif kind == "DecisionTaskStarted":
            if self.scheduled is None or self.scheduled != scheduled:
                yield rule, f"decision task {scheduled} is started; waiting is {self.scheduled}"
            self.scheduled, self.started = None, (int(scheduled or 0), event_id)
        elif attributes.get("timeoutType") == "SCHEDULE_TO_START":
            if self.scheduled != scheduled or started != 0:
                yield rule, f"decision task {scheduled} times out before its start ({started})"
            self.scheduled = None
        else:
            if self.started != (scheduled, started):
                yield rule, f"{kind} of {(scheduled, started)}; active is {self.started}"
            self.started, self.scheduled, self.queued = None, self.queued, None

    def _activity(self, kind: str, event_id: int, attributes: dict[str, Any]) -> _Broken:
        scheduled = int(attributes.get("scheduledEventId") or 0)
        if kind == "ActivityTaskScheduled":
            activity_id = str(attributes.get("activityId"))
            if activity_id in self.activities.values():
                yield "open-ids", f"an activity {activity_id} is already open"
            self.activities[event_id] = activity_id
        elif kind == "ActivityTaskCancelRequested":
            if attributes.get("activityId") not in self.activities.values():
                yield "tasks", f"no open activity {attributes.get('activityId')}"
        elif kind == "ActivityTaskStarted":
            if scheduled not in self.activities or scheduled in self.running:
                yield "tasks", f"activity task {scheduled} is not waiting to be started"
            self.running[scheduled] = event_id
        else:
            yield from self._ends(kind, scheduled, attributes, self.activities)

    def _lambda(self, kind: str, event_id: int, attributes: dict[str, Any]) -> _Broken:
        scheduled = int(attributes.get("scheduledEventId") or 0)
        if kind == "LambdaFunctionScheduled":
            self.lambdas.add(event_id)
        elif kind == "LambdaFunctionStarted":
            if scheduled not in self.lambdas or scheduled in self.running:
                yield "tasks", f"Lambda task {scheduled} is not waiting to be started"
            self.running[scheduled] = event_id
        else:
            open_tasks = dict.fromkeys(self.lambdas, "")
            yield from self._ends(kind, scheduled, attributes, open_tasks)
            self.lambdas.discard(scheduled)

    def _ends(
        self, kind: str, scheduled: int, attributes: dict[str, Any], open_tasks: dict[int, str]
    ) -> _Broken:
        if scheduled not in open_tasks:
            yield "tasks", f"{kind}: task {scheduled} is not open"
        started = self.running.pop(scheduled, 0)
        if attributes.get("startedEventId") != started:
            yield "tasks", f"{kind}: startedEventId is not {started}"
        open_tasks.pop(scheduled, None)

    def _timer(self, kind: str, event_id: int, attributes: dict[str, Any]) -> _Broken:
        if kind == "TimerStarted":
            timer_id = str(attributes.get("timerId"))
            if timer_id in self.timers.values():
                yield "open-ids", f"a timer {timer_id} is already open"
            self.timers[event_id] = timer_id
        elif self.timers.pop(int(attributes.get("startedEventId") or 0), None) is None:
            yield "tasks", f"{kind}: timer {attributes.get('startedEventId')} is not open"

    def _child(self, kind: str, event_id: int, attributes: dict[str, Any]) -> _Broken:
        if kind == "ChildWorkflowExecutionStarted":
            self.children.add(event_id)
        elif kind.endswith(_TASK_ENDS):
            started = attributes.get("startedEventId")
            if started not in self.children:
                yield "tasks", f"{kind}: child {started} is not open"
            self.children.discard(int(started or 0))
