"""Do again what a recorded history shows, and compare the histories that come of it.

A recording lists the requests that brought its histories about, each with the event that came of
it; where it does not, they follow from the events of the history. The endpoint gets the same
requests in the same order, each when all that came before it has happened. Its histories must be
the recorded ones except for times, run ids and the order that `ordering` describes. Where
recordings differ by age the newest wins: since 2023 DecisionTaskScheduled carries
scheduleToStartTimeout "NONE".

The service hands out the tasks of one list in no fixed order. Therefore each activity task and each
child gets a task list of its own, on which the poll that got it is repeated; before the comparison
these lists get their recorded names back.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any

from conformance import model
from conformance.case import Case
from conformance.context import Context
from conformance.language import recordings
from conformance.language.event_lines import render
from conformance.language.matching import unlike
from conformance.language.ordering import ordered
from conformance.language.recordings import Event
from conformance.model import attributes_of
from conformance.verdict import CaseAborted, Difference, Grade

SECTION = "recorded"
WORKFLOW_ID = "test-simpleflow-workflow"
"""The workflow id of histories whose start request is not recorded."""

_DECISION_OF = {
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "TimerStarted": "StartTimer",
    "MarkerRecorded": "RecordMarker",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
}
_LISTED = {"ScheduleActivityTask": "activityId", "StartChildWorkflowExecution": "workflowId"}
"""The decisions whose task has a task list, with the member that names the task."""
_ANSWERS = ("ActivityTaskCompleted", "ActivityTaskFailed")
_BOOKKEEPING = ("run", "event", "operation", "activityStarted")
"""Keys of a recorded request that are not members of its operation."""

_LATE_SECONDS = 0.03
"""How much after their time the service records timers and timeouts, at most."""

Request = dict[str, Any]


def recorded_histories(name: str) -> dict[str, list[Event]]:
    """The recorded histories, written as the service writes them since 2023."""
    found = copy.deepcopy(recordings.histories(name))
    for events in found.values():
        for event in events:
            if event["eventType"] == "DecisionTaskScheduled":
                attributes_of(event).setdefault("scheduleToStartTimeout", "NONE")
    return found


def lacks_zeros(name: str) -> bool:
    """Whether a recording lacks event ids of 0 and empty tag lists."""
    return "printed as source code" in recordings.recording(name)["strength"]


def requests_of(name: str) -> list[Request]:
    """The requests of a recording, in order."""
    request = recordings.recording(name)["request"]
    listed: list[Request] | None = request.get("requests in order")
    return listed or list(_requests_of_events(recordings.events(name)))


def _requests_of_events(events: list[Event]) -> Iterator[Request]:
    """The requests that a history shows."""
    for event in events:
        attributes, event_type = attributes_of(event), event["eventType"]
        request = {"run": "main", "event": event["eventId"]}
        if event_type == "WorkflowExecutionStarted":
            members = {k: v for k, v in attributes.items() if not k.endswith("EventId")}
            yield {
                **request,
                "operation": "StartWorkflowExecution",
                "workflowId": WORKFLOW_ID,
                **members,
            }
        elif event_type in ("DecisionTaskStarted", "ActivityTaskStarted"):
            scheduled = attributes_of(events[attributes["scheduledEventId"] - 1])
            identity = {k: v for k, v in attributes.items() if k == "identity"}
            operation = "PollFor" + event_type.removesuffix("Started")
            yield {
                **request,
                "operation": operation,
                "taskList": scheduled["taskList"],
                **identity,
            }
        elif event_type == "DecisionTaskCompleted":
            context = {k: v for k, v in attributes.items() if k == "executionContext"}
            decisions = [
                _decision(follower)
                for follower in events
                if attributes_of(follower).get("decisionTaskCompletedEventId") == event["eventId"]
            ]
            operation = "RespondDecisionTaskCompleted"
            yield {**request, "operation": operation, "decisions": decisions, **context}
        elif event_type in _ANSWERS:
            members = {k: v for k, v in attributes.items() if not k.endswith("EventId")}
            started = attributes["startedEventId"]
            operation = "Respond" + event_type
            yield {**request, "operation": operation, "activityStarted": started, **members}


def _decision(event: Event) -> dict[str, Any]:
    decision_type = _DECISION_OF[event["eventType"]]
    member = model.decision_member(decision_type)
    known = model.shape("Decision").members[member].members
    attributes = {k: v for k, v in attributes_of(event).items() if k in known}
    return {"decisionType": decision_type, member: attributes}


class Replay:
    """One recording while it is done again on an endpoint."""

    def __init__(self, ctx: Context, name: str) -> None:
        self.ctx = ctx
        self.name = name
        self.recorded = recorded_histories(name)
        self.requests = requests_of(name)
        self._ordered = {run: ordered(events) for run, events in self.recorded.items()}
        self._own_list: dict[str, str] = {}
        """The task list of its own that an activity task or a child has, by its id."""
        self._recorded_list: dict[str, str] = {}
        """The recorded name of each of these lists."""
        self._runs: dict[str, str] = {}
        """Name of a run to its run id, for the runs seen so far."""
        self._tokens: dict[tuple[str, int], str] = {}
        """Run and id of the event that started a task to the task's token."""
        self._decision_tokens: dict[str, str] = {}
        self._clock_seconds: float | None = None
        """The recorded time that has come."""

    def run(self) -> dict[str, list[Event]]:
        """Send all requests; returns the histories of the endpoint."""
        timed = "clock" in self.ctx.case.needs
        with self.ctx.target.stopped_clock() if timed else nullcontext():
            return self._run()

    def _run(self) -> dict[str, list[Event]]:
        self._register()
        for request in self.requests:
            self._await(request["run"], request["event"])
            self._send(request)
        for run, events in self.recorded.items():
            self._await(run, len(events) + 1)
        return {run: self._as_recorded(self._history(run)) for run in self.recorded}

    def _register(self) -> None:
        request = recordings.recording(self.name)["request"]
        attributes = [attributes_of(e) for events in self.recorded.values() for e in events]
        for kind, operation in (("workflow", "Register"), ("activity", "Register")):
            types = request.get(f"{kind} types")
            if types is None:
                found = [a[f"{kind}Type"] for a in attributes if f"{kind}Type" in a]
                types = [dict(pairs) for pairs in dict.fromkeys(tuple(t.items()) for t in found)]
            for type_ in types:
                self.ctx.must(f"{operation}{kind.capitalize()}Type", type_)
        for name, function in request.get("lambda functions", {}).items():
            raised = [a["details"] for a in attributes if a.get("reason") == "UnhandledError"]
            body = {"error": raised[0]} if raised else {"result": function["returns"]}
            self.ctx.target.command("PUT", f"functions/{name}", body)

    def _await(self, run: str, event_id: int | None) -> None:
        """Let happen what comes before an event of a run."""
        events = self.recorded.get(run)
        if events is None or event_id is None:
            return
        if "clock" in self.ctx.case.needs:
            late = (e["eventTimestamp"] - _LATE_SECONDS for e in events[event_id:] if _by_clock(e))
            at = min(events[min(event_id, len(events)) - 1]["eventTimestamp"], *late, math.inf)
            if self._clock_seconds is not None and at > self._clock_seconds:
                self.ctx.target.advance(round(at - self._clock_seconds, 3))
            self._clock_seconds = max(at, self._clock_seconds or at)
        before = self._ordered[run].ids.get(event_id, event_id) - 1
        self.ctx.eventually(lambda: len(self._history(run)) >= before)

    def _send(self, request: Request) -> None:
        operation, run = request["operation"], request["run"]
        members = self._with_own_runs({k: v for k, v in request.items() if k not in _BOOKKEEPING})
        if operation.startswith("PollFor"):
            members["taskList"] = self._list_of_poll(request)
            self._poll(operation, run, members)
            return
        if operation == "RespondDecisionTaskCompleted":
            members["taskToken"] = self._decision_tokens.get(run, "no task was polled")
            for decision in members.get("decisions", ()):
                self._give_own_list(run, decision)
        elif "activityStarted" in request:
            key = run, self._ordered[run].ids[request["activityStarted"]]
            members["taskToken"] = self._tokens.get(key, "no task was polled")
        body = self.ctx.must(operation, members)
        if operation == "StartWorkflowExecution":
            self._runs[run] = body["runId"]

    def _give_own_list(self, run: str, decision: dict[str, Any]) -> None:
        """Replace the task list of an activity task or a child by one of its own."""
        key = _LISTED.get(decision["decisionType"], "")
        attributes = decision.get(model.decision_member(decision["decisionType"]), {})
        subject = attributes.get(key)
        for event in self.recorded.get(run, ()):
            recorded = attributes_of(event).get("taskList")
            if subject and recorded and attributes_of(event).get(key) == subject:
                own = f"{recorded['name']}-{len(self._own_list) + 1}"
                own = self._own_list.setdefault(subject, own)
                self._recorded_list[own] = recorded["name"]
                attributes["taskList"] = {"name": own}
                return

    def _list_of_poll(self, request: Request) -> dict[str, str]:
        """The task list of a poll: that of its activity task or its child, if it has its own."""
        subject = run = request["run"]
        if request["operation"] == "PollForActivityTask":
            started = attributes_of(self.recorded[run][request["event"] - 1])
            scheduled = self.recorded[run][started["scheduledEventId"] - 1]
            subject = attributes_of(scheduled)["activityId"]
        recorded = request["taskList"]["name"]
        return {"name": self._own_list.get(subject, recorded)}

    def _as_recorded(self, value: Any) -> Any:
        """What was recorded, with the recorded names of this replay's own task lists."""
        if isinstance(value, list):
            return [self._as_recorded(item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {name: self._as_recorded(inner) for name, inner in value.items()}
        if isinstance(made.get("taskList"), dict):
            name = made["taskList"]["name"]
            made["taskList"] = {"name": self._recorded_list.get(name, name)}
        return made

    def _poll(self, operation: str, run: str, members: dict[str, Any]) -> None:
        task = self.ctx.poll(operation.removeprefix("PollFor").removesuffix("Task"), members)
        execution = task["workflowExecution"]
        self._runs.setdefault(run, execution["runId"])
        if self._runs[run] != execution["runId"]:
            where = f"the task of {operation}"
            raise CaseAborted(self.ctx.difference(where, f"one of run {run}", execution))
        self._tokens[run, task["startedEventId"]] = task["taskToken"]
        if operation == "PollForDecisionTask":
            self._decision_tokens[run] = task["taskToken"]

    def _with_own_runs(self, value: Any) -> Any:
        """A request with the endpoint's run ids in place of the recorded ones."""
        if isinstance(value, list):
            return [self._with_own_runs(item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {name: self._with_own_runs(inner) for name, inner in value.items()}
        if "runId" in made and made.get("workflowId") in self.ctx.latest:
            made["runId"] = self.ctx.latest[made["workflowId"]]
        return made

    def _history(self, run: str) -> list[Event]:
        """The history of a run so far; a run that was not polled is found by its workflow id."""
        run_id = self._runs.get(run) or self._run_ids().get(run)
        return self.ctx.recorded(run_id) if run_id is not None else []

    def _run_ids(self) -> dict[str, str]:
        main = self._runs.get("main")
        if main is not None:
            self.ctx.recorded(main)
        return {workflow_id: run for run, (_, workflow_id) in self.ctx.runs.items()}

    def differences(self) -> list[Difference]:
        """Do it again and compare all that was recorded."""
        got = self.run()
        found: list[Difference] = []
        zeros = lacks_zeros(self.name)
        for run, events in self.recorded.items():
            pair = (self._ordered[run].events, ordered(got[run]).events)
            one, other = (list(map(_without_zeros, each)) for each in pair) if zeros else pair
            if events[-1]["eventType"] == "DecisionTaskStarted":
                other = other[: len(one)]  # recorded from a poll: its answer is not in the history
            where = "" if run == "main" else f"{run}: "
            found += compare(one, other, self.ctx.grade, where)
        response = recordings.recording(self.name)["response"]
        described = response.get("DescribeWorkflowExecution (in order of the calls)", [])
        for description in described[-1:]:
            execution = self.ctx.runs[self._runs["main"]].workflow_id, self._runs["main"]
            named = dict(zip(("workflowId", "runId"), execution, strict=True))
            answer = self.ctx.must("DescribeWorkflowExecution", {"execution": named})
            for path, expected, shown in unlike(description, answer):
                found.append(self.ctx.difference(f"describe {path}", expected, shown))
        return found


def _by_clock(event: Event) -> bool:
    event_type = str(event["eventType"])
    return event_type == "TimerFired" or event_type.endswith("TimedOut")


def _without_zeros(event: Event) -> Event:
    """An event without what some recordings drop."""
    member = model.attributes_member(event["eventType"])
    kept = {
        name: value
        for name, value in event.get(member, {}).items()
        if not (name.endswith("EventId") and value == 0) and not (name == "tagList" and not value)
    }
    return {**event, member: kept}


def compare(
    recorded: list[Event], got: list[Event], grade: Grade, where: str = ""
) -> list[Difference]:
    """The differences between two histories, times and run ids aside."""
    rows = max(len(recorded), len(got))
    shown = [(_shown(recorded, row), _shown(got, row)) for row in range(rows)]
    problems: list[tuple[int, str, str, str]] = []
    for row in range(rows):
        if row >= len(recorded) or row >= len(got):
            one, other = (text or "no further event" for text in shown[row])
            problems.append((row, f"event {row + 1}", one, other))
        else:
            for path, expected, found in unlike(recorded[row], got[row]):
                problems.append((row, f"event {row + 1} {path}", expected, found))
    table = tuple(
        (("> " if problems and row == problems[0][0] else "  ") + str(row + 1), *shown[row])
        for row in range(rows)
    )
    return [
        Difference(where + place, expected, found, grade, table if number == 0 else ())
        for number, (_, place, expected, found) in enumerate(problems)
    ]


def _shown(events: list[Event], row: int) -> str:
    return render(events[row]) if row < len(events) else ""


def done_again(ctx: Context, name: str) -> list[Difference]:
    """The differences between a recording and what comes of doing it again."""
    return Replay(ctx, name).differences()


def _run(name: str, ctx: Context) -> None:
    ctx.differences += done_again(ctx, name)


def replayable() -> list[str]:
    """The recordings that have whole histories."""
    return [
        name
        for name in recordings.names()
        if recordings.recording(name)["provenance"] == "recorded"
        and recordings.histories(name)
        and recordings.events(name)[0]["eventId"] == 1
        and len(recordings.events(name)) > 1
    ]


def needs_of(name: str) -> frozenset[str]:
    """The capabilities that a replay needs: a clock if it takes longer than cases wait."""
    request = recordings.recording(name)["request"]
    needs = {"functions"} if "lambda functions" in request else set()
    attributes = [attributes_of(event) for event in recordings.events(name)]
    waits = any(int(a.get("startToFireTimeout", 0)) > 1 for a in attributes)
    timeouts = any("timeoutType" in a for a in attributes)
    return frozenset(needs | ({"clock"} if waits or timeouts else set()))


def cases() -> list[Case]:
    """One case for each recording with a whole history."""
    known = recordings.known_differences()
    return [
        Case(
            name=name,
            section=SECTION,
            title=f"replayed: {recordings.recording(name)['title']}",
            source=recordings.recording(name)["source"],
            grade=Grade.RECORDED,
            run=partial(_run, name),
            given="domain",
            needs=needs_of(name),
            origin=f"recordings/{name}.json",
            known_difference=known.get(name, ""),
        )
        for name in replayable()
    ]
