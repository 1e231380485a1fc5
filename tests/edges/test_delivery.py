"""Two hundred tasks, fifty pollers, real boto3 over real sockets: each task exactly once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config

from conformance.grammar import check_history
from swf_emulator import Settings

from . import workload
from .conftest import Serve
from .workload import DOMAIN, LIST, TYPE

pytestmark = pytest.mark.usefixtures("way")

TASKS = 200
POLLERS = 50


def boto_client(url: str) -> Any:
    return boto3.session.Session().client(
        "swf",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=POLLERS),
    )


class Crew:
    """Fifty threads that poll and answer until all tasks have been seen."""

    def __init__(self, poll: Callable[[], Any], answer: Callable[[Any], None]) -> None:
        self._poll = poll
        self._answer = answer
        self._lock = threading.Lock()
        self.seen: Counter[tuple[str, int]] = Counter()

    def work(self, _: int) -> None:
        while len(self.seen) < TASKS:
            task = self._poll()
            if "taskToken" not in task:
                continue
            with self._lock:
                self.seen[task["workflowExecution"]["runId"], task["startedEventId"]] += 1
            self._answer(task)


def run_crew(crew: Crew, meanwhile: Callable[[], None]) -> None:
    with ThreadPoolExecutor(POLLERS) as threads:
        polling = [threads.submit(crew.work, number) for number in range(POLLERS)]
        meanwhile()
        for done in polling:
            done.result(timeout=30)


def test_each_task_is_delivered_once(serve: Serve) -> None:
    """Half of the tasks wait before the pollers come, half come while pollers wait."""
    _, url = serve(Settings(poll_hold_seconds=0.5))
    client = boto_client(url)
    run_ids: dict[str, str] = {}

    def start(first: int, last: int) -> None:
        for number in range(first, last):
            name = f"w{number}"
            run_ids[name] = client.start_workflow_execution(
                domain=DOMAIN, workflowId=name, workflowType=TYPE
            )["runId"]

    def decide(task: Any) -> None:
        client.respond_decision_task_completed(
            taskToken=task["taskToken"], decisions=[workload.schedule_activity()]
        )

    def complete(task: Any) -> None:
        client.respond_activity_task_completed(taskToken=task["taskToken"], result="done")

    start(0, TASKS // 2)
    deciders = Crew(lambda: client.poll_for_decision_task(domain=DOMAIN, taskList=LIST), decide)
    run_crew(deciders, lambda: start(TASKS // 2, TASKS))
    workers = Crew(lambda: client.poll_for_activity_task(domain=DOMAIN, taskList=LIST), complete)
    run_crew(workers, lambda: None)
    client.close()

    for crew in (deciders, workers):
        assert len(crew.seen) == TASKS
        assert set(crew.seen.values()) == {1}, "a task was delivered twice"
    expected = [
        "WorkflowExecutionStarted",
        *(f"DecisionTask{step}" for step in ("Scheduled", "Started", "Completed")),
        *(f"ActivityTask{step}" for step in ("Scheduled", "Started", "Completed")),
        "DecisionTaskScheduled",
    ]
    for name, run_id in run_ids.items():
        events = workload.history(url, name, run_id)
        assert workload.types_of(events) == expected
        check_history(events, closed=False)
