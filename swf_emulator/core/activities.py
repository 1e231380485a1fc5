"""Activity tasks: scheduled, started by a worker, kept alive by heartbeats, closed once.

Events: ActivityTaskScheduled, ScheduleActivityTaskFailed, ActivityTaskStarted,
ActivityTaskCompleted, ActivityTaskFailed, ActivityTaskTimedOut, ActivityTaskCanceled,
ActivityTaskCancelRequested, RequestCancelActivityTaskFailed.

A heartbeat is not an event. Its time and details are *notes* on the open task; they appear
only in a later ActivityTaskTimedOut.

Source: Developer Guide, "Activity tasks" and "Timeout types"; API Reference,
ScheduleActivityTaskDecisionAttributes, RecordActivityTaskHeartbeat.
"""

from __future__ import annotations

from typing import ClassVar

from .durations import milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import Execution, ExecutionView
from .executions import default_name
from .open_items import Deadline, QueuedTask, Task, earliest
from .registry import Concept, refusal
from .world import World

ACTIVITY = Concept(
    "activity",
    "activities",
    link="scheduledEventId",
    key="activityId",
    label=("activityId", "activityType"),
    dated=True,
)

NEEDED = (
    ("taskList", "DEFAULT_TASK_LIST_UNDEFINED"),
    ("scheduleToStartTimeout", "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED"),
    ("scheduleToCloseTimeout", "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED"),
    ("startToCloseTimeout", "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
    ("heartbeatTimeout", "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED"),
)
"""The settings that an activity task must have, and the causes of a refusal without, in order."""


def type_default(member: str) -> str:
    """The name of the registered default of a decision's member."""
    return default_name(
        member if member.startswith("task") else f"task{member[0].upper()}{member[1:]}"
    )


class ActivityTask(Task):
    """An open activity task, identified by its ActivityTaskScheduled event."""

    __slots__ = (
        "activity_id",
        "activity_type",
        "heartbeat_details",
        "heartbeat_ms",
        "heartbeat_timeout_ms",
        "input",
        "latest_cancel_requested_event_id",
        "priority",
        "schedule_to_close_ms",
        "schedule_to_start_ms",
        "scheduled_ms",
        "start_to_close_ms",
        "task_list",
    )
    concept: ClassVar[str] = ACTIVITY.name
    count: ClassVar[str | None] = "openActivityTasks"

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        attributes = event.attributes
        self.activity_id: str = attributes["activityId"]
        self.activity_type: Attributes = attributes["activityType"]
        self.input: str | None = attributes.get("input")
        self.task_list: str = attributes["taskList"]["name"]
        self.priority = int(attributes.get("taskPriority", 0))
        self.scheduled_ms = event.timestamp_ms
        self.schedule_to_start_ms = milliseconds(attributes["scheduleToStartTimeout"])
        self.schedule_to_close_ms = milliseconds(attributes["scheduleToCloseTimeout"])
        self.start_to_close_ms = milliseconds(attributes["startToCloseTimeout"])
        self.heartbeat_timeout_ms = milliseconds(attributes["heartbeatTimeout"])
        self.heartbeat_ms: int | None = None
        self.heartbeat_details: str | None = None
        self.latest_cancel_requested_event_id: int | None = None

    @property
    def title(self) -> str:
        return self.activity_id

    @property
    def type_name(self) -> str:
        return str(self.activity_type["name"])

    @property
    def since_ms(self) -> int | None:
        return self.started_ms if self.started_event_id else self.scheduled_ms

    def next_deadline(self) -> Deadline | None:
        """Its four clocks run independently; if two end at once, the narrower one counts."""
        to_close = (self.scheduled_ms, self.schedule_to_close_ms, "SCHEDULE_TO_CLOSE")
        if not self.started_event_id:
            return earliest(
                (self.scheduled_ms, self.schedule_to_start_ms, "SCHEDULE_TO_START"), to_close
            )
        alive_ms = self.started_ms if self.heartbeat_ms is None else self.heartbeat_ms
        return earliest(
            (self.started_ms, self.start_to_close_ms, "START_TO_CLOSE"),
            (alive_ms, self.heartbeat_timeout_ms, "HEARTBEAT"),
            to_close,
        )

    def expire(self, timeout_type: str) -> NewEvents:
        attributes = {**_links(self), "timeoutType": timeout_type}
        if self.heartbeat_details is not None:
            attributes["details"] = self.heartbeat_details
        yield NewEvent("ActivityTaskTimedOut", attributes)

    def queued(self) -> QueuedTask | None:
        if self.started_event_id or self.undelivered:
            return None
        return QueuedTask("activity", self.task_list, self.priority)

    @property
    def undelivered(self) -> bool:
        """Whether SWF is to cancel it, because its cancellation was requested before its start."""
        return self.cancel_requested and not self.started_event_id

    @property
    def heartbeat(self) -> str | None:
        return None if self.heartbeat_ms is None else self.heartbeat_details or ""

    @property
    def cancel_requested(self) -> bool:
        return self.latest_cancel_requested_event_id is not None


def _links(task: ActivityTask) -> Attributes:
    return {"scheduledEventId": task.event_id, "startedEventId": task.started_event_id}


def start(task: ActivityTask, identity: str | None) -> NewEvents:
    """A poll of a worker takes the task."""
    attributes: Attributes = {"scheduledEventId": task.event_id}
    if identity is not None:
        attributes["identity"] = identity
    yield NewEvent("ActivityTaskStarted", attributes)


def heartbeat(task: ActivityTask, details: str | None, now_ms: int) -> None:
    """Note a heartbeat. A timeout repeats the details of the last one, none if it had none.

    Source: API Reference, RecordActivityTaskHeartbeat ("the last call").
    """
    task.heartbeat_ms = now_ms
    task.heartbeat_details = details


def complete(task: ActivityTask, parameters: Attributes) -> NewEvents:
    """The worker completes the task, with an optional ``result``."""
    yield NewEvent("ActivityTaskCompleted", {**pick(parameters, "result"), **_links(task)})


def fail(task: ActivityTask, parameters: Attributes) -> NewEvents:
    """The worker fails the task, with an optional ``reason`` and ``details``."""
    members = pick(parameters, "reason", "details")
    yield NewEvent("ActivityTaskFailed", {**members, **_links(task)})


def cancel(task: ActivityTask, parameters: Attributes) -> NewEvents:
    """Cancel the task, with optional ``details``: its worker does or, while it waits, SWF.

    A worker may cancel a task whose cancellation was not requested. Observed: recorded 2017.
    """
    attributes = {**pick(parameters, "details"), **_links(task)}
    if task.latest_cancel_requested_event_id is not None:
        attributes["latestCancelRequestedEventId"] = task.latest_cancel_requested_event_id
    yield NewEvent("ActivityTaskCanceled", attributes)


def schedule_activity_task(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Schedule an activity task, with the type's defaults for members that are absent.

    Causes, in this order: ACTIVITY_TYPE_DOES_NOT_EXIST, ACTIVITY_TYPE_DEPRECATED,
    ACTIVITY_ID_ALREADY_IN_USE, DEFAULT_…_UNDEFINED (task list, schedule-to-start,
    schedule-to-close, start-to-close, heartbeat), OPEN_ACTIVITIES_LIMIT_EXCEEDED.
    Source: API Reference, ScheduleActivityTaskFailedEventAttributes. Order inferred.
    """
    settings, cause = _settings_or_cause(run, attributes, world)
    if cause is not None:
        yield refusal(run, "ScheduleActivityTask", attributes, cause)
        return
    yield NewEvent(
        "ActivityTaskScheduled",
        {
            **pick(attributes, "activityType", "activityId", "input", "control"),
            **settings,
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


def _settings_or_cause(
    run: ExecutionView, attributes: Attributes, world: World
) -> tuple[Attributes, str | None]:
    activity_type = attributes["activityType"]
    registered = world.activity_type(activity_type["name"], activity_type["version"])
    if registered is None:
        return {}, "ACTIVITY_TYPE_DOES_NOT_EXIST"
    if registered.deprecated:
        return {}, "ACTIVITY_TYPE_DEPRECATED"
    if (ACTIVITY.name, attributes["activityId"]) in run.named:
        return {}, "ACTIVITY_ID_ALREADY_IN_USE"
    settings: Attributes = {}
    for member, cause in NEEDED:
        value = attributes.get(member, registered.defaults.get(type_default(member)))
        if value is None:
            return {}, cause
        settings[member] = value
    priority = attributes.get("taskPriority", registered.defaults.get("defaultTaskPriority"))
    if priority is not None:
        settings["taskPriority"] = priority
    if run.open_counts["openActivityTasks"] >= world.settings.max_open_activity_tasks:
        return {}, "OPEN_ACTIVITIES_LIMIT_EXCEEDED"
    return settings, None


def request_cancel_activity_task(
    run: ExecutionView, attributes: Attributes, world: World
) -> NewEvents:
    """Request a worker to cancel a task.

    If no worker has it, SWF cancels it after the response, if the execution is still open then.

    Cause of a refusal: ACTIVITY_ID_UNKNOWN.
    Source: API Reference, RequestCancelActivityTaskDecisionAttributes. Observed: recorded 2017
    (the request does not refuse a close in the same response, and no cancellation follows).
    """
    if (ACTIVITY.name, attributes["activityId"]) not in run.named:
        yield refusal(run, "RequestCancelActivityTask", attributes, "ACTIVITY_ID_UNKNOWN")
        return
    yield NewEvent(
        "ActivityTaskCancelRequested",
        {
            "activityId": attributes["activityId"],
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


def _cancel_requested(run: Execution, event: Event) -> None:
    task = run.open_items[run.named[ACTIVITY.name, event.attributes["activityId"]]]
    assert isinstance(task, ActivityTask)
    task.latest_cancel_requested_event_id = event.event_id
    run.mark_changed(task)


ACTIVITY.decision(
    "ScheduleActivityTask",
    schedule_activity_task,
    repeats=("activityType", "activityId"),
    settles=(*(member for member, _ in NEEDED), "taskPriority"),
    beside_close=False,
)
ACTIVITY.decision(
    "RequestCancelActivityTask", request_cancel_activity_task, repeats=("activityId",)
)
ACTIVITY.opens("ActivityTaskScheduled", ActivityTask, by="ScheduleActivityTask")
ACTIVITY.starts("ActivityTaskStarted")
ACTIVITY.requests(
    "ActivityTaskCancelRequested",
    _cancel_requested,
    by="RequestCancelActivityTask",
    link="activityId",
)
ACTIVITY.closes("ActivityTaskCompleted", triggers=True)
ACTIVITY.closes("ActivityTaskFailed", triggers=True, told=True)
ACTIVITY.closes("ActivityTaskTimedOut", triggers=True, told=True)
ACTIVITY.closes("ActivityTaskCanceled", triggers=True, told=True)
