"""An execution as a whole: started, signaled, canceled, terminated, timed out, closed.

Events: WorkflowExecution… and the four refusals of a closing decision.

Source: Developer Guide, "Workflow execution closure" and "Child workflows"; API Reference,
StartWorkflowExecution, TerminateWorkflowExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .durations import SECONDS_MAX, milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import Execution, ExecutionView
from .open_items import Deadline, OpenItem, earliest
from .registry import Concept, refusal
from .world import World

EXECUTION = Concept("execution", "execution")

NEEDED_SETTINGS = (
    ("executionStartToCloseTimeout", "EXECUTION_START_TO_CLOSE_TIMEOUT"),
    ("taskList", "TASK_LIST"),
    ("taskStartToCloseTimeout", "TASK_START_TO_CLOSE_TIMEOUT"),
    ("childPolicy", "CHILD_POLICY"),
)
"""The settings that every execution must have, with their names in DEFAULT_…_UNDEFINED causes.

If several are missing, the service names the first of them in this order.
"""
SETTINGS = (*(member for member, _ in NEEDED_SETTINGS), "taskPriority", "lambdaRole")
"""The settings of an execution, the required ones first."""


def default_name(member: str) -> str:
    """The name of the registered default of a setting."""
    return f"default{member[0].upper()}{member[1:]}"


def resolve(
    parameters: Mapping[str, Any], defaults: Mapping[str, Any]
) -> tuple[Attributes, str | None]:
    """The settings of a new execution, and the first required one that is missing, or None.

    A setting that ``parameters`` does not have is the type's default.
    Source: API Reference, StartWorkflowExecution; Developer Guide, "Task lists".
    """
    settings: Attributes = {}
    missing: str | None = None
    needed = dict(NEEDED_SETTINGS)
    for member in SETTINGS:
        value = parameters.get(member, defaults.get(default_name(member)))
        if value is not None:
            settings[member] = value
        elif missing is None and member in needed:
            missing = member
    return settings, missing


def undefined_cause(member: str) -> str:
    """The cause of the refusal of a decision without this setting."""
    return f"DEFAULT_{dict(NEEDED_SETTINGS)[member]}_UNDEFINED"


class Lifetime(OpenItem):
    """The execution's own clock, identified by its first event.

    An execution lasts a year at most, also with the timeout NONE, which a child or a continued
    run may have. Source: Developer Guide, quotas. Observed: recorded 2014 (NONE).
    """

    __slots__ = ("child_policy", "length_ms", "started_ms")
    concept: ClassVar[str] = EXECUTION.name

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        self.started_ms = event.timestamp_ms
        self.child_policy: str = event.attributes["childPolicy"]
        length_ms = milliseconds(event.attributes["executionStartToCloseTimeout"])
        self.length_ms = SECONDS_MAX * 1000 if length_ms is None else length_ms

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
    workflow_type: Attributes, settings: Attributes, parameters: Attributes, origin: Attributes
) -> NewEvents:
    """The first event of a run.

    ``settings`` are resolved. ``parameters`` may have ``input`` and ``tagList``. ``origin``
    has ``parentInitiatedEventId`` (0 without a parent), and ``parentWorkflowExecution`` and
    ``continuedExecutionRunId`` if there is a parent or a run before.
    """
    yield NewEvent(
        "WorkflowExecutionStarted",
        {
            **settings,
            **pick(parameters, "input", "tagList"),
            **origin,
            "workflowType": workflow_type,
        },
    )


def signal(parameters: Attributes, origin: Attributes) -> NewEvents:
    """A signal arrives, with ``signalName`` and an optional ``input``.

    ``origin`` is empty if a client sent it, otherwise made by `sender`.
    """
    yield NewEvent(
        "WorkflowExecutionSignaled",
        {**pick(parameters, "signalName", "input"), "externalInitiatedEventId": 0, **origin},
    )


def request_cancel(origin: Attributes) -> NewEvents:
    """A cancel request arrives.

    ``origin`` is empty if a client sent it, made by `sender` if an execution did, and names the
    parent and a ``cause`` if its child policy requires it (recorded 2017).
    """
    yield NewEvent("WorkflowExecutionCancelRequested", {"externalInitiatedEventId": 0, **origin})


def terminate(run: ExecutionView, parameters: Attributes, cause: str) -> NewEvents:
    """Close at once. ``parameters`` may have ``reason``, ``details`` and ``childPolicy``."""
    yield NewEvent(
        "WorkflowExecutionTerminated",
        {
            "childPolicy": run.child_policy,
            **pick(parameters, "reason", "details", "childPolicy"),
            "cause": cause,
        },
    )


def sender(run: ExecutionView, initiated_event_id: int) -> Attributes:
    """The members that name the execution ``run`` as the one that caused an event."""
    return {
        "externalWorkflowExecution": {"workflowId": run.workflow_id, "runId": run.run_id},
        "externalInitiatedEventId": initiated_event_id,
    }


def _close(
    run: ExecutionView, decision_type: str, event_type: str, attributes: Attributes
) -> NewEvents:
    """Close, unless there are events that the decider has not seen.

    The close is refused if a decision task waits, or if an earlier decision of the response
    requires one. Open activities, timers and children do not prevent it.

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
    """Close as CANCELED, even without a cancel request. Cause of a refusal: UNHANDLED_DECISION."""
    return _close(
        run,
        "CancelWorkflowExecution",
        "WorkflowExecutionCanceled",
        pick(attributes, "details"),
    )


