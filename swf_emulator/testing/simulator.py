"""Simulates everything around a decider: workers, child executions, signals and time.

An activity is named by its id, one of a child execution by ``workflow id/activity id``. The
test takes and answers activities in any order that the task lists allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.events import attributes_name
from ..emulator import Emulator
from ..engine.view import ExecutionRecord, OpenRecord, QueuedRecord, View
from .results import is_open
from .workers import Task, poll_activity, poll_decision, present

YEAR_SECONDS = "31536000"
DEFAULT_TASK_LIST = "default"

WORKFLOW_DEFAULTS = {
    "defaultTaskStartToCloseTimeout": "60",
    "defaultExecutionStartToCloseTimeout": YEAR_SECONDS,
    "defaultChildPolicy": "TERMINATE",
    "defaultTaskList": {"name": DEFAULT_TASK_LIST},
}
ACTIVITY_DEFAULTS = {
    "defaultTaskScheduleToStartTimeout": "3600",
    "defaultTaskScheduleToCloseTimeout": "7200",
    "defaultTaskStartToCloseTimeout": "3600",
    "defaultTaskHeartbeatTimeout": "NONE",
    "defaultTaskList": {"name": DEFAULT_TASK_LIST},
}
CLOSE_DECISIONS = {
    "completed": "CompleteWorkflowExecution",
    "failed": "FailWorkflowExecution",
    "canceled": "CancelWorkflowExecution",
}

Opened = list[tuple[ExecutionRecord, OpenRecord]]
"""Open items, each with its execution."""


class ServiceSimulator:
    """Acts for everything except the decider, on the executions of one domain."""

    def __init__(self, emulator: Emulator, swf: Any, domain: str) -> None:
        self._emulator = emulator
        self._swf = swf
        self._domain = domain
        self._tokens: dict[tuple[str, int], str] = {}
        self._registered: set[tuple[str, str, str]] = set()

    # Queries.

    def _read(self) -> tuple[Opened, list[QueuedRecord]]:
        """Return the open items of the domain, and the first task of each list."""

        def look(view: View) -> tuple[Opened, list[QueuedRecord]]:
            executions = view.executions(domain=self._domain, open_only=True)
            lists = view.task_lists(domain=self._domain)
            return (
                [(run, item) for run in executions for item in view.open_items(run)],
                [each.first for each in lists if each.first],
            )

        return self._emulator.service.engine.read(look)

    def is_open(self, workflow_id: str) -> bool:
        """Return whether an execution of the workflow id is open."""
        return is_open(self._emulator, workflow_id, self._domain)

    def decisions(self) -> list[tuple[str, str]]:
        """Return each list with a decision task, and the workflow type name of the first task."""
        return [(str(h.item.task_list), h.execution.type_name) for h in self._heads("decision")]

    def startable(self) -> list[str]:
        """Return the activities that a worker would get next, one for each list."""
        return [_name(head.execution, head.item) for head in self._heads("activity")]

    def taken(self) -> list[str]:
        """Return the activities that a worker has taken and may answer."""
        return [_name(run, item) for run, item in self._taken()]

    def activities(self) -> list[str]:
        """Return the activities that can be answered next, whether taken or not."""
        return [*self.taken(), *self.startable()]

    def cancelable(self) -> list[str]:
        """Return the taken activities with a cancel request."""
        return [_name(run, item) for run, item in self._taken() if item.cancel_requested]

    def activity_type(self, activity: str) -> str:
        """Return the name of the activity's type."""
        for run, item in self._read()[0]:
            if item.kind == "activity" and _name(run, item) == activity:
                return item.type_name
        raise LookupError(f"no open activity {activity!r}")

    def children(self, workflow_id: str) -> list[tuple[str, str]]:
        """Return workflow id and type name of the open children with a decision task to take."""
        opened, heads = self._read()
        ready = {h.execution.workflow_id for h in heads if h.item.kind == "decision"}
        return [
            (item.title, item.type_name)
            for run, item in opened
            if run.workflow_id == workflow_id and item.kind == "child" and item.title in ready
        ]

    def next_deadline(self) -> str | None:
        """Return the kind of the item whose deadline is next; None if none is scheduled."""
        due = self._emulator.accounts.next_due(retention=False)
        return None if due is None else due.item.kind

    def _heads(self, kind: str) -> list[QueuedRecord]:
        return [head for head in self._read()[1] if head.item.kind == kind]

    def _taken(self) -> Opened:
        return [
            (run, item)
            for run, item in self._read()[0]
            if item.kind == "activity" and (run.run_id, item.event_id) in self._tokens
        ]

    # Actions.

    def start(
        self,
        workflow_id: str,
        workflow_type: Mapping[str, str],
        task_list: str,
        workflow_input: str | None,
    ) -> None:
        """Register the type and start an execution."""
        self.register_type("workflow", workflow_type)
        self._swf.start_workflow_execution(
            domain=self._domain,
            workflowId=workflow_id,
            workflowType=dict(workflow_type),
            taskList={"name": task_list},
            **present(input=workflow_input),
        )

    def take(self, activity: str) -> str:
        """Take the task as a worker, unless one has it; return the task token."""
        for run, item in self._taken():
            if _name(run, item) == activity:
                return self._tokens[run.run_id, item.event_id]
        for head in self._heads("activity"):
            if _name(head.execution, head.item) == activity:
                task_list = str(head.item.task_list)
                task = poll_activity(self._swf, self._domain, task_list, "worker")
                assert task is not None
                token: str = task["taskToken"]
                self._tokens[head.execution.run_id, head.item.event_id] = token
                return token
        raise LookupError(f"no activity {activity!r} to take")

    def complete(self, activity: str, result: str | None) -> None:
        """Complete an activity."""
        token = self.take(activity)
        self._swf.respond_activity_task_completed(taskToken=token, **present(result=result))

    def fail(self, activity: str, reason: str | None) -> None:
        """Fail an activity."""
        token = self.take(activity)
        self._swf.respond_activity_task_failed(taskToken=token, **present(reason=reason))

    def cancel(self, activity: str) -> None:
        """Cancel an activity, as its worker."""
        self._swf.respond_activity_task_canceled(taskToken=self.take(activity))

    def close_child(self, workflow_id: str, how: str) -> None:
        """Close a child: ``completed``, ``failed``, ``canceled`` or ``terminated``."""
        if how == "terminated":
            self._swf.terminate_workflow_execution(domain=self._domain, workflowId=workflow_id)
            return
        for head in self._heads("decision"):
            if head.execution.workflow_id == workflow_id:
                task_list = str(head.item.task_list)
                task = poll_decision(self._swf, self._domain, task_list, "decider")
                assert task is not None
                self._swf.respond_decision_task_completed(
                    taskToken=task["taskToken"], decisions=[{"decisionType": CLOSE_DECISIONS[how]}]
                )
                return
        raise LookupError(f"no decision task of {workflow_id!r} to take")

    def signal(self, workflow_id: str, name: str, signal_input: str | None) -> None:
        """Signal an execution."""
        self._swf.signal_workflow_execution(
            domain=self._domain,
            workflowId=workflow_id,
            signalName=name,
            **present(input=signal_input),
        )

    def request_cancel(self, workflow_id: str) -> None:
        """Request the cancellation of an execution."""
        self._swf.request_cancel_workflow_execution(domain=self._domain, workflowId=workflow_id)

    def take_decision(self, task_list: str) -> Task | None:
        """Take the next decision task of a list as a decider; None if there is none."""
        return poll_decision(self._swf, self._domain, task_list, "decider")

    def advance(self) -> None:
        """Move the clock to the next deadline of an open execution."""
        due = self._emulator.accounts.next_due(retention=False)
        assert due is not None
        clock = self._emulator.clock
        clock.advance(max(0, due.at_ms - clock.now_ms()) / 1000)

    # Types.

    def register_named(self, decided: Any) -> None:
        """Register the types that decisions name, unless they exist."""
        decisions = decided.get("decisions") if isinstance(decided, Mapping) else decided
        for decision in decisions or ():
            decision_type = str(decision.get("decisionType"))
            attributes = decision.get(attributes_name(decision_type, "Decision")) or {}
            for of in ("activity", "workflow"):
                if f"{of}Type" in attributes:
                    self.register_type(of, attributes[f"{of}Type"])

    def register_type(self, of: str, named: Mapping[str, str]) -> None:
        """Register an ``activity`` or ``workflow`` type with long timeouts, unless it exists."""
        register, defaults = (
            (self._swf.register_activity_type, ACTIVITY_DEFAULTS)
            if of == "activity"
            else (self._swf.register_workflow_type, WORKFLOW_DEFAULTS)
        )
        key = (of, named["name"], named["version"])
        if key not in self._registered:
            self._registered.add(key)
            try:
                register(domain=self._domain, **named, **defaults)
            except self._swf.exceptions.TypeAlreadyExistsFault:
                return


def _name(run: ExecutionRecord, task: OpenRecord) -> str:
    return f"{run.workflow_id}/{task.title}" if run.is_child else task.title
