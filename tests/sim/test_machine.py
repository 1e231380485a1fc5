"""The invariants hold after every step of any clients in any order."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from .machine import ServiceMachine
from .profiles import profile


@pytest.mark.timeout(3600)
def test_the_service_keeps_its_invariants() -> None:
    run_state_machine_as_test(ServiceMachine, settings=profile())
