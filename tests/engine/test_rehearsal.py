"""A dry run of decisions records nothing. Source of the rules: the emulator's own design."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.faults import Fault
from swf_emulator.engine.history import decode_event
from swf_emulator.engine.rehearsal import RUN_ID, Rehearsal, rehearse

from .stage import Stage, activity, decision


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator(clock="virtual", seed=1) as emulator:
        stage = Stage(emulator)
        stage.register()
        yield stage


def rehearsed(stage: Stage, *decisions: dict[str, Any], **more: Any) -> Rehearsal | None:
    response = {"decisions": list(decisions), **more}
    return rehearse(stage.engine, stage.execution("w"), response, "me")


def events(stage: Stage) -> list[tuple[str, dict[str, Any]]]:
    execution = stage.execution("w")
    history = stage.engine.read(lambda view: list(view.history(execution)))
    return [(event.event_type, event.attributes) for event in map(decode_event, history)]


@pytest.mark.parametrize("taken", [False, True])
def test_it_foretells_what_is_recorded(stage: Stage, taken: bool) -> None:
    stage.start("w")
    before = events(stage)
    decisions = [
        activity("a"),
        activity("a"),
        decision("StartTimer", timerId="t", startToFireTimeout="5"),
        decision("RecordMarker", markerName="m"),
    ]
    token = stage.poll("Decision")["taskToken"] if taken else ""
    held = events(stage)
    foretold = rehearsed(stage, *decisions, executionContext="c")
    assert foretold is not None
    assert events(stage) == held, "nothing is recorded"
    token = token or stage.poll("Decision")["taskToken"]
    stage.call(
        "RespondDecisionTaskCompleted", taskToken=token, decisions=decisions, executionContext="c"
    )
    recorded = events(stage)[len(held) :]
    assert [(each.event_type) for each in foretold.events] == [name for name, _ in recorded]
    assert [each.event_id for each in foretold.events] == list(
        range(len(held) + 1, len(held) + 1 + len(recorded))
    )
    assert [each.attributes for each in foretold.events][-5:] == [it for _, it in recorded[-5:]]
    assert foretold.state.open_counts["openTimers"] == 1
    assert len(before) == 2


def test_a_refusal_is_foretold_and_not_spent(stage: Stage) -> None:
    stage.start("w")
    stage.engine.refusals.refuse_decision("StartTimer", "OPERATION_NOT_PERMITTED", times=1)
    start = decision("StartTimer", timerId="t", startToFireTimeout="5")
    for _ in range(2):
        foretold = rehearsed(stage, start)
        assert foretold is not None
        assert foretold.events[2].event_type == "StartTimerFailed"
        assert foretold.events[2].attributes["cause"] == "OPERATION_NOT_PERMITTED"
    stage.decide(start)
    assert "StartTimerFailed" in dict(events(stage))


def test_a_close_is_foretold_without_spending_a_run_id(stage: Stage) -> None:
    stage.start("w")
    foretold = rehearsed(stage, decision("ContinueAsNewWorkflowExecution"))
    assert foretold is not None
    assert foretold.events[-1].attributes["newExecutionRunId"] == RUN_ID
    assert foretold.state.status == "CONTINUED_AS_NEW"
    assert stage.execution("w").open


def test_a_batch_that_swf_rejects_is_rejected(stage: Stage) -> None:
    stage.start("w")
    close = decision("CompleteWorkflowExecution")
    with pytest.raises(Fault, match="Close must be last decision in list"):
        rehearsed(stage, close, close)


def test_without_a_task_there_is_nothing_to_rehearse(stage: Stage) -> None:
    stage.start("w")
    stage.decide()
    assert rehearsed(stage) is None
    stage.signal("w")
    record = stage.execution("w")
    stage.engine.reset()
    assert rehearse(stage.engine, record, {}, "me") is None
    stage.register()
    stage.start("w")
    stage.terminate("w")
    assert rehearsed(stage) is None
