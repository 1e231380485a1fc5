"""The clients that polled a task list last, for people who look for a worker that is missing.

It is no state: nothing depends on it, and an export does not contain it.
"""

from __future__ import annotations

from typing import NamedTuple

LISTS_MAX = 1000
POLLERS_MAX = 20


class RecentPoller(NamedTuple):
    """A client by the name that it gives itself, its last poll, and the tasks that it got."""

    identity: str | None
    last_ms: int
    tasks: int


class RecentPolls:
    """The last pollers of the task lists of one domain, by kind and name of the list."""

    __slots__ = ("_lists",)

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], dict[str | None, RecentPoller]] = {}

    def note(
        self, list_kind: str, name: str, identity: str | None, now_ms: int, tasks: int
    ) -> None:
        """Note a poll, or the tasks that it got; forget those that polled longest ago."""
        key = (list_kind, name)
        pollers = self._lists.get(key)
        if pollers is None:
            pollers = self._lists[key] = {}
            if len(self._lists) > LISTS_MAX:
                del self._lists[next(iter(self._lists))]
        known = pollers.pop(identity, None)
        pollers[identity] = RecentPoller(
            identity, now_ms, tasks if known is None else known.tasks + tasks
        )
        if len(pollers) > POLLERS_MAX:
            del pollers[next(iter(pollers))]

    def of(self, list_kind: str, name: str) -> list[RecentPoller]:
        """Return the pollers of a list, the last one first."""
        return list(self._lists.get((list_kind, name), {}).values())[::-1]
