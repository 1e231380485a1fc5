"""Child executions, as recorded in the history of their parent.

Events: StartChildWorkflowExecutionInitiated, StartChildWorkflowExecutionFailed,
ChildWorkflowExecutionStarted and its five closings.

The start is asynchronous: …Initiated is recorded with the other events of the response, the
outcome later. A child that continues as new remains the same child; its last run reports the
close.

Source: Developer Guide, "Child workflows"; API Reference,
StartChildWorkflowExecutionDecisionAttributes. Observed: recorded 2017 and 2023.
"""

from __future__ import annotations

from typing import ClassVar

from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import Execution, ExecutionView
from .executions import SETTINGS, settings_or_cause
from .open_items import CHILDREN, OpenItem
from .registry import Concept, refusal
from .world import World

CHILD = Concept("child", "children", link="initiatedEventId", label=("workflowId",), late=True)

CLOSINGS = {
    "WorkflowExecutionCompleted": ("ChildWorkflowExecutionCompleted", ("result",)),
    "WorkflowExecutionFailed": ("ChildWorkflowExecutionFailed", ("reason", "details")),
    "WorkflowExecutionCanceled": ("ChildWorkflowExecutionCanceled", ("details",)),
    "WorkflowExecutionTerminated": ("ChildWorkflowExecutionTerminated", ()),
    "WorkflowExecutionTimedOut": ("ChildWorkflowExecutionTimedOut", ("timeoutType",)),
}
"""By the event that closes the child: the parent's event, and the members that it repeats."""


class Child(OpenItem):
    """A child, started or not yet, identified by its …Initiated event.

    ``initiated`` are the attributes of that event until the child is started, then None.
    """

    __slots__ = ("initiated", "started_event_id", "workflow_id", "workflow_type")
    concept: ClassVar[str] = CHILD.name
    count: ClassVar[str | None] = CHILDREN

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.workflow_id: str = event.attributes["workflowId"]
        self.workflow_type: Attributes = event.attributes["workflowType"]
        self.initiated: Attributes | None = event.attributes
        self.started_event_id = 0

    @property
    def title(self) -> str:
        return self.workflow_id

    @property
    def type_name(self) -> str:
        return str(self.workflow_type["name"])

    @property
    def taken(self) -> bool:
        return self.started_event_id != 0

    @property
    def undelivered(self) -> bool:
        return self.initiated is not None


def start_child(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Initiate a child with the defaults of its own type; it inherits nothing.

    Causes, in this order: WORKFLOW_TYPE_DOES_NOT_EXIST, WORKFLOW_TYPE_DEPRECATED,
    DEFAULT_…_UNDEFINED, OPEN_CHILDREN_LIMIT_EXCEEDED, OPEN_WORKFLOWS_LIMIT_EXCEEDED. Order
    inferred. WORKFLOW_ALREADY_RUNNING comes later, with the Initiated event's id.
    """
    workflow_type = attributes["workflowType"]
    settings, cause = settings_or_cause(
        world, workflow_type["name"], workflow_type["version"], attributes
    )
    if cause is None:
        cause = _exceeded_limit(run, world)
    if cause is not None:
        yield refusal(run, "StartChildWorkflowExecution", attributes, cause)
        return
    yield NewEvent(
        "StartChildWorkflowExecutionInitiated",
        {
            **pick(attributes, "workflowId", "workflowType", "control", "input", "tagList"),
            **settings,
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


def _exceeded_limit(run: ExecutionView, world: World) -> str | None:
    children = run.open_counts[CHILDREN]
    if children >= world.settings.max_open_children:
        return "OPEN_CHILDREN_LIMIT_EXCEEDED"
    still_to_start = children - run.open_counts["openChildWorkflowExecutions"]
    if world.open_executions() + still_to_start >= world.settings.max_open_executions:
        return "OPEN_WORKFLOWS_LIMIT_EXCEEDED"
    return None


def started(child: Child, run_id: str) -> NewEvents:
    """The child has been started as the run ``run_id``."""
    yield NewEvent(
        "ChildWorkflowExecutionStarted",
        {
            "workflowExecution": {"workflowId": child.workflow_id, "runId": run_id},
            "workflowType": child.workflow_type,
            "initiatedEventId": child.event_id,
        },
    )


def not_started(child: Child, cause: str) -> NewEvents:
    """The child could not be started."""
    assert child.initiated is not None
    yield NewEvent(
        "StartChildWorkflowExecutionFailed",
        {
            **pick(
                child.initiated,
                "workflowType",
                "workflowId",
                "control",
                "decisionTaskCompletedEventId",
            ),
            "initiatedEventId": child.event_id,
            "cause": cause,
        },
    )


def closed(child: Child, closing: Event, run: ExecutionView) -> NewEvents:
    """The last run of the child, ``run``, has closed with the event ``closing``."""
    event_type, members = CLOSINGS[closing.event_type]
    yield NewEvent(
        event_type,
        {
            **pick(closing.attributes, *members),
            "workflowExecution": {"workflowId": run.workflow_id, "runId": run.run_id},
            "workflowType": run.workflow_type,
            "initiatedEventId": child.event_id,
            "startedEventId": child.started_event_id,
        },
    )


def _started(run: Execution, event: Event) -> None:
    child = run.open_items[event.attributes["initiatedEventId"]]
    assert isinstance(child, Child)
    child.started_event_id = event.event_id
    child.initiated = None
    run.open_counts["openChildWorkflowExecutions"] += 1


def _closed(run: Execution, event: Event) -> None:
    run.close_item(event.attributes["initiatedEventId"])
    run.open_counts["openChildWorkflowExecutions"] -= 1


CHILD.decision(
    "StartChildWorkflowExecution",
    start_child,
    repeats=("workflowType", "workflowId", "control"),
    settles=SETTINGS,
)
CHILD.opens("StartChildWorkflowExecutionInitiated", Child, by="StartChildWorkflowExecution")
CHILD.starts("ChildWorkflowExecutionStarted", _started, triggers=True)
CHILD.closes("ChildWorkflowExecutionCompleted", _closed, triggers=True)
CHILD.closes("ChildWorkflowExecutionFailed", _closed, triggers=True, told=True)
CHILD.closes("ChildWorkflowExecutionCanceled", _closed, triggers=True)
CHILD.closes("ChildWorkflowExecutionTerminated", _closed, triggers=True)
CHILD.closes("ChildWorkflowExecutionTimedOut", _closed, triggers=True, told=True)
