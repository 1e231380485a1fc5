"""Refusals as permissions and rates cause them.

Source: Developer Guide, "IAM" and "Amazon SWF quotas".
"""

from __future__ import annotations

import pytest

from swf_emulator import Emulator, Guard, Refusals


def test_at_first_nothing_is_refused() -> None:
    refusals = Refusals()
    assert refusals.refuses_operation("DescribeDomain", {}) is None
    assert refusals.refuses_decision("d", "StartTimer", {}) is None
    assert refusals.refusals() == {"operations": {}, "decisions": {}}


def test_refusals_last_for_some_times_or_until_they_are_ended() -> None:
    refusals = Refusals()
    refusals.refuse_decision("StartTimer", "OPERATION_NOT_PERMITTED")
    refusals.refuse_operation("DescribeDomain", times=2)
    assert refusals.refusals() == {
        "operations": {"DescribeDomain": ("ThrottlingException", 2)},
        "decisions": {"StartTimer": ("OPERATION_NOT_PERMITTED", None)},
    }
    for _ in range(2):
        fault = refusals.refuses_operation("DescribeDomain", {})
        assert fault is not None
        assert (fault.code, fault.message) == ("ThrottlingException", "Rate exceeded")
    assert refusals.refuses_operation("DescribeDomain", {}) is None
    for _ in range(5):
        assert refusals.refuses_decision("d", "StartTimer", {}) == "OPERATION_NOT_PERMITTED"
    refusals.permit()
    assert refusals.refuses_decision("d", "StartTimer", {}) is None


def test_the_fault_of_an_operation_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="ThrottlingException or OperationNotPermittedFault"):
        Refusals().refuse_operation("DescribeDomain", "UnknownResourceFault")


@pytest.mark.parametrize("times", [0, -1])
def test_the_number_of_times_is_positive(times: int) -> None:
    with pytest.raises(ValueError, match="must be 1 or more"):
        Refusals().refuse_decision("StartTimer", "OPERATION_NOT_PERMITTED", times)


def test_the_names_of_release_0_1_0_remain() -> None:
    guard = Guard()
    with Emulator(guard=guard) as emulator:
        assert emulator.guard is emulator.refusals is guard
