"""What one execution does to others: children, signals, cancel requests, child policy.

Deliveries happen after the transition that called for them, in order, under the same hold of
the lock, at the same instant. Each is a transition of its own: it takes place even if the
execution that called for it has closed meanwhile, which then records nothing of it.

Source: Developer Guide, "Child workflows", "Signals"; API Reference, StartChildWorkflow-
ExecutionDecisionAttributes. Observed: recorded 2017 (outcomes tens of milliseconds later).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core import children, executions, lambdas
from ..core.children import Child
from ..core.events import Event, pick
from ..core.external import ExternalRequest
from ..core.lambdas import LambdaTask
from ..core.open_items import OpenItem

if TYPE_CHECKING:
    from .domains import Run
    from .engine import Engine

SETTINGS = (
    "executionStartToCloseTimeout",
    "taskList",
    "taskStartToCloseTimeout",
    "childPolicy",
    "taskPriority",
    "lambdaRole",
)
"""The members of a start that Initiated and ContinuedAsNew events carry, resolved."""

POLICY_AS_DOCUMENTED = ("TERMINATED", "TIMED_OUT")
POLICY_AS_OBSERVED = (*POLICY_AS_DOCUMENTED, "COMPLETED", "FAILED", "CANCELED")


def deliver(engine: Engine, run: Run, pending: OpenItem) -> None:
    """Bring about what an open thing of ``run`` owes to the world."""
    if isinstance(pending, Child):
        _start_child(engine, run, pending)
    elif isinstance(pending, ExternalRequest):
        _send(engine, run, pending)
    else:
        assert isinstance(pending, LambdaTask)
        _start_lambda(engine, run, pending)


def _start_child(engine: Engine, run: Run, child: Child) -> None:
    asked = child.initiated
    assert asked is not None
    parent = run.execution
    if child.workflow_id in run.domain.open_runs:
        if not parent.closed:
            engine.record(run, children.not_started(child, "WORKFLOW_ALREADY_RUNNING"))
        return
    run_id = engine.ids.run_id()
    origin = {
        "parentWorkflowExecution": {"workflowId": parent.workflow_id, "runId": parent.run_id},
        "parentInitiatedEventId": child.event_id,
    }
    first = executions.start(child.workflow_type, pick(asked, *SETTINGS), asked, origin)
    engine.start_run(run.domain, child.workflow_id, run_id, first)
    if not parent.closed:
        engine.record(run, children.started(child, run_id))


def _send(engine: Engine, run: Run, request: ExternalRequest) -> None:
    workflow_id, run_id = request.target
    target = run.domain.open_runs.get(workflow_id)
    if target is not None and run_id not in (None, target.execution.run_id):
        target = None
    if target is not None:
        engine.record(target, request.arrival(run.execution))
    if run.execution.closed:
        return
    if target is None:
        engine.record(run, request.missed())
    else:
        engine.record(run, request.succeeded(target.execution))


def _start_lambda(engine: Engine, run: Run, task: LambdaTask) -> None:
    if run.execution.closed:
        return
    engine.record(run, lambdas.start(task, run.execution.lambda_role))
    if task.started_event_id:
        engine.invoke(run, task)


def follow_close(engine: Engine, run: Run, closing: Event) -> None:
    """What follows from a close: the next run, the child policy, the parent's knowledge."""
    execution = run.execution
    if closing.event_type == "WorkflowExecutionContinuedAsNew":
        _continue(engine, run, closing)
    else:
        _apply_child_policy(engine, run, closing)
        _tell_parent(engine, run, closing)
    run.release()
    assert execution.closed


def _continue(engine: Engine, run: Run, closing: Event) -> None:
    """The next run takes this one's place, also as a child. Parent link inferred."""
    execution, asked = run.execution, closing.attributes
    origin = {
        "continuedExecutionRunId": execution.run_id,
        "parentInitiatedEventId": execution.parent_initiated_event_id,
    }
    if execution.parent is not None:
        origin["parentWorkflowExecution"] = execution.parent
    first = executions.start(asked["workflowType"], pick(asked, *SETTINGS), asked, origin)
    engine.start_run(run.domain, execution.workflow_id, asked["newExecutionRunId"], first)


def _apply_child_policy(engine: Engine, run: Run, closing: Event) -> None:
    """Source: API Reference, StartWorkflowExecution. Observed 2017: also on a normal close."""
    execution = run.execution
    every_close = engine.settings.child_policy_on_every_close
    if execution.close_status not in (POLICY_AS_OBSERVED if every_close else POLICY_AS_DOCUMENTED):
        return
    policy = closing.attributes.get("childPolicy", execution.child_policy)
    if policy == "ABANDON":
        return
    for pending in list(execution.open_items.values()):
        if not isinstance(pending, Child):
            continue
        child = run.domain.open_runs.get(pending.workflow_id)
        if child is None or not _is_parent(run, pending, child):
            continue
        if policy == "TERMINATE":
            engine.record(child, executions.terminate(child.execution, {}, "CHILD_POLICY_APPLIED"))
        else:
            engine.record(child, executions.request_cancel({"cause": "CHILD_POLICY_APPLIED"}))


def _is_parent(run: Run, pending: Child, child: Run) -> bool:
    parent = child.execution.parent
    return (
        parent is not None
        and parent["runId"] == run.execution.run_id
        and child.execution.parent_initiated_event_id == pending.event_id
    )


def _tell_parent(engine: Engine, run: Run, closing: Event) -> None:
    execution = run.execution
    if execution.parent is None:
        return
    parent = run.domain.open_runs.get(execution.parent["workflowId"])
    if parent is None or parent.execution.run_id != execution.parent["runId"]:
        return
    child = parent.execution.open_items.get(execution.parent_initiated_event_id)
    if isinstance(child, Child):
        engine.record(parent, children.closed(child, closing, execution))
