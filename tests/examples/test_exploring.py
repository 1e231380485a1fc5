"""The guide's exploration of the order's decider."""

from __future__ import annotations

from typing import Any

from swf_emulator.testing.state_machine import DeciderMachine
from tests.profiles import effort

from . import order


# [machine]
class OrderMachine(DeciderMachine):
    """An order, with all possible events in random order."""

    decider = staticmethod(order.decide)
    signals = {"address": ["office", "home"]}
    reasons = ["the bank does not answer"]

    def check(self, events: list[dict[str, Any]]) -> None:
        assert order.activities(events, "Completed").count("charge") <= 1, "charged twice"


TestOrder = OrderMachine.TestCase
# [/machine]

TestOrder.settings = effort(10, 500, stateful_step_count=20)
