"""Open items of an execution: their deadlines, queue places and outstanding effects.

One event opens an item and another closes it. The items are decision tasks, activity tasks,
timers, children, Lambda tasks, requests to other executions and the execution's own lifetime.
The engine derives its work from them:

* ``next_deadline``: when the item times out or fires, if nothing else happens;
* ``queued``: the task list on which it waits for a poller;
* ``undelivered``: an effect that is still to follow, usually on something outside the execution.

So deadlines, queues and deliveries can be derived again from a folded history at any time.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from .events import NewEvents

CHILDREN = "children"
"""Counts children from their …Initiated event on, before they are started."""


class Deadline(NamedTuple):
    """A time in epoch milliseconds, and which of the item's clocks ends then."""

    at_ms: int
    timeout_type: str


class QueuedTask(NamedTuple):
    """A place on a task list. Higher priorities are served first."""

    list_kind: str
    task_list: str
    priority: int


class OpenItem:
    """One open item of an execution, identified by the event that opened it."""

    __slots__ = ("event_id", "name")

    concept: ClassVar[str] = ""
    """The name of its concept: ``timer``."""

    count: ClassVar[str | None] = None
    """The entry of the execution's ``open_counts`` that counts it."""

    is_task: ClassVar[bool] = False
    """Whether someone outside the execution must answer it: a decider, a worker, a function."""

    def __init__(self, event_id: int) -> None:
        self.event_id = event_id
        self.name: tuple[str, str] | None = None
        """Its concept and its own id, if it has an id that is unique among the open items."""

    def next_deadline(self) -> Deadline | None:
        """The earliest of its running clocks."""
        return None

    def expire(self, timeout_type: str) -> NewEvents:
        """The events that are recorded when that clock ends."""
        raise NotImplementedError(f"{type(self).__name__} has no clock {timeout_type}")

    def queued(self) -> QueuedTask | None:
        """The task list on which it waits for a poller, None if it does not wait."""
        return None

    @property
    def undelivered(self) -> bool:
        """Whether an effect is still to follow the transition that caused it."""
        return False

    # What people see of it.

    @property
    def title(self) -> str:
        """The id that its decider gave it, "" if it has none."""
        return ""

    @property
    def type_name(self) -> str:
        """The activity type, workflow type or function that it runs, "" if it runs none."""
        return ""

    @property
    def since_ms(self) -> int | None:
        """The time since which it waits or, if it is taken, has been taken; None if unknown."""
        return None

    @property
    def taken(self) -> bool:
        """Whether it has been started: by a decider, a worker, a function or as a child run."""
        return False

    @property
    def heartbeat(self) -> str | None:
        """The details of its last heartbeat, "" without details; None before the first."""
        return None

    @property
    def cancel_requested(self) -> bool:
        """Whether its decider has requested its cancellation."""
        return False


class Task(OpenItem):
    """An open item that someone outside the execution starts and answers.

    ``started_event_id`` and ``started_ms`` are 0 until it is started.
    """

    __slots__ = ("started_event_id", "started_ms")
    is_task: ClassVar[bool] = True

    def __init__(self, event_id: int) -> None:
        super().__init__(event_id)
        self.started_event_id = 0
        self.started_ms = 0

    @property
    def taken(self) -> bool:
        return self.started_event_id != 0


def earliest(*clocks: tuple[int, int | None, str]) -> Deadline | None:
    """The first clock to end: each is (its start, its length or None, its name), in ms.

    Of clocks that end at the same time the first one named is returned.
    """
    first: Deadline | None = None
    for start_ms, length_ms, timeout_type in clocks:
        if length_ms is not None:
            at_ms = start_ms + length_ms
            if first is None or at_ms < first.at_ms:
                first = Deadline(at_ms, timeout_type)
    return first
