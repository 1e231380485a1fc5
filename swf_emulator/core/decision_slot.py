"""The decision task of an execution, and the task list that its next one is sent to."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from .durations import milliseconds
from .events import Event, NewEvent, NewEvents
from .open_items import Deadline, QueuedTask, Task, earliest


class TaskListOverride(NamedTuple):
    """The task list that a response named: permanent, or until a task on it times out.

    ``schedule_to_start`` is None for a permanent override, otherwise a duration in seconds.
    """

    task_list: str
    schedule_to_start: str | None

    @property
    def temporary(self) -> bool:
        return self.schedule_to_start is not None


class DecisionTask(Task):
    """A recorded decision task, identified by its DecisionTaskScheduled event.

    ``offered_ms`` is None while another decision task is started.
    """

    __slots__ = (
        "offered_ms",
        "priority",
        "schedule_to_start_ms",
        "start_to_close_ms",
        "task_list",
    )
    concept: ClassVar[str] = "decision"

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        attributes = event.attributes
        self.task_list: str = attributes["taskList"]["name"]
        self.priority = int(attributes.get("taskPriority", 0))
        self.start_to_close_ms = milliseconds(attributes["startToCloseTimeout"])
        self.schedule_to_start_ms = milliseconds(attributes.get("scheduleToStartTimeout", "NONE"))
        self.offered_ms: int | None = None

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
