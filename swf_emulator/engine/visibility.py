"""Open and closed executions by time, type, tag and close status.

Every list is kept sorted, so that finding a page or counting a range costs the same with ten
executions and with a hundred thousand.

Source: Developer Guide, "Visibility"; API Reference, ListOpenWorkflowExecutions.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sortedcontainers import SortedList

from ..core.execution import Execution

Position = tuple[int, int]
"""A time in milliseconds, and a run's sequence number: unique, and ordered in time."""


class Listed(Protocol):
    """A run as far as the lists need it. ``sequence`` orders runs by their starts."""

    @property
    def execution(self) -> Execution: ...

    @property
    def sequence(self) -> int: ...


Run = TypeVar("Run", bound=Listed)

Entry = tuple[int, int, Run]

ALL: tuple[str, ...] = ("all",)
FIRST, LAST = -1, 2**63
UNSORTED_MAX = 500
"""More runs than this are sorted into an index at once, in some milliseconds."""


class Query(NamedTuple):
    """The executions that a list or a count selects.

    ``key`` is one of ``ALL``, ``("type", name)``, ``("type", name, version)``,
    ``("tag", tag)``, ``("status", close_status)``, ``("workflow", workflow_id)``. The bounds
    are inclusive, in milliseconds.
    """

    closed: bool
    by_close_time: bool
    key: tuple[str, ...]
    oldest_ms: int
    latest_ms: int


class Visibility(Generic[Run]):
    """The executions of one domain, as the lists and counts show them."""

    def __init__(self) -> None:
        self._open: _TimeIndex[Run] = _TimeIndex()
        self._closed_by_start: _TimeIndex[Run] = _TimeIndex()
        self._closed_by_close: _TimeIndex[Run] = _TimeIndex()
        self._by_workflow_id: dict[str, list[Run]] = {}

    def opened(self, run: Run) -> None:
        self._open.add(run, run.execution.started_ms)
        self._by_workflow_id.setdefault(run.execution.workflow_id, []).append(run)

    def closed(self, run: Run) -> None:
        execution = run.execution
        self._open.remove(run, execution.started_ms)
        self._closed_by_start.add(run, execution.started_ms)
        self._closed_by_close.add(run, execution.close_ms)

    def forgotten(self, run: Run) -> None:
        """Remove a closed execution: its retention is over."""
        self._closed_by_start.remove(run, run.execution.started_ms)
        self._closed_by_close.remove(run, run.execution.close_ms)
        runs = self._by_workflow_id[run.execution.workflow_id]
        runs.remove(run)
        if not runs:
            del self._by_workflow_id[run.execution.workflow_id]

    def runs_of(self, workflow_id: str) -> list[Run]:
        """Return all runs of a workflow id, open and closed, ordered by their starts."""
        return self._by_workflow_id.get(workflow_id, [])

    def runs(self) -> Iterator[Run]:
        """Return all runs, open and closed, in no particular order."""
        return chain.from_iterable(self._by_workflow_id.values())

    @property
    def open_count(self) -> int:
        return self._open.size

    @property
    def closed_count(self) -> int:
        return self._closed_by_start.size

    def count(self, query: Query) -> int:
        """Return the number of executions that match."""
        if query.key[0] == "workflow":
            return sum(1 for _ in self._scan_workflow(query, True, None))
        return self._index(query).count(query)

    def page(
        self, query: Query, oldest_first: bool, after: Position | None, size: int
    ) -> tuple[list[Run], Position | None]:
        """Return the next ``size`` executions after a position.

        Also returns the position after which the next page begins, None after the last page.
        """
        scan = self._scan_workflow if query.key[0] == "workflow" else self._index(query).scan
        found = list(islice(scan(query, oldest_first, after), size + 1))
        if len(found) <= size:
            return [entry[2] for entry in found], None
        last = found[size - 1]
        return [entry[2] for entry in found[:size]], (last[0], last[1])

    def _scan_workflow(
        self, query: Query, oldest_first: bool, after: Position | None
    ) -> Iterator[Entry[Run]]:
        """Iterate over the runs of one workflow id: there are few, so they have no index."""
        entries = sorted(
            (
                (run.execution.close_ms if query.by_close_time else run.execution.started_ms),
                run.sequence,
                run,
            )
            for run in self.runs_of(query.key[1])
            if run.execution.closed == query.closed
        )
        for entry in entries if oldest_first else reversed(entries):
            position = entry[:2]
            if not query.oldest_ms <= entry[0] <= query.latest_ms:
                continue
            if after is None or (position > after if oldest_first else position < after):
                yield entry

    def _index(self, query: Query) -> _TimeIndex[Run]:
        if not query.closed:
            return self._open
        return self._closed_by_close if query.by_close_time else self._closed_by_start


class _TimeIndex(Generic[Run]):
    """Sorted lists of (time, sequence, run), one for each key that a filter can name.

    The newest runs are sorted in when somebody reads, or when there are many: most runs close
    before anybody lists the open ones.
    """

    def __init__(self) -> None:
        self._lists: dict[tuple[str, ...], Any] = {ALL: SortedList()}
        self._unsorted: dict[Run, int] = {}

    @property
    def size(self) -> int:
        return len(self._lists[ALL]) + len(self._unsorted)

    def add(self, run: Run, at_ms: int) -> None:
        self._unsorted[run] = at_ms
        if len(self._unsorted) > UNSORTED_MAX:
            self._sort()

    def _sort(self) -> None:
        """Sort the newest runs in."""
        for run, at_ms in self._unsorted.items():
            entry = (at_ms, run.sequence, run)
            for key in _keys(run):
                entries = self._lists.get(key)
                if entries is None:
                    entries = self._lists[key] = SortedList()
                entries.add(entry)
        self._unsorted.clear()

    def remove(self, run: Run, at_ms: int) -> None:
        if self._unsorted.pop(run, None) is not None:
            return
        entry = (at_ms, run.sequence, run)
        for key in _keys(run):
            entries = self._lists.get(key)
            if entries is None or entry not in entries:
                continue
            entries.remove(entry)
            if not entries and key is not ALL:
                del self._lists[key]

    def count(self, query: Query) -> int:
        self._sort()
        entries = self._lists.get(query.key, ())
        if not entries:
            return 0
        low: int = entries.bisect_left((query.oldest_ms, FIRST))
        high: int = entries.bisect_right((query.latest_ms, LAST))
        return max(0, high - low)

    def scan(
        self, query: Query, oldest_first: bool, after: Position | None
    ) -> Iterator[Entry[Run]]:
        self._sort()
        entries = self._lists.get(query.key)
        if entries is None:
            return iter(())
        low: Position = (query.oldest_ms, FIRST)
        high: Position = (query.latest_ms, LAST)
        if after is not None and oldest_first:
            low = (after[0], after[1] + 1)
        elif after is not None:
            high = after
        found: Iterator[Entry[Run]] = entries.irange(
            low, high, (True, False), reverse=not oldest_first
        )
        return found


def _keys(run: Listed) -> Iterator[tuple[str, ...]]:
    execution = run.execution
    name, version = execution.workflow_type["name"], execution.workflow_type["version"]
    yield ALL
    yield ("type", name)
    yield ("type", name, version)
    if execution.tag_list:
        for tag in dict.fromkeys(execution.tag_list):
            if tag is not None:
                yield ("tag", tag)
    if execution.close_status is not None:
        yield ("status", execution.close_status)
