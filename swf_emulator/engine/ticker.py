"""The thread that follows the clocks: fires deadlines as they come, skips time when it may.

It sleeps until the next deadline of a clock that runs, or, under a clock that skips, until
nothing has changed for long enough; changes wake it. One thread follows all clocks: it looks
at a clock when that has changed or when a look is planned, never at all of them.
"""

from __future__ import annotations

import threading
import time
from heapq import heapify, heappop, heappush
from itertools import count

from .accounts import Accounts
from .followers import Followers
from .transaction import attempt

AFTER_ERROR_SECONDS = 1.0

STALE_MAX = 100
"""The number of entries of the plan that may be invalid beyond those that are valid."""


class Ticker:
    """One thread for all accounts, started when there is first something to wait for."""

    def __init__(self, accounts: Accounts) -> None:
        self._condition = threading.Condition()
        self._woken: dict[Followers, None] = {}
        self._plan = _Plan()
        self._stopped = False
        self._worker: threading.Thread | None = None
        accounts.on_clock_changed = self.wake

    def wake(self, followers: Followers) -> None:
        """Look again: a deadline comes earlier than all others, or the clock has changed."""
        with self._condition:
            self._woken[followers] = None
            if self._worker is None and not self._stopped:
                self._worker = threading.Thread(target=self._run, name="swf-ticker", daemon=True)
                self._worker.start()
            self._condition.notify()

    def stop(self) -> None:
        """Stop following the clock. Returns once the thread has ended."""
        with self._condition:
            self._stopped = True
            self._condition.notify()
            thread = self._worker
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def disown(self) -> None:
        """Forget the thread, in a child process, where it does not exist."""
        self._condition = threading.Condition()
        self._worker, self._stopped = None, True

    def _run(self) -> None:
        while True:
            with self._condition:
                while not (self._stopped or self._woken or self._plan.due()):
                    self._condition.wait(self._plan.seconds())
                if self._stopped:
                    return
                looking = [*self._woken, *self._plan.take_due()]
                self._woken.clear()
            for followers in dict.fromkeys(looking):
                self._look(followers)

    def _look(self, followers: Followers) -> None:
        """Act for the engines of one clock if it is time, and plan when to look again."""
        seconds: float | None = AFTER_ERROR_SECONDS

        def look() -> None:
            nonlocal seconds
            left = followers.seconds_to_act()
            if left is not None and left <= 0:
                followers.act()
                left = 0.0
            seconds = left

        attempt("clock thread", look)
        with self._condition:
            self._plan.put(followers, seconds)


class _Plan:
    """When to look at which clock: a heap of real times (monotonic), one valid entry a clock."""

    def __init__(self) -> None:
        self._at: dict[Followers, float] = {}
        self._heap: list[tuple[float, int, Followers]] = []
        self._numbers = count()

    def put(self, followers: Followers, seconds: float | None) -> None:
        """Plan a look that many seconds from now, instead of an earlier plan; None: no look."""
        if seconds is None:
            self._at.pop(followers, None)
            return
        at = self._at[followers] = time.monotonic() + seconds
        if len(self._heap) > 2 * len(self._at) + STALE_MAX:
            self._heap = [each for each in self._heap if self._at.get(each[2]) == each[0]]
            heapify(self._heap)
        heappush(self._heap, (at, next(self._numbers), followers))

    def due(self) -> bool:
        """Whether it is time for a look; entries that are no longer valid are removed."""
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][0]:
            heappop(self._heap)
        return bool(self._heap) and self._heap[0][0] <= time.monotonic()

    def seconds(self) -> float | None:
        """The seconds until the first look; None: no look is planned. Requires `due` before."""
        if not self._heap:
            return None
        return min(max(0.0, self._heap[0][0] - time.monotonic()), threading.TIMEOUT_MAX)

    def take_due(self) -> list[Followers]:
        """Remove and return what is due."""
        taken = []
        while self.due():
            followers = heappop(self._heap)[2]
            del self._at[followers]
            taken.append(followers)
        return taken
