"""A workflow of thirty days, driven by threads that use only a client.

Every day a timer fires and an activity with heartbeats runs. Every tenth day the activity fails
twice and is retried after a growing delay. Every week a child workflow runs.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

DAYS = 30
DOMAIN = "month"
DECIDERS, WORKERS = "deciders", "workers"
PARENT = {"name": "month", "version": "1"}
CHILD = {"name": "week", "version": "1"}
ACTIVITY = {"name": "daily", "version": "1"}

Decision = dict[str, Any]


def decision(kind: str, **attributes: Any) -> Decision:
    member = f"{kind[0].lower()}{kind[1:]}DecisionAttributes"
    return {"decisionType": kind, member: attributes}


def timer(timer_id: str, seconds: int) -> Decision:
    return decision("StartTimer", timerId=timer_id, startToFireTimeout=str(seconds))


def daily(day: int, attempt: int) -> Decision:
    return decision(
        "ScheduleActivityTask",
        activityId=f"day-{day}-{attempt}",
        activityType=ACTIVITY,
        input=f"{day} {attempt}",
    )


def register(swf: Any) -> None:
    swf.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="90")
    for workflow_type in (PARENT, CHILD):
        swf.register_workflow_type(
            domain=DOMAIN,
            **workflow_type,
            defaultTaskList={"name": DECIDERS},
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="31536000",
            defaultChildPolicy="TERMINATE",
        )
    swf.register_activity_type(
        domain=DOMAIN,
        **ACTIVITY,
        defaultTaskList={"name": WORKERS},
        defaultTaskHeartbeatTimeout="60",
        defaultTaskScheduleToStartTimeout="300",
        defaultTaskScheduleToCloseTimeout="NONE",
        defaultTaskStartToCloseTimeout="300",
    )


def decide(task: dict[str, Any]) -> list[Decision]:
    """Decide by the events since the last decision."""
    handle = decide_week if task["workflowType"]["name"] == "week" else decide_month
    since = task["previousStartedEventId"]
    new = [event for event in task["events"] if event["eventId"] > since]
    return [made for event in new for made in handle(event)]


def decide_week(event: dict[str, Any]) -> list[Decision]:
    match event["eventType"]:
        case "WorkflowExecutionStarted":
            return [timer("week", 3600)]
        case "TimerFired":
            return [decision("CompleteWorkflowExecution", result="done")]
    return []


def decide_month(event: dict[str, Any]) -> list[Decision]:
    match event["eventType"]:
        case "WorkflowExecutionStarted":
            return [timer("day-1", 86_400)]
        case "TimerFired":
            name = event["timerFiredEventAttributes"]["timerId"].split("-")
            return [daily(int(name[1]), int(name[2]) if len(name) > 2 else 1)]
        case "ActivityTaskFailed":
            day, attempt = _numbers(event["activityTaskFailedEventAttributes"]["details"])
            return [timer(f"day-{day}-{attempt + 1}", 60 * 2**attempt)]
        case "ActivityTaskCompleted":
            day, _ = _numbers(event["activityTaskCompletedEventAttributes"]["result"])
            if day % 7 == 0:
                return [
                    decision(
                        "StartChildWorkflowExecution",
                        workflowId=f"week-{day}",
                        workflowType=CHILD,
                        control=str(day),
                    )
                ]
            return _after(day)
        case "ChildWorkflowExecutionCompleted":
            execution = event["childWorkflowExecutionCompletedEventAttributes"]
            return _after(int(execution["workflowExecution"]["workflowId"].split("-")[1]))
    return []


def _after(day: int) -> list[Decision]:
    if day == DAYS:
        return [decision("CompleteWorkflowExecution", result=f"{DAYS} days")]
    return [timer(f"day-{day + 1}", 86_400)]


def _numbers(text: str) -> tuple[int, int]:
    day, attempt = text.split()
    return int(day), int(attempt)


class Crew:
    """Threads that poll until `stop`."""

    def __init__(self, make_client: Callable[[], Any], deciders: int = 1, workers: int = 2) -> None:
        self._stop = threading.Event()
        self.errors: list[BaseException] = []
        self.heartbeats: Counter[str] = Counter()
        loops = [self._decide] * deciders + [self._work] * workers
        self._threads = [
            threading.Thread(target=self._run, args=(loop, make_client()), daemon=True)
            for loop in loops
        ]

    def __enter__(self) -> Crew:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Let the threads end after their next poll; closing the emulator ends held polls."""
        self._stop.set()

    def __exit__(self, *_: object) -> None:
        self.stop()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _run(self, loop: Callable[[Any], None], swf: Any) -> None:
        try:
            while not self._stop.is_set():
                loop(swf)
        except BaseException as error:
            if not self._stop.is_set():
                self.errors.append(error)

    def _decide(self, swf: Any) -> None:
        task = swf.poll_for_decision_task(
            domain=DOMAIN, taskList={"name": DECIDERS}, startAtPreviousStartedEvent=True
        )
        if task.get("taskToken"):
            swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decide(task))

    def _work(self, swf: Any) -> None:
        task = swf.poll_for_activity_task(domain=DOMAIN, taskList={"name": WORKERS})
        if not task.get("taskToken"):
            return
        token = {"taskToken": task["taskToken"]}
        for beat in range(3):
            swf.record_activity_task_heartbeat(**token, details=str(beat))
            self.heartbeats[task["activityId"]] += 1
        day, attempt = _numbers(task["input"])
        if day % 10 == 0 and attempt < 3:
            swf.respond_activity_task_failed(**token, reason="not yet", details=task["input"])
        else:
            swf.respond_activity_task_completed(**token, result=task["input"])
