"""Clients that other code creates, keeps, nests and uses in threads are answered in process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from swf_emulator import Emulator, Settings
from swf_emulator.inprocess import EmulatorClosed

CREATE_CLIENT = botocore.session.Session.create_client


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def domains(swf: Any) -> list[str]:
    listed = swf.list_domains(registrationStatus="REGISTERED")
    return [info["name"] for info in listed["domainInfos"]]


def register(swf: Any, name: str) -> None:
    swf.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1")


def elsewhere() -> Any:
    """Return a client of an endpoint without a server."""
    return boto3.client(
        "swf",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"max_attempts": 0}, connect_timeout=1),
    )


WAYS: dict[str, Callable[[], Any]] = {
    "boto3": lambda: boto3.client("swf"),
    "region": lambda: boto3.client("swf", "us-east-1"),
    "keywords": lambda: boto3.client(service_name="swf", region_name="us-east-1"),
    "session": lambda: boto3.Session().client("swf"),
    "session with keys": lambda: boto3.Session("a", "b", region_name="us-east-1").client("swf"),
    "botocore": lambda: botocore.session.get_session().create_client("swf"),
    "positional": lambda: botocore.session.get_session().create_client("swf", "us-east-1"),
    "endpoint": elsewhere,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_making_a_client(virtual: Emulator, way: str) -> None:
    register(virtual.client(), "d")
    with virtual.redirect():
        assert domains(WAYS[way]()) == ["d"]


def test_regions_are_worlds_of_their_own(virtual: Emulator) -> None:
    with virtual.redirect():
        register(boto3.client("swf", "eu-west-1"), "west")
        assert domains(boto3.client("swf", "ap-south-1")) == []
        assert domains(boto3.client("swf", "eu-west-1")) == ["west"]


def test_a_client_without_region_has_that_of_the_emulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Emulator(region="eu-north-1") as emulator, emulator.redirect():
        assert emulator.client().meta.region_name == "eu-north-1"
        assert boto3.client("swf").meta.region_name == "eu-north-1"
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-1")
        assert boto3.Session().client("swf").meta.region_name == "eu-south-1"


def test_a_profile_that_there_is_not_does_no_harm(
    virtual: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert domains(virtual.client()) == []


def test_a_default_session_from_before(virtual: Emulator) -> None:
    boto3.setup_default_session(region_name="us-east-1")
    with virtual.redirect():
        assert domains(boto3.client("swf")) == []


def test_other_services_are_left_alone(virtual: Emulator) -> None:
    with virtual.redirect():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    assert s3.meta.events._emitter is not None
    assert botocore.session.Session.create_client is CREATE_CLIENT


def test_clients_from_before_are_left_alone(virtual: Emulator) -> None:
    before = elsewhere()
    with virtual.redirect(), pytest.raises(Exception, match="Could not connect"):
        domains(before)


def test_nested_blocks_the_inner_one_wins() -> None:
    with Emulator() as outer, Emulator() as inner:
        with outer.redirect():
            first = boto3.client("swf")
            register(first, "outer")
            with inner.redirect():
                register(boto3.client("swf", region_name="us-east-1"), "inner")
                assert domains(first) == ["outer"]
            assert domains(boto3.client("swf")) == ["outer"]
        assert domains(inner.client()) == ["inner"]
    assert botocore.session.Session.create_client is CREATE_CLIENT


def test_blocks_that_overlap() -> None:
    with Emulator() as one, Emulator() as two:
        first, second = one.redirect(), two.redirect()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        register(boto3.client("swf"), "two")
        second.__exit__(None, None, None)
        assert domains(two.client()) == ["two"]
    assert botocore.session.Session.create_client is CREATE_CLIENT


def test_somebody_else_who_replaces_the_same_method(
    virtual: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    block = virtual.redirect()
    block.__enter__()
    ours = botocore.session.Session.create_client

    def theirs(self: Any, *arguments: Any, **named: Any) -> Any:
        made.append(named)
        return ours(self, *arguments, **named)

    monkeypatch.setattr(botocore.session.Session, "create_client", theirs)
    assert domains(boto3.client("swf")) == []
    block.__exit__(None, None, None)
    assert botocore.session.Session.create_client is theirs
    with virtual.redirect():
        assert domains(boto3.client("swf")) == []
    assert len(made) == 2
    botocore.session.Session.create_client = CREATE_CLIENT


def test_after_the_block_its_clients_say_so(virtual: Emulator) -> None:
    with virtual.redirect():
        client = boto3.client("swf")
    with pytest.raises(EmulatorClosed, match=r"redirect\(\) has ended"):
        domains(client)
    with virtual.attached(client):
        assert domains(client) == []


def test_attaching_is_for_the_block(virtual: Emulator) -> None:
    client = elsewhere()
    register(virtual.client(), "inner")
    with Emulator() as other:
        register(other.client(), "outer")
        with other.attached(client):
            with virtual.attached(client):
                assert domains(client) == ["inner"]
            assert domains(client) == ["outer"]
    with pytest.raises(Exception, match="Could not connect"):
        domains(client)


def test_clients_with_the_servers_address_go_over_the_wire(emulator: Emulator) -> None:
    with emulator.serve() as server, emulator.redirect():
        over = boto3.client(
            "swf", "us-east-1", endpoint_url=server.url, config=Config(retries={"max_attempts": 0})
        )
        register(over, "d")
        assert domains(boto3.client("swf")) == ["d"]
        port = server.url
    with pytest.raises(Exception, match=r"Could not connect|onnection was closed"):
        domains(over)
    assert port.startswith("http://127.0.0.1:")


def test_retries_are_those_of_boto3(virtual: Emulator) -> None:
    swf = virtual.client(config=Config(retries={"max_attempts": 2, "mode": "standard"}))
    virtual.refusals.refuse_operation("ListDomains", times=1)
    assert (
        swf.list_domains(registrationStatus="REGISTERED")["ResponseMetadata"]["RetryAttempts"] == 1
    )
    virtual.refusals.refuse_operation("ListDomains")
    with pytest.raises(ClientError, match=r"reached max retries|ThrottlingException"):
        domains(virtual.client(config=Config(retries={"max_attempts": 0})))


def test_clients_made_and_used_in_many_threads(virtual: Emulator) -> None:
    register(virtual.client(), "d")
    start = threading.Barrier(8)

    def work(number: int) -> list[str]:
        start.wait()
        return [name for _ in range(5) for name in domains(virtual.client())]

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(work, range(8))] == [["d"] * 5] * 8


def test_closing_lets_held_polls_go() -> None:
    with Emulator(Settings(poll_hold_seconds=30)) as emulator:
        swf = emulator.client(hold_seconds=30)
        register(swf, "d")
        answers: list[Any] = []
        waiting = threading.Thread(
            target=lambda: answers.append(
                swf.poll_for_decision_task(domain="d", taskList={"name": "l"})
            )
        )
        waiting.start()
        while not emulator.service.engine.polls.held:
            waiting.join(0.001)
    waiting.join(10)
    assert not waiting.is_alive()
    assert "taskToken" not in answers[0]
    with pytest.raises(EmulatorClosed):
        domains(swf)


def test_a_poll_in_process_is_answered_at_once_unless_asked_to_wait(virtual: Emulator) -> None:
    swf = virtual.client()
    register(swf, "d")
    assert "taskToken" not in swf.poll_for_activity_task(domain="d", taskList={"name": "l"})
    waits = virtual.client(hold_seconds=0.01)
    assert "taskToken" not in waits.poll_for_activity_task(domain="d", taskList={"name": "l"})
