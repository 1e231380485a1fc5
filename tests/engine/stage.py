"""An emulator under a virtual clock that tests call in process."""

from __future__ import annotations

from typing import Any

from swf_emulator import Emulator
from swf_emulator.engine.domains import Scope
from swf_emulator.engine.engine import Engine
from swf_emulator.engine.view import ExecutionRecord, ListRecord, OpenRecord
from swf_emulator.protocol.answers import HeldCall

OURS = Scope("123456789012", "us-east-1")
TYPE = {"name": "T", "version": "1"}
LIST = {"name": "L"}


class Stage:
    """Calls of one emulator. Without a scope they are those of the default account."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    @property
    def engine(self) -> Engine:
        return self.emulator.accounts.engine(OURS.account)

    def call(self, operation: str, scope: Scope = OURS, **members: Any) -> dict[str, Any]:
        return self.emulator.service.call(scope, operation, **members)

    def register(self, scope: Scope = OURS, domain: str = "d") -> None:
        """Register a domain, a workflow type and an activity type."""
        days = {"workflowExecutionRetentionPeriodInDays": "90"}
        self.call("RegisterDomain", scope, name=domain, **days)
        defaults = {"defaultTaskList": LIST, "defaultTaskStartToCloseTimeout": "600"}
        self.call(
            "RegisterWorkflowType",
            scope,
            domain=domain,
            **TYPE,
            **defaults,
            defaultExecutionStartToCloseTimeout="3600",
            defaultChildPolicy="TERMINATE",
        )
        self.call(
            "RegisterActivityType",
            scope,
            domain=domain,
            **TYPE,
            **defaults,
            defaultTaskScheduleToStartTimeout="100",
            defaultTaskScheduleToCloseTimeout="1000",
            defaultTaskHeartbeatTimeout="NONE",
        )

    def start(self, workflow_id: str, scope: Scope = OURS, **members: Any) -> str:
        """Start an execution; return its run id."""
        named = {"domain": "d", "workflowId": workflow_id, "workflowType": TYPE}
        run_id: str = self.call("StartWorkflowExecution", scope, **named, **members)["runId"]
        return run_id

    def signal(self, workflow_id: str, scope: Scope = OURS) -> None:
        self.call(
            "SignalWorkflowExecution", scope, domain="d", workflowId=workflow_id, signalName="s"
        )

    def terminate(self, workflow_id: str, scope: Scope = OURS) -> None:
        self.call("TerminateWorkflowExecution", scope, domain="d", workflowId=workflow_id)

    def poll(self, tasks: str, scope: Scope = OURS) -> dict[str, Any]:
        """Take a task, ``Decision`` or ``Activity``."""
        return self.call(f"PollFor{tasks}Task", scope, domain="d", taskList=LIST)

    def hold(self, tasks: str, scope: Scope = OURS, *, seconds: float = 60.0) -> HeldCall:
        """Let a poll wait for a task of the list M."""
        named = {"domain": "d", "taskList": {"name": "M"}, "identity": "me"}
        return self.emulator.service.hold(scope, f"PollFor{tasks}Task", seconds, **named)

    def decide(self, *decisions: dict[str, Any], scope: Scope = OURS) -> None:
        """Take a decision task and answer it."""
        token = self.poll("Decision", scope)["taskToken"]
        self.call("RespondDecisionTaskCompleted", scope, taskToken=token, decisions=list(decisions))

    # The read model.

    def execution(self, workflow_id: str) -> ExecutionRecord:
        """The last run of a workflow id."""
        return self.engine.read(lambda view: view.executions(workflow_id=workflow_id))[-1]

    def items(self, workflow_id: str) -> dict[str, OpenRecord]:
        """The open items of an execution, by kind."""
        execution = self.execution(workflow_id)
        found = self.engine.read(lambda view: view.open_items(execution))
        return {item.kind: item for item in found}

    def lists(self) -> dict[tuple[str, str], ListRecord]:
        """The task lists, by kind and name."""
        found = self.engine.read(lambda view: view.task_lists())
        return {(each.list_kind, each.name): each for each in found}


def decision(decision_type: str, **attributes: Any) -> dict[str, Any]:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, member: attributes}


def activity(activity_id: str, priority: str = "0") -> dict[str, Any]:
    """A decision to schedule an activity."""
    return decision(
        "ScheduleActivityTask", activityId=activity_id, activityType=TYPE, taskPriority=priority
    )
