"""What surrounds an execution: workers, children, time, each at the test's beck and call.

Activities are called by their id (those of a child by ``child/id``), and so can be taken,
completed, failed and canceled in any order that the task lists allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.events import attributes_name
from ..emulator import Emulator
from ..engine.view import ExecutionRecord, OpenRecord, QueuedRecord, View
from .workers import poll_activity, poll_decision

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
ANSWERS = {
    "completed": "CompleteWorkflowExecution",
    "failed": "FailWorkflowExecution",
    "canceled": "CancelWorkflowExecution",
}


class Surroundings:
    """Everything but the decider, for the executions of one domain."""

    def __init__(self, emulator: Emulator, swf: Any, domain: str) -> None:
        self._emulator = emulator
        self._swf = swf
        self._domain_name = domain
        self._tokens: dict[tuple[str, int], str] = {}
        self._registered: set[tuple[str, str, str]] = set()

    # What is there.

    def _read(self) -> tuple[list[tuple[ExecutionRecord, OpenRecord]], list[QueuedRecord]]:
        """What is open in the domain, and the first task of each list."""

        def look(view: View) -> Any:
            opened = view.executions(domain=self._domain_name, open_only=True)
            lists = view.task_lists(domain=self._domain_name)
            return (
                [(run, item) for run in opened for item in view.open_items(run)],
                [each.first for each in lists if each.first],
            )

        found: tuple[Any, Any] = self._emulator.engine.read(look)
        return found

    def is_open(self, workflow_id: str) -> bool:
        return any(run.workflow_id == workflow_id for run, _ in self._read()[0])

    def decisions(self) -> list[tuple[str, str]]:
        """For each list with a decision task: its name, and the workflow type of the first."""
        return [(str(h.item.task_list), h.execution.type_name) for h in self._heads("decision")]

    def startable(self) -> list[str]:
        """The activities that a worker would get next, one for each list."""
        return [_name(head.execution, head.item) for head in self._heads("activity")]

    def taken(self) -> list[str]:
        """The activities that a worker has and may answer."""
        return [_name(run, item) for run, item in self._taken()]

    def activities(self) -> list[str]:
        """The activities that could be answered next, taken before or not."""
        return [*self.taken(), *self.startable()]

    def cancelable(self) -> list[str]:
        """The taken activities whose workers were asked to cancel."""
        return [_name(run, item) for run, item in self._taken() if item.cancel_requested]

    def activity_type(self, activity: str) -> str:
        """The name of its type."""
        for run, item in self._read()[0]:
            if item.kind == "activity" and _name(run, item) == activity:
                return item.type_name
        raise LookupError(f"no open activity {activity!r}")

    def children(self, workflow_id: str) -> list[tuple[str, str]]:
        """The open children whose decision task could be answered now: ids and type names."""
        opened, heads = self._read()
        ready = {h.execution.workflow_id for h in heads if h.item.kind == "decision"}
        return [
            (item.title, item.type_name)
            for run, item in opened
            if run.workflow_id == workflow_id and item.kind == "child" and item.title in ready
        ]

    def _heads(self, kind: str) -> list[QueuedRecord]:
        return [head for head in self._read()[1] if head.item.kind == kind]

    def _taken(self) -> list[tuple[ExecutionRecord, OpenRecord]]:
        return [
            (run, item)
            for run, item in self._read()[0]
            if item.kind == "activity" and (run.run_id, item.event_id) in self._tokens
        ]

    # What may happen.

    def take(self, activity: str) -> str:
        """A worker takes the task, unless one has it; returns the token."""
        for run, item in self._taken():
            if _name(run, item) == activity:
                return self._tokens[run.run_id, item.event_id]
        for head in self._heads("activity"):
            if _name(head.execution, head.item) == activity:
                name = str(head.item.task_list)
                polled = poll_activity(self._swf, self._domain_name, name, "worker")
                assert polled is not None
                token: str = polled["taskToken"]
                self._tokens[head.execution.run_id, head.item.event_id] = token
                return token
        raise LookupError(f"no activity {activity!r} to be taken")

    def complete(self, activity: str, result: str | None) -> None:
        named = {} if result is None else {"result": result}
        self._swf.respond_activity_task_completed(taskToken=self.take(activity), **named)

    def fail(self, activity: str, reason: str | None) -> None:
        named = {} if reason is None else {"reason": reason}
        self._swf.respond_activity_task_failed(taskToken=self.take(activity), **named)

    def cancel(self, activity: str) -> None:
        self._swf.respond_activity_task_canceled(taskToken=self.take(activity))

    def close_child(self, workflow_id: str, outcome: str) -> None:
        """``completed``, ``failed``, ``canceled`` (by its decider) or ``terminated``."""
        if outcome == "terminated":
            self._swf.terminate_workflow_execution(domain=self._domain_name, workflowId=workflow_id)
            return
        for head in self._heads("decision"):
            if head.execution.workflow_id == workflow_id:
                name = str(head.item.task_list)
                task = poll_decision(self._swf, self._domain_name, name, "decider")
                assert task is not None
                self._swf.respond_decision_task_completed(
                    taskToken=task["taskToken"], decisions=[{"decisionType": ANSWERS[outcome]}]
                )
                return
        raise LookupError(f"no decision task of {workflow_id!r} to be answered")

    def signal(self, workflow_id: str, name: str, text: str | None) -> None:
        named = {} if text is None else {"input": text}
        self._swf.signal_workflow_execution(
            domain=self._domain_name, workflowId=workflow_id, signalName=name, **named
        )

    def advance(self) -> None:
        """Until the next deadline of an open execution."""
        due = self._emulator.accounts.next_due(retention=False)
        assert due is not None
        clock = self._emulator.clock
        clock.advance(max(0, due.at_ms - clock.now_ms()) / 1000)

    # Types.

    def register_named(self, decided: Any) -> None:
        """Register the types that decisions name, as far as they are not."""
        decisions = decided.get("decisions") if isinstance(decided, Mapping) else decided
        for decision in decisions or ():
            decision_type = str(decision.get("decisionType"))
            attributes = decision.get(attributes_name(decision_type, "Decision")) or {}
            for kind in ("activity", "workflow"):
                if f"{kind}Type" in attributes:
                    self.register_type(kind, attributes[f"{kind}Type"])

    def register_type(self, kind: str, named: Mapping[str, str]) -> None:
        """Register an ``activity`` or ``workflow`` type with generous defaults, once."""
        register, defaults = (
            (self._swf.register_activity_type, ACTIVITY_DEFAULTS)
            if kind == "activity"
            else (self._swf.register_workflow_type, WORKFLOW_DEFAULTS)
        )
        key = (kind, named["name"], named["version"])
        if key not in self._registered:
            self._registered.add(key)
            try:
                register(domain=self._domain_name, **named, **defaults)
            except self._swf.exceptions.TypeAlreadyExistsFault:
                return


def _name(run: ExecutionRecord, task: OpenRecord) -> str:
    if task.kind == "decision":
        return run.workflow_id
    return f"{run.workflow_id}/{task.title}" if run.is_child else task.title
