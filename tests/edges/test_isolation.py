"""Accounts and regions share nothing; credentials name them and are not checked."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from swf_emulator import Emulator, Settings

from . import wire, workload
from .conftest import Serve
from .wire import Wire


def boto_client(url: str, key: str, region: str) -> Any:
    return boto3.session.Session().client(
        "swf",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key="anything",
    )


def domain_names(client: Any) -> list[str]:
    infos = client.list_domains(registrationStatus="REGISTERED")["domainInfos"]
    return [info["name"] for info in infos]


def test_the_credential_scope_says_whose_world_it_is(patient: tuple[Emulator, str]) -> None:
    _, url = patient
    worlds = {
        ("AKIDEXAMPLE", "us-east-1"): "123456789012",
        ("AKIDEXAMPLE", "eu-west-1"): "123456789012",
        ("111122223333", "us-east-1"): "111122223333",
        ("111122223333", "eu-west-1"): "111122223333",
    }
    clients = {world: boto_client(url, *world) for world in worlds}
    for (key, region), client in clients.items():
        client.register_domain(name=f"{key}-{region}", workflowExecutionRetentionPeriodInDays="1")
    for (key, region), client in clients.items():
        name = f"{key}-{region}"
        unsigned = [workload.DOMAIN] if (key, region) == ("AKIDEXAMPLE", "us-east-1") else []
        assert domain_names(client) == [name, *unsigned]
        arn = client.describe_domain(name=name)["domainInfo"]["arn"]
        assert arn == f"arn:aws:swf:{region}:{worlds[key, region]}:/domain/{name}"
    for client in clients.values():
        client.close()


def test_a_token_is_worth_nothing_in_another_world(patient: tuple[Emulator, str]) -> None:
    _, url = patient
    run_id = workload.start(url, "w")
    task = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
    stranger = boto_client(url, "111122223333", "us-east-1")
    with pytest.raises(stranger.exceptions.UnknownResourceFault):
        stranger.respond_decision_task_completed(taskToken=task["taskToken"])
    stranger.close()
    assert workload.types_of(workload.history(url, "w", run_id))[-1] == "DecisionTaskStarted"


@pytest.mark.parametrize(
    "authorization",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer of good news")],
        [("Authorization", "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=")],
        [("Authorization", "AWS3 AWSAccessKeyId=x,Algorithm=HmacSHA256,Signature=y")],
    ],
    ids=["none", "empty", "other", "hollow", "version 3"],
)
def test_whatever_is_not_signed_is_the_default_world(
    patient: tuple[Emulator, str], authorization: wire.Headers
) -> None:
    _, url = patient
    with Wire(url) as connection:
        asked = wire.request("DescribeDomain", {"name": workload.DOMAIN}, authorization)
        reply = connection.send(asked).receive()
    assert reply.status == 200
    arn = reply.json()["domainInfo"]["arn"]
    assert arn == f"arn:aws:swf:us-east-1:123456789012:/domain/{workload.DOMAIN}"


def test_polls_of_two_worlds_wait_on_two_lists(serve: Serve) -> None:
    """The same names of domain and list, and still no task crosses over."""
    emulator, url = serve(Settings(poll_hold_seconds=30.0))
    scope = "Credential=111122223333/20260101/us-east-1/swf/aws4_request"
    foreign = [("Authorization", f"AWS4-HMAC-SHA256 {scope}")]
    with Wire(url) as theirs, Wire(url) as ours:
        for operation, parameters in workload.REGISTRATIONS:
            assert theirs.send(wire.request(operation, parameters, foreign)).receive().status == 200
        poll = wire.request("PollForDecisionTask", workload.poll_parameters(), foreign)
        theirs.send(poll)
        workload.await_held(emulator, 1)
        ours.send(workload.decision_poll())
        workload.await_held(emulator, 2)
        run_id = workload.start(url, "w")
        assert ours.receive().json()["workflowExecution"]["runId"] == run_id
        assert len(workload.held_polls(emulator)) == 1
