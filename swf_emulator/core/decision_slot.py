"""The decision task of an execution, and the task list that its next one goes to."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from .durations import milliseconds
from .events import Event, NewEvent, NewEvents
from .open_items import Deadline, OpenItem, QueuedTask, earliest


class TaskListOverride(NamedTuple):
    """The task list that a response asked for: permanent, or until a task on it is lost.

    ``schedule_to_start`` is None for a permanent override, else a duration in seconds.
    """

    task_list: str
    schedule_to_start: str | None

    @property
    def temporary(self) -> bool:
        return self.schedule_to_start is not None


class DecisionTask(OpenItem):
    """A recorded decision task, keyed by its DecisionTaskScheduled event."""

    kind: ClassVar[str] = "decision"
    __slots__ = (
        "offered_ms",
        "priority",
        "schedule_to_start_ms",
        "start_to_close_ms",
        "started_event_id",
        "started_ms",
        "task_list",
    )
    is_task: ClassVar[bool] = True

    def __init__(self, event: Event, priority: int) -> None:
        super().__init__(event.event_id)
        attributes = event.attributes
        self.task_list: str = attributes["taskList"]["name"]
        self.priority = priority
        self.start_to_close_ms = milliseconds(attributes["startToCloseTimeout"])
        self.schedule_to_start_ms = milliseconds(attributes.get("scheduleToStartTimeout", "NONE"))
        self.offered_ms: int | None = None
        self.started_event_id = 0
        self.started_ms = 0

    @property
    def since_ms(self) -> int | None:
        return self.started_ms if self.started_event_id else self.offered_ms

    def next_deadline(self) -> Deadline | None:
        if self.started_event_id:
            return earliest((self.started_ms, self.start_to_close_ms, "START_TO_CLOSE"))
        if self.offered_ms is None:
            return None
        return earliest((self.offered_ms, self.schedule_to_start_ms, "SCHEDULE_TO_START"))

    def expire(self, timeout_type: str) -> NewEvents:
        yield NewEvent(
            "DecisionTaskTimedOut",
            {
                "timeoutType": timeout_type,
                "scheduledEventId": self.event_id,
                "startedEventId": self.started_event_id,
            },
        )

    def queued(self) -> QueuedTask | None:
        if self.offered_ms is None or self.started_event_id:
            return None
        return QueuedTask("decision", self.task_list, self.priority)
