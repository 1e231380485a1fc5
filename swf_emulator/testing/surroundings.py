"""What surrounds an execution: workers, children, time, each at the test's beck and call.

Activities are called by their id (those of a child by ``child/id``), and so can be taken,
completed, failed and canceled in any order that the task lists allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.decision_tasks import DecisionTask
from ..core.events import attributes_name
from ..emulator import Emulator
from ..engine.catalog import Domain
from ..engine.runs import Run
from ..engine.tasklists import TaskList, Ticket
from .running import poll_activity, poll_decision
from .stuck import next_due, open_runs

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

    # What is there. Nothing else works on this emulator, so no lock is taken.

    @property
    def _domain(self) -> Domain:
        partitions = self._emulator.engine.partitions.values()
        found: Domain = next(
            partition.domains[self._domain_name]
            for partition in partitions
            if self._domain_name in partition.domains
        )
        return found

    def is_open(self, workflow_id: str) -> bool:
        return workflow_id in self._domain.open_runs

    def decisions(self) -> list[tuple[str, str]]:
        """For each list with a decision task: its name, and the workflow type of the first."""
        return [
            (task_list.name, ticket.run.execution.workflow_type["name"])
            for task_list, ticket in self._heads("decision")
        ]

    def startable(self) -> list[str]:
        """The activities that a worker would get next, one for each list."""
        return [
            _name(ticket.run, ticket.pending)
            for _, ticket in self._heads("activity")
            if isinstance(ticket.pending, ActivityTask)
        ]

    def taken(self) -> list[str]:
        """The activities that a worker has and may answer."""
        return [_name(run, task) for run, task in self._taken()]

    def activities(self) -> list[str]:
        """The activities that could be answered next, taken before or not."""
        return [*self.taken(), *self.startable()]

    def cancelable(self) -> list[str]:
        """The taken activities whose workers were asked to cancel."""
        return [
            _name(run, task)
            for run, task in self._taken()
            if task.latest_cancel_requested_event_id is not None
        ]

    def activity_type(self, activity: str) -> str:
        """The name of its type."""
        for run in open_runs(self._emulator):
            for pending in run.execution.pending.values():
                if isinstance(pending, ActivityTask) and _name(run, pending) == activity:
                    name: str = pending.activity_type["name"]
                    return name
        raise LookupError(f"no open activity {activity!r}")

    def children(self, workflow_id: str) -> list[tuple[str, str]]:
        """The open children whose decision task could be answered now: ids and type names."""
        run = self._domain.open_runs.get(workflow_id)
        if run is None:
            return []
        heads = {ticket.run.execution.workflow_id for _, ticket in self._heads("decision")}
        return [
            (pending.workflow_id, pending.workflow_type["name"])
            for pending in run.execution.pending.values()
            if isinstance(pending, Child) and pending.workflow_id in heads
        ]

    def _heads(self, kind: str) -> Iterator[tuple[TaskList, Ticket]]:
        for task_list in list(self._domain.task_lists.values()):
            ticket = task_list.first()
            if task_list.kind == kind and ticket is not None:
                yield task_list, ticket

    def _taken(self) -> Iterator[tuple[Run, ActivityTask]]:
        for run in open_runs(self._emulator):
            for pending in run.execution.pending.values():
                if (
                    isinstance(pending, ActivityTask)
                    and (run.execution.run_id, pending.event_id) in self._tokens
                ):
                    yield run, pending

    # What may happen.

    def take(self, activity: str) -> str:
        """A worker takes the task, unless one has it; returns the token."""
        for run, task in self._taken():
            if _name(run, task) == activity:
                return self._tokens[run.execution.run_id, task.event_id]
        for task_list, ticket in self._heads("activity"):
            if _name(ticket.run, ticket.pending) == activity:
                polled = poll_activity(self._swf, self._domain_name, task_list.name, "worker")
                assert polled is not None
                key = (ticket.run.execution.run_id, ticket.pending.event_id)
                self._tokens[key] = polled["taskToken"]
                return self._tokens[key]
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
        for task_list, ticket in self._heads("decision"):
            if ticket.run.execution.workflow_id == workflow_id:
                task = poll_decision(self._swf, self._domain_name, task_list.name, "decider")
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
        due = next_due(self._emulator)
        assert due is not None
        clock = self._emulator.clock
        clock.advance(max(0, due.deadline.at_ms - clock.now_ms()) / 1000)

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
        known = self._domain.find_type(f"{kind.capitalize()}Type", named["name"], named["version"])
        if known is None:
            register(domain=self._domain_name, **named, **defaults)


def _name(run: Run, pending: object) -> str:
    assert isinstance(pending, ActivityTask | DecisionTask)
    if isinstance(pending, DecisionTask):
        return run.execution.workflow_id
    if run.execution.parent is None:
        return pending.activity_id
    return f"{run.execution.workflow_id}/{pending.activity_id}"
