"""A small workflow for these tests: wait for an hour, then work."""

from __future__ import annotations

from typing import Any

from swf_emulator import Emulator

DOMAIN = "shop"
TYPE = {"name": "job", "version": "1"}
WORK = {"name": "work", "version": "1"}


def decision(kind: str, **attributes: Any) -> dict[str, Any]:
    return {
        "decisionType": kind,
        f"{kind[0].lower()}{kind[1:]}DecisionAttributes": attributes,
    }


def begin(emulator: Emulator, workflow_id: str = "job-1", domain: str = DOMAIN) -> Any:
    """Register everything, start an execution, and return a client."""
    swf = emulator.client()
    swf.register_domain(name=domain, workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(
        domain=domain,
        **TYPE,
        defaultTaskList={"name": "jobs"},
        defaultChildPolicy="TERMINATE",
        defaultTaskStartToCloseTimeout="60",
        defaultExecutionStartToCloseTimeout="86400",
    )
    swf.register_activity_type(
        domain=domain,
        **WORK,
        defaultTaskList={"name": "work"},
        defaultTaskHeartbeatTimeout="NONE",
        defaultTaskScheduleToStartTimeout="600",
        defaultTaskScheduleToCloseTimeout="NONE",
        defaultTaskStartToCloseTimeout="60",
    )
    swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=TYPE, input="all of it"
    )
    return swf


def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
    last = [e for e in task["events"] if not e["eventType"].startswith("DecisionTask")][-1]
    match last["eventType"]:
        case "WorkflowExecutionStarted":
            return [decision("StartTimer", timerId="hour", startToFireTimeout="3600")]
        case "TimerFired" | "ActivityTaskTimedOut" | "ActivityTaskFailed":
            return [decision("ScheduleActivityTask", activityType=WORK, activityId="work")]
        case "ActivityTaskCompleted":
            result = last["activityTaskCompletedEventAttributes"].get("result", "")
            return [decision("CompleteWorkflowExecution", result=result)]
    return []
