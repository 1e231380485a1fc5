"""Tasks to pollers: who waits on which list, and who gets the next task.

A list is *ready* while it has both tasks and pollers; under the lock that never lasts beyond
the transaction that made it so. Everything here is called with the engine's lock held.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import faults
from .domains import Domain, Kept
from .task_lists import Poll, TaskList, TaskTaken, Ticket

Start = Callable[[Ticket, str | None], "TaskTaken | None"]
"""Record that a task is started for a poller of that identity. None if the execution's
history was full: then the task is gone with the execution."""

Tell = Callable[[Poll, Any], None]
"""Have a poll given its answer, None for an empty one, once the lock is released."""


class Handoff:
    """The task lists' side of the engine."""

    def __init__(self, start: Start, tell: Tell) -> None:
        self._start = start
        self._tell = tell
        self._ready: dict[str, dict[TaskList, None]] = {"activity": {}, "decision": {}}
        self.held = 0
        """How many polls wait."""

    def requeue(self, kept: Kept, alive: bool) -> None:
        """Bring a task's place on a list in line with what it wants now."""
        wanted = kept.item.queued() if alive else None
        ticket, domain = kept.ticket, kept.run.domain
        if wanted is None:
            if ticket is not None:
                kept.ticket = None
                ticket.task_list.withdraw(ticket)
                domain.drop_if_idle(ticket.task_list)
        elif ticket is None:
            task_list = domain.task_list(wanted.kind, wanted.task_list)
            kept.ticket = task_list.offer(kept, wanted.priority)
            if task_list.pollers:
                self._ready[wanted.kind][task_list] = None

    def ready(self, kind: str) -> bool:
        """Whether tasks of this kind (``activity``, ``decision``) can be handed out."""
        return bool(self._ready[kind])

    def hand_out(self, kind: str) -> None:
        """Give the first task of a ready list to the poller who waits longest.

        The poller stays on the list until the task is its own, so that it loses nothing if
        it cannot have it.
        """
        task_list = next(iter(self._ready[kind]))
        ticket = task_list.first()
        if ticket is None or not task_list.pollers:
            del self._ready[kind][task_list]
            return
        poll = next(iter(task_list.pollers))
        if poll.gone is not None and poll.gone():
            self._remove(poll)
            self._tell(poll, None)
        elif (taken := self._start(ticket, poll.identity)) is not None:
            self._remove(poll)
            self._tell(poll, taken)

    def give_up(self, kind: str) -> None:
        """After an error: hand out nothing of the list that comes next."""
        del self._ready[kind][next(iter(self._ready[kind]))]

    def poll(
        self, poll: Poll, held: bool, pollers_max: int, held_max: int
    ) -> TaskTaken | Poll | None:
        """Take the next task of the poll's list, or wait for one.

        Returns the task; the poll itself if it waits now; None if it is not to be ``held``. Faults: LimitExceededFault
        (pollers of the list), ThrottlingException (held polls of all lists).
        """
        domain, task_list = poll.domain, poll.task_list
        while (ticket := task_list.first()) is not None:
            if (taken := self._start(ticket, poll.identity)) is not None:
                return taken
        if not held:
            domain.drop_if_idle(task_list)
            return None
        if len(task_list.pollers) >= pollers_max:
            raise faults.limit_exceeded("Polls on a task list", pollers_max)
        if self.held >= held_max:
            raise faults.throttled()
        domain.task_lists[task_list.kind, task_list.name] = task_list
        task_list.pollers[poll] = None
        self.held += 1
        return poll

    def withdraw(self, poll: Poll) -> bool:
        """The poll waits no longer. True if it did; then it never gets a task."""
        if poll not in poll.task_list.pollers:
            return False
        self._remove(poll)
        return True

    def end(self, domain: Domain) -> None:
        """Answer all polls of a domain as empty."""
        for task_list in list(domain.task_lists.values()):
            for poll in list(task_list.pollers):
                self._remove(poll)
                self._tell(poll, None)

    def _remove(self, poll: Poll) -> None:
        del poll.task_list.pollers[poll]
        self.held -= 1
        poll.domain.drop_if_idle(poll.task_list)
