"""An execution of the core alone, with a domain around it that a test describes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import swf_emulator.core
from swf_emulator.core import decision_tasks, executions
from swf_emulator.core.events import Attributes, Event, NewEvents, attributes_name
from swf_emulator.core.execution import Execution
from swf_emulator.core.record import record
from swf_emulator.core.settings import DEFAULTS, Settings

assert swf_emulator.core.__all__, "importing the core fills the registry"

TYPE = {"name": "t", "version": "1"}
EXECUTION_SETTINGS: Attributes = {
    "executionStartToCloseTimeout": "60",
    "taskList": {"name": "L"},
    "taskStartToCloseTimeout": "NONE",
    "childPolicy": "ABANDON",
}
ACTIVITY_SETTINGS: Attributes = {
    "taskList": {"name": "L"},
    "scheduleToStartTimeout": "10",
    "scheduleToCloseTimeout": "NONE",
    "startToCloseTimeout": "NONE",
    "heartbeatTimeout": "20",
}


class Registered(NamedTuple):
    deprecated: bool
    defaults: Attributes


class Domain:
    """A `World` in which every type is registered, without defaults."""

    settings = DEFAULTS

    def workflow_type(self, name: str, version: str) -> Registered:
        return Registered(False, {})

    activity_type = workflow_type

    def open_executions(self) -> int:
        return 1

    def new_run_id(self) -> str:
        return "next"

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        return None


class Bench:
    """An execution and its history. ``now_ms`` is the time of what is recorded next."""

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self.settings = settings
        self.now_ms = 1000
        self.run = Execution("w", "r")
        self.history: list[Event] = []
        origin = {"parentInitiatedEventId": 0}
        self.record(executions.start(TYPE, EXECUTION_SETTINGS, {}, origin))

    def record(self, new_events: NewEvents) -> list[Event]:
        events = record(self.run, new_events, self.now_ms, self.settings)
        self.history += events
        return events

    def decide(self, *decisions: tuple[str, Attributes]) -> list[Event]:
        """Start the decision task that waits and answer it; returns what that records."""
        task = self.run.decision_waiting
        assert task is not None
        self.record(decision_tasks.start(task, None))
        response: dict[str, Any] = {"decisions": list(map(decision, decisions))}
        return self.record(decision_tasks.complete(self.run, response, Domain()))


def decision(stated: tuple[str, Attributes]) -> Attributes:
    decision_type, attributes = stated
    return {
        "decisionType": decision_type,
        attributes_name(decision_type, "Decision"): attributes,
    }


def types_of(events: Iterable[Event]) -> list[str]:
    return [event.event_type for event in events]
