"""What a case has at hand while it runs: its domain, its names, its calls and what it saw."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from conformance import model
from conformance.case import Case, Difference, Disagreement, Grade, Unavailable
from conformance.namespace import Namespace
from conformance.target import Target
from conformance.wire import Answer, NoAnswer

FLOW = {"name": "flow", "version": "1"}
"""The workflow type every standard case finds registered."""
WORK = {"name": "work", "version": "1"}
"""The activity type every standard case finds registered."""
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


class Context:
    """One case on its way through one target."""

    def __init__(self, target: Target, case: Case) -> None:
        self.target = target
        self.case = case
        self.grade = case.grade
        self.differences: list[Difference] = []
        self.trace: list[str] = []
        self.runs: dict[str, str] = {}
        """Run id to workflow id, of every run the case has seen."""
        self.latest: dict[str, str] = {}
        """Workflow id to the run id seen last."""
        self.last_answer: Answer | None = None
        self._lock = threading.Lock()
        serial = uuid.uuid4().hex[:8]
        if not case.own_domain:
            self.domain = target.run_domain()
            self.namespace = Namespace(f"{serial}.")
        elif target.own_domains:
            self.domain = f"c-{case.section}-{case.name}"[:200] + f"-{serial}"
            self.namespace = Namespace()
        else:
            raise Unavailable("needs a domain of its own, which SWF would keep for ever")
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
                raise Disagreement(self.difference("RegisterDomain", "success", answer))
        if given == "standard":
            self.must("RegisterWorkflowType", {**FLOW, **FLOW_DEFAULTS})
            self.must("RegisterActivityType", {**WORK, **WORK_DEFAULTS})

    def call(self, operation: str, members: Any, timeout: float | None = None) -> Answer:
        """One call in the domain of the case, with the runs in its answer noted."""
        shape = model.input_shape(operation)
        if isinstance(members, dict) and "domain" in shape.members:
            members = {"domain": self.domain, **members}
        sent = self.namespace.outgoing(members, shape)
        try:
            answer = self.namespace.incoming(self.target.call(operation, sent, timeout))
        except NoAnswer:
            self._note(f"{operation} {members} -> no answer in time")
            raise
        self.last_answer = answer
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
            raise Disagreement(self.difference(operation, "success", str(answer)))
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
                raise Disagreement(self.difference(f"PollFor{kind}Task", "a task", str(answer)))
            if answer.body.get("taskToken"):
                return answer.body
            if self.target.monotonic() >= deadline:
                break
            self.target.sleep(0.05)
        where = f"PollFor{kind}Task on {body['taskList']['name']}"
        raise Disagreement(
            self.difference(where, "a task", f"none within {self.target.patience} s")
        )

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
        """All events of a run, over as many pages as it takes."""
        run = run_id or self.latest.get(workflow_id, "")
        body: dict[str, Any] = {"execution": {"workflowId": workflow_id, "runId": run}}
        events: list[dict[str, Any]] = []
        while True:
            page = self.must("GetWorkflowExecutionHistory", body)
            events += page.get("events", [])
            if not page.get("nextPageToken"):
                return events
            body["nextPageToken"] = page["nextPageToken"]

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
        if operation == "StartWorkflowExecution" and "runId" in body:
            self.see_run(members["workflowId"], body["runId"])
        execution = body.get("workflowExecution")
        if isinstance(execution, dict):
            self.see_run(execution.get("workflowId"), execution.get("runId"))
        if operation == "GetWorkflowExecutionHistory" and isinstance(members, dict):
            workflow_id = members.get("execution", {}).get("workflowId")
            for event in body.get("events", []):
                self.see_event(workflow_id, event)

    def see_event(self, workflow_id: Any, event: dict[str, Any]) -> None:
        """Note the runs that an event names: a started child, the continuation."""
        attributes = event.get(model.attributes_member(str(event.get("eventType"))), {})
        if not isinstance(attributes, dict):
            return
        if event.get("eventType") == "ChildWorkflowExecutionStarted":
            child = attributes.get("workflowExecution", {})
            self.see_run(child.get("workflowId"), child.get("runId"))
        elif event.get("eventType") == "WorkflowExecutionContinuedAsNew":
            self.see_run(workflow_id, attributes.get("newExecutionRunId"))

    def see_run(self, workflow_id: Any, run_id: Any) -> None:
        """Note a run."""
        if isinstance(workflow_id, str) and isinstance(run_id, str):
            with self._lock:
                if run_id not in self.runs:
                    self.runs[run_id] = workflow_id
                    self.latest[workflow_id] = run_id
