"""Play the commands of a case.

A command is an operation of SWF or one of these:

``decide``        poll for the decision task and answer it with the indented decisions
``work``          poll for an activity task and complete it
``wait``          until the history of an execution holds an event type
``until``         repeat an operation until its expectations hold
``history``       the whole event history of a run, line by line
``events``        what was recorded in all runs of the case since the last ``events``
``hold``          send a poll that waits while the case continues
``got``           the answer to a held poll
``leave``         close the connection of a held poll
``pause``         let time pass
``set``           change settings of an emulator
``refuse``        have an emulator refuse an operation or a decision; ``permit`` ends that
``control``       any other command to an emulator
``raw``           an operation with exactly the given members
``replay``        do again what a recorded history shows, and compare
``sample``        send a recorded request and compare the answer with the recorded one
"""

from __future__ import annotations

from typing import Any

from conformance import model
from conformance.context import FLOW, WORK, Context, HeldPoll
from conformance.endpoint.wire import Answer
from conformance.language import event_lines, judge, recordings, replay, values
from conformance.language.event_lines import Event
from conformance.language.matching import unlike
from conformance.language.read import CaseSyntaxError, Command, Decision, Script
from conformance.verdict import CaseAborted

COMMANDS = (
    *("decide", "work", "wait", "until", "history", "events", "hold", "got", "leave", "pause"),
    *("set", "refuse", "permit", "control", "raw", "replay", "sample"),
)
RESPONSE_MEMBERS = ("executionContext", "taskListScheduleToStartTimeout", "nextTaskList")
"""Members of ``decide`` that belong to the response; the others belong to the poll."""
NOTHING = "nothing"
"""The line of a transcript to which nothing was added."""

_WORKFLOW_ID = {"workflowId": "w"}
_DECISION_LIST = {"taskList": {"name": "decisions"}}
_ACTIVITY_LIST = {"taskList": {"name": "activities"}}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "StartWorkflowExecution": {**_WORKFLOW_ID, "workflowType": FLOW},
    "SignalWorkflowExecution": {**_WORKFLOW_ID, "signalName": "signal", "input": "more"},
    "RequestCancelWorkflowExecution": _WORKFLOW_ID,
    "TerminateWorkflowExecution": _WORKFLOW_ID,
    "PollForDecisionTask": _DECISION_LIST,
    "CountPendingDecisionTasks": _DECISION_LIST,
    "PollForActivityTask": _ACTIVITY_LIST,
    "CountPendingActivityTasks": _ACTIVITY_LIST,
    "ListDomains": {"registrationStatus": "REGISTERED"},
    "ListWorkflowTypes": {"registrationStatus": "REGISTERED"},
    "ListActivityTypes": {"registrationStatus": "REGISTERED"},
    "RegisterDomain": {"workflowExecutionRetentionPeriodInDays": "1"},
}
_TYPE_OPERATIONS = ("Describe", "Deprecate", "Undeprecate", "Delete")


