"""The stories through boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from client_matrix.stories import (
    ACTIVITIES,
    DECISIONS,
    FLOW,
    WORK,
    Decider,
    Event,
    WorkFailed,
)


class Boto3Client:
    """boto3's ``swf`` client, with its validation of parameters."""

    def __init__(self, url: str, region: str) -> None:
        self.swf: Any = boto3.client(
            "swf",
            endpoint_url=url,
            region_name=region,
            aws_access_key_id="conformance",
            aws_secret_access_key="conformance",
            config=Config(read_timeout=70, retries={"total_max_attempts": 1}),
        )
        self.domain = ""

    def register(self, domain: str) -> None:
        """Register the domain and both types."""
        self.swf.register_domain(name=domain, workflowExecutionRetentionPeriodInDays="1")
        self.domain = domain
        self.swf.register_workflow_type(
            domain=domain,
            **FLOW,
            defaultTaskList={"name": DECISIONS},
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="600",
            defaultChildPolicy="TERMINATE",
        )
        self.swf.register_activity_type(
            domain=domain,
            **WORK,
            defaultTaskList={"name": ACTIVITIES},
            defaultTaskStartToCloseTimeout="60",
            defaultTaskScheduleToStartTimeout="60",
            defaultTaskScheduleToCloseTimeout="60",
            defaultTaskHeartbeatTimeout="NONE",
        )

    def start(self, workflow_id: str, input: str) -> str:
        """Start an execution."""
        answer = self.swf.start_workflow_execution(
            domain=self.domain, workflowId=workflow_id, workflowType=FLOW, input=input
        )
        return str(answer["runId"])

    def signal(self, workflow_id: str, name: str, input: str) -> None:
        """Signal an execution."""
        self.swf.signal_workflow_execution(
            domain=self.domain, workflowId=workflow_id, signalName=name, input=input
        )

    def cancel(self, workflow_id: str) -> None:
        """Ask an execution to cancel."""
        self.swf.request_cancel_workflow_execution(domain=self.domain, workflowId=workflow_id)

    def decide(self, decider: Decider) -> None:
        """Take one decision task, its history through the paginator, and answer it."""
        pages = self.swf.get_paginator("poll_for_decision_task").paginate(
            domain=self.domain, taskList={"name": DECISIONS}, identity="boto3"
        )
        task = pages.build_full_result()
        first = self.swf.respond_decision_task_completed
        first(taskToken=task["taskToken"], decisions=decider(task["events"]))

    def work(self, worker: Callable[[str], str]) -> None:
        """Take one activity task and answer it."""
        task = self.swf.poll_for_activity_task(domain=self.domain, taskList={"name": ACTIVITIES})
        token = task["taskToken"]
        self.swf.record_activity_task_heartbeat(taskToken=token, details="begun")
        try:
            result = worker(task["input"])
        except WorkFailed as failure:
            self.swf.respond_activity_task_failed(taskToken=token, reason=str(failure))
        else:
            self.swf.respond_activity_task_completed(taskToken=token, result=result)

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """The whole history."""
        pages = self.swf.get_paginator("get_workflow_execution_history").paginate(
            domain=self.domain, execution={"workflowId": workflow_id, "runId": run_id}
        )
        events: list[Event] = pages.build_full_result()["events"]
        return events

    def error_code(self, call: Callable[[], object]) -> str:
        """The name of the typed exception."""
        try:
            call()
        except ClientError as error:
            return type(error).__name__
        return ""

    def describe_unknown_domain(self) -> None:
        """Describe a domain that does not exist."""
        self.swf.describe_domain(name="no-such-domain")
