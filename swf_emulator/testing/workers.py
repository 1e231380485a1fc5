"""Loops of a decider and of a worker that end when their task list is empty.

They use any SWF client, run in the calling thread and return after the first poll without a
task. In process such a poll returns at once; over HTTP the server holds it first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

log = logging.getLogger("swf_emulator.testing")

Task = dict[str, Any]
"""A task as a boto3 poll returns it. A decision task has all events of its history."""

Decisions = Sequence[Mapping[str, Any]] | Mapping[str, Any] | None
"""Decisions in the format of ``respond_decision_task_completed``, or a mapping of that call's
arguments (``decisions``, ``executionContext``, ``taskList``…). None means no decisions."""

Decider = Callable[[Task], Any]
"""A function from a decision task to its `Decisions` or `NO_ANSWER`."""

Activity = Callable[[Task], Any]
"""A function from an activity task to its result: a string, None, or `NO_ANSWER`."""

MAX_TASKS = 1000
REASON_MAX, DETAILS_MAX = 256, 32_768


class _NoAnswer:
    def __repr__(self) -> str:
        return "NO_ANSWER"


NO_ANSWER = _NoAnswer()
"""Returned by a function that leaves its task unanswered, like a worker that crashes."""


class ActivityFailed(Exception):
    """Raise in an activity function to fail the task with this reason and these details."""

    def __init__(self, reason: str | None = None, details: str | None = None) -> None:
        super().__init__(reason, details)
        self.reason = reason
        self.details = details


class ActivityCanceled(Exception):
    """Raise in an activity function to cancel the task with these details."""

    def __init__(self, details: str | None = None) -> None:
        super().__init__(details)
        self.details = details


def run_decider(
    decide: Decider,
    swf: Any,
    *,
    domain: str,
    task_list: str,
    identity: str = "decider",
    max_tasks: int = MAX_TASKS,
) -> int:
    """Answer decision tasks until the list is empty; return their number.

    ``swf`` is any SWF client. Exceptions of ``decide`` reach the caller. An answer that comes
    too late is discarded. Raises RuntimeError after ``max_tasks``, because a decider that
    triggers its own next task would never finish.
    """
    for count in range(max_tasks):
        task = poll_decision(swf, domain, task_list, identity)
        if task is None:
            return count
        answer_decision(swf, task, decide(task))
    raise _too_many(max_tasks, task_list)


def run_worker(
    activities: Mapping[str, Activity],
    swf: Any,
    *,
    domain: str,
    task_list: str,
    identity: str = "worker",
    fail_on: type[BaseException] | tuple[type[BaseException], ...] = Exception,
    max_tasks: int = MAX_TASKS,
) -> int:
    """Work on activity tasks until the list is empty; return their number.

    ``activities`` maps names of activity types to functions. If a function raises one of
    ``fail_on``, its task fails with the exception's class name as reason and its message as
    details, and the traceback is logged. AssertionError and all other exceptions reach the
    caller. An answer that comes too late is discarded.

    Raises LookupError for a type without a function, and RuntimeError after ``max_tasks``.
    """
    for count in range(max_tasks):
        task = poll_activity(swf, domain, task_list, identity)
        if task is None:
            return count
        answer_activity(swf, task, activity_of(activities, task), fail_on)
    raise _too_many(max_tasks, task_list)


def poll_decision(swf: Any, domain: str, task_list: str, identity: str) -> Task | None:
    """Poll for a decision task; return it with all pages of its history, or None."""
    parameters = {"domain": domain, "taskList": {"name": task_list}, "identity": identity}
    page = swf.poll_for_decision_task(**parameters)
    if not page.get("taskToken"):
        return None
    task: Task = {name: page[name] for name in page if name != "ResponseMetadata"}
    while token := page.get("nextPageToken"):
        page = swf.poll_for_decision_task(**parameters, nextPageToken=token)
        task["events"].extend(page["events"])
    task.pop("nextPageToken", None)
    return task


def poll_activity(swf: Any, domain: str, task_list: str, identity: str) -> Task | None:
    """Poll for an activity task; return it, or None."""
    task: Task = swf.poll_for_activity_task(
        domain=domain, taskList={"name": task_list}, identity=identity
    )
    task.pop("ResponseMetadata", None)
    return task if task.get("taskToken") else None


def answer_decision(swf: Any, task: Task, decided: Any) -> None:
    """Complete a decision task. Raises ClientError (botocore) if the service rejects it."""
    if decided is NO_ANSWER:
        return
    answer = decided if isinstance(decided, Mapping) else {"decisions": list(decided or ())}
    _drop_late(
        swf, lambda: swf.respond_decision_task_completed(taskToken=task["taskToken"], **answer)
    )


def answer_activity(
    swf: Any,
    task: Task,
    activity: Activity,
    fail_on: type[BaseException] | tuple[type[BaseException], ...],
) -> bool:
    """Work on an activity task and answer it; return False if the result is `NO_ANSWER`."""
    token = {"taskToken": task["taskToken"]}
    try:
        result = activity(task)
    except ActivityFailed as failed:
        answer = present(reason=failed.reason, details=failed.details)
        _drop_late(swf, lambda: swf.respond_activity_task_failed(**token, **answer))
    except ActivityCanceled as canceled:
        answer = present(details=canceled.details)
        _drop_late(swf, lambda: swf.respond_activity_task_canceled(**token, **answer))
    except AssertionError:
        raise
    except fail_on as error:
        log.info("the activity %s failed", task["activityId"], exc_info=error)
        answer = {
            "reason": type(error).__name__[:REASON_MAX],
            "details": str(error)[:DETAILS_MAX],
        }
        _drop_late(swf, lambda: swf.respond_activity_task_failed(**token, **answer))
    else:
        if result is NO_ANSWER:
            return False
        if result is not None and not isinstance(result, str):
            name = task["activityType"]["name"]
            raise TypeError(
                f"the activity {name!r} returned a value of type {type(result).__name__}; "
                "a result must be a string or None; encode it, for example as JSON"
            )
        answer = present(result=result)
        _drop_late(swf, lambda: swf.respond_activity_task_completed(**token, **answer))
    return True


def activity_of(activities: Mapping[str, Activity], task: Task) -> Activity:
    """Return the function for a task. Raises LookupError."""
    name = task["activityType"]["name"]
    if name not in activities:
        known = ", ".join(map(repr, sorted(activities))) or "none"
        raise LookupError(f"no function for the activity type {name!r}; known: {known}")
    return activities[name]


def present(**members: str | None) -> dict[str, str]:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def _drop_late(swf: Any, respond: Callable[[], object]) -> None:
    """Respond unless the task has timed out or its execution has closed in the meantime."""
    try:
        respond()
    except swf.exceptions.UnknownResourceFault:
        return


def _too_many(max_tasks: int, task_list: str) -> RuntimeError:
    return RuntimeError(
        f"stopped after {max_tasks} tasks (max_tasks) of the task list {task_list!r}"
    )
