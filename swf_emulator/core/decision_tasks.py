"""Decision tasks: at most one is started, at most one more waits; a response is a batch.

::

    IDLE ── trigger ──▶ SCHEDULED ── poll ──▶ STARTED ── response ──▶ IDLE or closed
                            ▲                    │ trigger: one more is recorded and waits
                            └── response, timeout┘

Events: DecisionTaskScheduled (see `record.record`), DecisionTaskStarted,
DecisionTaskCompleted, DecisionTaskTimedOut.

Source: Developer Guide, "Deciders"; API Reference, PollForDecisionTask and
RespondDecisionTaskCompleted. Observed: recorded 2017 and 2023 (a task is recorded at once
while another is started, and offered after it).
"""

from __future__ import annotations

from collections.abc import Sequence

from . import faults
from .decision_slot import DecisionTask, TaskListOverride
from .events import Attributes, Event, NewEvent, NewEvents, attributes_name, pick
from .execution import Execution, ExecutionView
from .registry import DECISIONS, Concept, refusal
from .world import World

DECISION_TASK = Concept("decision", "decisions", link="scheduledEventId")


def start(task: DecisionTask, identity: str | None) -> NewEvents:
    """A poller takes the task."""
    attributes: Attributes = {"scheduledEventId": task.event_id}
    if identity is not None:
        attributes["identity"] = identity
    yield NewEvent("DecisionTaskStarted", attributes)


def check_batch(decisions: Sequence[Attributes]) -> None:
    """Check the rules for a whole batch: at most one decision closes, and it is the last.

    A batch that closes must not contain ScheduleActivityTask, StartTimer or
    ScheduleLambdaFunction.

    Faults: ValidationException.
    Source: observed 2017 with all pairs except those of ContinueAsNewWorkflowExecution and
    ScheduleLambdaFunction, which are inferred.
    """
    rules = [DECISIONS[decision["decisionType"]] for decision in decisions]
    if any(rule.closes for rule in rules[:-1]):
        raise faults.close_not_last()
    if rules and rules[-1].closes and not all(rule.beside_close for rule in rules):
        raise faults.incompatible_with_close()


def complete(run: ExecutionView, response: Attributes, world: World) -> NewEvents:
    """Apply a RespondDecisionTaskCompleted: its decisions in order, on the state after the last.

    A decision that cannot be applied is recorded as its ``…Failed`` event; the others apply.
    """
    task = run.decision_started
    assert task is not None
    yield NewEvent(
        "DecisionTaskCompleted",
        {
            **pick(response, "executionContext", "taskList", "taskListScheduleToStartTimeout"),
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


def _scheduled(run: Execution, event: Event) -> None:
    task = DecisionTask(event)
    run.decision_waiting = task
    run.decision_needed = False
    if run.decision_started is None:
        task.offered_ms = event.timestamp_ms
    run.open_item(task)


def _started(run: Execution, event: Event) -> None:
    task = run.decision_waiting
    assert task is not None
    assert task.event_id == event.attributes["scheduledEventId"]
    task.started_event_id = event.event_id
    task.started_ms = event.timestamp_ms
    run.decision_started, run.decision_waiting = task, None
    run.mark_changed(task)


def _completed(run: Execution, event: Event) -> None:
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
    run.close_item(attributes["scheduledEventId"])
    _offer_waiting(run, event)


def _timed_out(run: Execution, event: Event) -> None:
    task = run.close_item(event.attributes["scheduledEventId"])
    assert isinstance(task, DecisionTask)
    if task is run.decision_waiting:
        run.decision_waiting = None
    override = run.override
    if override is not None and override.temporary and override.task_list == task.task_list:
        run.override = None
    _offer_waiting(run, event)


def _offer_waiting(run: Execution, event: Event) -> None:
    """The started task is closed: offer the one that waited behind it to the pollers."""
    run.decision_started = None
    task = run.decision_waiting
    if task is not None:
        task.offered_ms = event.timestamp_ms
        run.mark_changed(task)


DECISION_TASK.opens("DecisionTaskScheduled", fold=_scheduled)
DECISION_TASK.starts("DecisionTaskStarted", _started)
DECISION_TASK.closes("DecisionTaskCompleted", _completed)
DECISION_TASK.closes("DecisionTaskTimedOut", _timed_out, triggers=True, told=True)
