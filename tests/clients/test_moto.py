"""moto answers for other services while the emulator answers for SWF, in one process."""

from __future__ import annotations

import boto3
import pytest

from swf_emulator import Emulator

moto = pytest.importorskip("moto")

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

REGION = "us-east-1"


def use_both(emulator: Emulator) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="bucket")
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["bucket"]
    boto3.client("swf", REGION).register_domain(
        name="orders", workflowExecutionRetentionPeriodInDays="1"
    )
    emulator.client().describe_domain(name="orders")


def test_moto_inside() -> None:
    with Emulator() as emulator, emulator.redirect(), moto.mock_aws():
        use_both(emulator)


def test_moto_outside() -> None:
    with moto.mock_aws(), Emulator() as emulator, emulator.redirect():
        use_both(emulator)


def test_a_client_from_outside() -> None:
    with Emulator() as emulator:
        swf = emulator.client()
        with moto.mock_aws():
            swf.register_domain(name="orders", workflowExecutionRetentionPeriodInDays="1")
        swf.describe_domain(name="orders")
