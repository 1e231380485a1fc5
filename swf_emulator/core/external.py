"""Signals and cancel requests from one execution to another.

Events: SignalExternalWorkflowExecutionInitiated, …Failed, ExternalWorkflowExecutionSignaled;
RequestCancelExternalWorkflowExecutionInitiated, …Failed,
ExternalWorkflowExecutionCancelRequested.

Both are asynchronous: …Initiated is recorded with the other events of the response, even if
the target does not exist; then the target records its event and the sender the outcome.

Source: API Reference, SignalExternalWorkflowExecutionDecisionAttributes and
RequestCancelExternalWorkflowExecutionDecisionAttributes. Observed: recorded 2017 (signals).
"""

from __future__ import annotations

from typing import ClassVar

from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import ExecutionView
from .executions import request_cancel, sender, signal
from .open_items import OpenItem
from .registry import Concept
from .world import World

SIGNAL = Concept(
    "signal", "signals", link="initiatedEventId", label=("signalName", "workflowId"), late=True
)
CANCEL = Concept(
    "cancel request", "signals", link="initiatedEventId", label=("workflowId",), late=True
)


class ExternalRequest(OpenItem):
    """A request to another execution without an outcome yet, identified by …Initiated."""

    __slots__ = ("initiated",)
    delivered: ClassVar[str]
    failed: ClassVar[str]

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.initiated = event.attributes

    @property
    def undelivered(self) -> bool:
        return True

    @property
    def title(self) -> str:
        return self.target[0]

    @property
    def target(self) -> tuple[str, str | None]:
        """The workflow id and the run id; without a run id the target is the open run."""
        return self.initiated["workflowId"], self.initiated.get("runId")

    def arrival(self, run: ExecutionView) -> NewEvents:
        """The events of the target; ``run`` is the sender."""
        raise NotImplementedError

    def succeeded(self, target: ExecutionView) -> NewEvents:
        """The events of the sender after ``target`` has recorded the arrival."""
        yield NewEvent(
            self.delivered,
            {
                "workflowExecution": {"workflowId": target.workflow_id, "runId": target.run_id},
                "initiatedEventId": self.event_id,
            },
        )

    def missed(self) -> NewEvents:
        """The events of the sender if the target is not open."""
        yield NewEvent(
            self.failed,
            {
                **pick(
                    self.initiated,
                    "workflowId",
                    "runId",
                    "control",
                    "decisionTaskCompletedEventId",
                ),
                "initiatedEventId": self.event_id,
                "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
            },
        )


class ExternalSignal(ExternalRequest):
    """A signal that is being delivered."""

    __slots__ = ()
    concept: ClassVar[str] = SIGNAL.name
    delivered = "ExternalWorkflowExecutionSignaled"
    failed = "SignalExternalWorkflowExecutionFailed"

    def arrival(self, run: ExecutionView) -> NewEvents:
        return signal(self.initiated, sender(run, self.event_id))


class ExternalCancel(ExternalRequest):
    """A cancel request that is being delivered."""

    __slots__ = ()
    concept: ClassVar[str] = CANCEL.name
    delivered = "ExternalWorkflowExecutionCancelRequested"
    failed = "RequestCancelExternalWorkflowExecutionFailed"

    def arrival(self, run: ExecutionView) -> NewEvents:
        return request_cancel(sender(run, self.event_id))


def signal_external(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Send a signal. Cause of a later failure: UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION."""
    yield NewEvent(
        "SignalExternalWorkflowExecutionInitiated",
        {
            **pick(attributes, "workflowId", "runId", "signalName", "input", "control"),
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


def request_cancel_external(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Send a cancel request. Cause of a later failure: UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION."""
    yield NewEvent(
        "RequestCancelExternalWorkflowExecutionInitiated",
        {
            **pick(attributes, "workflowId", "runId", "control"),
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


SIGNAL.decision(
    "SignalExternalWorkflowExecution", signal_external, repeats=("workflowId", "runId", "control")
)
SIGNAL.opens(
    "SignalExternalWorkflowExecutionInitiated", ExternalSignal, by="SignalExternalWorkflowExecution"
)
SIGNAL.closes("ExternalWorkflowExecutionSignaled", triggers=True)

CANCEL.decision(
    "RequestCancelExternalWorkflowExecution",
    request_cancel_external,
    repeats=("workflowId", "runId", "control"),
)
CANCEL.opens(
    "RequestCancelExternalWorkflowExecutionInitiated",
    ExternalCancel,
    by="RequestCancelExternalWorkflowExecution",
)
CANCEL.closes("ExternalWorkflowExecutionCancelRequested", triggers=True)
