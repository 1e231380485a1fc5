"""Calls leave no cyclic garbage: a server with much state need not collect it."""

from __future__ import annotations

import gc

from swf_emulator import Emulator, VirtualClock
from swf_emulator.protocol.service import Request

from .stage import LIST, TYPE, Stage

SCHEDULE = {
    "decisionType": "ScheduleActivityTask",
    "scheduleActivityTaskDecisionAttributes": {"activityType": TYPE, "activityId": "a"},
}
TIMER = {
    "decisionType": "StartTimer",
    "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": "10"},
}
CHILD = {
    "decisionType": "StartChildWorkflowExecution",
    "startChildWorkflowExecutionDecisionAttributes": {"workflowId": "child", "workflowType": TYPE},
}
SIGNAL = {
    "decisionType": "SignalExternalWorkflowExecution",
    "signalExternalWorkflowExecutionDecisionAttributes": {
        "workflowId": "no one",
        "signalName": "s",
    },
}
COMPLETE = {"decisionType": "CompleteWorkflowExecution"}


def live(stage: Stage) -> None:
    """One execution with an activity, a timer, a child and a refused call, to its end."""
    stage.start("w")
    decide(stage, SCHEDULE, TIMER, CHILD, SIGNAL)
    decide(stage, COMPLETE)  # the child
    task = stage.call("PollForActivityTask", domain="d", taskList=LIST)
    stage.call("RecordActivityTaskHeartbeat", taskToken=task["taskToken"])
    stage.call("RespondActivityTaskCompleted", taskToken=task["taskToken"])
    stage.emulator.clock.advance(10)
    stage.emulator.service.handle(
        Request("SimpleWorkflowService.ListDomains", "", "", b"{}", 2)
    )  # refused
    decide(stage, COMPLETE)
    stage.emulator.clock.advance(100 * 86_400)  # beyond the retention
    stage.call("ListDomains", registrationStatus="REGISTERED")


def decide(stage: Stage, *decisions: object) -> None:
    task = stage.call("PollForDecisionTask", domain="d", taskList=LIST)
    stage.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=[*decisions])


def test_a_life_leaves_no_cyclic_garbage() -> None:
    stage = Stage(Emulator(clock=VirtualClock()))
    stage.register()
    live(stage)
    gc.collect()
    gc.disable()
    try:
        live(stage)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        ours = [found for found in gc.garbage if type(found).__module__.startswith("swf_emulator")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert [type(found).__name__ for found in ours] == []