class Player:
    """One script while it is played in one context."""

    def __init__(self, ctx: Context, script: Script) -> None:
        self.ctx = ctx
        self.script = script
        self.tokens: dict[str, str] = {}
        """``Decision`` and ``Activity`` to the token polled last."""
        self.held: dict[str, HeldPoll] = {}
        self.transcribed: dict[str, list[Event]] = {}
        """Run id to the events that ``events`` has shown."""

    def run(self) -> None:
        """Play all commands, in order. Raises `CaseAborted` and `Unavailable`."""
        try:
            for command in self.script.commands:
                self.play(command)
        finally:
            for poll in self.held.values():
                poll.leave()

    def play(self, command: Command) -> None:
        """Play one command."""
        method = getattr(self, f"_{command.name}") if command.name in COMMANDS else self._operation
        try:
            method(command)
        except values.Unbound as problem:
            where = f"{self.script.path.name}:{command.line}"
            stop = self.ctx.difference(where, "values from earlier answers", problem)
            raise CaseAborted(stop) from problem

    # What a rewriter does differently.

    def judge(self, operation: str | None, answer: Answer, command: Command) -> None:
        """Judge an answer."""
        judge.judge(self.ctx, operation, answer, command)

    def judge_history(self, command: Command, events: list[Event]) -> None:
        """Judge a whole history."""
        lines = [event_lines.parse_line(each) for each in command.expectations]
        self.ctx.differences += event_lines.compare(
            lines,
            events,
            self.ctx.variables,
            self.ctx.grade,
            late_seconds=self.ctx.target.late_seconds,
        )

    def judge_transcript(self, command: Command, added: dict[str, list[Event]]) -> None:
        """Judge what was added to the histories, by the label of the run."""
        lines = [
            event_lines.parse_line(each, labeled=True)
            for each in command.expectations
            if each.text != NOTHING
        ]
        labels = dict.fromkeys(line.label for line in lines if line.label)
        partial = any(not line.label for line in lines)
        for label in [*labels, *(label for label in added if label not in labels)]:
            if partial and label not in labels:
                continue
            found = event_lines.compare(
                [line for line in lines if line.label == label],
                added.get(label, []),
                self.ctx.variables,
                self.ctx.grade,
                before=self.event_before(label, added),
                late_seconds=self.ctx.target.late_seconds,
            )
            self.ctx.differences += found

    def event_before(self, label: str, added: dict[str, list[Event]]) -> Event | None:
        """The event before those that were added to a run."""
        run_id = self.ctx.labels.get(label, "")
        known = self.transcribed.get(run_id, [])
        at = len(known) - len(added.get(label, ())) - 1
        return known[at] if at >= 0 else None

    # Operations.

    def _operation(self, command: Command) -> None:
        operation = command.name
        if operation not in model.operations():
            where = f"{self.script.path.name}:{command.line}"
            raise CaseSyntaxError(f"{where}: unknown command: {operation}")
        body = self._body(operation, command.members, command.omitted, command.decisions)
        task_type = operation.removeprefix("PollFor").removesuffix("Task")
        if not operation.startswith("PollFor") or "nextPageToken" in body:
            answer = self.ctx.call(operation, body)
        elif self.finds_nothing(command):
            answer = self.ctx.idle_poll(operation, body)
            self._keep_token(operation, answer)
        else:
            self.ctx.poll(task_type, body)
            answer = self._last_answer()
            self._keep_token(operation, answer)
        self._bind(command, answer)
        self.judge(operation, answer, command)

    def _keep_token(self, operation: str, answer: Answer) -> None:
        """Note the token of a task that a poll has found."""
        token = answer.body.get("taskToken") if isinstance(answer.body, dict) else None
        if token:
            self.tokens[operation.removeprefix("PollFor").removesuffix("Task")] = token

    def finds_nothing(self, command: Command) -> bool:
        """Whether a poll is expected to fail or to find no task."""
        return judge.expects(command, "fault", "no")

    def _last_answer(self) -> Answer:
        answer = self.ctx.last_answer
        assert answer is not None
        return answer

    def _bind(self, command: Command, answer: Answer) -> None:
        if "as" not in command.words:
            return
        body = answer.body if isinstance(answer.body, dict) else {}
        self.ctx.variables[command.words[-1]] = body.get("taskToken") or body.get("runId")

    def _decide(self, command: Command) -> None:
        members = {k: v for k, v in command.members.items() if k in RESPONSE_MEMBERS}
        if "nextTaskList" in members:
            members["taskList"] = members.pop("nextTaskList")
        polling = {k: v for k, v in command.members.items() if k not in RESPONSE_MEMBERS}
        poll = self._body("PollForDecisionTask", polling)
        self.tokens["Decision"] = self.ctx.poll("Decision", poll)["taskToken"]
        self._bind(command, self._last_answer())
        body = self._body("RespondDecisionTaskCompleted", members, decisions=command.decisions)
        answer = self.ctx.call("RespondDecisionTaskCompleted", body)
        self.judge("RespondDecisionTaskCompleted", answer, command)

    def _work(self, command: Command) -> None:
        polling = {k: v for k, v in command.members.items() if k != "result"}
        body = self._body("PollForActivityTask", polling)
        self.tokens["Activity"] = self.ctx.poll("Activity", body)["taskToken"]
        result = {k: v for k, v in command.members.items() if k == "result"}
        completed = self._body("RespondActivityTaskCompleted", result)
        answer = self.ctx.call("RespondActivityTaskCompleted", completed)
        self.judge("RespondActivityTaskCompleted", answer, command)

    def _raw(self, command: Command) -> None:
        operation = command.words[0]
        body = values.substitute(command.members, self.ctx.variables)
        self.judge(operation, self.ctx.call(operation, body), command)

    # Waiting.

    def _wait(self, command: Command) -> None:
        words = command.words
        times = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
        workflow_id = words[words.index("in") + 1] if "in" in words else "w"
        types: list[str] = []

        def arrived() -> bool:
            types[:] = [str(event["eventType"]) for event in self.ctx.history(workflow_id)]
            return types.count(words[0]) >= times

        if not self.ctx.eventually(arrived):
            where = f"history of {workflow_id} within {self.ctx.target.patience} s"
            expected = f"{words[0]} ({times})"
            raise CaseAborted(self.ctx.difference(where, expected, ", ".join(types)))

    def _until(self, command: Command) -> None:
        operation = command.words[0]
        body = self._body(operation, command.members, command.omitted)
        stop: list[CaseAborted] = []

        def satisfied() -> bool:
            try:
                found = judge.differences(
                    self.ctx, operation, self.ctx.call(operation, body), command
                )
            except CaseAborted as aborted:
                stop[:] = [aborted]
                return False
            stop[:] = [CaseAborted(found[0])] if found else []
            return not found

        if not self.ctx.eventually(satisfied):
            self.unsatisfied(operation, command, stop[0])

    def unsatisfied(self, operation: str, command: Command, stop: CaseAborted) -> None:
        """Handle an ``until`` whose expectations did not hold in time."""
        raise stop

    def _pause(self, command: Command) -> None:
        seconds = float(command.words[0])
        if "clock" in self.ctx.case.needs:
            self.ctx.target.advance(seconds)
        else:
            self.ctx.target.sleep(seconds)

    # Histories.

    def _history(self, command: Command) -> None:
        workflow_id = command.words[0] if command.words else "w"
        run = values.substitute(command.members.get("runId"), self.ctx.variables)
        self.judge_history(command, self.ctx.history(workflow_id, run))

    def _events(self, command: Command) -> None:
        added: dict[str, list[Event]] = {}
        read: set[str] = set()
        while unread := [item for item in self.ctx.labels.items() if item[1] not in read]:
            for label, run_id in unread:
                read.add(run_id)
                events = self.ctx.recorded(run_id)
                known = self.transcribed.get(run_id, [])
                if events[: len(known)] != known:
                    where = f"the first {len(known)} events of {label}"
                    raise CaseAborted(self.ctx.difference(where, "as before", "changed"))
                if len(events) > len(known):
                    added[label] = events[len(known) :]
                self.transcribed[run_id] = events
        if command.separator is not None:
            self.judge_transcript(command, added)

    # Held polls.

    def _hold(self, command: Command) -> None:
        name, operation = command.words
        body = self._body(operation, command.members, command.omitted)
        self.held[name] = self.ctx.hold(operation, body)

    def _got(self, command: Command) -> None:
        poll = self.held.pop(command.words[0])
        answer = poll.idle_answer() if self.finds_nothing(command) else poll.answer()
        self._keep_token(poll.operation, answer)
        self._bind(command, answer)
        self.judge(poll.operation, answer, command)

    def _leave(self, command: Command) -> None:
        self.held.pop(command.words[0]).leave()

    # Commands to an emulator.

    def _set(self, command: Command) -> None:
        self.ctx.target.set(**command.members)

    def _refuse(self, command: Command) -> None:
        name, code = command.words
        operation = name in model.operations()
        what = {"operation": name, "code": code} if operation else {"decision": name, "cause": code}
        self.ctx.target.command("POST", "refusals", {**what, **command.members})

    def _permit(self, command: Command) -> None:
        self.ctx.target.command("DELETE", "refusals")

    def _control(self, command: Command) -> None:
        method, path = (str(values.substitute(w, self.ctx.variables)) for w in command.words[:2])
        body = values.substitute(command.members, self.ctx.variables) or None
        if command.words[2:3] and command.words[2] != "as":
            body = values.substitute(values.parse(command.words[2]), self.ctx.variables)
        answer = self.ctx.target.control(method, path, body)
        if "as" in command.words:
            self.ctx.variables[command.words[-1]] = answer.body
        self.judge(None, answer, command)

    def _replay(self, command: Command) -> None:
        self.ctx.differences += replay.done_again(self.ctx, command.words[0])

    def _sample(self, command: Command) -> None:
        sample = sample_of(command)
        own = {"domain", "taskToken", "runId", "nextPageToken"}
        members = {k: v for k, v in sample.members.items() if k not in own}
        if "execution" in members:
            members["execution"] = members["execution"]["workflowId"]
        if "runId" in sample.members:
            members["runId"] = self.ctx.latest.get(members["workflowId"], "unknown")
        if "nextPageToken" in sample.members:
            members["nextPageToken"] = values.Variable("page")
        body = self._body(sample.operation, {**members, **command.members}, command.omitted)
        answer = self.ctx.call(sample.operation, body)
        self._keep_token(sample.operation, answer)
        if answer.status == 200 and isinstance(answer.body, dict):
            self.ctx.variables["page"] = answer.body.get("nextPageToken")
        self.ctx.expect(answer.status == sample.status, sample.operation, sample.status, answer)
        for where, expected, got in unlike(sample.body or {}, answer.body):
            place = f"{sample.operation} {where}"
            self.ctx.differences.append(self.ctx.difference(place, expected, got))

    # Requests.

    def _body(
        self,
        operation: str,
        members: dict[str, Any],
        omitted: frozenset[str] = frozenset(),
        decisions: list[Decision] | None = None,
    ) -> dict[str, Any]:
        shape = model.input_shape(operation)
        body = {**self._defaults(operation), **members}
        body = {k: v for k, v in body.items() if k not in omitted}
        if decisions:
            body["decisions"] = [decision_body(decision) for decision in decisions]
        body = values.substitute(body, self.ctx.variables)
        if isinstance(body.get("execution"), str):
            workflow_id = body["execution"]
            run_id = self.ctx.latest.get(workflow_id, "unknown")
            body["execution"] = {"workflowId": workflow_id, "runId": run_id}
        coerced: dict[str, Any] = model.coerce(body, shape)
        return coerced

    def _defaults(self, operation: str) -> dict[str, Any]:
        members = dict(_DEFAULTS.get(operation, {}))
        known = model.input_shape(operation).members
        if operation.startswith(_TYPE_OPERATIONS) and "workflowType" in known:
            members["workflowType"] = FLOW
        elif operation.startswith(_TYPE_OPERATIONS) and "activityType" in known:
            members["activityType"] = WORK
        if "execution" in known:
            members["execution"] = "w"
        if "taskToken" in known:
            task_type = "Decision" if operation == "RespondDecisionTaskCompleted" else "Activity"
            members["taskToken"] = self.tokens.get(task_type, "no task was polled")
        return members


def sample_of(command: Command) -> recordings.Sample:
    """The recorded call that ``sample NAME[/N] [Operation]`` names. Raises LookupError."""
    name, _, number = command.words[0].partition("/")
    sample = recordings.sample(name, int(number) if number else None)
    return sample._replace(operation=sample.operation or command.words[1])


def decision_body(decision: Decision) -> dict[str, Any]:
    """A decision in the form of the API: its type and the structure that belongs to it."""
    body: dict[str, Any] = {"decisionType": decision.decision_type}
    if decision.decision_type not in model.decision_types():
        return {**body, **decision.members}
    member = model.decision_member(decision.decision_type)
    known = model.shape("Decision").members[member].members
    attributes = {k: v for k, v in decision.members.items() if k in known}
    if attributes:
        body[member] = attributes
    return body | {k: v for k, v in decision.members.items() if k not in known}
