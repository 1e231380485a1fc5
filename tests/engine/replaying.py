"""Brings a recorded history about again: the calls follow from the events.

The service's own events (a decision task scheduled, a timer fired, a timeout) are not called for;
they come if the emulator does as the service did.
"""

from __future__ import annotations

from typing import Any

from swf_emulator.protocol.model import service_model

from .situation import Situation, decision

DECIDED = {
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "MarkerRecorded": "RecordMarker",
    "TimerStarted": "StartTimer",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
}
"""The decisions behind the events that follow DecisionTaskCompleted."""

ANSWERED = {
    "ActivityTaskCompleted": "RespondActivityTaskCompleted",
    "ActivityTaskFailed": "RespondActivityTaskFailed",
}

Event = dict[str, Any]


def attributes_of(event: Event) -> dict[str, Any]:
    event_type = event["eventType"]
    found: dict[str, Any] = event[f"{event_type[0].lower()}{event_type[1:]}EventAttributes"]
    return found


class Replay:
    """One recorded history, oldest event first, and the emulator in which it happens again."""

    def __init__(self, situation: Situation, domain: str, workflow_id: str) -> None:
        self.situation = situation
        self.domain = domain
        self.workflow_id = workflow_id
        self.execution: dict[str, str] = {}
        self._tokens: dict[int, str] = {}
        self._recorded: dict[int, Event] = {}

    def run(self, recorded: list[Event]) -> list[Event]:
        """Play all events; returns the history that the emulator has then."""
        self._recorded = {event["eventId"]: event for event in recorded}
        for event in recorded:
            self.situation.at(event["eventTimestamp"])
            step = getattr(self, f"_{event['eventType']}", None)
            if step is not None:
                step(event, attributes_of(event))
            elif event["eventType"] in ANSWERED:
                self._answer(event, attributes_of(event))
        return self.situation.history(self.domain, self.execution)

    def _WorkflowExecutionStarted(self, event: Event, attributes: dict[str, Any]) -> None:
        workflow_type = attributes["workflowType"]
        self.situation.register(self.domain, {workflow_type["name"]: workflow_type["version"]})
        asked = {name: value for name, value in attributes.items() if "EventId" not in name}
        self.execution = self.situation.start(self.domain, self.workflow_id, **asked)

    def _DecisionTaskStarted(self, event: Event, attributes: dict[str, Any]) -> None:
        scheduled = self._recorded[attributes["scheduledEventId"]]
        self._poll("PollForDecisionTask", event, attributes_of(scheduled)["taskList"])

    def _ActivityTaskStarted(self, event: Event, attributes: dict[str, Any]) -> None:
        scheduled = self._recorded[attributes["scheduledEventId"]]
        self._poll("PollForActivityTask", event, attributes_of(scheduled)["taskList"])

    def _poll(self, operation: str, event: Event, task_list: dict[str, str]) -> None:
        identity = {k: v for k, v in attributes_of(event).items() if k == "identity"}
        task = self.situation.call(operation, domain=self.domain, taskList=task_list, **identity)
        assert task["startedEventId"] == event["eventId"]
        self._tokens[event["eventId"]] = task["taskToken"]

    def _DecisionTaskCompleted(self, event: Event, attributes: dict[str, Any]) -> None:
        decisions = []
        for follower in self._recorded.values():
            decided = attributes_of(follower)
            if decided.get("decisionTaskCompletedEventId") == event["eventId"]:
                decisions.append(self._decision(DECIDED[follower["eventType"]], decided))
        self.situation.call(
            "RespondDecisionTaskCompleted",
            taskToken=self._tokens[attributes["startedEventId"]],
            decisions=decisions,
            **{k: v for k, v in attributes.items() if k == "executionContext"},
        )

    def _decision(self, decision_type: str, decided: dict[str, Any]) -> dict[str, Any]:
        members = service_model().shapes[f"{decision_type}DecisionAttributes"]["members"]
        if "activityType" in decided:
            self._know(decided["activityType"])
        return decision(decision_type, **{k: v for k, v in decided.items() if k in members})

    def _know(self, activity_type: dict[str, str]) -> None:
        """Register an activity type, if it is a new one."""
        registered = self.situation.call(
            "ListActivityTypes", domain=self.domain, registrationStatus="REGISTERED"
        )
        if activity_type not in [info["activityType"] for info in registered["typeInfos"]]:
            self.situation.call("RegisterActivityType", domain=self.domain, **activity_type)

    def _answer(self, event: Event, attributes: dict[str, Any]) -> None:
        given = {name: value for name, value in attributes.items() if "EventId" not in name}
        token = self._tokens[attributes["startedEventId"]]
        self.situation.call(ANSWERED[event["eventType"]], taskToken=token, **given)
