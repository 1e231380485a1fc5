"""Carry out the steps of a case file.

A step is an operation of SWF or one of the short commands:

``decide``        poll for the decision task and answer it with the indented decisions
``work``          poll for an activity task and complete it
``wait``          until the history of an execution holds an event type
``until``         repeat an operation until its expectations hold
``history``       the whole event history of a run, line by line
``raw``           an operation with exactly the given members
``control``       a command to an emulator, for cases that need a capability
``pause``         let time pass where time itself is the subject
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance import expectations, histories, model, values
from conformance.case import Disagreement
from conformance.caselang import CaseSyntaxError, Decision, Script, Step
from conformance.context import FLOW, WORK, Context
from conformance.wire import Answer

COMMANDS = (
    *("decide", "work", "wait", "until", "history", "raw", "control", "pause"),
    *("hold", "got", "set", "replay"),
)
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


class Interpreter:
    """One script on its way through one context."""

    def __init__(self, ctx: Context, script: Script) -> None:
        self.ctx = ctx
        self.script = script
        self.tokens: dict[str, str] = {}
        self._held: dict[str, tuple[str, Callable[[], Answer]]] = {}
        self._commands: dict[str, Callable[[Step], None]] = {
            "decide": self._decide,
            "work": self._work,
            "wait": self._wait,
            "until": self._until,
            "history": self._history,
            "raw": self._raw,
            "control": self._control,
            "pause": self._pause,
            "hold": self._hold,
            "got": self._got,
            "set": self._set,
            "replay": self._replay,
        }

    def run(self) -> None:
        """All steps, in order."""
        for step in self.script.steps:
            try:
                self._commands.get(step.command, self._operation)(step)
            except values.Unbound as problem:
                where = f"{self.script.path}:{step.line}"
                stop = self.ctx.difference(where, "values from earlier answers", problem)
                raise Disagreement(stop) from problem

    def _operation(self, step: Step) -> None:
        operation = step.command
        if operation not in model.operations():
            raise CaseSyntaxError(f"{self.script.path}:{step.line}: no such command: {operation}")
        body = self._body(operation, step.members, step.omitted, step.decisions)
        expecting_fault = expectations.expected_fault(step.expectations) is not None
        kind = operation.removeprefix("PollFor").removesuffix("Task")
        polling = operation.startswith("PollFor") and "nextPageToken" not in body
        if polling and not expecting_fault:
            self.ctx.poll(kind, body)
            answer = self._last_answer()
            self.tokens[kind] = answer.body["taskToken"]
        else:
            answer = self._call(operation, body)
        self._bind(step, answer)
        self._judge(operation, answer, step)

    def _last_answer(self) -> Answer:
        answer = self.ctx.last_answer
        assert answer is not None
        return answer

    def _call(self, operation: str, body: Any) -> Answer:
        return self.ctx.call(operation, body)

    def _judge(self, operation: str, answer: Answer, step: Step) -> None:
        self.ctx.differences += expectations.judge(self.ctx, operation, answer, step.expectations)

    def _bind(self, step: Step, answer: Answer) -> None:
        if not step.words:
            return
        if len(step.words) != 2 or step.words[0] != "as":
            raise CaseSyntaxError(f"{self.script.path}:{step.line}: 'as name' expected")
        body = answer.body if isinstance(answer.body, dict) else {}
        self.ctx.variables[step.words[1]] = body.get("taskToken") or body.get("runId")

    def _decide(self, step: Step) -> None:
        response_members = ("executionContext", "taskListScheduleToStartTimeout", "nextTaskList")
        members = {k: v for k, v in step.members.items() if k in response_members}
        if "nextTaskList" in members:
            members["taskList"] = members.pop("nextTaskList")
        polling = {k: v for k, v in step.members.items() if k not in response_members}
        poll = self._body("PollForDecisionTask", polling, frozenset(), [])
        self.tokens["Decision"] = self.ctx.poll("Decision", poll)["taskToken"]
        self._bind(step, self._last_answer())
        body = self._body("RespondDecisionTaskCompleted", members, frozenset(), step.decisions)
        answer = self._call("RespondDecisionTaskCompleted", body)
        self._judge("RespondDecisionTaskCompleted", answer, step)

    def _work(self, step: Step) -> None:
        polling = {k: v for k, v in step.members.items() if k != "result"}
        body = self._body("PollForActivityTask", polling, frozenset(), [])
        self.tokens["Activity"] = self.ctx.poll("Activity", body)["taskToken"]
        result = {k: v for k, v in step.members.items() if k == "result"}
        completed = self._body("RespondActivityTaskCompleted", result, frozenset(), [])
        answer = self._call("RespondActivityTaskCompleted", completed)
        self._judge("RespondActivityTaskCompleted", answer, step)

    def _wait(self, step: Step) -> None:
        event_type = step.words[0]
        times = int(step.words[1]) if len(step.words) > 1 and step.words[1].isdigit() else 1
        workflow_id = step.words[step.words.index("in") + 1] if "in" in step.words else "w"
        events: list[dict[str, Any]] = []

        def arrived() -> bool:
            events[:] = self.ctx.history(workflow_id)
            return len([e for e in events if e["eventType"] == event_type]) >= times

        if not self.ctx.eventually(arrived):
            seen = ", ".join(str(e["eventType"]) for e in events)
            where = f"history of {workflow_id} within {self.ctx.target.patience} s"
            raise Disagreement(self.ctx.difference(where, f"{event_type} ({times})", seen))

    def _until(self, step: Step) -> None:
        operation = step.words[0]
        body = self._body(operation, step.members, step.omitted, [])
        remaining: list[Any] = []

        def satisfied() -> bool:
            answer = self._call(operation, body)
            fault = expectations.expected_fault(step.expectations)
            if (fault is None) != (answer.status == 200):
                remaining[:] = [self.ctx.difference(operation, fault or "success", str(answer))]
                return False
            remaining[:] = expectations.judge(self.ctx, operation, answer, step.expectations)
            return not remaining

        if not self.ctx.eventually(satisfied):
            raise Disagreement(remaining[0])

    def _history(self, step: Step) -> None:
        workflow_id = step.words[0] if step.words else "w"
        run = values.substitute(step.members.get("runId"), self.ctx.variables)
        events = self.ctx.history(workflow_id, run)
        lines = expectations.history_lines(step.expectations)
        found = histories.compare(lines, events, self.ctx.variables, self.ctx.grade)
        self.ctx.differences += found

    def _raw(self, step: Step) -> None:
        operation = step.words[0]
        body = values.substitute(step.members, self.ctx.variables)
        self._judge(operation, self._call(operation, body), step)

    def _control(self, step: Step) -> None:
        body = values.substitute(step.members, self.ctx.variables)
        method, path = step.words
        self.ctx.target.command(method, path, body)

    def _hold(self, step: Step) -> None:
        """``hold NAME OPERATION``: a poll that waits while the case goes on."""
        name, operation = step.words
        body = {"domain": self.ctx.domain, **self._body(operation, step.members, step.omitted, [])}
        sent = self.ctx.namespace.outgoing(body, model.input_shape(operation))
        self._held[name] = operation, self.ctx.target.hold(operation, sent)

    def _got(self, step: Step) -> None:
        """``got NAME``: what a held poll was answered, or will be within the patience."""
        operation, receive = self._held.pop(step.words[0])
        answer = self.ctx.namespace.incoming(receive())
        self._judge(operation, answer, step)

    def _set(self, step: Step) -> None:
        self.ctx.target.set(**step.members)

    def _replay(self, step: Step) -> None:
        from conformance import replay

        self.ctx.differences += replay.done_again(self.ctx, step.words[0])

    def _pause(self, step: Step) -> None:
        seconds = float(step.words[0])
        if "clock" in self.ctx.case.needs:
            self.ctx.target.command("POST", "clock", {"advance": seconds})
        else:
            self.ctx.target.sleep(seconds)

    def _body(
        self,
        operation: str,
        members: dict[str, Any],
        omitted: frozenset[str],
        decisions: list[Decision],
    ) -> dict[str, Any]:
        shape = model.input_shape(operation)
        body = {**self._defaults(operation), **members}
        body = {k: v for k, v in body.items() if k not in omitted}
        if decisions:
            body["decisions"] = [decision_body(d) for d in decisions]
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
            kind = "Decision" if operation == "RespondDecisionTaskCompleted" else "Activity"
            members["taskToken"] = self.tokens.get(kind, "no task was polled")
        return members


def decision_body(decision: Decision) -> dict[str, Any]:
    """A decision as SWF wants it: its type and the structure that belongs to it."""
    body: dict[str, Any] = {"decisionType": decision.kind}
    if decision.kind not in model.decision_types():
        return {**body, **decision.members}
    member = model.decision_member(decision.kind)
    known = model.shape("Decision").members[member].members
    attributes = {k: v for k, v in decision.members.items() if k in known}
    if attributes:
        body[member] = attributes
    return body | {k: v for k, v in decision.members.items() if k not in known}
