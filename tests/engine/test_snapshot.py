"""Export and import of all state: an imported state is the exported one, and goes on equal.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.events import attributes_name
from swf_emulator.engine.snapshot import export_json

from .stage import TYPE, Stage, activity, decision

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator(clock="virtual") as emulator:
        made = Stage(emulator)
        made.register()
        yield made


def event_types(stage: Stage, workflow_id: str) -> list[str]:
    return [event["eventType"] for event in stage.emulator.history(workflow_id)]


OUTSIDE: dict[str, dict[str, Any]] = {
    "signal": decision("SignalExternalWorkflowExecution", workflowId="w2", signalName="go"),
    "missed signal": decision("SignalExternalWorkflowExecution", workflowId="w9", signalName="go"),
    "cancel": decision("RequestCancelExternalWorkflowExecution", workflowId="w2"),
    "missed cancel": decision("RequestCancelExternalWorkflowExecution", workflowId="w9"),
    "refused child": decision("StartChildWorkflowExecution", workflowId="w2", workflowType=TYPE),
    "child": decision("StartChildWorkflowExecution", workflowId="w3", workflowType=TYPE),
    "Lambda task without a role": decision("ScheduleLambdaFunction", id="l", name="f"),
}
"""Decisions with an effect outside their execution; each has its outcome at once."""


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_was_delivered_is_not_delivered_again(stage: Stage, name: str) -> None:
    stage.start("w1")
    stage.start("w2")
    stage.decide(OUTSIDE[name])
    exported = stage.emulator.export_state()
    stage.emulator.import_state(exported)
    assert stage.emulator.export_state() == exported
    stage.signal("w1")
    assert event_types(stage, "w1").count("WorkflowExecutionSignaled") == 1


def test_an_imported_run_id_is_not_given_again() -> None:
    """The emulator that imports has the seed of the one that exported."""
    with Emulator(clock="virtual", seed=1) as first, Emulator(clock="virtual", seed=1) as second:
        stage = Stage(first)
        stage.register()
        made = stage.start("w1")
        second.import_state(first.export_state())
        assert Stage(second).start("w2") != made
        assert len(second.executions()) == 2


# Documents that are refused.

Change = Callable[[dict[str, Any]], Any]


def _execution(document: dict[str, Any], index: int = 0) -> Any:
    return document["domains"][0]["executions"][index]


def _event(document: dict[str, Any], number: int) -> Any:
    return _execution(document)["events"][number - 1]


REFUSED: dict[str, tuple[Change, str]] = {
    "two domains of one name": (
        lambda state: state["domains"].append(state["domains"][0]),
        r"domains\[1\]: the domain must occur once",
    ),
    "two types of one name": (
        lambda state: state["domains"][0]["types"].append(state["domains"][0]["types"][0]),
        r"domains\[0\]\.types\[2\]: the type must occur once",
    ),
    "an account without a name": (
        lambda state: state["domains"][0].update(account=""),
        r"domains\[0\]\.account: must be a non-empty string",
    ),
    "a domain that could not be registered": (
        lambda state: state["domains"][0].update(name="arn"),
        r"domains\[0\]: Invalid domain: arn",
    ),
    "a wrong kind of type": (
        lambda state: state["domains"][0]["types"][0].update(kind="Type"),
        r"types\[0\]\.kind: must be WorkflowType or ActivityType",
    ),
    "a deprecated flag that is none": (
        lambda state: state["domains"][0].update(deprecated=1),
        r"deprecated: must be true or false",
    ),
    "a tag with a forbidden sign": (
        lambda state: state["domains"][0]["tags"].update({"a!": "b"}),
        r"tags\.key: Member must satisfy regular expression",
    ),
    "types that are no list": (
        lambda state: state["domains"][0].update(types={}),
        r"types: must be a list",
    ),
    "a time after the year 9000": (
        lambda state: state.update(nowMs=10**16),
        "nowMs: must be a whole number from 0 to 221845392000000",
    ),
    "a member that does not exist": (
        lambda state: _execution(state).update(extra=1),
        r"executions\[0\]: unknown member 'extra'",
    ),
    "a member whose name is no string": (
        lambda state: _execution(state)["queued"].update({5: 1}),
        r"queued: the names of its members must be strings",
    ),
    "half of a surrogate pair": (
        lambda state: _execution(state).update(workflowId="\ud800"),
        r"workflowId: must not contain half of a surrogate pair",
    ),
    "an execution without events": (
        lambda state: _execution(state)["events"].clear(),
        r"executions\[0\]: the execution must have events",
    ),
    "two executions of one run id": (
        lambda state: _execution(state, 1).update(runId=_execution(state)["runId"]),
        "runId must differ",
    ),
    "two executions of one number": (
        lambda state: _execution(state, 1).update(sequence=_execution(state)["sequence"]),
        "sequence must differ",
    ),
    "two open runs of one workflow id": (
        lambda state: _execution(state, 1).update(workflowId="w1"),
        r"executions\[1\]: the workflow id must have one open run",
    ),
    "an event of the future": (
        lambda state: _event(state, 9).update(eventTimestamp=4e9),
        r"events\[8\]: eventTimestamp must be between that of the event before and nowMs",
    ),
    "an event that is missing": (
        lambda state: _execution(state)["events"].pop(3),
        r"events\[3\]: eventId must be the next number",
    ),
    "an event of an unknown type": (
        lambda state: _event(state, 5).update(eventType="Done"),
        r"events\[4\]\.eventType: must be one of: ",
    ),
    "an event with the members of another": (
        lambda state: _event(state, 5).update(eventType="TimerFired"),
        r"events\[4\]\.timerFiredEventAttributes: is missing",
    ),
    "a duration that is none": (
        lambda state: attributes(_event(state, 6)).update(startToFireTimeout="soon"),
        r"startToFireTimeout: Member must satisfy regular expression pattern",
    ),
    "a name that is too long": (
        lambda state: attributes(_event(state, 6)).update(timerId="t" * 257),
        r"timerId: must have 1 to 256 characters",
    ),
    "a setting that is missing": (
        lambda state: attributes(_event(state, 1)).pop("taskStartToCloseTimeout"),
        r"events\[0\]: 'taskStartToCloseTimeout' is missing",
    ),
    "a second start": (
        lambda state: rename(_event(state, 2), attributes(_event(state, 1)), STARTED),
        r"events\[1\]: WorkflowExecutionStarted must be the first event, and no other",
    ),
    "an item that is not open": (
        lambda state: attributes(_event(state, 3)).update(scheduledEventId=1),
        r"events\[2\]: scheduledEventId must name an open decision",
    ),
    "a number that comes later": (
        lambda state: attributes(_event(state, 3)).update(scheduledEventId=3),
        r"events\[2\]: scheduledEventId must be the number of an earlier event",
    ),
    "a decision that nobody has made": (
        lambda state: attributes(_event(state, 6)).update(decisionTaskCompletedEventId=2),
        "must be that of a DecisionTaskCompleted, not of a DecisionTaskScheduled",
    ),
    "an id that is in use": (
        lambda state: attributes(_event(state, 7)).update(timerId="t1"),
        r"events\[6\]: timerId is in use already",
    ),
    "a task that is not answered by its start": (
        lambda state: attributes(_event(state, 4)).update(startedEventId=2),
        r"events\[3\]: startedEventId must be that of the decision",
    ),
    "a trigger without a decision task": (
        lambda state: _execution(state)["events"].pop(),
        r"executions\[0\]: a decision task must be scheduled",
    ),
    "a task that is not queued": (
        lambda state: _execution(state)["queued"].clear(),
        r"queued: must have all tasks that wait, no other",
    ),
    "a queued task that does not wait": (
        lambda state: _execution(state)["queued"].update({"6": 7}),
        r"queued: must have all tasks that wait, no other",
    ),
    "tasks with one number": (
        lambda state: _execution(state, 1).update(
            queued=dict.fromkeys(_execution(state, 1)["queued"], 0)
        ),
        "the numbers of queued tasks must differ",
    ),
    "a heartbeat of a timer": (
        lambda state: _execution(state)["heartbeats"].update({"6": {"atMs": 1, "details": ""}}),
        r"heartbeats: 6 must be a started activity task",
    ),
    "a heartbeat before the start": (
        lambda state: _execution(state)["heartbeats"]["5"].update(atMs=1),
        r"heartbeats: atMs must be between the start and nowMs",
    ),
    "a child that is no execution": (
        lambda state: state["domains"][0]["executions"].pop(),
        r"the open child w3 of .* must be an execution",
    ),
    "a child of another event": (
        lambda state: attributes(_execution(state, 2)["events"][0]).update(
            parentInitiatedEventId=1
        ),
        "the open child w3 of .* must be an execution",
    ),
    "a parent that has no such child": (
        lambda state: attributes(_execution(state, 1)["events"][0]).update(
            parentWorkflowExecution={"workflowId": "w1", "runId": _execution(state)["runId"]},
            parentInitiatedEventId=6,
        ),
        "the parent of .* must have it as an open child",
    ),
}
"""Changes of the state that `varied` makes, and the message for each."""

STARTED = "WorkflowExecutionStarted"


def attributes(event: dict[str, Any]) -> dict[str, Any]:
    return next(value for name, value in event.items() if name.endswith("EventAttributes"))


def rename(event: dict[str, Any], members: dict[str, Any], event_type: str) -> None:
    """Make another event of it."""
    del event[attributes_name(event["eventType"], "Event")]
    event.update({"eventType": event_type, attributes_name(event_type, "Event"): members})


def varied(stage: Stage) -> None:
    """Three open executions: an activity with a heartbeat, timers, a child, queued tasks."""
    stage.start("w1")
    stage.decide(
        activity("a"),
        decision("StartTimer", timerId="t1", startToFireTimeout="50"),
        decision("StartTimer", timerId="t2", startToFireTimeout="50"),
    )
    token = stage.poll("Activity")["taskToken"]
    stage.call("RecordActivityTaskHeartbeat", taskToken=token, details="half")
    stage.emulator.clock.advance(60)
    stage.start("w2")
    stage.decide()
    stage.decide(decision("StartChildWorkflowExecution", workflowId="w3", workflowType=TYPE))
    stage.signal("w1")


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_document_is_refused_with_its_place_and_changes_nothing(
    stage: Stage, name: str
) -> None:
    varied(stage)
    before = stage.emulator.export_state()
    document = copy.deepcopy(before)
    change, message = REFUSED[name]
    change(document)
    with pytest.raises(ValueError, match=message):
        stage.emulator.import_state(document)
    assert stage.emulator.export_state() == before


# Export in pieces.


def test_a_state_is_exported_without_the_lock_and_as_it_was(stage: Stage) -> None:
    """Between two pieces the state may change: the document stays that of the first instant."""
    for number in range(6):
        stage.start(f"w{number}", input="x" * 32_768)
    before = stage.emulator.export_state()
    pieces = export_json(stage.emulator.accounts)
    parts = [next(pieces)]
    stage.signal("w2")
    stage.decide()
    stage.terminate("w1")
    stage.start("w9")
    parts += pieces
    assert len(parts) > 2
    assert json.loads(b"".join(parts)) == before
    assert stage.emulator.export_state() != before
