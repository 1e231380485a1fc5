"""The fault that is reported if a request is wrong in several ways.

Source: other services on the same framework; moto (tokens before the rules for a batch).
"""

from __future__ import annotations

from typing import Any

import pytest

from .caller import SERIALIZATION, VALIDATION, Caller, fault, refused

UNKNOWN_DOMAIN = fault("UnknownResourceFault", "Unknown domain: gone")
EXECUTION = {"workflowId": "w", "runId": "r"}
KIND = {"name": "n", "version": "v"}
SINCE = {"startTimeFilter": {"oldestDate": 0}}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CountClosedWorkflowExecutions", SINCE),
        ("CountOpenWorkflowExecutions", SINCE),
        ("CountPendingActivityTasks", {"taskList": {"name": "L"}}),
        ("CountPendingDecisionTasks", {"taskList": {"name": "L"}}),
        ("DeleteActivityType", {"activityType": KIND}),
        ("DeleteWorkflowType", {"workflowType": KIND}),
        ("DeprecateActivityType", {"activityType": KIND}),
        ("DeprecateWorkflowType", {"workflowType": KIND}),
        ("DescribeActivityType", {"activityType": KIND}),
        ("DescribeWorkflowExecution", {"execution": EXECUTION}),
        ("DescribeWorkflowType", {"workflowType": KIND}),
        ("GetWorkflowExecutionHistory", {"execution": EXECUTION, "nextPageToken": "x"}),
        ("ListActivityTypes", {"registrationStatus": "REGISTERED", "nextPageToken": "x"}),
        ("ListClosedWorkflowExecutions", SINCE),
        ("ListOpenWorkflowExecutions", SINCE),
        ("ListWorkflowTypes", {"registrationStatus": "REGISTERED"}),
        ("PollForActivityTask", {"taskList": {"name": "L"}}),
        ("PollForDecisionTask", {"taskList": {"name": "L"}, "nextPageToken": "x"}),
        ("RegisterActivityType", KIND),
        ("RegisterWorkflowType", KIND),
        ("RequestCancelWorkflowExecution", {"workflowId": "w"}),
        ("SignalWorkflowExecution", {"workflowId": "w", "signalName": "s"}),
        ("StartWorkflowExecution", {"workflowId": "w", "workflowType": KIND}),
        ("TerminateWorkflowExecution", {"workflowId": "w", "runId": "r"}),
        ("UndeprecateActivityType", {"activityType": KIND}),
        ("UndeprecateWorkflowType", {"workflowType": KIND}),
    ],
)
def test_the_domain_comes_first(
    stateless: Caller, operation: str, parameters: dict[str, Any]
) -> None:
    """Source: API Reference: every operation on a domain looks it up."""
    assert stateless.error(operation, {"domain": "gone", **parameters}) == UNKNOWN_DOMAIN


def test_constraints_come_before_the_state(stateless: Caller) -> None:
    parameters = {"domain": "gone", "workflowId": "", "signalName": "s"}
    assert stateless.error("SignalWorkflowExecution", parameters)["__type"] == VALIDATION


def test_constraints_come_before_permissions(caller: Caller) -> None:
    caller.emulator.refusals.refuse_operation("SignalWorkflowExecution")
    parameters = {"domain": "gone", "workflowId": "", "signalName": "s"}
    assert caller.error("SignalWorkflowExecution", parameters)["__type"] == VALIDATION


def test_types_come_before_permissions(caller: Caller) -> None:
    caller.emulator.refusals.refuse_operation("DescribeDomain")
    assert caller.error("DescribeDomain", {"name": 1})["__type"] == SERIALIZATION


def test_permissions_come_before_the_state(caller: Caller) -> None:
    code = "OperationNotPermittedFault"
    caller.emulator.refusals.refuse_operation("DescribeDomain", code)
    expected = fault(code, "Not permitted: swf:DescribeDomain")
    assert caller.error("DescribeDomain", {"name": "gone"}) == expected


def test_the_token_comes_before_the_rules_for_a_batch(stateless: Caller) -> None:
    closes = [{"decisionType": "CompleteWorkflowExecution"}] * 2
    parameters = {"taskToken": "x", "decisions": closes}
    body = stateless.error("RespondDecisionTaskCompleted", parameters)
    assert body == refused("Invalid token")


def test_malformed_decisions_come_before_the_token(stateless: Caller) -> None:
    parameters = {"taskToken": "x", "decisions": [{"decisionType": "Nonsense"}]}
    body = stateless.error("RespondDecisionTaskCompleted", parameters)
    assert "'decisions.1.member.decisionType'" in body["message"]
