"""Do again what a recorded history tells, and compare the history that comes of it.

A recorded history holds all that is needed: the start request, each decision in the events behind
its DecisionTaskCompleted, each answer of a worker. The endpoint gets the same calls in the same
order; its history must be the recorded one but for times and run ids. Where recordings differ by
age the newest wins: since 2023 DecisionTaskScheduled carries scheduleToStartTimeout "NONE".
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

from conformance import model
from conformance.case import Case
from conformance.context import Context
from conformance.language import recordings
from conformance.language.event_lines import render
from conformance.language.matching import unlike
from conformance.model import attributes_of
from conformance.verdict import Difference, Grade

SECTION = "recorded"
REPLAYED = (
    "boto-tutorial-hello-history",
    "garcon-two-parallel-activities",
    "simpleflow-activity-failed-2023",
    "simpleflow-markers-and-zero-timer",
    "simpleflow-two-activities-in-a-row",
)
_DECISION_OF = {
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "TimerStarted": "StartTimer",
    "TimerCanceled": "CancelTimer",
    "MarkerRecorded": "RecordMarker",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
    "WorkflowExecutionFailed": "FailWorkflowExecution",
    "WorkflowExecutionCanceled": "CancelWorkflowExecution",
}
_STARTED_ONLY = ("parentInitiatedEventId",)
Event = dict[str, Any]


def recorded_events(name: str) -> list[Event]:
    """The recorded history, written as the service writes it since 2023."""
    events = copy.deepcopy(recordings.events(name))
    for event in events:
        if event["eventType"] == "DecisionTaskScheduled":
            attributes_of(event).setdefault("scheduleToStartTimeout", "NONE")
    return events


class Replay:
    """One recorded history on its way through an endpoint."""

    def __init__(self, ctx: Context, events: list[Event]) -> None:
        self.ctx = ctx
        self.events = events
        self.workflow_id = "test-simpleflow-workflow"
        self.decision_list = attributes_of(events[0])["taskList"]
        self.decision_token = ""
        self.worker_tokens: dict[int, str] = {}
        self.timers_fired = 0

    def run(self) -> list[Event]:
        """All of it; returns the history of the endpoint."""
        self._register()
        for event in self.events:
            self._repeat(event)
        return self.ctx.history(self.workflow_id)

    def _register(self) -> None:
        self.ctx.must("RegisterWorkflowType", attributes_of(self.events[0])["workflowType"])
        types = {
            (a["activityType"]["name"], a["activityType"]["version"])
            for a in map(attributes_of, self.events)
            if "activityType" in a
        }
        for name, version in sorted(types):
            self.ctx.must("RegisterActivityType", {"name": name, "version": version})

    def _repeat(self, event: Event) -> None:
        kind, attributes = event["eventType"], attributes_of(event)
        if kind == "WorkflowExecutionStarted":
            members = {k: v for k, v in attributes.items() if k not in _STARTED_ONLY}
            self.ctx.must("StartWorkflowExecution", {"workflowId": self.workflow_id, **members})
        elif kind == "DecisionTaskStarted":
            task = self.ctx.poll("Decision", self._poll(self.decision_list, attributes))
            self.decision_token = task["taskToken"]
        elif kind == "DecisionTaskCompleted":
            self._respond(event)
        elif kind == "ActivityTaskStarted":
            scheduled = self.events[attributes["scheduledEventId"] - 1]
            list_ = attributes_of(scheduled)["taskList"]
            task = self.ctx.poll("Activity", self._poll(list_, attributes))
            self.worker_tokens[attributes["scheduledEventId"]] = task["taskToken"]
        elif kind in ("ActivityTaskCompleted", "ActivityTaskFailed", "ActivityTaskCanceled"):
            self._answer(kind, attributes)
        elif kind == "TimerFired":
            self.timers_fired += 1
            self.ctx.eventually(self._timers_have_fired)

    def _poll(self, task_list: Any, attributes: dict[str, Any]) -> dict[str, Any]:
        identity = {"identity": attributes["identity"]} if "identity" in attributes else {}
        return {"taskList": task_list, **identity}

    def _timers_have_fired(self) -> bool:
        events = self.ctx.history(self.workflow_id)
        fired = [e for e in events if e["eventType"] == "TimerFired"]
        return len(fired) >= self.timers_fired

    def _respond(self, event: Event) -> None:
        body: dict[str, Any] = {"taskToken": self.decision_token, "decisions": []}
        if "executionContext" in attributes_of(event):
            body["executionContext"] = attributes_of(event)["executionContext"]
        for later in self.events:
            if attributes_of(later).get("decisionTaskCompletedEventId") == event["eventId"]:
                decision_type = _DECISION_OF[later["eventType"]]
                member = model.decision_member(decision_type)
                known = model.shape("Decision").members[member].members
                given = {k: v for k, v in attributes_of(later).items() if k in known}
                body["decisions"].append({"decisionType": decision_type, member: given})
        self.ctx.must("RespondDecisionTaskCompleted", body)

    def _answer(self, kind: str, attributes: dict[str, Any]) -> None:
        operation = "Respond" + kind
        known = model.input_shape(operation).members
        body = {k: v for k, v in attributes.items() if k in known}
        body["taskToken"] = self.worker_tokens.get(attributes["scheduledEventId"], "unknown")
        self.ctx.must(operation, body)


def compare(recorded: list[Event], got: list[Event], grade: Grade) -> list[Difference]:
    """The differences between two histories, times and run ids aside."""
    problems: list[tuple[int, str, str, str]] = []
    for row in range(max(len(recorded), len(got))):
        if row >= len(recorded) or row >= len(got):
            expected = render(recorded[row]) if row < len(recorded) else "no further event"
            found = render(got[row]) if row < len(got) else "no further event"
            problems.append((row, f"event {row + 1}", expected, found))
            continue
        for path, expected, found in unlike(recorded[row], got[row]):
            problems.append((row, f"event {row + 1} {path}", expected, found))
    table = tuple(
        (
            ("> " if problems and row == problems[0][0] else "  ") + str(row + 1),
            render(recorded[row]) if row < len(recorded) else "",
            render(got[row]) if row < len(got) else "",
        )
        for row in range(max(len(recorded), len(got)))
    )
    return [
        Difference(where, expected, found, grade, table if number == 0 else ())
        for number, (_, where, expected, found) in enumerate(problems)
    ]


def done_again(ctx: Context, name: str) -> list[Difference]:
    """The differences between a recorded history and what comes of doing it again."""
    events = recorded_events(name)
    return compare(events, Replay(ctx, events).run(), ctx.grade)


def _run(name: str, ctx: Context) -> None:
    ctx.differences += done_again(ctx, name)


def cases() -> list[Case]:
    """One case for each replayed recording."""
    return [
        Case(
            name=name,
            section=SECTION,
            title=f"replayed: {recordings.recording(name)['title']}",
            source=recordings.recording(name)["source"],
            grade=Grade.RECORDED,
            run=partial(_run, name),
            given="domain",
            origin=f"recorded/{name}.json",
        )
        for name in REPLAYED
    ]
