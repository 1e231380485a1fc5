"""What follows a transition: children, signals, cancel requests, Lambda tasks, child policy,
and the cancellation of activity tasks that no worker has.

Deliveries happen after the transition that caused them, in order, under the same hold of the
lock, at the same instant. Each is a transition of its own. It takes place even if the
execution that caused it has closed since, which then records nothing of it.

Source: Developer Guide, "Child workflows", "Signals"; API Reference, StartChildWorkflow-
ExecutionDecisionAttributes. Observed: recorded 2017 (outcomes tens of milliseconds later).
"""

from __future__ import annotations

from ..core import activities, children, executions
from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.events import Attributes, Event, pick
from ..core.external import ExternalRequest
from ..core.lambdas import LambdaTask
from ..core.open_items import OpenItem
from .domains import Domain, Run
from .ids import Ids
from .invocations import Invocations
from .recording import Recorder

POLICY_AS_DOCUMENTED = ("TERMINATED", "TIMED_OUT")
POLICY_AS_OBSERVED = (*POLICY_AS_DOCUMENTED, "COMPLETED", "FAILED", "CANCELED")


class Deliveries:
    """Performs the outstanding effects of one account. All methods require the lock."""

    def __init__(self, recorder: Recorder, ids: Ids, invocations: Invocations) -> None:
        self._recorder = recorder
        self._ids = ids
        self._invocations = invocations

    def deliver_next(self) -> None:
        """Perform the first outstanding effect."""
        run, cause = self._recorder.deliveries.popleft()
        if isinstance(cause, Event):
            self._follow_close(run, cause)
        else:
            # The run may have been folded again since, after an internal error.
            self._deliver(run, run.execution.open_items.get(cause.event_id, cause))

    def _deliver(self, run: Run, item: OpenItem) -> None:
        if isinstance(item, Child):
            self._start_child(run, item)
        elif isinstance(item, ExternalRequest):
            self._send(run, item)
        elif isinstance(item, ActivityTask):
            if not run.execution.closed:
                self._recorder.record(run, activities.cancel(item, {}))
        else:
            assert isinstance(item, LambdaTask)
            if not run.execution.closed:
                self._invocations.start(run, item)

    def _start_child(self, run: Run, child: Child) -> None:
        initiated = child.initiated
        assert initiated is not None
        parent = run.execution
        if child.workflow_id in run.domain.open_runs:
            if not parent.closed:
                cause = "WORKFLOW_ALREADY_RUNNING"
                self._recorder.record(run, children.not_started(child, cause))
            return
        origin = {
            "parentWorkflowExecution": {"workflowId": parent.workflow_id, "runId": parent.run_id},
            "parentInitiatedEventId": child.event_id,
        }
        run_id = self._ids.run_id()
        self._start(run.domain, child.workflow_id, run_id, child.workflow_type, initiated, origin)
        if not parent.closed:
            self._recorder.record(run, children.started(child, run_id))

    def _start(
        self,
        domain: Domain,
        workflow_id: str,
        run_id: str,
        workflow_type: Attributes,
        resolved: Attributes,
        origin: Attributes,
    ) -> None:
        first = executions.start(
            workflow_type, pick(resolved, *executions.SETTINGS), resolved, origin
        )
        self._recorder.start(domain, workflow_id, run_id, first)

    def _send(self, run: Run, request: ExternalRequest) -> None:
        workflow_id, run_id = request.target
        target = run.domain.open_runs.get(workflow_id)
        if target is not None and run_id not in (None, target.execution.run_id):
            target = None
        if target is not None:
            self._recorder.record(target, request.arrival(run.execution))
        if run.execution.closed:
            return
        if target is None:
            self._recorder.record(run, request.missed())
        else:
            self._recorder.record(run, request.succeeded(target.execution))

    def _follow_close(self, run: Run, closing: Event) -> None:
        """Start the next run, or apply the child policy and notify the parent."""
        if run.execution.close_status == "CONTINUED_AS_NEW":
            self._continue(run, closing)
        else:
            self._apply_child_policy(run, closing)
            self._notify_parent(run, closing)
        run.release()

    def _continue(self, run: Run, closing: Event) -> None:
        """Start the run that takes this one's place, also as a child. Parent link inferred."""
        execution, resolved = run.execution, closing.attributes
        origin = {
            "continuedExecutionRunId": execution.run_id,
            "parentInitiatedEventId": execution.parent_initiated_event_id,
        }
        if execution.parent is not None:
            origin["parentWorkflowExecution"] = execution.parent
        run_id, workflow_type = resolved["newExecutionRunId"], resolved["workflowType"]
        self._start(run.domain, execution.workflow_id, run_id, workflow_type, resolved, origin)

    def _apply_child_policy(self, run: Run, closing: Event) -> None:
        """Source: API Reference, StartWorkflowExecution. Observed 2017: also on a normal close."""
        execution = run.execution
        every_close = self._recorder.settings.child_policy_on_every_close
        closes = POLICY_AS_OBSERVED if every_close else POLICY_AS_DOCUMENTED
        policy = closing.attributes.get("childPolicy", execution.child_policy)
        if execution.close_status not in closes or policy == "ABANDON":
            return
        cause = "CHILD_POLICY_APPLIED"
        for item in list(execution.open_items.values()):
            if not isinstance(item, Child):
                continue
            child = run.domain.open_runs.get(item.workflow_id)
            if child is None or not _is_parent(run, item, child):
                continue
            if policy == "TERMINATE":
                self._recorder.record(child, executions.terminate(child.execution, {}, cause))
            else:
                origin = {**executions.sender(execution, 0), "cause": cause}
                self._recorder.record(child, executions.request_cancel(origin))

    def _notify_parent(self, run: Run, closing: Event) -> None:
        execution = run.execution
        if execution.parent is None:
            return
        parent = run.domain.open_runs.get(execution.parent["workflowId"])
        if parent is None or parent.execution.run_id != execution.parent["runId"]:
            return
        child = parent.execution.open_items.get(execution.parent_initiated_event_id)
        if isinstance(child, Child) and child.taken:
            self._recorder.record(parent, children.closed(child, closing, execution))


def _is_parent(run: Run, item: Child, child: Run) -> bool:
    parent = child.execution.parent
    return (
        parent is not None
        and parent["runId"] == run.execution.run_id
        and child.execution.parent_initiated_event_id == item.event_id
    )
