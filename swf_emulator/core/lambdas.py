"""Lambda tasks: SWF itself invokes a function for the execution.

Events: LambdaFunctionScheduled, ScheduleLambdaFunctionFailed, LambdaFunctionStarted,
StartLambdaFunctionFailed, LambdaFunctionCompleted, LambdaFunctionFailed,
LambdaFunctionTimedOut.

Source: Developer Guide, "AWS Lambda tasks"; API Reference,
ScheduleLambdaFunctionDecisionAttributes. Observed: recorded 2017 (the successful path).
"""

from __future__ import annotations

from typing import ClassVar

from .durations import milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, pick
from .execution import ExecutionView
from .open_items import Deadline, Task, earliest
from .registry import Concept, refusal
from .world import World

LAMBDA = Concept("lambda", "lambda", link="scheduledEventId", key="id", label=("id", "name"))

SECONDS_MAX = 900
NO_ROLE = "No IAM role is attached to the current workflow execution."


class LambdaTask(Task):
    """An open Lambda task, identified by its LambdaFunctionScheduled event."""

    __slots__ = ("function_id", "function_name", "input", "length_ms")
    concept: ClassVar[str] = LAMBDA.name
    count: ClassVar[str | None] = "openLambdaFunctions"

    def __init__(self, event: Event) -> None:
        super().__init__(event.event_id)
        attributes = event.attributes
        self.function_id: str = attributes["id"]
        self.function_name: str = attributes["name"]
        self.input: str | None = attributes.get("input")
        length_ms = milliseconds(attributes.get("startToCloseTimeout", "NONE"))
        self.length_ms = SECONDS_MAX * 1000 if length_ms is None else length_ms

    @property
    def title(self) -> str:
        return self.function_id

    @property
    def type_name(self) -> str:
        return self.function_name

    @property
    def since_ms(self) -> int | None:
        return self.started_ms or None

    def next_deadline(self) -> Deadline | None:
        if not self.started_event_id:
            return None
        return earliest((self.started_ms, self.length_ms, "START_TO_CLOSE"))

    def expire(self, timeout_type: str) -> NewEvents:
        yield NewEvent("LambdaFunctionTimedOut", {**_links(self), "timeoutType": timeout_type})

    @property
    def undelivered(self) -> bool:
        return not self.started_event_id


def _links(task: LambdaTask) -> Attributes:
    return {"scheduledEventId": task.event_id, "startedEventId": task.started_event_id}


def start(task: LambdaTask, role: str | None) -> NewEvents:
    """SWF invokes the function with the ``role`` of the execution.

    Without a role: StartLambdaFunctionFailed, ASSUME_ROLE_FAILED. [claimed live in 2026; no
    cause of the model's ScheduleLambdaFunctionFailed fits]
    """
    if role is None:
        yield NewEvent(
            "StartLambdaFunctionFailed",
            {
                "scheduledEventId": task.event_id,
                "cause": "ASSUME_ROLE_FAILED",
                "message": NO_ROLE,
            },
        )
    else:
        yield NewEvent("LambdaFunctionStarted", {"scheduledEventId": task.event_id})


def complete(task: LambdaTask, result: str) -> NewEvents:
    """The function returned; ``result`` is its payload."""
    yield NewEvent("LambdaFunctionCompleted", {**_links(task), "result": result})


def fail(task: LambdaTask, reason: str, details: str) -> NewEvents:
    """The function raised an error, or does not exist."""
    yield NewEvent("LambdaFunctionFailed", {**_links(task), "reason": reason, "details": details})


def schedule_lambda_function(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Schedule a Lambda task.

    Causes, in this order: ID_ALREADY_IN_USE, OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED. Order
    inferred. The startToCloseTimeout is recorded only if the decision has it.
    """
    decision_type = "ScheduleLambdaFunction"
    if (LAMBDA.name, attributes["id"]) in run.named:
        yield refusal(run, decision_type, attributes, "ID_ALREADY_IN_USE")
    elif run.open_counts["openLambdaFunctions"] >= world.settings.max_open_lambda_functions:
        yield refusal(run, decision_type, attributes, "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED")
    else:
        yield NewEvent(
            "LambdaFunctionScheduled",
            {
                **pick(attributes, "id", "name", "control", "input", "startToCloseTimeout"),
                "decisionTaskCompletedEventId": run.decision_completed_event_id,
            },
        )


LAMBDA.decision(
    "ScheduleLambdaFunction",
    schedule_lambda_function,
    repeats=("id", "name"),
    settles=("startToCloseTimeout",),
)
LAMBDA.opens("LambdaFunctionScheduled", LambdaTask, by="ScheduleLambdaFunction")
LAMBDA.starts("LambdaFunctionStarted")
LAMBDA.closes("StartLambdaFunctionFailed", triggers=True, told=True)
LAMBDA.closes("LambdaFunctionCompleted", triggers=True)
LAMBDA.closes("LambdaFunctionFailed", triggers=True, told=True)
LAMBDA.closes("LambdaFunctionTimedOut", triggers=True, told=True)
