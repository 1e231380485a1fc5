"""The context in which a case runs: its domain, its names, its calls, and the runs it saw."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from conformance import model
from conformance.endpoint.namespace import Namespace
from conformance.endpoint.target import HeldCall, Target
from conformance.endpoint.wire import Answer, NoAnswer
from conformance.verdict import CaseAborted, Difference, Grade, Unavailable

FLOW = {"name": "flow", "version": "1"}
"""The workflow type that every standard case finds registered."""
WORK = {"name": "work", "version": "1"}
"""The activity type that every standard case finds registered."""
FLOW_DEFAULTS = {
    "defaultTaskList": {"name": "decisions"},
    "defaultTaskStartToCloseTimeout": "60",
    "defaultExecutionStartToCloseTimeout": "600",
    "defaultChildPolicy": "TERMINATE",
}
WORK_DEFAULTS = {
    "defaultTaskList": {"name": "activities"},
    "defaultTaskScheduleToStartTimeout": "100",
    "defaultTaskHeartbeatTimeout": "200",
    "defaultTaskStartToCloseTimeout": "300",
    "defaultTaskScheduleToCloseTimeout": "400",
}
_TRACE_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions under which a case runs."""

    name: str
    section: str
    grade: Grade
    given: str = "standard"
    """``standard``: a domain and the types ``flow`` and ``work``; ``domain``; ``nothing``."""
    needs: frozenset[str] = frozenset()
    own_domain: bool = False
    origin: str = ""
    """File and line, or module."""
    known_difference: str = ""
    """The reason if the emulator of this repository differs today; it must differ then."""

    @property
    def id(self) -> str:
        """``section/name``, the text that ``--select`` is compared with."""
        return f"{self.section}/{self.name}"


class Run(NamedTuple):
    """Domain and workflow id of a run."""

    domain: str
    workflow_id: str


