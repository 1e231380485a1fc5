"""The short way gives the values and exceptions of botocore's full way, for every operation."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.utils import parse_timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from swf_emulator import Emulator
from swf_emulator.inprocess.results import Results
from swf_emulator.protocol.model import service_model

OPERATIONS = sorted(service_model().operations)
SHAPES = service_model().shapes
TEXTS: dict[str, tuple[str, ...]] = {
    "DomainName": ("d", "e", "unknown"),
    "Name": ("t", "u"),
    "Version": ("1", "2"),
    "WorkflowId": ("w", "v"),
    "WorkflowRunId": ("r",),
    "TaskToken": ("token",),
    "Arn": ("arn:aws:swf:us-east-1:123456789012:/domain/d", "arn"),
    "DurationInDays": ("1", "NONE"),
}
"""Strings by shape: few of them, so that calls meet each other."""

Outcome = tuple[str, Any]


def values(shape_name: str) -> st.SearchStrategy[Any]:
    """Return valid values of a shape, and some that the service refuses."""
    shape = SHAPES[shape_name]
    match shape["type"]:
        case "structure":
            required = shape.get("required", [])
            members = {name: values(member) for name, member in shape["members"].items()}
            return st.fixed_dictionaries(
                {name: members[name] for name in required},
                optional={name: each for name, each in members.items() if name not in required},
            )
        case "list":
            return st.lists(values(shape["member"]), max_size=2)
        case "integer":
            return st.integers(0, 3)
        case "boolean":
            return st.booleans()
        case "timestamp":
            return st.sampled_from([0, 1.5e9, datetime(2030, 1, 1, tzinfo=UTC)])
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    if shape_name.startswith("DurationInSeconds"):
        return st.sampled_from(["5", "60", "NONE", "x"])
    return st.sampled_from(TEXTS.get(shape_name, ("a", "bc")))


CALLS = st.sampled_from(OPERATIONS).flatmap(
    lambda name: st.tuples(st.just(name), values(service_model().operations[name].input))
)


def method_of(operation: str) -> str:
    return str(botocore.xform_name(operation))


def outcome(client: Any, operation: str, members: dict[str, Any]) -> Outcome:
    try:
        return "ok", getattr(client, method_of(operation))(**members)
    except ClientError as error:
        return f"{type(error).__module__}.{type(error).__qualname__}: {error}", error.response
    except ParamValidationError as error:
        return str(error), None


class Twins:
    """Two emulators with the same seed and time: one answers directly, one the full way."""

    def __init__(self, stack: list[Emulator]) -> None:
        stack.extend(Emulator(clock="virtual", seed=1) for _ in range(2))
        self.emulators = stack
        for emulator in stack:
            emulator.clock.set_instant(1_700_000_000_123)
        ways = ("direct", "full")
        self.clients = [e.client(transport=w) for e, w in zip(stack, ways, strict=True)]

    def call(self, operation: str, **members: Any) -> Any:
        direct, full = (outcome(client, operation, members) for client in self.clients)
        assert direct == full
        return direct[1]

    def advance(self, seconds: float) -> None:
        for emulator in self.emulators:
            emulator.clock.advance(seconds)


@pytest.fixture
def twins() -> Iterator[Twins]:
    stack: list[Emulator] = []
    try:
        yield Twins(stack)
    finally:
        for emulator in stack:
            emulator.close()


def prepare(twins: Twins) -> None:
    """A domain, types and an execution with a history of many event types."""
    twins.call("RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="1")
    identity = {"domain": "d", "name": "t", "version": "1"}
    twins.call(
        "RegisterWorkflowType",
        **identity,
        defaultTaskList={"name": "a"},
        defaultChildPolicy="TERMINATE",
        defaultExecutionStartToCloseTimeout="600",
        defaultTaskStartToCloseTimeout="60",
    )
    timeouts = ("ScheduleToStart", "ScheduleToClose", "StartToClose", "Heartbeat")
    twins.call(
        "RegisterActivityType",
        **identity,
        defaultTaskList={"name": "a"},
        **{f"defaultTask{name}Timeout": "60" for name in timeouts},
    )
    started = {"domain": "d", "workflowId": "w", "workflowType": {"name": "t", "version": "1"}}
    run_id = twins.call("StartWorkflowExecution", **started, tagList=["a"], input="x")["runId"]
    twins.advance(1.25)
    task = twins.call("PollForDecisionTask", domain="d", taskList={"name": "a"}, identity="i")
    decisions = [
        {
            "decisionType": "ScheduleActivityTask",
            "scheduleActivityTaskDecisionAttributes": {
                "activityId": "a",
                "activityType": {"name": "t", "version": "1"},
            },
        },
        {
            "decisionType": "StartTimer",
            "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": "5"},
        },
    ]
    twins.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=decisions)
    activity = twins.call("PollForActivityTask", domain="d", taskList={"name": "a"})
    twins.call("RecordActivityTaskHeartbeat", taskToken=activity["taskToken"], details="half")
    twins.advance(5)
    twins.call("RespondActivityTaskCompleted", taskToken=activity["taskToken"], result="done")
    execution = {"workflowId": "w", "runId": run_id}
    twins.call("GetWorkflowExecutionHistory", domain="d", execution=execution)
    twins.call("DescribeWorkflowExecution", domain="d", execution=execution)
    twins.call("ListOpenWorkflowExecutions", domain="d", startTimeFilter={"oldestDate": 0})


@settings(deadline=None, max_examples=30)
@given(calls=st.lists(CALLS, max_size=12))
def test_every_operation_both_ways(calls: list[tuple[str, dict[str, Any]]]) -> None:
    stack: list[Emulator] = []
    try:
        twins = Twins(stack)
        prepare(twins)
        for operation, members in calls:
            twins.call(operation, **members)
            twins.advance(0.125)
    finally:
        for emulator in stack:
            emulator.close()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_is_answered_directly(operation: str, twins: Twins) -> None:
    """A request is prepared only for a fault, and the values are those of the full way."""
    prepared: list[str] = []
    prepare(twins)
    twins.clients[0].meta.events.register_last(
        "request-created.swf", in_botocore(lambda **_: prepared.append(operation))
    )
    members = minimal(values(service_model().operations[operation].input))
    result = twins.call(operation, **members)
    assert ("Error" in result) == bool(prepared)


def in_botocore(handler: Callable[..., Any]) -> Callable[..., Any]:
    handler.__module__ = "botocore.tests"
    return handler


def minimal(strategy: st.SearchStrategy[Any]) -> dict[str, Any]:
    from hypothesis import find

    found: dict[str, Any] = find(strategy, lambda _: True)
    return found


@pytest.mark.parametrize("event", ["before-sign", "request-created", "needs-retry"])
def test_hooks_of_the_program_run(event: str, twins: Twins) -> None:
    seen: list[str] = []

    def hook(event_name: str, **_: Any) -> None:
        seen.append(event_name)

    client = twins.clients[0]
    client.list_domains(registrationStatus="REGISTERED")
    client.meta.events.register(f"{event}.swf", hook)
    client.list_domains(registrationStatus="REGISTERED")
    assert seen
    client.meta.events.unregister(f"{event}.swf", hook)
    seen.clear()
    client.list_domains(registrationStatus="REGISTERED")
    assert not seen


def test_hooks_at_the_call_see_the_short_way(twins: Twins) -> None:
    client, seen = twins.clients[0], []
    client.meta.events.register(
        "before-call.swf", lambda params, **_: params["headers"].update(x="1")
    )
    client.meta.events.register(
        "after-call.swf", lambda http_response, parsed, **_: seen.append((http_response, parsed))
    )
    answer = client.list_domains(registrationStatus="REGISTERED")
    ((response, parsed),) = seen
    assert parsed == answer
    assert response.status_code == 200
    assert response.content == b'{"domainInfos":[]}'


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_throttled_calls_are_retried(mode: str) -> None:
    with Emulator() as emulator:
        config = Config(retries={"mode": mode, "max_attempts": 3})
        client = emulator.client(config=config)
        emulator.refusals.refuse_operation("ListDomains", times=1)
        answer = client.list_domains(registrationStatus="REGISTERED")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 1
        emulator.refusals.refuse_operation("ListDomains")
        with pytest.raises(ClientError, match="reached max retries") as caught:
            client.list_domains(registrationStatus="REGISTERED")
        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] >= 2


def test_a_call_is_carried_out_once() -> None:
    """An answer that goes the full way because of its fault is not asked for again."""
    with Emulator() as emulator:
        client = emulator.client(config=Config(retries={"max_attempts": 0, "mode": "legacy"}))
        emulator.refusals.refuse_operation("RegisterDomain", times=1)
        register = {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}
        with pytest.raises(ClientError, match="Rate exceeded"):
            client.register_domain(**register)
        assert not client.list_domains(registrationStatus="REGISTERED")["domainInfos"]
        client.register_domain(**register)


@pytest.mark.parametrize("transport", ["direct", "full"])
def test_the_scope_is_the_callers(transport: str) -> None:
    with Emulator() as emulator:
        client = emulator.client(
            transport=transport,
            region_name="eu-west-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="s",
        )
        client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        arn = client.describe_domain(name="d")["domainInfo"]["arn"]
        assert arn == "arn:aws:swf:eu-west-1:111122223333:/domain/d"
        unsigned = emulator.client(transport=transport, config=Config(signature_version=UNSIGNED))
        assert not unsigned.list_domains(registrationStatus="REGISTERED")["domainInfos"]


def test_unknown_transport() -> None:
    with Emulator() as emulator, pytest.raises(ValueError, match="direct, full; not 'fast'"):
        emulator.client(transport="fast")


def test_members_that_the_client_does_not_know_are_left_out(twins: Twins) -> None:
    client = twins.clients[0]
    del client.meta.service_model._shape_resolver._shape_map["DomainInfo"]["members"]["arn"]
    prepare(twins)
    assert "arn" not in client.describe_domain(name="d")["domainInfo"]


ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_timestamps_are_botocores(twins: Twins) -> None:
    results = Results(twins.clients[0])

    @settings(deadline=None, max_examples=200)
    @given(st.integers(0, 253_000_000_000_000))
    def compare(milliseconds: int) -> None:
        seconds = milliseconds / 1000
        mine, theirs = results._timestamp(seconds), parse_timestamp(seconds)
        assert (mine, mine.fold, mine.utcoffset()) == (theirs, theirs.fold, theirs.utcoffset())
        assert mine.isoformat() == theirs.isoformat()

    compare()
    for hour in range(8):  # around the end of daylight saving time in 2026
        for second in (0.0, 59.999, 1800.5):
            seconds = 1_792_886_400 + hour * 3600 + second
            mine, theirs = results._timestamp(seconds), parse_timestamp(seconds)
            assert (mine.isoformat(), mine.fold) == (theirs.isoformat(), theirs.fold)
