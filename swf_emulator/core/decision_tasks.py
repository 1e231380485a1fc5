"""Decision tasks: one may be started, one more may wait; a response is applied as a batch.

::

    IDLE ── trigger ──▶ SCHEDULED ── poll ──▶ STARTED ── response ──▶ IDLE or closed
                            ▲                    │ trigger: one more is recorded and waits
                            └── response, timeout┘

Events: DecisionTaskScheduled (written by `execution.record`), DecisionTaskStarted,
DecisionTaskCompleted, DecisionTaskTimedOut.

Source: Developer Guide, "Deciders"; API Reference, PollForDecisionTask and
RespondDecisionTaskCompleted. Observed: recorded 2017 and 2023 (a task is recorded at once
while another is started, and offered after it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from . import faults
from .durations import milliseconds
from .events import Attributes, Event, NewEvent, NewEvents, attributes_name, given
from .pending import Deadline, Pending, QueuedTask, earliest
from .registry import DECISIONS, Concept, refusal

if TYPE_CHECKING:
    from .execution import Execution, ExecutionView
    from .world import World

DECISION_TASK = Concept("decision", "decisions", link="scheduledEventId")


class TaskListOverride(NamedTuple):
    """The task list that a response asked for: permanent, or until a task on it is lost.

    ``schedule_to_start`` is None for a permanent override, else a duration in seconds.
    """

    task_list: str
    schedule_to_start: str | None

    @property
    def temporary(self) -> bool:
        return self.schedule_to_start is not None


class DecisionTask(Pending):
    """A recorded decision task, keyed by its DecisionTaskScheduled event."""

    kind: ClassVar[str] = "decision"
    __slots__ = (
        "offered_ms",
        "priority",
        "schedule_to_start_ms",
        "start_to_close_ms",
        "started_event_id",
        "started_ms",
        "task_list",
    )
    is_task: ClassVar[bool] = True

    def __init__(self, event: Event, priority: int) -> None:
        super().__init__(event.event_id)
        attributes = event.attributes
        self.task_list: str = attributes["taskList"]["name"]
        self.priority = priority
        self.start_to_close_ms = milliseconds(attributes["startToCloseTimeout"])
        self.schedule_to_start_ms = milliseconds(attributes.get("scheduleToStartTimeout", "NONE"))
        self.offered_ms: int | None = None
        self.started_event_id = 0
        self.started_ms = 0

    @property
    def since_ms(self) -> int | None:
        return self.started_ms if self.started_event_id else self.offered_ms

    def next_deadline(self) -> Deadline | None:
        if self.started_event_id:
            return earliest((self.started_ms, self.start_to_close_ms, "START_TO_CLOSE"))
        if self.offered_ms is None:
            return None
        return earliest((self.offered_ms, self.schedule_to_start_ms, "SCHEDULE_TO_START"))

    def expire(self, run: ExecutionView, timeout_type: str) -> NewEvents:
        yield NewEvent(
            "DecisionTaskTimedOut",
            {
                "timeoutType": timeout_type,
                "scheduledEventId": self.event_id,
                "startedEventId": self.started_event_id,
            },
        )

    def queued(self) -> QueuedTask | None:
        if self.offered_ms is None or self.started_event_id:
            return None
        return QueuedTask("decision", self.task_list, self.priority)


def start(task: DecisionTask, identity: str | None) -> NewEvents:
    """A poller takes the task."""
    attributes: Attributes = {"scheduledEventId": task.event_id}
    if identity is not None:
        attributes["identity"] = identity
    yield NewEvent("DecisionTaskStarted", attributes)


def check_batch(decisions: Sequence[Attributes]) -> None:
    """The rules for a whole batch: one close at most, last, beside compatible decisions.

    ScheduleActivityTask, StartTimer and ScheduleLambdaFunction cannot stand beside a close.

    Faults: ValidationException.
    Source: observed 2017 with all pairs but those of ContinueAsNew and Lambda; those inferred.
    """
    rules = [DECISIONS[decision["decisionType"]] for decision in decisions]
    if any(rule.closes for rule in rules[:-1]):
        raise faults.close_not_last()
    if rules and rules[-1].closes and not all(rule.beside_close for rule in rules):
        raise faults.incompatible_with_close()


def complete(run: ExecutionView, response: Attributes, world: World) -> NewEvents:
    """Apply a RespondDecisionTaskCompleted: its decisions in order, each seeing those before.

    A decision that cannot be applied leaves its ``…Failed`` event; the others stay applied.
    """
    task = run.decision_started
    assert task is not None
    yield NewEvent(
        "DecisionTaskCompleted",
        {
            **given(response, "executionContext", "taskList", "taskListScheduleToStartTimeout"),
            "scheduledEventId": task.event_id,
            "startedEventId": task.started_event_id,
        },
    )
    for decision in response.get("decisions", ()):
        decision_type: str = decision["decisionType"]
        attributes = decision.get(attributes_name(decision_type, "Decision"), {})
        cause = world.refuses(decision_type, attributes)
        if cause is not None:
            yield refusal(run, decision_type, attributes, cause)
        else:
            yield from DECISIONS[decision_type].decide(run, attributes, world)


def decision_task_scheduled(run: Execution, event: Event) -> None:
    task = DecisionTask(event, run.priority)
    run.decision_waiting = task
    run.decision_needed = False
    if run.decision_started is None:
        task.offered_ms = event.timestamp_ms
    run.open(task)


def decision_task_started(run: Execution, event: Event) -> None:
    task = run.decision_waiting
    assert task is not None
    assert task.event_id == event.attributes["scheduledEventId"]
    task.started_event_id = event.event_id
    task.started_ms = event.timestamp_ms
    run.decision_started, run.decision_waiting = task, None
    run.touch(task)


def decision_task_completed(run: Execution, event: Event) -> None:
    attributes = event.attributes
    run.decision_completed_event_id = event.event_id
    run.previous_started_event_id = attributes["startedEventId"]
    if "executionContext" in attributes:
        run.latest_execution_context = attributes["executionContext"]
    if "taskList" in attributes:
        timeout = attributes.get("taskListScheduleToStartTimeout", "NONE")
        run.override = TaskListOverride(
            attributes["taskList"]["name"], None if timeout == "NONE" else timeout
        )
    run.shut(attributes["scheduledEventId"])
    _offer_waiting(run, event)


def decision_task_timed_out(run: Execution, event: Event) -> None:
    task = run.shut(event.attributes["scheduledEventId"])
    assert isinstance(task, DecisionTask)
    if task is run.decision_waiting:
        run.decision_waiting = None
    override = run.override
    if override is not None and override.temporary and override.task_list == task.task_list:
        run.override = None
    _offer_waiting(run, event)


def _offer_waiting(run: Execution, event: Event) -> None:
    """The started task is over: the one that waited behind it goes to the pollers."""
    run.decision_started = None
    task = run.decision_waiting
    if task is not None:
        task.offered_ms = event.timestamp_ms
        run.touch(task)


DECISION_TASK.opens("DecisionTaskScheduled", fold=decision_task_scheduled)
DECISION_TASK.starts("DecisionTaskStarted", decision_task_started)
DECISION_TASK.closes("DecisionTaskCompleted", decision_task_completed)
DECISION_TASK.closes("DecisionTaskTimedOut", decision_task_timed_out, triggers=True, told=True)
