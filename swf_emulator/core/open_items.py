"""What is open in an execution: each open thing knows what must happen to it next.

A *pending* thing is opened by one event, whose id is its key, and closed by another: a
decision task, an activity task, a timer, a child, a Lambda task, a request to another
execution, the execution's own lifetime. From it follows what the engine has to do:

* ``next_deadline``: the instant at which it times out or fires, if nothing else happens;
* ``queued``: the task list on which it now waits for a poller;
* ``undelivered``: an effect on the world that is still to be brought about.

So deadlines, queues and deliveries can always be derived again from the folded history.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from .events import NewEvents

CHILDREN = "children"
"""Counts children from the moment that they are asked for, before they are started."""


class Deadline(NamedTuple):
    """An instant in epoch milliseconds, and which of the thing's clocks ends there."""

    at_ms: int
    timeout_type: str


class QueuedTask(NamedTuple):
    """A place on a task list. Higher priorities are served first."""

    kind: str
    task_list: str
    priority: int


class OpenItem:
    """One open thing of an execution."""

    __slots__ = ("event_id", "name")

    count: ClassVar[str | None] = None
    """The entry of the execution's ``open_counts`` that counts it."""

    is_task: ClassVar[bool] = False
    """Whether somebody outside has it to do: a decider, a worker, a function."""

    kind: ClassVar[str] = ""
    """How people call one of its sort: ``timer``."""

    def __init__(self, event_id: int) -> None:
        self.event_id = event_id
        self.name: tuple[str, str] | None = None

    def next_deadline(self) -> Deadline | None:
        """The earliest of its running clocks."""
        return None

    def expire(self, timeout_type: str) -> NewEvents:
        """The events that follow when that clock ends."""
        raise NotImplementedError(f"{type(self).__name__} has no clock {timeout_type}")

    @property
    def title(self) -> str:
        """Which one it is, in its decider's words."""
        return ""

    @property
    def type_name(self) -> str:
        """What it runs: an activity type, a workflow type, a function."""
        return ""

    @property
    def since_ms(self) -> int | None:
        """Since when it waits, or is worked on."""
        return None

    @property
    def taken(self) -> bool:
        """Whether somebody has it: a decider, a worker, a function, a child's own run."""
        return bool(getattr(self, "started_event_id", 0))

    def queued(self) -> QueuedTask | None:
        """Where it waits for a poller, if it does."""
        return None

    @property
    def undelivered(self) -> bool:
        """Whether an effect outside the execution is still owed."""
        return False


def earliest(*clocks: tuple[int, int | None, str]) -> Deadline | None:
    """The first clock to end: each is (its start, its length or None, its name), all in ms.

    Of clocks that end together the first one named wins.
    """
    first: Deadline | None = None
    for start_ms, length_ms, timeout_type in clocks:
        if length_ms is not None:
            at_ms = start_ms + length_ms
            if first is None or at_ms < first.at_ms:
                first = Deadline(at_ms, timeout_type)
    return first
