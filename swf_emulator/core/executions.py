"""An execution as a whole: started, signaled, asked to cancel, terminated, timed out, closed.

Events: WorkflowExecution… and the four refusals of a closing decision.

Source: Developer Guide, "Workflow execution closure" and "Child workflows"; API Reference,
StartWorkflowExecution, TerminateWorkflowExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from .durations import milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, pick
from .open_items import Deadline, OpenItem, earliest
from .registry import Concept, refusal

if TYPE_CHECKING:
    from .execution import Execution, ExecutionView
    from .world import World

EXECUTION = Concept("execution", "execution")

NEEDED_SETTINGS = (
    ("executionStartToCloseTimeout", "EXECUTION_START_TO_CLOSE_TIMEOUT"),
    ("taskList", "TASK_LIST"),
    ("taskStartToCloseTimeout", "TASK_START_TO_CLOSE_TIMEOUT"),
    ("childPolicy", "CHILD_POLICY"),
)
"""What every execution must have, with its name in the DEFAULT_…_UNDEFINED causes.

The order is that in which the service names the first one missing.
"""
OPTIONAL_SETTINGS = ("taskPriority", "lambdaRole")
SETTLED = (*(member for member, _ in NEEDED_SETTINGS), *OPTIONAL_SETTINGS, "workflowTypeVersion")
"""What the service completes from a workflow type's defaults."""


def default_name(member: str) -> str:
    return f"default{member[0].upper()}{member[1:]}"


