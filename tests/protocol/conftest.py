"""Emulators to call."""

from __future__ import annotations

import pytest

from swf_emulator import Emulator, VirtualClock

from .caller import Caller


@pytest.fixture
def caller() -> Caller:
    """A caller of a fresh emulator on a virtual clock, with the domain ``d``."""
    made = Caller(Emulator(clock=VirtualClock(), seed=1))
    made.call("RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="NONE")
    return made


@pytest.fixture(scope="module")
def stateless() -> Caller:
    """A caller whose requests are all rejected, so one emulator serves a module."""
    return Caller(Emulator(clock=VirtualClock(), seed=1))
