"""The guide's example for unittest."""

from __future__ import annotations

from typing import Any

# [unittest]
from swf_emulator.testing import EmulatorCase, drive

from . import order


class OrderCase(EmulatorCase):
    def setUp(self) -> None:
        super().setUp()
        self.domain = self.register_domain()
        order.register(self.swf, self.domain)

    def test_a_failed_reservation(self) -> None:
        def reserve(task: dict[str, Any]) -> str:
            raise ValueError("sold out")

        order.start(self.swf, self.domain)
        done = drive(self.emulator, order.decide, {"reserve": reserve})
        assert done.status == "FAILED"


# [/unittest]