def continue_as_new(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Close, and start the next run of the same workflow id and type name.

    Its settings are those of the decision, then the type's defaults, never those of this run.

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
    """The settings of an execution that a decision starts, or the cause of its refusal."""
    registered = world.workflow_type(name, version)
    if registered is None:
        return {}, "WORKFLOW_TYPE_DOES_NOT_EXIST"
    if registered.deprecated:
        return {}, "WORKFLOW_TYPE_DEPRECATED"
    settings, missing = resolve(attributes, registered.defaults)
    return settings, None if missing is None else undefined_cause(missing)


def _started(run: Execution, event: Event) -> None:
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
    run.open_item(Lifetime(event))


def _cancel_requested(run: Execution, event: Event) -> None:
    run.cancel_requested = True


EXECUTION.decision("CompleteWorkflowExecution", complete_workflow_execution, closes=True)
EXECUTION.decision("FailWorkflowExecution", fail_workflow_execution, closes=True)
EXECUTION.decision("CancelWorkflowExecution", cancel_workflow_execution, closes=True)
EXECUTION.decision(
    "ContinueAsNewWorkflowExecution",
    continue_as_new,
    settles=(*SETTINGS, "workflowTypeVersion"),
    closes=True,
)
EXECUTION.opens("WorkflowExecutionStarted", fold=_started, triggers=True, told=True)
EXECUTION.notes("WorkflowExecutionSignaled", triggers=True, family="signals")
EXECUTION.requests("WorkflowExecutionCancelRequested", _cancel_requested, triggers=True)
EXECUTION.closes(
    "WorkflowExecutionCompleted",
    by="CompleteWorkflowExecution",
    close_status="COMPLETED",
    told=True,
)
EXECUTION.closes(
    "WorkflowExecutionFailed", by="FailWorkflowExecution", close_status="FAILED", told=True
)
EXECUTION.closes(
    "WorkflowExecutionCanceled", by="CancelWorkflowExecution", close_status="CANCELED", told=True
)
EXECUTION.closes(
    "WorkflowExecutionContinuedAsNew",
    by="ContinueAsNewWorkflowExecution",
    close_status="CONTINUED_AS_NEW",
    told=True,
)
EXECUTION.closes("WorkflowExecutionTerminated", close_status="TERMINATED", told=True)
EXECUTION.closes("WorkflowExecutionTimedOut", close_status="TIMED_OUT", told=True)
