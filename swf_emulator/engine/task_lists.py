"""Task lists: tasks wait for polls by priority, polls wait for tasks by arrival.

A task list exists only while something waits on it. All functions require the engine's lock.

Source: Developer Guide, "Task lists", "Setting task priority".
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Iterable
from itertools import count, islice
from typing import Any, Generic, TypeVar

Kept = TypeVar("Kept")

COMPACT_FROM = 64
"""A heap with fewer entries than this is not compacted."""

_order = count()


class Ticket(Generic[Kept]):
    """The place of a task on a list. ``order`` is its order of arrival over all lists."""

    __slots__ = ("kept", "live", "order", "priority", "task_list")

    def __init__(self, task_list: TaskList[Kept], kept: Kept, priority: int) -> None:
        self.task_list = task_list
        self.kept = kept
        self.priority = priority
        self.order = next(_order)
        self.live = True

    def __lt__(self, other: Ticket[Kept]) -> bool:
        """Compare by priority, then by arrival."""
        if self.priority != other.priority:
            return self.priority > other.priority
        return self.order < other.order


Lists = dict[tuple[str, str], "TaskList[Kept]"]
"""The task lists of a domain, by kind and name."""


class TaskList(Generic[Kept]):
    """One list in one domain. ``list_kind`` is ``decision`` or ``activity``.

    ``pollers`` are the polls that wait, in order of arrival.
    """

    __slots__ = ("_heap", "_lists", "_mixed", "list_kind", "name", "pollers", "waiting")

    def __init__(self, lists: Lists[Kept], list_kind: str, name: str) -> None:
        self._lists = lists
        self.list_kind = list_kind
        self.name = name
        self.pollers: OrderedDict[Any, None] = OrderedDict()
        self.waiting = 0
        """The number of tasks on the list."""
        self._heap: list[Ticket[Kept]] = []
        self._mixed = False
        """Whether tasks of different priorities may be on the list."""

    @property
    def idle(self) -> bool:
        """Whether neither tasks nor polls wait."""
        return not self.waiting and not self.pollers

    def offer(self, kept: Kept, priority: int) -> Ticket[Kept]:
        """Put a task on the list."""
        first = self.first() if self.waiting else None
        if first is None:
            self._remember()
        self._mixed = first is not None and (self._mixed or first.priority != priority)
        ticket = Ticket(self, kept, priority)
        heapq.heappush(self._heap, ticket)
        self.waiting += 1
        return ticket

    def withdraw(self, ticket: Ticket[Kept]) -> None:
        """Take a task off the list."""
        assert ticket.live
        ticket.live = False
        self.waiting -= 1
        if len(self._heap) > COMPACT_FROM and len(self._heap) > 2 * self.waiting:
            self._heap = [waiting for waiting in self._heap if waiting.live]
            heapq.heapify(self._heap)
        if not self.waiting:
            self._forget_if_idle()

    def join(self, poll: Any) -> None:
        """Add a poll to the list, behind the others."""
        self._remember()
        self.pollers[poll] = None

    def leave(self, poll: Any) -> None:
        """Take a poll off the list."""
        del self.pollers[poll]
        self._forget_if_idle()

    def _remember(self) -> None:
        self._lists[self.list_kind, self.name] = self

    def _forget_if_idle(self) -> None:
        if self.idle:
            del self._lists[self.list_kind, self.name]
            self._heap.clear()  # its dead tickets refer to the list

    def first(self) -> Ticket[Kept] | None:
        """Return the task that the next poll gets; it stays on the list."""
        heap = self._heap
        while heap and not heap[0].live:
            heapq.heappop(heap)
        return heap[0] if heap else None

    def oldest(self) -> Ticket[Kept] | None:
        """Return the task that arrived first; it stays on the list."""
        if not self._mixed:
            return self.first()
        live = (ticket for ticket in self._heap if ticket.live)
        return min(live, key=lambda ticket: ticket.order, default=None)

    def waiting_tickets(self) -> list[Ticket[Kept]]:
        """Return all tasks, in no particular order."""
        return [ticket for ticket in self._heap if ticket.live]

    def tickets(self) -> list[Ticket[Kept]]:
        """Return all tasks, in the order in which polls get them."""
        return sorted(self.waiting_tickets())

    @staticmethod
    def reorder(orders: Iterable[tuple[Ticket[Kept], int]]) -> None:
        """Give tickets other orders of arrival."""
        lists = set()
        for ticket, order in orders:
            ticket.order = order
            lists.add(ticket.task_list)
        for task_list in lists:
            heapq.heapify(task_list._heap)


def count_from(number: int) -> None:
    """Give later tasks orders of arrival of at least ``number``."""
    global _order
    _order = count(max(number, next(_order)))


def arrivals(number: int) -> list[int]:
    """Return orders of arrival for ``number`` tasks, before those of all later tasks."""
    return list(islice(_order, number))
