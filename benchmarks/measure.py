"""Measurements of contenders that take turns, and their medians."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

Costs = Mapping[str, float]
"""The costs of one turn, by the name of the measurement."""

ONLY = "cost"
"""The name of the only measurement."""


class Scale(NamedTuple):
    """The size of the measurements."""

    quick: bool

    def rounds(self, full: int) -> int:
        return max(5, full // 3) if self.quick else full

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Turns:
    """The costs of all turns, by contender; those with the same index are of one round."""

    costs: dict[str, list[Costs]]

    def names(self) -> list[str]:
        """The names of the measurements."""
        return list(next(iter(self.costs.values()))[0])

    def median(self, contender: str, name: str = ONLY) -> float:
        return median(self._of(contender, name))

    def ratio(self, contender: str, to: str, name: str = ONLY) -> float:
        """Return the ratio of the costs of two contenders: the median over all rounds."""
        pairs = zip(self._of(contender, name), self._of(to, name), strict=True)
        return median(cost / other for cost, other in pairs)

    def _of(self, contender: str, name: str) -> list[float]:
        return [costs[name] for costs in self.costs[contender]]


def take_turns(contenders: Mapping[str, Callable[[], Costs | float]], rounds: int) -> Turns:
    """Run each contender once per round; it returns its costs.

    The first round is not counted. The order is reversed from round to round.
    """
    turns: dict[str, list[Costs]] = {name: [] for name in contenders}
    order = list(contenders)
    for name in order:
        contenders[name]()
    for _ in range(rounds):
        for name in order:
            cost = contenders[name]()
            turns[name].append(cost if isinstance(cost, Mapping) else {ONLY: cost})
        order.reverse()
    return Turns(turns)


def cpu_microseconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the CPU time of one run of ``work``, in seconds."""
    before = time.process_time_ns()
    for _ in range(times):
        work()
    return (time.process_time_ns() - before) / times / 1000


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which that share of the values is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
