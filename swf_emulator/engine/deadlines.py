"""Deadlines in the order in which they come: a heap from which dead entries are dropped lazily.

Each armed item has one live entry, at its next deadline or earlier. When a deadline moves to
a later time (a heartbeat), its entry stays and is replaced when it comes up. The entries of
closed items stay until they come up, or until they outnumber the live ones.
"""

from __future__ import annotations

import heapq
from itertools import count

from ..core.open_items import Deadline
from .domains import Kept

_Entry = tuple[int, int, int, int, Kept]

COMPACT_FROM = 1024
"""A heap with fewer entries than this is not compacted."""


class Deadlines:
    """The heap. Ties are ordered by the starts of the runs, then by the opening events."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._tie = count()
        self._live = 0
        self.earlier = False
        """Set when a deadline is armed that comes before all others; reset by the code that
        sleeps until the next deadline."""

    def __len__(self) -> int:
        return self._live

    def clear(self) -> None:
        """Disarm everything."""
        for entry in self._heap:
            entry[4].armed_ms = None
        self._heap.clear()
        self._live = 0

    def arm(self, kept: Kept) -> None:
        """Arm the item at its next deadline; disarm it if it has none."""
        deadline = kept.item.next_deadline()
        if deadline is None:
            self.disarm(kept)
            return
        if kept.armed_ms is None:
            self._live += 1
        elif kept.armed_ms <= deadline.at_ms:
            return
        kept.armed_ms = deadline.at_ms
        entry = (deadline.at_ms, kept.run.sequence, kept.item.event_id, next(self._tie), kept)
        heapq.heappush(self._heap, entry)
        if self._heap[0] is entry:
            self.earlier = True

    def disarm(self, kept: Kept) -> None:
        """Disarm the item; it need not be armed."""
        if kept.armed_ms is not None:
            kept.armed_ms = None
            self._live -= 1
            if len(self._heap) > COMPACT_FROM and len(self._heap) > 2 * self._live:
                self._heap = [entry for entry in self._heap if entry[4].armed_ms == entry[0]]
                heapq.heapify(self._heap)

    def due(self, now_ms: int) -> tuple[Deadline, Kept] | None:
        """Return the earliest deadline if it is not after ``now_ms``."""
        if not self._heap or self._heap[0][0] > now_ms:
            return None
        entry = self.next()
        return entry if entry is not None and entry[0].at_ms <= now_ms else None

    def next(self) -> tuple[Deadline, Kept] | None:
        """Return the earliest deadline."""
        while self._heap:
            at_ms, _, _, _, kept = self._heap[0]
            if kept.armed_ms != at_ms:
                heapq.heappop(self._heap)
                continue
            deadline = kept.item.next_deadline()
            if deadline is not None and deadline.at_ms == at_ms:
                return deadline, kept
            heapq.heappop(self._heap)
            kept.armed_ms = None
            self._live -= 1
            self.arm(kept)
        return None
