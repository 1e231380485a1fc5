"""Decision tasks: the slot, their timeouts and the task list they are placed on."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import not_early, rule, same
from conformance.grammar.run import Batch, Run


@rule("DecisionTaskScheduled")
def _decision_scheduled(run: Run, event: Event) -> None:
    event.require(
        event["startToCloseTimeout"] == run.start["taskStartToCloseTimeout"],
        "startToCloseTimeout must be the execution's taskStartToCloseTimeout",
    )
    same(event, run.start, "taskPriority")
    placed = event["taskList"]["name"], event.get("scheduleToStartTimeout", "NONE")
    event.require(
        placed in run.task_lists,
        f"task list and scheduleToStartTimeout are {placed}, must be {sorted(run.task_lists)}",
    )
    run.waiting = event


@rule("DecisionTaskStarted")
def _decision_started(run: Run, event: Event) -> None:
    if run.started:
        event.fail(f"a decision task is started already, with event {run.started.id}")
    if run.waiting is None or event["scheduledEventId"] != run.waiting.id:
        event.fail(f"no decision task {event['scheduledEventId']} is waiting")
    run.started, run.waiting = event, None


@rule("DecisionTaskCompleted")
def _decision_completed(run: Run, event: Event) -> None:
    _end_started_decision(run, event)
    run.batch = Batch(event)
    if "taskList" in event.attributes:
        timeout = event.get("taskListScheduleToStartTimeout", "NONE")
        run.task_lists = {(event["taskList"]["name"], timeout)}


@rule("DecisionTaskTimedOut")
def _decision_timed_out(run: Run, event: Event) -> None:
    if event["timeoutType"] == "START_TO_CLOSE":
        started = _end_started_decision(run, event)
        scheduled = run.event(event["scheduledEventId"])
        timeout = run.start["taskStartToCloseTimeout"]
        not_early(event, started, timeout, "taskStartToCloseTimeout")
    else:
        if run.started or run.waiting is None or event["scheduledEventId"] != run.waiting.id:
            event.fail(f"decision task {event['scheduledEventId']} is not offered to pollers")
        event.require(event["startedEventId"] == 0, "startedEventId must be 0, it never started")
        scheduled, run.waiting = run.waiting, None
        timeout = scheduled.get("scheduleToStartTimeout", "NONE")
        not_early(event, scheduled, timeout, "scheduleToStartTimeout")
    _revert_task_list(run, scheduled)


def _end_started_decision(run: Run, event: Event) -> Event:
    started = run.started
    if started is None or event["startedEventId"] != started.id:
        event.fail(f"decision task started with event {event['startedEventId']} is not open")
    same(event, started, "scheduledEventId")
    run.started = None
    return started


def _revert_task_list(run: Run, scheduled: Event) -> None:
    """A task that times out on a temporary list ends the override that put it there.

    If the override in force is another one by then, the documents do not say whether it ends too.
    """
    placed = scheduled["taskList"]["name"], scheduled.get("scheduleToStartTimeout", "NONE")
    if placed[1] == "NONE":
        return
    in_force = run.task_lists - {placed} if run.task_lists != {placed} else set()
    run.task_lists = in_force | {run.original_list}
