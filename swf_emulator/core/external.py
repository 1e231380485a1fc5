"""Signals and cancel requests from one execution to another.

Events: SignalExternalWorkflowExecutionInitiated, …Failed, ExternalWorkflowExecutionSignaled;
RequestCancelExternalWorkflowExecutionInitiated, …Failed,
ExternalWorkflowExecutionCancelRequested.

Both are asynchronous: Initiated is recorded with the batch, whoever the target is; then the
target gets its event and the sender the outcome.

Source: API Reference, SignalExternalWorkflowExecutionDecisionAttributes and
RequestCancelExternalWorkflowExecutionDecisionAttributes. Observed: recorded 2017 (signals).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .events import Attributes, Event, NewEvent, NewEvents, pick
from .executions import request_cancel, sender, signal
from .open_items import OpenItem
from .registry import Concept

if TYPE_CHECKING:
    from .execution import ExecutionView
    from .world import World

SIGNAL = Concept(
    "signal", "signals", link="initiatedEventId", label=("signalName", "workflowId"), late=True
)
CANCEL = Concept(
    "cancel request", "signals", link="initiatedEventId", label=("workflowId",), late=True
)


class ExternalRequest(OpenItem):
    """A request to another execution that is not answered yet, keyed by its …Initiated event."""

    __slots__ = ("asked",)
    kind: ClassVar[str] = "external"
    delivered: ClassVar[str]
    failed: ClassVar[str]

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.asked = event.attributes

    @property
    def undelivered(self) -> bool:
        return True

    @property
    def title(self) -> str:
        return self.target[0]

    @property
    def target(self) -> tuple[str, str | None]:
        """The workflow id, and the run id if one was given; without, the open run is meant."""
        return self.asked["workflowId"], self.asked.get("runId")

    def arrival(self, run: ExecutionView) -> NewEvents:
        """What the target records of the request of ``run``."""
        raise NotImplementedError

    def succeeded(self, target: ExecutionView) -> NewEvents:
        """What the sender records when ``target`` has got it."""
        yield NewEvent(
            self.delivered,
            {
                "workflowExecution": {"workflowId": target.workflow_id, "runId": target.run_id},
                "initiatedEventId": self.event_id,
            },
        )

    def missed(self) -> NewEvents:
        """What the sender records when the target is not open."""
        yield NewEvent(
            self.failed,
            {
                **pick(
                    self.asked, "workflowId", "runId", "control", "decisionTaskCompletedEventId"
                ),
                "initiatedEventId": self.event_id,
                "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
            },
        )


class ExternalSignal(ExternalRequest):
    """A signal on its way."""

    __slots__ = ()
    delivered = "ExternalWorkflowExecutionSignaled"
    failed = "SignalExternalWorkflowExecutionFailed"

    def arrival(self, run: ExecutionView) -> NewEvents:
        return signal(self.asked, sender(run, self.event_id))


class ExternalCancel(ExternalRequest):
    """A cancel request on its way."""

    __slots__ = ()
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
    """Ask another execution to cancel. Cause of a later failure: as for a signal."""
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
