"""The example programs, each in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient

pytestmark = pytest.mark.clients

ROOT = Path(__file__).parent.parent.parent
SECONDS = 30

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def program(endpoint: str) -> Iterator[Run]:
    """Start an example as `python -m examples.<name>` in the directory that holds the examples."""
    processes = []
    environment = os.environ | {"AWS_ENDPOINT_URL_SWF": endpoint, "PYTHONWARNINGS": "error"}

    def start(name: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"examples.{name}", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def swf(endpoint: str) -> Iterator[BaseClient]:
    client = boto3.client(
        "swf",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="example",
        aws_secret_access_key="example",
    )
    yield client
    client.close()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and output, once the program has ended by itself."""
    output, _ = process.communicate(timeout=SECONDS)
    return process.returncode, output


def test_demo(program: Run) -> None:
    for name in ("Ada", "Grace"):
        status, output = ended(program("demo", "--name", name))
        assert status == 0, output
        assert f"HelloWorld: Hello, {name}!" in output
        events = re.findall(r"^ *(\d+)  +\+[\d.]+  (\w+)", output, re.MULTILINE)
        assert [int(number) for number, _ in events] == list(range(1, 12))
        assert events[0][1] == "WorkflowExecutionStarted"
        assert events[-1][1] == "WorkflowExecutionCompleted"


def test_demo_fails_without_an_answer(program: Run) -> None:
    status, output = ended(program("demo", "--endpoint-url", "http://127.0.0.1:9"))
    assert status == 1
    assert output.splitlines()[-1].startswith("error: Could not connect to the endpoint URL")


def test_hello_world(program: Run) -> None:
    decider = program("hello_world.decider", "--until-closed")
    worker = program("hello_world.worker", "--count", "1")
    status, output = ended(program("hello_world.starter", "--name", "you", "--wait", str(SECONDS)))
    assert status == 0, output
    assert output.endswith(": COMPLETED\n")
    assert "result='Hello, you!'" in output
    assert ended(decider)[0] == ended(worker)[0] == 0


@pytest.mark.parametrize(
    ("options", "tasks", "close"),
    [
        (("--letter", "k"), 2, r"WorkflowExecutionCompleted .*result=kiwi"),
        (("--letter", "x"), 2, r"WorkflowExecutionFailed .*'Test_Task_B failed: no fruit known'"),
        (("--fail", "A"), 1, r"WorkflowExecutionFailed .*'Test_Task_A failed: told to fail'"),
        (("--fail", "B"), 2, r"WorkflowExecutionFailed .*'Test_Task_B failed: told to fail'"),
    ],
)
def test_two_tasks(program: Run, options: tuple[str, ...], tasks: int, close: str) -> None:
    decider = program("two_tasks.decider", "--until-closed")
    worker = program("two_tasks.worker", *options, "--count", str(tasks))
    status, output = ended(program("two_tasks.starter", "--wait", str(SECONDS)))
    assert re.search(close, output), output
    assert status == (0 if "WorkflowExecutionCompleted" in output else 1)
    assert ended(decider)[0] == ended(worker)[0] == 0


def test_two_tasks_without_a_worker(program: Run, swf: BaseClient) -> None:
    """The decider fails the workflow when nobody takes the task in time."""
    program("two_tasks.starter").communicate(timeout=SECONDS)
    # Of the same name and version as the example's, but with less patience.
    task = {"name": "Test_Task_A", "version": "1.0"}
    swf.deprecate_activity_type(domain="TEST_SWF", activityType=task)
    swf.delete_activity_type(domain="TEST_SWF", activityType=task)
    timeouts = dict.fromkeys(("ScheduleToStart", "StartToClose", "ScheduleToClose"), "1")
    swf.register_activity_type(
        domain="TEST_SWF",
        **task,
        defaultTaskList={"name": "TestTasks"},
        defaultTaskHeartbeatTimeout="NONE",
        **{f"defaultTask{kind}Timeout": seconds for kind, seconds in timeouts.items()},
    )
    status, output = ended(program("two_tasks.decider", "--until-closed"))
    assert status == 0, output
    (info,) = swf.list_closed_workflow_executions(
        domain="TEST_SWF", startTimeFilter={"oldestDate": 0}
    )["executionInfos"]
    history = swf.get_workflow_execution_history(
        domain="TEST_SWF", execution=info["execution"], reverseOrder=True
    )["events"]
    failed = history[0]["workflowExecutionFailedEventAttributes"]
    assert failed["reason"].startswith("Test_Task_A timed out: SCHEDULE_TO_")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", ["hello_world.decider", "two_tasks.worker"])
def test_a_waiting_program_stops_cleanly(
    program: Run, swf: BaseClient, name: str, number: signal.Signals
) -> None:
    """The first task shows that the program polls; then it is told to stop."""
    process = program(name)
    if name == "hello_world.decider":
        ended(program("hello_world.starter"))
    else:
        ended(program("two_tasks.starter"))
        program("two_tasks.decider")
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(number)
    assert ended(process) == (0, "")
