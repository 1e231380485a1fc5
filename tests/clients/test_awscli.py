"""The AWS command line runs a workflow, each call a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from conformance.grammar import check_history
from tests.clients.recorded_hello import assert_is_recorded_hello

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]

DOMAIN = "boto_tutorial"
WORKFLOW = "name=HelloWorkflow,version=1.0"

Aws = Callable[..., Any]


class AwsError(Exception):
    """The command line answered with an error."""


@pytest.fixture(scope="module")
def aws_program() -> str:
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS command line (aws) is not on the PATH")
    # A version manager's stand-in may be on the PATH without a command line behind it.
    trial = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if trial.returncode != 0:
        pytest.skip(f"{program} does not run: {trial.stderr.strip()}")
    return program


@pytest.fixture
def aws(aws_program: str, endpoint: str) -> Aws:
    """Call `aws swf` and get its output, parsed; None when it has none."""
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }

    def call(operation: str, **options: Any) -> Any:
        command = [aws_program, "--endpoint-url", endpoint, "--output", "json", "swf", operation]
        for name, value in options.items():
            option = f"--{name.replace('_', '-')}"
            if value is True:
                command.append(option)
            else:
                command += [option, value if isinstance(value, str) else json.dumps(value)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AwsError(done.stderr.strip())
        return json.loads(done.stdout) if done.stdout.strip() else None

    return call


def register(aws: Aws) -> None:
    assert (
        aws("register-domain", name=DOMAIN, workflow_execution_retention_period_in_days="30")
        is None
    )
    aws(
        "register-workflow-type",
        domain=DOMAIN,
        name="HelloWorkflow",
        workflow_version="1.0",
        default_task_list="name=default",
        default_execution_start_to_close_timeout="3600",
        default_task_start_to_close_timeout="300",
        default_child_policy="TERMINATE",
    )
    aws(
        "register-activity-type",
        domain=DOMAIN,
        name="HelloWorld",
        activity_version="1.0",
        default_task_list="name=default",
        default_task_schedule_to_start_timeout="300",
        default_task_start_to_close_timeout="3600",
        default_task_schedule_to_close_timeout="3900",
        default_task_heartbeat_timeout="600",
    )


def start(aws: Aws, workflow_id: str) -> str:
    run_id: str = aws(
        "start-workflow-execution", domain=DOMAIN, workflow_id=workflow_id, workflow_type=WORKFLOW
    )["runId"]
    return f"workflowId={workflow_id},runId={run_id}"


def test_hello_workflow_has_the_recorded_history(aws: Aws) -> None:
    register(aws)
    execution = start(aws, "hello")

    task = aws("poll-for-decision-task", domain=DOMAIN, task_list="name=default")
    assert [event["eventType"] for event in task["events"]] == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
    ]
    schedule = {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": {"name": "HelloWorld", "version": "1.0"},
            "activityId": "saying_hi",
        },
    }
    aws("respond-decision-task-completed", task_token=task["taskToken"], decisions=[schedule])
    task = aws("poll-for-activity-task", domain=DOMAIN, task_list="name=default")
    assert task["activityId"] == "saying_hi"
    assert aws("record-activity-task-heartbeat", task_token=task["taskToken"]) == {
        "cancelRequested": False
    }
    aws("respond-activity-task-completed", task_token=task["taskToken"])
    task = aws("poll-for-decision-task", domain=DOMAIN, task_list="name=default")
    assert (task["startedEventId"], task["previousStartedEventId"]) == (9, 3)
    complete = {"decisionType": "CompleteWorkflowExecution"}
    aws("respond-decision-task-completed", task_token=task["taskToken"], decisions=[complete])

    events = aws("get-workflow-execution-history", domain=DOMAIN, execution=execution)["events"]
    assert_is_recorded_hello(events)
    description = aws("describe-workflow-execution", domain=DOMAIN, execution=execution)
    assert description["executionInfo"]["closeStatus"] == "COMPLETED"


def test_paging_signals_and_faults(aws: Aws) -> None:
    register(aws)
    with pytest.raises(AwsError) as fault:
        aws("register-workflow-type", domain=DOMAIN, name="HelloWorkflow", workflow_version="1.0")
    assert str(fault.value).endswith(
        "An error occurred (TypeAlreadyExistsFault) when calling the RegisterWorkflowType "
        "operation: WorkflowType=[name=HelloWorkflow, version=1.0]"
    )
    execution = start(aws, "signaled")
    aws(
        "signal-workflow-execution",
        domain=DOMAIN,
        workflow_id="signaled",
        signal_name="wake_up",
        input="now",
    )
    aws("terminate-workflow-execution", domain=DOMAIN, workflow_id="signaled", reason="enough")
    history = aws(
        "get-workflow-execution-history", domain=DOMAIN, execution=execution, page_size="1"
    )["events"]
    check_history(history, closed=True)
    assert [event["eventType"] for event in history][2:] == [
        "WorkflowExecutionSignaled",
        "WorkflowExecutionTerminated",
    ]
    closed = aws("list-closed-workflow-executions", domain=DOMAIN, start_time_filter="oldestDate=0")
    (info,) = closed["executionInfos"]
    assert info["closeStatus"] == "TERMINATED"
    assert f"runId={info['execution']['runId']}" in execution
