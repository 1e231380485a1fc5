"""Activity tasks: scheduled, started, closed once; cancellation; four timeouts."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import not_early, rule
from conformance.grammar.run import Activity, Run


@rule("ActivityTaskScheduled")
def _activity_scheduled(run: Run, event: Event) -> None:
    event.require(
        _open_activity(run, event["activityId"]) is None,
        f"an activity task with the id {event['activityId']!r} is open",
    )
    run.activities[event.id] = Activity(event)


def _open_activity(run: Run, activity_id: str) -> Activity | None:
    activities = (a for a in run.activities.values() if a.scheduled["activityId"] == activity_id)
    return next(activities, None)


@rule("ScheduleActivityTaskFailed")
def _activity_refused(run: Run, event: Event) -> None:
    if event["cause"] == "ACTIVITY_ID_ALREADY_IN_USE":
        event.require(_open_activity(run, event["activityId"]), "no open activity task has this id")


@rule("ActivityTaskStarted")
def _activity_started(run: Run, event: Event) -> None:
    activity = _of_activity(run, event)
    event.require(activity.started is None, "the activity task is started already")
    event.require(
        activity.cancel_requested is None,
        "its cancellation was requested before its start, so it must be canceled",
    )
    activity.started = event


def _of_activity(run: Run, event: Event) -> Activity:
    activity = run.activities.get(event["scheduledEventId"])
    if activity is None:
        event.fail(f"activity task {event['scheduledEventId']} is closed already")
    return activity


def _close_activity(run: Run, event: Event) -> Activity:
    activity = _of_activity(run, event)
    started_id = activity.started.id if activity.started else 0
    event.require(
        event["startedEventId"] == started_id,
        f"startedEventId must be {started_id} for activity task {activity.scheduled.id}",
    )
    del run.activities[activity.scheduled.id]
    return activity


@rule("ActivityTaskCompleted", "ActivityTaskFailed")
def _activity_ended(run: Run, event: Event) -> None:
    _close_activity(run, event)


@rule("ActivityTaskTimedOut")
def _activity_timed_out(run: Run, event: Event) -> None:
    kind = event["timeoutType"]
    activity = _close_activity(run, event)
    scheduled, started = activity.scheduled, activity.started
    event.require(
        started is None or kind != "SCHEDULE_TO_START", "SCHEDULE_TO_START, but it was started"
    )
    event.require(
        started is not None or "details" not in event.attributes,
        "has details of a heartbeat, but never started",
    )
    if kind in ("SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE"):
        since = scheduled
    elif started is None:
        event.fail(f"{kind}, but it never started")
    else:
        since = started
    name = {
        "SCHEDULE_TO_START": "scheduleToStartTimeout",
        "SCHEDULE_TO_CLOSE": "scheduleToCloseTimeout",
        "START_TO_CLOSE": "startToCloseTimeout",
        "HEARTBEAT": "heartbeatTimeout",
    }[kind]
    not_early(event, since, scheduled[name], name)


@rule("ActivityTaskCancelRequested")
def _activity_cancel_requested(run: Run, event: Event) -> None:
    activity = _open_activity(run, event["activityId"])
    if activity is None:
        event.fail(f"no activity task with the id {event['activityId']!r} is open")
    activity.cancel_requested = event


@rule("RequestCancelActivityTaskFailed")
def _activity_cancel_refused(run: Run, event: Event) -> None:
    if event["cause"] == "ACTIVITY_ID_UNKNOWN":
        event.require(
            _open_activity(run, event["activityId"]) is None,
            "an activity task with this id is open",
        )


@rule("ActivityTaskCanceled")
def _activity_canceled(run: Run, event: Event) -> None:
    activity = _close_activity(run, event)
    event.require(
        activity.started or activity.cancel_requested,
        "it never started, so only a request to cancel it can cancel it",
    )
    request = activity.cancel_requested
    event.require(
        event.get("latestCancelRequestedEventId") == (request.id if request else None),
        f"latestCancelRequestedEventId must be {request.id if request else 'absent'}",
    )