class Context:
    """One case while it runs on one target."""

    def __init__(self, target: Target, case: Conditions) -> None:
        self.target = target
        self.case = case
        self.grade = case.grade
        self.differences: list[Difference] = []
        self.trace: list[str] = []
        self.runs: dict[str, Run] = {}
        """Every run the case has seen, by run id, in the order in which they were seen."""
        self.latest: dict[str, str] = {}
        """Workflow id to the run id seen last."""
        self.last_answer: Answer | None = None
        self.seconds = 0.0
        """The duration of the last call."""
        self._lock = threading.Lock()
        serial = uuid.uuid4().hex[:8]
        if not case.own_domain:
            self.domain = target.run_domain()
            self.namespace = Namespace(f"{serial}.")
        elif target.own_domains:
            self.domain = f"c-{case.section}-{case.name}"[:200] + f"-{serial}"
            self.namespace = Namespace()
        else:
            raise Unavailable("needs a domain of its own, which SWF would keep permanently")
        self.variables: dict[str, Any] = {"domain": self.domain, "region": target.region}

    def prepare(self) -> None:
        """Register what the case takes as given."""
        given = self.case.given
        if given != "nothing" and self.case.own_domain:
            retention = {"workflowExecutionRetentionPeriodInDays": "1"}
            answer = self.call("RegisterDomain", {"name": self.domain, **retention})
            if answer.fault == "LimitExceededFault":
                raise Unavailable("the endpoint has no room for another domain")
            if answer.status != 200:
                raise CaseAborted(self.difference("RegisterDomain", "success", answer))
        if given == "standard":
            self.must("RegisterWorkflowType", {**FLOW, **FLOW_DEFAULTS})
            self.must("RegisterActivityType", {**WORK, **WORK_DEFAULTS})

    def call(self, operation: str, members: Any, timeout: float | None = None) -> Answer:
        """One call in the domain of the case, with the runs in its answer noted."""
        shape = model.input_shape(operation)
        if isinstance(members, dict) and "domain" in shape.members:
            members = {"domain": self.domain, **members}
        sent = self.namespace.outgoing(members, shape)
        began = self.target.monotonic()
        try:
            answer = self.target.call(operation, sent, timeout)
        except NoAnswer:
            self._note(f"{operation} {members} -> no answer in time")
            raise
        return self._received(operation, members, answer, began)

    def idle_poll(self, operation: str, members: dict[str, Any]) -> Answer:
        """A poll that is expected to fail or to find no task.

        Raises `Unavailable` if it is held for longer than the target's ``idle_wait``.
        """
        return self._send(operation, members).idle_answer()

    def hold(self, operation: str, members: dict[str, Any]) -> HeldPoll:
        """Send a poll that waits for its task while the case continues."""
        poll = self._send(operation, members)
        self.target.await_arrival()
        return poll

    def _send(self, operation: str, members: dict[str, Any]) -> HeldPoll:
        members = {"domain": self.domain, **members}
        sent = self.namespace.outgoing(members, model.input_shape(operation))
        self._note(f"{operation} {members} -> sent")
        return HeldPoll(self, operation, members, self.target.hold(operation, sent))

    def _received(self, operation: str, members: Any, answer: Answer, began: float) -> Answer:
        """Note an answer and the runs in it, with the prefix of the case taken off."""
        answer = self.namespace.incoming(answer)
        self.last_answer, self.seconds = answer, self.target.monotonic() - began
        self._note(f"{operation} {members} -> {answer}")
        if operation == "RegisterDomain" and answer.status == 200:
            self.target.remember(members["name"])
        if answer.status == 200 and isinstance(answer.body, dict):
            self._see(operation, members, answer.body)
        return answer

    def must(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        """A call that has to succeed for the case to make sense."""
        answer = self.call(operation, members)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise CaseAborted(self.difference(operation, "success", str(answer)))
        return answer.body

    def poll(self, kind: str, members: dict[str, Any] | None = None) -> dict[str, Any]:
        """Poll for a ``Decision`` or ``Activity`` task that must come; None would be no task.

        An endpoint may hold the poll or answer at once that there is nothing; both are waited out.
        """
        default = "decisions" if kind == "Decision" else "activities"
        body = {"taskList": {"name": default}, **(members or {})}
        deadline = self.target.monotonic() + self.target.patience
        while True:
            left = deadline - self.target.monotonic()
            try:
                answer = self.call(f"PollFor{kind}Task", body, timeout=max(left, 0.5))
            except NoAnswer:
                break
            if answer.status != 200 or not isinstance(answer.body, dict):
                raise CaseAborted(self.difference(f"PollFor{kind}Task", "a task", str(answer)))
            if answer.body.get("taskToken"):
                return answer.body
            if self.target.monotonic() >= deadline:
                break
            self.target.sleep(0.05)
        where = f"PollFor{kind}Task on {body['taskList']['name']}"
        raise CaseAborted(self.difference(where, "a task", f"none within {self.target.patience} s"))

    def start(self, workflow_id: str = "w", **members: Any) -> str:
        """Start an execution of the standard type and return its run id."""
        body = {"workflowId": workflow_id, "workflowType": FLOW, **members}
        return str(self.must("StartWorkflowExecution", body)["runId"])

    def decide(self, *decisions: dict[str, Any], **poll_members: Any) -> dict[str, Any]:
        """Take the next decision task and answer it; returns the task."""
        task = self.poll("Decision", poll_members)
        body = {"taskToken": task["taskToken"], "decisions": list(decisions)}
        self.must("RespondDecisionTaskCompleted", body)
        return task

    def history(self, workflow_id: str = "w", run_id: str | None = None) -> list[dict[str, Any]]:
        """All events of a run, over as many pages as it takes. Raises `CaseAborted`."""
        run = run_id or self.latest.get(workflow_id, "")
        return self._events({"execution": {"workflowId": workflow_id, "runId": run}})

    def recorded(self, run_id: str) -> list[dict[str, Any]]:
        """All events of a run that the case has seen. Raises `CaseAborted`."""
        domain, workflow_id = self.runs[run_id]
        execution = {"workflowId": workflow_id, "runId": run_id}
        return self._events({"domain": domain, "execution": execution})

    def _events(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while True:
            page = self.must("GetWorkflowExecutionHistory", body)
            events += page.get("events", [])
            if not page.get("nextPageToken"):
                return events
            body["nextPageToken"] = page["nextPageToken"]

    @property
    def labels(self) -> dict[str, str]:
        """Labels of the runs seen so far: ``w`` is the first run of a workflow id, ``w.2`` the
        second."""
        labels: dict[str, str] = {}
        numbers: dict[str, int] = {}
        for run_id, (_, workflow_id) in self.runs.items():
            number = numbers[workflow_id] = numbers.get(workflow_id, 0) + 1
            labels[workflow_id if number == 1 else f"{workflow_id}.{number}"] = run_id
        return labels

    def difference(
        self, where: str, expected: object, got: object, grade: Grade | None = None
    ) -> Difference:
        """A difference with the case's own grade unless another is given."""
        return Difference(where, str(expected), str(got), grade or self.grade)

    def expect(
        self, holds: bool, where: str, expected: object, got: object, grade: Grade | None = None
    ) -> None:
        """Record a difference unless the condition holds."""
        if not holds:
            self.differences.append(self.difference(where, expected, got, grade))

    def eventually(self, condition: Callable[[], bool]) -> bool:
        """Whether a condition comes true within the target's patience."""
        deadline = self.target.monotonic() + self.target.patience
        return any(condition() for _ in self.attempts(deadline))

    def attempts(self, deadline: float) -> Iterator[None]:
        """Tries with growing pauses until the deadline, at least one."""
        pause = 0.02
        yield
        while self.target.monotonic() < deadline:
            self.target.sleep(pause)
            pause = min(pause * 1.5, 0.3)
            yield

    @contextmanager
    def graded(self, grade: Grade) -> Iterator[None]:
        """Expectations inside carry another grade."""
        before, self.grade = self.grade, grade
        try:
            yield
        finally:
            self.grade = before

    def _note(self, line: str) -> None:
        with self._lock:
            self.trace.append(line if len(line) < _TRACE_LENGTH else line[:_TRACE_LENGTH] + "...")

    def _see(self, operation: str, members: Any, body: dict[str, Any]) -> None:
        domain = str(members.get("domain")) if isinstance(members, dict) else ""
        if operation == "StartWorkflowExecution" and "runId" in body:
            self.see_run(members["workflowId"], body["runId"], domain)
        execution = body.get("workflowExecution")
        if isinstance(execution, dict):
            self.see_run(execution.get("workflowId"), execution.get("runId"), domain)
        if operation == "GetWorkflowExecutionHistory" and isinstance(members, dict):
            workflow_id = members.get("execution", {}).get("workflowId")
            for event in body.get("events", []):
                self._see_event(workflow_id, event, domain)

    def _see_event(self, workflow_id: Any, event: dict[str, Any], domain: str) -> None:
        """Note the runs that an event names: a started child, the continuation."""
        attributes = event.get(model.attributes_member(str(event.get("eventType"))), {})
        if not isinstance(attributes, dict):
            return
        if event.get("eventType") == "ChildWorkflowExecutionStarted":
            child = attributes.get("workflowExecution", {})
            self.see_run(child.get("workflowId"), child.get("runId"), domain)
        elif event.get("eventType") == "WorkflowExecutionContinuedAsNew":
            self.see_run(workflow_id, attributes.get("newExecutionRunId"), domain)

    def see_run(self, workflow_id: Any, run_id: Any, domain: str = "") -> None:
        """Note a run, by default of the case's own domain."""
        if isinstance(workflow_id, str) and isinstance(run_id, str):
            with self._lock:
                if run_id not in self.runs:
                    self.runs[run_id] = Run(domain or self.domain, workflow_id)
                    self.latest[workflow_id] = run_id


class HeldPoll:
    """A poll that was sent and whose answer was not read yet."""

    def __init__(
        self, ctx: Context, operation: str, members: dict[str, Any], call: HeldCall
    ) -> None:
        self.operation = operation
        self._ctx = ctx
        self._members = members
        self._call = call

    def answer(self) -> Answer:
        """Wait for the answer within the target's patience. Raises `CaseAborted`."""
        ctx = self._ctx
        began = ctx.target.monotonic()
        try:
            answer = self._call.answer(ctx.target.patience)
        except NoAnswer:
            self.leave()
            wait = f"no answer within {ctx.target.patience} s"
            raise CaseAborted(ctx.difference(self.operation, "an answer", wait)) from None
        return ctx._received(self.operation, self._members, answer, began)

    def idle_answer(self) -> Answer:
        """Wait until the poll is given up by the endpoint. Raises `Unavailable`."""
        ctx = self._ctx
        began = ctx.target.monotonic()
        try:
            answer = self._call.idle_answer(ctx.target.idle_wait)
        except NoAnswer:
            wait = ctx.target.idle_wait
            raise Unavailable(f"the poll is held for more than {wait} s") from None
        return ctx._received(self.operation, self._members, answer, began)

    def leave(self) -> None:
        """Close the connection without waiting for the answer."""
        self._call.leave()