def resolve(asked: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[Attributes, str | None]:
    """The settings of a new execution: what is asked for, else the type's default.

    Returns them with the member that neither gives, the first in the service's order, or
    None. Source: API Reference, StartWorkflowExecution; Developer Guide, "Task lists".
    """
    settings: Attributes = {}
    missing: str | None = None
    needed = tuple(member for member, _ in NEEDED_SETTINGS)
    for member in (*needed, *OPTIONAL_SETTINGS):
        value = asked.get(member, defaults.get(default_name(member)))
        if value is not None:
            settings[member] = value
        elif missing is None and member in needed:
            missing = member
    return settings, missing


def undefined_cause(member: str) -> str:
    """The cause of a decision that fails for want of this setting."""
    return f"DEFAULT_{dict(NEEDED_SETTINGS)[member]}_UNDEFINED"


class Lifetime(OpenItem):
    """The execution's own clock, keyed by its first event."""

    kind: ClassVar[str] = "execution"
    __slots__ = ("child_policy", "length_ms", "started_ms")

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.started_ms = event.timestamp_ms
        self.child_policy: str = event.attributes["childPolicy"]
        self.length_ms = milliseconds(event.attributes["executionStartToCloseTimeout"])

    @property
    def since_ms(self) -> int | None:
        return self.started_ms

    def next_deadline(self) -> Deadline | None:
        return earliest((self.started_ms, self.length_ms, "START_TO_CLOSE"))

    def expire(self, timeout_type: str) -> NewEvents:
        yield NewEvent(
            "WorkflowExecutionTimedOut",
            {"timeoutType": timeout_type, "childPolicy": self.child_policy},
        )


def start(
    workflow_type: Attributes, settings: Attributes, asked: Attributes, origin: Attributes
) -> NewEvents:
    """The first event of a run.

    ``settings`` are resolved; ``asked`` may hold ``input`` and ``tagList``; ``origin`` holds
    the members that tell where the run comes from: ``parentWorkflowExecution``,
    ``parentInitiatedEventId`` (0 without a parent), ``continuedExecutionRunId``.
    """
    yield NewEvent(
        "WorkflowExecutionStarted",
        {
            **settings,
            **pick(asked, "input", "tagList"),
            **origin,
            "workflowType": workflow_type,
        },
    )


def signal(asked: Attributes, sender: Attributes) -> NewEvents:
    """A signal arrives, with ``signalName`` and perhaps ``input``."""
    yield NewEvent(
        "WorkflowExecutionSignaled",
        {**pick(asked, "signalName", "input"), "externalInitiatedEventId": 0, **sender},
    )


def request_cancel(origin: Attributes) -> NewEvents:
    """Somebody asks the execution to cancel itself: a caller, an execution, a child policy."""
    yield NewEvent("WorkflowExecutionCancelRequested", {"externalInitiatedEventId": 0, **origin})


def terminate(run: ExecutionView, asked: Attributes, cause: str) -> NewEvents:
    """Close at once. ``asked`` may hold ``reason``, ``details`` and ``childPolicy``."""
    yield NewEvent(
        "WorkflowExecutionTerminated",
        {
            "childPolicy": run.child_policy,
            **pick(asked, "reason", "details", "childPolicy"),
            "cause": cause,
        },
    )


def sender(run: ExecutionView, initiated_event_id: int) -> Attributes:
    """The members by which an event names the execution that caused it."""
    return {
        "externalWorkflowExecution": {"workflowId": run.workflow_id, "runId": run.run_id},
        "externalInitiatedEventId": initiated_event_id,
    }


def _close(
    run: ExecutionView, decision_type: str, event_type: str, attributes: Attributes
) -> NewEvents:
    """Close, unless the decider has not seen everything.

    A decision task that waits, or that an earlier decision of the batch calls for, refuses
    the close. Open activities, timers and children do not.

    Source: API Reference, RespondDecisionTaskCompleted; Developer Guide, "Error handling".
    Observed: recorded 2017 (closing with a started activity).
    """
    if run.decision_waiting is not None or run.decision_needed:
        yield refusal(run, decision_type, {}, "UNHANDLED_DECISION")
    else:
        completed = {"decisionTaskCompletedEventId": run.decision_completed_event_id}
        yield NewEvent(event_type, {**attributes, **completed})


def complete_workflow_execution(
    run: ExecutionView, attributes: Attributes, world: World
) -> NewEvents:
    """Close as COMPLETED. Cause of a refusal: UNHANDLED_DECISION."""
    return _close(
        run,
        "CompleteWorkflowExecution",
        "WorkflowExecutionCompleted",
        pick(attributes, "result"),
    )


def fail_workflow_execution(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Close as FAILED. Cause of a refusal: UNHANDLED_DECISION."""
    return _close(
        run,
        "FailWorkflowExecution",
        "WorkflowExecutionFailed",
        pick(attributes, "reason", "details"),
    )


def cancel_workflow_execution(
    run: ExecutionView, attributes: Attributes, world: World
) -> NewEvents:
    """Close as CANCELED; no request need have come. Cause of a refusal: UNHANDLED_DECISION."""
    return _close(
        run,
        "CancelWorkflowExecution",
        "WorkflowExecutionCanceled",
        pick(attributes, "details"),
    )


def continue_as_new(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Close, and start the next run of the same workflow id and type name.

    Its settings come from the decision, else from the type's defaults: never from this run.

    Causes, in this order: UNHANDLED_DECISION, WORKFLOW_TYPE_DOES_NOT_EXIST,
    WORKFLOW_TYPE_DEPRECATED, DEFAULT_…_UNDEFINED.
    Source: API Reference, ContinueAsNewWorkflowExecutionDecisionAttributes. Order inferred.
    """
    decision_type = "ContinueAsNewWorkflowExecution"
    if run.decision_waiting is not None or run.decision_needed:
        yield refusal(run, decision_type, {}, "UNHANDLED_DECISION")
        return
    name: str = run.workflow_type["name"]
    version: str = attributes.get("workflowTypeVersion") or run.workflow_type["version"]
    settings, cause = settings_or_cause(world, name, version, attributes)
    if cause is not None:
        yield refusal(run, decision_type, {}, cause)
        return
    yield from _close(
        run,
        decision_type,
        "WorkflowExecutionContinuedAsNew",
        {
            **settings,
            **pick(attributes, "input", "tagList"),
            "newExecutionRunId": world.new_run_id(),
            "workflowType": {"name": name, "version": version},
        },
    )


def settings_or_cause(
    world: World, name: str, version: str, attributes: Attributes
) -> tuple[Attributes, str | None]:
    """The settings of an execution that a decision starts, or the cause why it cannot."""
    registered = world.workflow_type(name, version)
    if registered is None:
        return {}, "WORKFLOW_TYPE_DOES_NOT_EXIST"
    if registered.deprecated:
        return {}, "WORKFLOW_TYPE_DEPRECATED"
    settings, missing = resolve(attributes, registered.defaults)
    return settings, None if missing is None else undefined_cause(missing)


def workflow_execution_started(run: Execution, event: Event) -> None:
    attributes = event.attributes
    run.started_ms = event.timestamp_ms
    run.workflow_type = attributes["workflowType"]
    run.task_list = attributes["taskList"]["name"]
    run.task_priority = attributes.get("taskPriority")
    run.task_timeout = attributes["taskStartToCloseTimeout"]
    run.execution_timeout = attributes["executionStartToCloseTimeout"]
    run.child_policy = attributes["childPolicy"]
    run.lambda_role = attributes.get("lambdaRole")
    run.tag_list = attributes.get("tagList")
    run.parent = attributes.get("parentWorkflowExecution")
    run.parent_initiated_event_id = attributes["parentInitiatedEventId"]
    run.continued_run_id = attributes.get("continuedExecutionRunId")
    run.open(Lifetime(event))


def workflow_execution_cancel_requested(run: Execution, event: Event) -> None:
    run.cancel_requested = True


def workflow_execution_closed(run: Execution, event: Event) -> None:
    """What is still open stays as it is: the counts of a closed execution are frozen.

    Source: Developer Guide, "EventBridge events" (an open activity on a timed-out execution).
    Observed: recorded 2017.
    """
    for pending in run.open_items.values():
        run.mark_changed(pending)


EXECUTION.decision("CompleteWorkflowExecution", complete_workflow_execution, closes=True)
EXECUTION.decision("FailWorkflowExecution", fail_workflow_execution, closes=True)
EXECUTION.decision("CancelWorkflowExecution", cancel_workflow_execution, closes=True)
EXECUTION.decision("ContinueAsNewWorkflowExecution", continue_as_new, settles=SETTLED, closes=True)

EXECUTION.notes("WorkflowExecutionStarted", workflow_execution_started, triggers=True, told=True)
EXECUTION.notes("WorkflowExecutionSignaled", triggers=True, family="signals")
EXECUTION.notes(
    "WorkflowExecutionCancelRequested", workflow_execution_cancel_requested, triggers=True
)
for _event_type, _status, _decision in (
    ("WorkflowExecutionCompleted", "COMPLETED", "CompleteWorkflowExecution"),
    ("WorkflowExecutionFailed", "FAILED", "FailWorkflowExecution"),
    ("WorkflowExecutionCanceled", "CANCELED", "CancelWorkflowExecution"),
    ("WorkflowExecutionContinuedAsNew", "CONTINUED_AS_NEW", "ContinueAsNewWorkflowExecution"),
    ("WorkflowExecutionTerminated", "TERMINATED", ""),
    ("WorkflowExecutionTimedOut", "TIMED_OUT", ""),
):
    EXECUTION.closes(
        _event_type, workflow_execution_closed, by=_decision, told=True, close_status=_status
    )
