"""Export and import of all state: an imported state is the exported one, and goes on equal.

Source of the rules: the emulator's own design.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from swf_emulator import Emulator

from .stage import TYPE, Stage, decision

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
