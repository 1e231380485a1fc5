"""Task lists: tasks wait for pollers by priority, pollers for tasks by arrival.

A task goes to exactly one poller, the oldest that waits; a poller that has left gets none.
All methods are called under the engine's lock, but for those of `Poll` that say otherwise.

Source: Developer Guide, "Task lists", "Setting task priority".
"""

from __future__ import annotations

import heapq
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .domains import Domain, Kept, Run

_order = count()


class Ticket:
    """A task's place on a list."""

    __slots__ = ("kept", "live", "order", "priority", "task_list")

    def __init__(self, task_list: TaskList, kept: Kept, priority: int) -> None:
        self.task_list = task_list
        self.kept = kept
        self.priority = priority
        self.order = next(_order)
        self.live = True

    def __lt__(self, other: Ticket) -> bool:
        """Higher priority first, then first come, first served."""
        if self.priority != other.priority:
            return self.priority > other.priority
        return self.order < other.order


class TaskTaken(NamedTuple):
    """A task that was started for a poller, with what its answer says of that instant."""

    run: Run
    task: Any
    previous_started_event_id: int
    now_ms: int


class Poll:
    """A request that waits for a task on one list.

    ``identity`` is the poller's own name for itself.
    """

    __slots__ = (
        "_lock",
        "_result",
        "_then",
        "domain",
        "gone",
        "identity",
        "since_ms",
        "task_list",
    )

    def __init__(
        self,
        domain: Domain,
        task_list: TaskList,
        identity: str | None,
        since_ms: int,
    ) -> None:
        self.domain = domain
        self.task_list = task_list
        self.identity = identity
        self.since_ms = since_ms
        self.gone: Callable[[], bool] | None = None
        """Tells that whoever waits is no longer there; asked before a task is handed out."""
        self._lock = threading.Lock()
        self._then: Callable[[Any], None] | None = None
        self._result: tuple[Any] | None = None

    def then(self, receive: Callable[[Any], None]) -> None:
        """Say who gets the answer, or None when there is no task: once, from any thread."""
        with self._lock:
            self._then = receive
            result = self._result
        if result is not None:
            receive(result[0])

    def resolve(self, result: Any) -> None:
        """Give the answer. Called without the engine's lock."""
        with self._lock:
            self._result = (result,)
            receive = self._then
        if receive is not None:
            receive(result)


class TaskList:
    """One list of one kind (``decision`` or ``activity``) in one domain."""

    __slots__ = ("_heap", "kind", "name", "pollers", "waiting")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        self.pollers: OrderedDict[Poll, None] = OrderedDict()
        self.waiting = 0
        """How many tasks are scheduled and not started."""
        self._heap: list[Ticket] = []

    @property
    def idle(self) -> bool:
        """Nothing waits here on either side."""
        return not self.waiting and not self.pollers

    def offer(self, kept: Kept, priority: int) -> Ticket:
        """Put a task on the list."""
        ticket = Ticket(self, kept, priority)
        heapq.heappush(self._heap, ticket)
        self.waiting += 1
        return ticket

    def withdraw(self, ticket: Ticket) -> None:
        """Take a task off the list, wherever it stands."""
        assert ticket.live
        ticket.live = False
        self.waiting -= 1
        if len(self._heap) > 64 and len(self._heap) > 2 * self.waiting:
            self._heap = [waiting for waiting in self._heap if waiting.live]
            heapq.heapify(self._heap)

    def first(self) -> Ticket | None:
        """The task that is to be handed out next; it stays on the list."""
        heap = self._heap
        while heap and not heap[0].live:
            heapq.heappop(heap)
        return heap[0] if heap else None

    def tickets(self) -> list[Ticket]:
        """All tasks on the list, in the order in which they are handed out."""
        return sorted(ticket for ticket in self._heap if ticket.live)

    @staticmethod
    def reorder(tickets: Iterable[Ticket]) -> None:
        """Number these tickets anew, in the order given, and sort their lists by it."""
        lists = set()
        for ticket in tickets:
            ticket.order = next(_order)
            lists.add(ticket.task_list)
        for task_list in lists:
            heapq.heapify(task_list._heap)
