"""What a guard refuses. Source: Developer Guide, "IAM" and "Amazon SWF quotas"."""

from __future__ import annotations

import pytest

from swf_emulator import Refusals


def test_it_permits_everything_at_first() -> None:
    guard = Refusals()
    assert guard.refuses_operation("DescribeDomain", {}) is None
    assert guard.refuses_decision("d", "StartTimer", {}) is None
    assert guard.refusals() == {"operations": {}, "decisions": {}}


def test_it_refuses_for_good_or_some_times() -> None:
    guard = Refusals()
    guard.refuse_decision("StartTimer", "OPERATION_NOT_PERMITTED")
    guard.refuse_operation("DescribeDomain", times=2)
    assert guard.refusals() == {
        "operations": {"DescribeDomain": ("ThrottlingException", 2)},
        "decisions": {"StartTimer": ("OPERATION_NOT_PERMITTED", None)},
    }
    for _ in range(2):
        fault = guard.refuses_operation("DescribeDomain", {})
        assert fault is not None
        assert (fault.code, fault.message) == ("ThrottlingException", "Rate exceeded")
    assert guard.refuses_operation("DescribeDomain", {}) is None
    for _ in range(5):
        assert guard.refuses_decision("d", "StartTimer", {}) == "OPERATION_NOT_PERMITTED"
    guard.permit()
    assert guard.refuses_decision("d", "StartTimer", {}) is None


def test_operations_are_refused_with_one_of_two_faults() -> None:
    with pytest.raises(ValueError, match="ThrottlingException or OperationNotPermittedFault"):
        Refusals().refuse_operation("DescribeDomain", "UnknownResourceFault")


@pytest.mark.parametrize("times", [0, -1])
def test_it_refuses_at_least_once(times: int) -> None:
    with pytest.raises(ValueError, match="refused at least once"):
        Refusals().refuse_decision("StartTimer", "OPERATION_NOT_PERMITTED", times)
