"""`Service.call` and `Service.hold`: operations called in process."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any, NoReturn

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.core.faults import Fault
from swf_emulator.engine.domains import Scope
from swf_emulator.protocol.answers import CallRecord, HeldCall
from swf_emulator.protocol.call import OPERATIONS, Call, Operation
from swf_emulator.protocol.service import Service

SCOPE = Scope("123456789012", "us-east-1")
LIST = {"domain": "d", "taskList": {"name": "L"}}
NO_TASK = {"previousStartedEventId": 0, "startedEventId": 0}
TYPE = {"name": "n", "version": "v"}
WAIT_SECONDS = 30.0
CHANGING_VERBS = (
    "Delete",
    "Deprecate",
    "Record",
    "Register",
    "Request",
    "Respond",
    "Signal",
    "Start",
    "Tag",
    "Terminate",
    "Undeprecate",
    "Untag",
)


@pytest.fixture
def emulator() -> Emulator:
    """An emulator on a virtual clock, with the domain ``d`` and a workflow type."""
    made = Emulator(clock=VirtualClock(), seed=1)
    service = made.service
    service.call(SCOPE, "RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="NONE")
    service.call(
        SCOPE,
        "RegisterWorkflowType",
        domain="d",
        **TYPE,
        defaultChildPolicy="TERMINATE",
        defaultExecutionStartToCloseTimeout="1000",
        defaultTaskStartToCloseTimeout="NONE",
        defaultTaskList={"name": "L"},
    )
    return made


@pytest.fixture
def service(emulator: Emulator) -> Service:
    return emulator.service


def start(service: Service) -> None:
    service.call(SCOPE, "StartWorkflowExecution", domain="d", workflowId="w", workflowType=TYPE)


def test_a_result_is_parsed(service: Service) -> None:
    described = service.call(SCOPE, "DescribeDomain", name="d")
    assert described["domainInfo"]["name"] == "d"
    assert service.call(SCOPE, "DeprecateDomain", name="d") == {}


def test_a_fault_is_raised(service: Service) -> None:
    with pytest.raises(Fault, match="Unknown domain: gone") as caught:
        service.call(SCOPE, "DescribeDomain", name="gone")
    assert caught.value.code == "UnknownResourceFault"
    with pytest.raises(Fault) as caught:
        service.call(SCOPE, "Nonsense")
    assert caught.value.code == "UnknownOperationException"


def test_an_internal_error_is_a_fault(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Call) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setitem(OPERATIONS, "DescribeDomain", Operation(fails, reads=True))
    with pytest.raises(Fault) as caught:
        service.call(SCOPE, "DescribeDomain", name="d")
    assert caught.value.code == "InternalFailure"
    assert caplog.messages == ["internal error in DescribeDomain: {'name': 'd'}"]


def test_members_are_validated(service: Service) -> None:
    with pytest.raises(Fault, match="Value null at 'name' failed to satisfy constraint"):
        service.call(SCOPE, "DescribeDomain")


def test_accounts_and_regions_are_separate(service: Service) -> None:
    for scope in (Scope("210987654321", "us-east-1"), Scope(SCOPE.account, "us-west-2")):
        with pytest.raises(Fault, match="Unknown domain: d"):
            service.call(scope, "DescribeDomain", name="d")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"version": date(2026, 1, 1)}, "version must be a JSON value, not of type date"),
        ({"defaultTaskList": {"name": b"L"}}, "defaultTaskList.name must be a JSON value"),
        ({"tags": [{}, {"key": ("a",)}]}, r"tags\[1\].key must be a JSON value, not of type tuple"),
    ],
)
def test_only_json_values_are_taken(service: Service, members: Any, text: str) -> None:
    with pytest.raises(TypeError, match=f"^{text}"):
        service.call(SCOPE, "RegisterActivityType", **members)


def test_a_poll_never_waits(service: Service) -> None:
    assert service.call(SCOPE, "PollForDecisionTask", **LIST) == NO_TASK
    assert service.engine.read(lambda view: view.task_lists()) == []


def test_a_held_call_gets_the_next_task(service: Service) -> None:
    held = service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    start(service)
    assert held.wait()["startedEventId"] == 3
    assert not held.expired


def test_a_held_call_waits_in_its_thread(service: Service) -> None:
    results: list[dict[str, Any]] = []
    held = service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    waiting = threading.Thread(target=lambda: results.append(held.wait()))
    waiting.start()
    start(service)
    waiting.join(WAIT_SECONDS)
    assert results[0]["startedEventId"] == 3


def test_a_held_call_takes_a_task_that_is_there(service: Service) -> None:
    start(service)
    held = service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    assert held.wait()["startedEventId"] == 3


def test_the_time_of_a_held_call_is_over(service: Service) -> None:
    held = service.hold(SCOPE, "PollForDecisionTask", 0.01, **LIST)
    assert held.wait() == NO_TASK
    assert held.expired


def test_a_held_call_without_time_has_expired(service: Service) -> None:
    held = service.hold(SCOPE, "PollForDecisionTask", 0, **LIST)
    held.expire()
    assert (held.wait(), held.expired) == (NO_TASK, True)


def test_a_held_call_is_ended_from_another_thread(service: Service) -> None:
    held = service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    threading.Timer(0, held.expire).start()
    assert (held.wait(), held.expired) == (NO_TASK, True)


def test_a_released_call_has_not_expired(emulator: Emulator) -> None:
    held = emulator.service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    emulator.reset()
    assert (held.wait(), held.expired) == (NO_TASK, False)


def test_none_holds_for_as_long_as_the_setting_says(emulator: Emulator) -> None:
    emulator.configure(poll_hold_seconds=0)
    held: HeldCall = emulator.service.hold(SCOPE, "PollForDecisionTask", None, **LIST)
    assert (held.wait(), held.expired) == (NO_TASK, True)


def test_observers_are_called(service: Service) -> None:
    records: list[CallRecord] = []
    service.observers.append(records.append)
    service.call(SCOPE, "DescribeDomain", name="d")
    held = service.hold(SCOPE, "PollForDecisionTask", WAIT_SECONDS, **LIST)
    assert [record.operation for record in records] == ["DescribeDomain"]
    held.expire()
    held.wait()
    with pytest.raises(Fault):
        service.call(SCOPE, "DescribeDomain", name="gone")
    assert [record.operation for record in records] == [
        "DescribeDomain",
        "PollForDecisionTask",
        "DescribeDomain",
    ]
    assert records[0].scope == SCOPE
    assert records[0].parameters == {"name": "d"}
    assert records[0].body.startswith(b'{"configuration"')
    assert records[0].fault is None
    assert str(records[2].fault) == "UnknownResourceFault: Unknown domain: gone"


def test_what_only_reads_is_no_change(service: Service) -> None:
    def changes_of(operation: str, **members: Any) -> int:
        before = service.accounts.changes
        service.call(SCOPE, operation, **members)
        return service.accounts.changes - before

    assert changes_of("DescribeDomain", name="d") == 0
    assert changes_of("PollForDecisionTask", **LIST) == 0
    assert changes_of("DeprecateDomain", name="d") > 0


def test_the_operations_that_only_read() -> None:
    reading = {name for name, operation in OPERATIONS.items() if operation.reads}
    verbs = ("Count", "Describe", "Get", "List", "Poll")
    assert reading >= {name for name in OPERATIONS if name.startswith(verbs)}
    assert not {name for name in reading if name.startswith(CHANGING_VERBS)}
