"""A decider and a worker as loops over any SWF client, until their list is empty.

They run in the caller's thread and end with the first poll that brings no task: in process
that is at once, over HTTP after as long as the service holds a poll.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

log = logging.getLogger("swf_emulator.testing")

Task = dict[str, Any]
"""A task as boto3's poll gives it; a decision task with all events of its history."""

Decisions = Sequence[Mapping[str, Any]] | Mapping[str, Any] | None
"""Decisions as ``respond_decision_task_completed`` takes them; or a mapping of that call's
arguments (``decisions``, ``executionContext``, ``taskList``…); None or nothing: no decisions."""

Decider = Callable[[Task], Any]
"""From a decision task to its `Decisions`, or to `NO_ANSWER`."""

Activity = Callable[[Task], Any]
"""From an activity task to its result: a text, None, or `NO_ANSWER`."""

MAX_TASKS = 1000
REASON_MAX, DETAILS_MAX = 256, 32_768


class _NoAnswer:
    def __repr__(self) -> str:
        return "NO_ANSWER"


NO_ANSWER = _NoAnswer()
"""What a function returns to take a task and never answer it, as one that dies."""


class ActivityFailed(Exception):
    """Raised by an activity function: the task fails with this reason and these details."""

    def __init__(self, reason: str | None = None, details: str | None = None) -> None:
        super().__init__(reason, details)
        self.reason = reason
        self.details = details


class ActivityCanceled(Exception):
    """Raised by an activity function: the task is canceled, with these details."""

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
    """Answer decision tasks of a list until there is none; returns how many there were.

    ``swf`` is any SWF client. What ``decide`` raises goes to the caller. An answer that comes
    too late is dropped. Raises RuntimeError after ``max_tasks``: a decider that causes its
    own next task would go on for ever.
    """
    for count in range(max_tasks):
        task = poll_decision(swf, domain, task_list, identity)
        if task is None:
            return count
        answer_decision(swf, task, decide(task))
    raise _endless(max_tasks, task_list)


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
    """Do activity tasks of a list until there is none; returns how many there were.

    ``activities`` are functions by the name of the activity type. A function that raises one
    of ``fail_on`` fails its task, with the exception's name as reason and its text as details,
    and its traceback is logged; AssertionError, and what is not one of them, goes to the
    caller. An answer that comes too late is dropped.

    Raises LookupError for a type without a function, RuntimeError after ``max_tasks``.
    """
    for count in range(max_tasks):
        task = poll_activity(swf, domain, task_list, identity)
        if task is None:
            return count
        answer_activity(swf, task, activity_of(activities, task), fail_on)
    raise _endless(max_tasks, task_list)


def poll_decision(swf: Any, domain: str, task_list: str, identity: str) -> Task | None:
    """The next decision task with its whole history, however many pages it has."""
    asked = {"domain": domain, "taskList": {"name": task_list}, "identity": identity}
    page = swf.poll_for_decision_task(**asked)
    if not page.get("taskToken"):
        return None
    task: Task = {name: page[name] for name in page if name != "ResponseMetadata"}
    while token := page.get("nextPageToken"):
        page = swf.poll_for_decision_task(**asked, nextPageToken=token)
        task["events"].extend(page["events"])
    task.pop("nextPageToken", None)
    return task


def poll_activity(swf: Any, domain: str, task_list: str, identity: str) -> Task | None:
    """The next activity task."""
    task: Task = swf.poll_for_activity_task(
        domain=domain, taskList={"name": task_list}, identity=identity
    )
    task.pop("ResponseMetadata", None)
    return task if task.get("taskToken") else None


def answer_decision(swf: Any, task: Task, decided: Any) -> None:
    """Give a decider's answer. Raises botocore's ClientError if it is refused."""
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
    """Do an activity task and answer it; False if the function chose not to answer."""
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
                f"the activity {name!r} returned a {type(result).__name__}: results are texts "
                "or None; encode it, as JSON say"
            )
        answer = present(result=result)
        _drop_late(swf, lambda: swf.respond_activity_task_completed(**token, **answer))
    return True


def activity_of(activities: Mapping[str, Activity], task: Task) -> Activity:
    """The function for a task. Raises LookupError."""
    name = task["activityType"]["name"]
    if name not in activities:
        known = ", ".join(map(repr, sorted(activities))) or "none"
        raise LookupError(f"no function for the activity type {name!r}; there are: {known}")
    return activities[name]


def present(**members: str | None) -> dict[str, str]:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def _drop_late(swf: Any, respond: Callable[[], object]) -> None:
    """A task may have timed out, or its execution have closed, while it was worked on."""
    try:
        respond()
    except swf.exceptions.UnknownResourceFault:
        return


def _endless(max_tasks: int, task_list: str) -> RuntimeError:
    return RuntimeError(
        f"{max_tasks} tasks on the list {task_list!r} and still more: does it ever end?"
    )
