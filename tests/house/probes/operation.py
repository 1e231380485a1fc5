"""A fortieth operation, CountOpenTimers, wherever an operation shows."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from swf_emulator import Emulator
from swf_emulator.telemetry.metrics import Metrics
from tests.testing.shop import DOMAIN, decision
from tools import tables

from .conftest import Workflow

TIMER = decision("StartTimer", timerId="t", startToFireTimeout="60")


@pytest.fixture
def execution(emulator: Emulator, workflow: Workflow) -> dict[str, Any]:
    """The parameters that name the execution, which has an open timer."""
    workflow.decide(TIMER)
    (key,) = emulator.executions()
    return {
        "domain": key.domain,
        "execution": {"workflowId": key.workflow_id, "runId": key.run_id},
    }


def test_a_client_calls_it(workflow: Workflow, execution: dict[str, Any]) -> None:
    assert workflow.swf.count_open_timers(**execution)["count"] == 1


def test_validation_and_faults(workflow: Workflow, execution: dict[str, Any]) -> None:
    unknown = {"domain": DOMAIN, "execution": {"workflowId": "w", "runId": "r"}}
    with pytest.raises(workflow.swf.exceptions.UnknownResourceFault):
        workflow.swf.count_open_timers(**unknown)
    unknown["execution"] = {"workflowId": "w" * 300, "runId": "r"}
    with pytest.raises(ClientError, match=r"at 'execution\.workflowId' failed"):
        workflow.swf.count_open_timers(**unknown)


def test_it_can_be_refused(
    emulator: Emulator, workflow: Workflow, execution: dict[str, Any]
) -> None:
    emulator.refusals.refuse_operation("CountOpenTimers", "OperationNotPermittedFault", times=1)
    with pytest.raises(workflow.swf.exceptions.OperationNotPermittedFault):
        workflow.swf.count_open_timers(**execution)


def test_it_changes_nothing(
    emulator: Emulator, workflow: Workflow, execution: dict[str, Any]
) -> None:
    before = emulator.accounts.changes
    workflow.swf.count_open_timers(**execution)
    assert emulator.accounts.changes == before


def test_metrics_count_it(
    emulator: Emulator, workflow: Workflow, execution: dict[str, Any]
) -> None:
    metrics = Metrics(emulator.service)
    workflow.swf.count_open_timers(**execution)
    text = metrics.render()[0].decode()
    assert 'swf_emulator_calls_total{fault="",operation="CountOpenTimers"} 1.0' in text


def test_the_support_table_counts_it() -> None:
    table = tables.support()
    assert "40 of 40" in table
    assert "CountOpenTimers" in table
