"""Polls: which of them wait on which task list, and which task each of them gets.

A task goes to exactly one poll, the one that has waited longest; a poll that was withdrawn
gets none. A task that finds a poll waiting is handed over before the transaction ends.

Source: Developer Guide, "Task lists"; API Reference, PollForActivityTask.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ..core import activities, decision_tasks, faults
from ..core.activities import ActivityTask
from ..core.decision_slot import DecisionTask
from .domains import Domain, Kept, Run
from .journal import Change
from .recording import Recorder
from .task_lists import TaskList
from .transaction import Transaction


class TaskTaken(NamedTuple):
    """A started task, with the facts of that instant that the answer to its poll needs."""

    run: Run
    task: Any
    previous_started_event_id: int
    now_ms: int
    rests_on: Change | None = None
    """The change that must be committed before a poller gets the task."""


Receive = Callable[[TaskTaken | None], None]


class Poll:
    """A poll that waits on a task list. ``identity`` is the client's name for itself.

    `on_result` and `resolve` may be called from any thread, without the engine's lock.
    """

    __slots__ = (
        "_lock",
        "_receive",
        "_result",
        "disconnected",
        "identity",
        "since_ms",
        "task_list",
    )

    def __init__(
        self,
        task_list: TaskList[Kept],
        identity: str | None,
        since_ms: int,
        disconnected: Callable[[], bool] | None = None,
    ) -> None:
        self.task_list = task_list
        self.identity = identity
        self.since_ms = since_ms
        self.disconnected = disconnected
        """If it returns True when a task is handed over, the poll ends without one."""
        self._lock = threading.Lock()
        self._receive: Receive | None = None
        self._result: tuple[TaskTaken | None] | None = None

    def on_result(self, receive: Receive) -> None:
        """Call ``receive`` once with the task, or with None if the poll ends without one."""
        with self._lock:
            self._receive = receive
            result = self._result
        if result is not None:
            receive(result[0])

    def resolve(self, taken: TaskTaken | None) -> None:
        """Set the result."""
        with self._lock:
            self._result = (taken,)
            receive = self._receive
        if receive is not None:
            receive(taken)


class Polls:
    """The polls of one account. All methods require the engine's lock, except `withdraw`."""

    def __init__(self, transaction: Transaction, recorder: Recorder) -> None:
        self._transaction = transaction
        self._recorder = recorder
        self.held = 0
        """The number of polls that wait."""

    def take(self, task_list: TaskList[Kept], identity: str | None) -> TaskTaken | None:
        """Start the first task of a list; None if it has no task."""
        ticket = task_list.first()
        return None if ticket is None else self.start(ticket.kept.run, ticket.kept.item, identity)

    def hold(
        self,
        task_list: TaskList[Kept],
        identity: str | None,
        disconnected: Callable[[], bool] | None = None,
    ) -> Poll:
        """Add a poll to a list, to wait for a task. ``disconnected`` as in `Poll`.

        Faults: LimitExceededFault (polls on the list), ThrottlingException (polls of the
        account).
        """
        settings = self._recorder.settings
        if len(task_list.pollers) >= settings.max_pollers:
            raise faults.limit_exceeded("Polls on a task list", "max_pollers", settings.max_pollers)
        if self.held >= settings.max_held_polls:
            raise faults.throttled("max_held_polls")
        poll = Poll(task_list, identity, self._transaction.now_ms, disconnected)
        task_list.join(poll)
        self.held += 1
        self._recorder.changed()
        return poll

    def start(self, run: Run, task: Any, identity: str | None) -> TaskTaken:
        """Start a task. If that fills the history, the execution is terminated after it."""
        previous = run.execution.previous_started_event_id
        now_ms = self._transaction.now_ms
        if isinstance(task, DecisionTask):
            self._recorder.record(run, decision_tasks.start(task, identity))
        else:
            assert isinstance(task, ActivityTask)
            self._recorder.record(run, activities.start(task, identity))
        run.domain.recent_polls.note(task.concept, task.task_list, identity, now_ms, 1)
        return TaskTaken(run, task, previous, now_ms, self._recorder.rests_on)

    def hand_over(self, list_kind: str) -> None:
        """Give the first task of a ready list to the poll that has waited longest on it.

        The poll stays on the list until the task is started, so it keeps its place if that
        fails.
        """
        task_list = next(iter(self._recorder.ready[list_kind]))
        ticket = task_list.first()
        if ticket is None or not task_list.pollers:
            del self._recorder.ready[list_kind][task_list]
            return
        poll: Poll = next(iter(task_list.pollers))
        if poll.disconnected is not None and poll.disconnected():
            self._end(poll, None)
            return
        self._end(poll, self.start(ticket.kept.run, ticket.kept.item, poll.identity))

    def skip(self, list_kind: str) -> None:
        """Skip the list that comes next, after an internal error."""
        ready = self._recorder.ready[list_kind]
        del ready[next(iter(ready))]

    def withdraw(self, poll: Poll) -> bool:
        """Take a poll off its list; it never gets a task then. Acquires the lock.

        Returns False if it no longer waited: its result is set, or about to be.
        """
        with self._transaction.lock:
            self._recorder.changes += 1
            if poll not in poll.task_list.pollers:
                return False
            self._remove(poll)
            return True

    def end(self, domain: Domain) -> None:
        """End all polls of a domain without a task."""
        for task_list in list(domain.task_lists.values()):
            for poll in list(task_list.pollers):
                self._end(poll, None)

    def end_all(self) -> None:
        """End all polls without a task."""
        for domain in self._recorder.domains():
            self.end(domain)

    def _end(self, poll: Poll, taken: TaskTaken | None) -> None:
        self._remove(poll)
        self._transaction.after_unlock.append(partial(poll.resolve, taken))

    def _remove(self, poll: Poll) -> None:
        poll.task_list.leave(poll)
        self.held -= 1
