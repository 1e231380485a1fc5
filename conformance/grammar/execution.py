"""Events of the execution itself: start, requests from outside, closes and refused closes."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import not_early, rule, same
from conformance.grammar.run import Run
from conformance.grammar.table import CLOSE_REFUSED, CLOSED_BY_DECISION, EXCLUDES_CLOSE

YEAR = "31536000"
"""The time in seconds after which every execution times out."""


@rule("WorkflowExecutionStarted")
def _execution_started(run: Run, event: Event) -> None:
    event.require(
        ("parentWorkflowExecution" in event.attributes) == (event["parentInitiatedEventId"] > 0),
        "parentWorkflowExecution and parentInitiatedEventId must both name a parent, or neither",
    )
    by_decision = "parentWorkflowExecution" in event.attributes or event.get(
        "continuedExecutionRunId"
    )
    event.require(
        by_decision or event["executionStartToCloseTimeout"] != "NONE",
        "only a child or a continued run may have no executionStartToCloseTimeout",
    )
    run.task_lists = {run.original_list}


@rule("WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested")
def _asked_from_outside(run: Run, event: Event) -> None:
    sender = event.get("externalWorkflowExecution")
    if event.get("cause") == "CHILD_POLICY_APPLIED":
        _child_policy_needs_parent(run, event)
        event.require(
            sender == run.start["parentWorkflowExecution"],
            "externalWorkflowExecution must be the parent, whose child policy is applied",
        )
        event.require(event["externalInitiatedEventId"] == 0, "must have no initiated event")
        return
    event.require(
        (sender is not None) == (event["externalInitiatedEventId"] > 0),
        "externalWorkflowExecution and externalInitiatedEventId must both name a sender, "
        "or neither",
    )


def _child_policy_needs_parent(run: Run, event: Event) -> None:
    if event.get("cause") == "CHILD_POLICY_APPLIED":
        event.require(
            "parentWorkflowExecution" in run.start.attributes,
            "CHILD_POLICY_APPLIED, but the execution has no parent",
        )


@rule(*CLOSED_BY_DECISION)
def _closed_by_decision(run: Run, event: Event) -> None:
    event.require(
        not run.pending, "a decision task is pending, the close must fail with UNHANDLED_DECISION"
    )
    _close_stands_alone(run, event)
    if event.type == "WorkflowExecutionContinuedAsNew":
        event.require(
            event["workflowType"]["name"] == run.start["workflowType"]["name"],
            "the new run must be of the same workflow type",
        )


@rule(*CLOSE_REFUSED)
def _close_refused(run: Run, event: Event) -> None:
    if event["cause"] == "UNHANDLED_DECISION":
        event.require(run.pending, "UNHANDLED_DECISION, but no decision task is pending")
    elif event["cause"] != "OPERATION_NOT_PERMITTED":
        event.require(
            not run.pending, "a decision task is pending, the cause must be UNHANDLED_DECISION"
        )
    _close_stands_alone(run, event)


def _close_stands_alone(run: Run, event: Event) -> None:
    assert run.batch
    incompatible = sorted(run.batch.types & EXCLUDES_CLOSE)
    event.require(
        not incompatible, f"{', '.join(incompatible)} cannot be in one response with a close"
    )
    run.batch.close = event


@rule("WorkflowExecutionTerminated")
def _terminated(run: Run, event: Event) -> None:
    _child_policy_needs_parent(run, event)


@rule("WorkflowExecutionTimedOut")
def _execution_timed_out(run: Run, event: Event) -> None:
    name = "executionStartToCloseTimeout"
    timeout = run.start[name]
    not_early(event, run.start, YEAR if timeout == "NONE" else timeout, name)
    same(event, run.start, "childPolicy")
