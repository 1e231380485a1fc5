"""A domain with one workflow type and one activity type, and what clients do with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from swf_emulator import Emulator
from swf_emulator.engine.domains import Run
from swf_emulator.engine.polling import Poll

from . import wire

DOMAIN = "edges"
TYPE = {"name": "any", "version": "1"}
LIST = {"name": "main"}
AWAIT_SECONDS = 10.0

Result = TypeVar("Result")

REGISTRATIONS: list[tuple[str, dict[str, Any]]] = [
    ("RegisterDomain", {"name": DOMAIN, "workflowExecutionRetentionPeriodInDays": "1"}),
    (
        "RegisterWorkflowType",
        {
            "domain": DOMAIN,
            **TYPE,
            "defaultTaskList": LIST,
            "defaultExecutionStartToCloseTimeout": "3600",
            "defaultTaskStartToCloseTimeout": "NONE",
            "defaultChildPolicy": "TERMINATE",
        },
    ),
    (
        "RegisterActivityType",
        {
            "domain": DOMAIN,
            **TYPE,
            "defaultTaskList": LIST,
            "defaultTaskScheduleToStartTimeout": "NONE",
            "defaultTaskScheduleToCloseTimeout": "NONE",
            "defaultTaskStartToCloseTimeout": "NONE",
            "defaultTaskHeartbeatTimeout": "NONE",
        },
    ),
]


def register(url: str) -> None:
    for operation, parameters in REGISTRATIONS:
        wire.succeed(url, operation, **parameters)


def start(url: str, workflow_id: str, **options: Any) -> str:
    """Start an execution. Returns its run id."""
    run_id: str = wire.succeed(
        url,
        "StartWorkflowExecution",
        domain=DOMAIN,
        workflowId=workflow_id,
        workflowType=TYPE,
        **options,
    )["runId"]
    return run_id


def poll_parameters(task_list: str = LIST["name"]) -> dict[str, Any]:
    return {"domain": DOMAIN, "taskList": {"name": task_list}}


def decision_poll(task_list: str = LIST["name"]) -> bytes:
    return wire.request("PollForDecisionTask", poll_parameters(task_list))


def schedule_activity(activity_id: str = "a") -> dict[str, Any]:
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": activity_id,
            "activityType": TYPE,
        },
    }


def start_timer(timer_id: str, seconds: str) -> dict[str, Any]:
    return {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": timer_id, "startToFireTimeout": seconds},
    }


def decide(url: str, token: str, *decisions: dict[str, Any]) -> None:
    wire.succeed(url, "RespondDecisionTaskCompleted", taskToken=token, decisions=list(decisions))


def history(url: str, workflow_id: str, run_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = wire.succeed(
        url,
        "GetWorkflowExecutionHistory",
        domain=DOMAIN,
        execution={"workflowId": workflow_id, "runId": run_id},
    )["events"]
    return events


def types_of(events: list[dict[str, Any]]) -> list[str]:
    return [event["eventType"] for event in events]


def held_polls(emulator: Emulator) -> list[Poll]:
    """The polls that wait now."""
    found: list[Poll] = []
    for engine in emulator.accounts.engines():
        with engine.transaction.lock:
            for domain in engine.recorder.domains():
                for task_list in domain.task_lists.values():
                    found += task_list.pollers
    return found


def runs(emulator: Emulator) -> dict[str, Run]:
    """All runs by run id; the live tables of the only region."""
    (engine,) = emulator.accounts.engines()
    (region,) = engine.regions.values()
    return region.runs


def await_held(emulator: Emulator, count: int) -> None:
    """Return once that many polls wait."""
    await_that(lambda: len(held_polls(emulator)) == count, f"{count} polls are held")


def await_that(holds: Callable[[], bool], what: str, seconds: float = AWAIT_SECONDS) -> None:
    """Return once it holds; AssertionError if it does not within the time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.002)


def at_once(count: int, action: Callable[[int], Result]) -> list[Result]:
    """Do it in so many threads that all begin together. Returns the results in their order."""
    barrier = threading.Barrier(count)

    def act(number: int) -> Result:
        barrier.wait(AWAIT_SECONDS)
        return action(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(act, range(count)))
