"""What is due when: a heap of instants, from which dead entries are dropped lazily.

Each armed thing has one live entry, at its next deadline or earlier: a deadline that moves
away (a heartbeat) is not moved here, but armed anew when the old entry comes up. Entries of
things that have closed stay until they come up, or until they outnumber the live ones.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

from ..core.open_items import Deadline

if TYPE_CHECKING:
    from .domains import Kept

_Entry = tuple[int, int, int, int, "Kept"]

COMPACT_FROM = 1024
"""Below this many entries compaction is not worth its while."""


class Deadlines:
    """The heap. Ties fire in the order of the runs' starts, then of the opening events."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._tie = count()
        self._live = 0
        self.earlier = False
        """Set when something became due before all that was armed then; whoever sleeps until
        the next deadline resets it."""

    def __len__(self) -> int:
        return self._live

    def arm(self, kept: Kept) -> None:
        """See to it that the thing's next deadline is not missed."""
        deadline = kept.item.next_deadline()
        if deadline is None:
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
        """The thing has closed."""
        if kept.armed_ms is not None:
            kept.armed_ms = None
            self._live -= 1
            if len(self._heap) > COMPACT_FROM and len(self._heap) > 2 * self._live:
                self._heap = [entry for entry in self._heap if entry[4].armed_ms == entry[0]]
                heapq.heapify(self._heap)

    def due(self, now_ms: int) -> tuple[Deadline, Kept] | None:
        """The earliest deadline, if its instant has come."""
        if not self._heap or self._heap[0][0] > now_ms:
            return None
        entry = self.next()
        return entry if entry is not None and entry[0].at_ms <= now_ms else None

    def next(self) -> tuple[Deadline, Kept] | None:
        """The earliest deadline, whatever the time is now."""
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
