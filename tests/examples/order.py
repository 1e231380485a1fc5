"""The decider of an order in a shop, and of its shipment."""

from __future__ import annotations

from typing import Any

DOMAIN = "shop"
WORKFLOW = {"name": "order", "version": "1"}
SHIPMENT = {"name": "shipment", "version": "1"}
TRIES_MAX = 3


# [decider]
def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Reserve, charge (with retries), ship; cancel on request until the charge."""
    events = task["events"]
    types = [event["eventType"] for event in events]
    done = activities(events, "Completed")
    failed = activities(events, "Failed") + activities(events, "TimedOut")

    if "WorkflowExecutionCancelRequested" in types and "charge" not in done:
        return [{"decisionType": "CancelWorkflowExecution"}]
    if "ChildWorkflowExecutionCompleted" in types:
        return [close("CompleteWorkflowExecution", result="shipped")]
    if any(name in types for name in SHIPMENT_LOST) or "reserve" in failed:
        return [close("FailWorkflowExecution", reason="cannot be delivered")]
    if "charge" in done:
        if "StartChildWorkflowExecutionInitiated" in types:
            return []
        return [start_shipment(task, address(events))]
    if "reserve" in done:
        return charge(failed.count("charge"), events)
    if "ActivityTaskScheduled" in types:
        return []
    return [schedule("reserve", 1)]


def charge(failures: int, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Charge at once, or after a delay that grows with the number of failures."""
    scheduled = [name for name in activities(events, "Scheduled") if name == "charge"]
    timers = names(events, "TimerStarted", "timerId")
    if failures == TRIES_MAX:
        return [close("FailWorkflowExecution", reason="not paid")]
    if len(scheduled) > failures:
        return []
    if failures == 0 or f"retry-{failures}" in names(events, "TimerFired", "timerId"):
        return [schedule("charge", failures + 1)]
    return [] if f"retry-{failures}" in timers else [wait(f"retry-{failures}", 60 * 2**failures)]


# [/decider]

SHIPMENT_LOST = (
    "ChildWorkflowExecutionFailed",
    "ChildWorkflowExecutionTimedOut",
    "ChildWorkflowExecutionCanceled",
    "ChildWorkflowExecutionTerminated",
    "StartChildWorkflowExecutionFailed",
)


def attributes(event: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of an event."""
    found: dict[str, Any] = next(event[name] for name in event if name.endswith("Attributes"))
    return found


def names(events: list[dict[str, Any]], event_type: str, member: str) -> list[str]:
    """Return a member of all events of a type."""
    return [attributes(event)[member] for event in events if event["eventType"] == event_type]


def activities(events: list[dict[str, Any]], outcome: str) -> list[str]:
    """Return the names of the activities with this outcome (or ``Scheduled``), in order."""
    found = []
    for event in events:
        if event["eventType"] == f"ActivityTask{outcome}":
            told = attributes(event)
            if outcome != "Scheduled":
                told = attributes(events[told["scheduledEventId"] - 1])
            found.append(told["activityType"]["name"])
    return found


def address(events: list[dict[str, Any]]) -> str:
    """Where to: what the last signal says, or nothing else than at first."""
    signals = [event for event in events if event["eventType"] == "WorkflowExecutionSignaled"]
    return str(attributes(signals[-1])["input"]) if signals else "home"


def decision(kind: str, **members: Any) -> dict[str, Any]:
    return {"decisionType": kind, f"{kind[0].lower()}{kind[1:]}DecisionAttributes": members}


def close(kind: str, **members: Any) -> dict[str, Any]:
    return decision(kind, **members)


def schedule(name: str, number: int) -> dict[str, Any]:
    return decision(
        "ScheduleActivityTask",
        activityType={"name": name, "version": "1"},
        activityId=f"{name}-{number}",
    )


def wait(timer_id: str, seconds: int) -> dict[str, Any]:
    return decision("StartTimer", timerId=timer_id, startToFireTimeout=str(seconds))


def start_shipment(task: dict[str, Any], where: str) -> dict[str, Any]:
    return decision(
        "StartChildWorkflowExecution",
        workflowId=f"{task['workflowExecution']['workflowId']}-shipment",
        workflowType=SHIPMENT,
        input=where,
    )


# [shipment]
def decide_shipment(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Wait for the carrier's signal."""
    for event in task["events"]:
        if event["eventType"] == "WorkflowExecutionSignaled":
            return [close("CompleteWorkflowExecution", result="delivered")]
    return []


# [/shipment]


def register(swf: Any, domain: str = DOMAIN) -> None:
    """Register the types, with timeouts in seconds."""
    for name, workflow_type in (("orders", WORKFLOW), ("shipments", SHIPMENT)):
        swf.register_workflow_type(
            domain=domain,
            **workflow_type,
            defaultTaskList={"name": name},
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="604800",
            defaultChildPolicy="TERMINATE",
        )
    for name in ("reserve", "charge"):
        swf.register_activity_type(
            domain=domain,
            name=name,
            version="1",
            defaultTaskList={"name": "desk"},
            defaultTaskHeartbeatTimeout="30",
            defaultTaskScheduleToStartTimeout="3600",
            defaultTaskScheduleToCloseTimeout="NONE",
            defaultTaskStartToCloseTimeout="300",
        )


def start(swf: Any, domain: str = DOMAIN, workflow_id: str = "order-1") -> str:
    """Start an order; return the run id."""
    run_id: str = swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=WORKFLOW
    )["runId"]
    return run_id
