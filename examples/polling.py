"""The loops of deciders and workers: poll, work, respond, until a stop is requested."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

from botocore.client import BaseClient

Task = dict[str, Any]
Event = dict[str, Any]
Decision = dict[str, Any]

Decide = Callable[[list[Event]], list[Decision]]
"""A decider: a function from the whole history, oldest event first, to decisions."""

Activity = Callable[[str | None], str]
"""An activity: a function from its input to its result. It may raise ActivityError."""

CLOSING_DECISIONS = frozenset(
    {
        "CompleteWorkflowExecution",
        "FailWorkflowExecution",
        "CancelWorkflowExecution",
        "ContinueAsNewWorkflowExecution",
    }
)
REASON_LENGTH_MAX = 256


class ActivityError(Exception):
    """Fails the activity task; SWF records reason and details in the history."""

    def __init__(self, reason: str, details: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason[:REASON_LENGTH_MAX]
        self.details = details


class PollInterrupted(BaseException):
    """Raised inside a waiting poll. Not an Exception, because botocore would retry the call."""


class Shutdown:
    """A request to stop, which interrupts a waiting poll but lets a started task finish."""

    def __init__(self) -> None:
        self.requested = False
        self._polling = False

    @classmethod
    def on_signals(cls) -> Shutdown:
        """Make one that Ctrl-C and SIGTERM request."""
        shutdown = cls()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, shutdown._on_signal)
        return shutdown

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        if self._polling:
            raise PollInterrupted

    def poll(self, operation: Callable[..., Task], **parameters: Any) -> Task | None:
        """Poll for a task; return None if there is none or a stop was requested."""
        try:
            self._polling = True
            if self.requested:
                return None
            task = operation(**parameters)
        except PollInterrupted:
            return None
        finally:
            self._polling = False
        return task if task.get("taskToken") else None


def run_decider(
    swf: BaseClient,
    decide: Decide,
    *,
    domain: str,
    task_list: str,
    identity: str,
    shutdown: Shutdown,
    finished: Callable[[Task], bool] = lambda task: False,
) -> None:
    """Complete decision tasks.

    Stop after closing an execution for which ``finished`` returns True.
    """
    while not shutdown.requested:
        task = shutdown.poll(
            swf.poll_for_decision_task,
            domain=domain,
            taskList={"name": task_list},
            identity=identity,
        )
        if task is None:
            continue
        decisions = decide(list(_whole_history(swf, task, domain, task_list)))
        for decision in decisions:
            print(f"{task['workflowExecution']['workflowId']}: {decision['decisionType']}")
        try:
            swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decisions)
        except swf.exceptions.UnknownResourceFault as fault:
            print(f"too late: {fault}")
            continue
        closes = any(decision["decisionType"] in CLOSING_DECISIONS for decision in decisions)
        if closes and finished(task) and _is_closed(swf, domain, task):
            return


def _whole_history(swf: BaseClient, task: Task, domain: str, task_list: str) -> Iterator[Event]:
    """Read all pages of the history of a decision task."""
    yield from task["events"]
    while "nextPageToken" in task:
        task = swf.poll_for_decision_task(
            domain=domain, taskList={"name": task_list}, nextPageToken=task["nextPageToken"]
        )
        yield from task["events"]


def _is_closed(swf: BaseClient, domain: str, task: Task) -> bool:
    """Return whether the execution is closed: SWF rejects a close if new events have arrived."""
    description = swf.describe_workflow_execution(
        domain=domain, execution=task["workflowExecution"]
    )
    return bool(description["executionInfo"]["executionStatus"] == "CLOSED")


def run_worker(
    swf: BaseClient,
    activities: Mapping[str, Activity],
    *,
    domain: str,
    task_list: str,
    identity: str,
    shutdown: Shutdown,
    finished: Callable[[Task], bool] = lambda task: False,
) -> None:
    """Work on activity tasks; stop after a task for which ``finished`` returns True."""
    while not shutdown.requested:
        task = shutdown.poll(
            swf.poll_for_activity_task,
            domain=domain,
            taskList={"name": task_list},
            identity=identity,
        )
        if task is None:
            continue
        try:
            _work(swf, activities, task)
        except swf.exceptions.UnknownResourceFault as fault:
            print(f"too late: {fault}")
        if finished(task):
            return


def _work(swf: BaseClient, activities: Mapping[str, Activity], task: Task) -> None:
    name, token = task["activityType"]["name"], task["taskToken"]
    try:
        if name not in activities:
            raise ActivityError(f"this worker has no function for {name}")
        result = activities[name](task.get("input"))
    except ActivityError as error:
        print(f"{name} failed: {error.reason}")
        details = {} if error.details is None else {"details": error.details}
        swf.respond_activity_task_failed(taskToken=token, reason=error.reason, **details)
    else:
        print(f"{name}: {result}")
        swf.respond_activity_task_completed(taskToken=token, result=result)
