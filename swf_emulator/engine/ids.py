"""Run ids, request ids and the numbers of runs: unpredictable, or reproducible with a seed."""

from __future__ import annotations

import random
import threading
from base64 import b64encode
from itertools import count


class Ids:
    """Makes run ids and request ids; with a seed, the same ones in the same order."""

    def __init__(self, seed: int | str | None = None) -> None:
        self._bits = random.Random(seed).getrandbits
        head = f"{self._bits(72):018x}"
        self._head = f"{head[:8]}-{head[8:12]}-4{head[12:15]}-8{head[15:]}-"
        self._requests = count(self._bits(40))
        self.taken: frozenset[str] = frozenset()
        """Run ids of an imported state: the same seed may have made them."""

    def run_id(self) -> str:
        """A run id as SWF has made them since 2015: ``22`` and 44 characters of base64."""
        while True:
            made = "22" + b64encode(self._bits(256).to_bytes(32, "big")).decode()
            if made not in self.taken:
                return made

    def request_id(self) -> str:
        """A UUID in form: a head that is drawn once, and a number that counts up.

        So it costs little, and run ids do not depend on how many requests came before.
        """
        return f"{self._head}{next(self._requests):012x}"


class Starts:
    """Numbers runs by their starts, over all accounts."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        """Return the number of a new run."""
        with self._lock:
            self._last += 1
            return self._last

    def count_from(self, number: int) -> None:
        """Give new runs numbers above ``number``."""
        with self._lock:
            self._last = max(self._last, number)
