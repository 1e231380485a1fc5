"""The delays of the event loop."""

from __future__ import annotations


class LoopWatch:
    """Looks at the loop's ticks: a late one shows that something kept the loop that long."""

    def __init__(self) -> None:
        self._expected: float | None = None
        self.longest_seconds = 0.0
        """The longest delay so far."""

    def ticked(self, now: float, next_seconds: float) -> None:
        """Note a tick at ``now``; the next one is due in ``next_seconds``."""
        if self._expected is not None:
            self.longest_seconds = max(self.longest_seconds, now - self._expected)
        self._expected = now + next_seconds
