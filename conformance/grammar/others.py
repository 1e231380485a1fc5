"""Children, signals and cancel requests: initiated here, answered by other executions."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import rule, same
from conformance.grammar.run import Run


@rule(
    "StartChildWorkflowExecutionInitiated",
    "SignalExternalWorkflowExecutionInitiated",
    "RequestCancelExternalWorkflowExecutionInitiated",
)
def _initiated(run: Run, event: Event) -> None:
    run.initiated[event.id] = event


def _resolve(run: Run, event: Event) -> Event:
    initiated = run.initiated.pop(event["initiatedEventId"], None)
    if initiated is None:
        event.fail(f"event {event['initiatedEventId']} has its outcome already")
    return initiated


@rule("StartChildWorkflowExecutionFailed")
def _child_refused(run: Run, event: Event) -> None:
    event.require(
        (event["cause"] == "WORKFLOW_ALREADY_RUNNING") == (event["initiatedEventId"] > 0),
        "initiatedEventId names an event for WORKFLOW_ALREADY_RUNNING, and only for that",
    )
    if event["initiatedEventId"]:
        initiated = _resolve(run, event)
        same(event, initiated, "workflowId", "workflowType", "control")
        same(event, initiated, "decisionTaskCompletedEventId")


@rule("ChildWorkflowExecutionStarted")
def _child_started(run: Run, event: Event) -> None:
    initiated = _resolve(run, event)
    same(event, initiated, "workflowType")
    _names_target(event, initiated)
    run.children[event.id] = event


def _names_target(event: Event, initiated: Event) -> None:
    """The execution that answered is the one that was meant."""
    execution = event["workflowExecution"]
    event.require(
        execution["workflowId"] == initiated["workflowId"],
        f"workflowId is {execution['workflowId']!r}, event {initiated.id} has "
        f"{initiated['workflowId']!r}",
    )
    event.require(
        execution["runId"] == (initiated.get("runId") or execution["runId"]),
        f"runId is not the one of event {initiated.id}",
    )


@rule(
    "ChildWorkflowExecutionCompleted",
    "ChildWorkflowExecutionFailed",
    "ChildWorkflowExecutionTimedOut",
    "ChildWorkflowExecutionCanceled",
    "ChildWorkflowExecutionTerminated",
)
def _child_closed(run: Run, event: Event) -> None:
    """A child that continued as new closes as another run, maybe of another version."""
    started = run.children.pop(event["startedEventId"], None)
    if started is None:
        event.fail(f"the child started with event {event['startedEventId']} is closed already")
    same(event, started, "initiatedEventId")
    event.require(
        event["workflowExecution"]["workflowId"] == started["workflowExecution"]["workflowId"]
        and event["workflowType"]["name"] == started["workflowType"]["name"],
        f"is another workflow than the child started with event {started.id}",
    )


@rule("ExternalWorkflowExecutionSignaled", "ExternalWorkflowExecutionCancelRequested")
def _external_delivered(run: Run, event: Event) -> None:
    _names_target(event, _resolve(run, event))


@rule("SignalExternalWorkflowExecutionFailed", "RequestCancelExternalWorkflowExecutionFailed")
def _external_refused(run: Run, event: Event) -> None:
    """A refusal by permission or rate can come without an initiation."""
    if event["initiatedEventId"]:
        initiated = _resolve(run, event)
        same(event, initiated, "workflowId", "runId", "control", "decisionTaskCompletedEventId")
    else:
        event.require(
            event["cause"] != "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
            "initiatedEventId must name the initiation of an outcome",
        )
