"""Rare sequences, each with what must come of it: the state machine meets them only seldom."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator import Settings
from swf_emulator.core.children import Child
from swf_emulator.protocol.answers import Answer
from swf_emulator.protocol.service import Request

from . import names
from .service import ACCOUNT
from .simulation import Simulation

NORTH = names.DOMAINS[0]


def start_child(workflow_id: str) -> dict[str, Any]:
    return {
        "decisionType": "StartChildWorkflowExecution",
        "startChildWorkflowExecutionDecisionAttributes": {
            "workflowId": workflow_id,
            "workflowType": names.FULL,
        },
    }


def start_timer(seconds: str) -> dict[str, Any]:
    return {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": seconds},
    }


CONTINUE_AS_NEW = {"decisionType": "ContinueAsNewWorkflowExecution"}


def test_the_next_run_takes_the_place_of_the_last_before_its_own_child_can() -> None:
    sim = Simulation(Settings())
    sim.start_and_drive(NORTH, "w1", [([start_child("w1"), CONTINUE_AS_NEW], {})])
    sim.check()
    now, before = [run.execution for run in reversed(sim.service.runs())]
    assert before.close_status == "CONTINUED_AS_NEW"
    assert now.continued_run_id == before.run_id
    assert now.parent is None


def test_a_refused_call_that_finds_something_due_does_not_swallow_the_task() -> None:
    sim = Simulation(Settings())
    sim.start_and_drive(NORTH, "w1", [([start_timer("5")], {})])
    sim.poll("Decision", NORTH, "main", held=True)
    sim.drift(6)
    assert len(sim.pollers[0].answers) == 1
    sim.check()


def test_a_poll_gets_the_task_that_fills_a_history() -> None:
    """The third event is DecisionTaskStarted, the fourth the termination."""
    sim = Simulation(Settings(max_events=3))
    sim.poll("Decision", NORTH, "main", held=True)
    sim.start(NORTH, "w1", names.FULL, {})
    sim.check()
    assert sim.service.runs()[0].execution.close_status == "TERMINATED"
    assert not sim.pollers, "the poll was answered"


def test_a_vanished_poll_on_a_list_of_its_own_takes_no_other_list_away() -> None:
    sim = Simulation(Settings(max_events=3))
    sim.poll("Decision", NORTH, "main", held=True)
    sim.start(NORTH, "w1", names.FULL, {})
    sim.end_poll(0, "abandon")
    sim.start(NORTH, "w2", names.FULL, {})
    sim.check()
    pending = sim.service.call("CountPendingDecisionTasks", domain=NORTH, taskList={"name": "main"})
    assert pending["count"] == 1


def test_a_child_whose_parent_closes_in_the_same_batch_is_started_all_the_same() -> None:
    sim = Simulation(Settings())
    complete = {"decisionType": "CompleteWorkflowExecution"}
    options = {"childPolicy": "ABANDON"}
    sim.start(NORTH, "w1", names.FULL, options)
    sim.drive(NORTH, "main", [([start_child("w2"), complete], {})])
    sim.check()
    parent, child = sim.service.runs()
    assert parent.execution.close_status == "COMPLETED"
    assert not child.execution.closed


def test_a_child_may_close_at_its_start_and_its_parent_learns_it_in_order() -> None:
    """A history limit of 5 ends the parent when it is to record ChildWorkflowExecutionStarted."""
    sim = Simulation(Settings(max_events=6))
    sim.start_and_drive(NORTH, "w1", [([start_child("w2")], {})])
    sim.check()
    parent, child = sim.service.runs()
    assert parent.execution.close_status == "TERMINATED" or any(
        isinstance(opened, Child) for opened in parent.execution.open_items.values()
    )
    assert child.execution.parent is not None


@pytest.mark.parametrize("depth", [10, 700, 900, 950, 980])
def test_nested_lists_in_a_list_that_is_too_long_are_a_wrong_type(depth: int) -> None:
    """The type of an element counts before the length of the list that holds it."""
    sim = Simulation(Settings())
    nested = "[" * depth + "]" * depth
    tags = ",".join([nested] * 6)
    body = f'{{"domain":"north","workflowId":"w1","workflowType":{{}},"tagList":[{tags}]}}'
    target = "SimpleWorkflowService.StartWorkflowExecution"
    request = Request(target, "application/x-amz-json-1.0", "", body.encode(), len(body))
    answer = sim.service.service.handle(request, 0)
    assert isinstance(answer, Answer)
    assert answer.fault is not None
    assert (answer.status, answer.fault.code) == (400, "SerializationException")


def test_refused_calls_leave_no_account_behind() -> None:
    sim = Simulation(Settings())
    for number in range(3):
        credential = f"Credential={number:012}/20260101/eu-west-1/swf/aws4_request"
        request = sim.service.made_request("DescribeDomain", {"name": "none"}, credential)
        answer = sim.service.service.handle(request, 0)
        assert isinstance(answer, Answer)
        assert answer.status == 400
    assert sim.service.accounts.collect(lambda view: view.scopes()) == [(ACCOUNT, "us-east-1")]
