"""The hello workflow (7 calls, 11 events), with any client and as HTTP requests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

DOMAIN = "bench"
TASK_LIST = {"name": "hello"}
WORKFLOW_TYPE = {"name": "Hello", "version": "1.0"}
ACTIVITY_TYPE = {"name": "SayHello", "version": "1.0"}
CALLS, EVENTS = 7, 11

TIMEOUTS = {
    "defaultTaskHeartbeatTimeout": "NONE",
    "defaultTaskScheduleToCloseTimeout": "3600",
    "defaultTaskScheduleToStartTimeout": "3600",
    "defaultTaskStartToCloseTimeout": "3600",
}

Operate = Callable[..., Any]
"""Calls an operation by its API name with its parameters."""

_number = count(1)


def schedule() -> dict[str, Any]:
    """The decision that schedules the activity."""
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": "say",
            "activityType": ACTIVITY_TYPE,
            "taskList": TASK_LIST,
            "input": "World",
        },
    }


def finish() -> dict[str, Any]:
    """The decision that completes the execution."""
    return {
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": {"result": "Hello, World!"},
    }


def register(operate: Operate) -> None:
    """The domain and the two types."""
    operate("RegisterDomain", name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
    operate(
        "RegisterWorkflowType",
        domain=DOMAIN,
        **WORKFLOW_TYPE,
        defaultTaskList=TASK_LIST,
        defaultTaskStartToCloseTimeout="300",
        defaultExecutionStartToCloseTimeout="3600",
        defaultChildPolicy="TERMINATE",
    )
    operate(
        "RegisterActivityType",
        domain=DOMAIN,
        **ACTIVITY_TYPE,
        defaultTaskList=TASK_LIST,
        **TIMEOUTS,
    )


def start(operate: Operate, task_list: dict[str, str] = TASK_LIST) -> dict[str, str]:
    """Start an execution with a new id."""
    workflow_id = f"hello-{next(_number)}"
    run_id: str = operate(
        "StartWorkflowExecution",
        domain=DOMAIN,
        workflowId=workflow_id,
        workflowType=WORKFLOW_TYPE,
        taskList=task_list,
        input="World",
    )["runId"]
    return {"workflowId": workflow_id, "runId": run_id}


def decide(operate: Operate, *decisions: dict[str, Any]) -> dict[str, Any]:
    """Take a decision task and answer it; return the task."""
    task: dict[str, Any] = operate(
        "PollForDecisionTask", domain=DOMAIN, taskList=TASK_LIST, identity="decider"
    )
    operate("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=list(decisions))
    return task


def hello(operate: Operate) -> dict[str, str]:
    """Run one execution from start to end."""
    execution = start(operate)
    decide(operate, schedule())
    task = operate("PollForActivityTask", domain=DOMAIN, taskList=TASK_LIST, identity="worker")
    operate("RespondActivityTaskCompleted", taskToken=task["taskToken"], result="Hello!")
    decide(operate, finish())
    return execution


def check(operate: Operate) -> None:
    """Run one execution and check the events of its history."""
    answer = operate("GetWorkflowExecutionHistory", domain=DOMAIN, execution=hello(operate))
    if len(answer["events"]) != EVENTS:
        raise RuntimeError(f"a hello workflow has {EVENTS} events, not {len(answer['events'])}")


def by_client(client: Any) -> Operate:
    """The operations of a boto3 client."""
    names = client.meta.method_to_api_mapping
    methods = {name: getattr(client, method) for method, name in names.items()}

    def operate(operation: str, **parameters: Any) -> Any:
        return methods[operation](**parameters)

    return operate
