"""The stories through the AWS CLI, one process a call."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from typing import Any

from client_matrix.stories import (
    ACTIVITIES,
    DECISIONS,
    FLOW,
    WORK,
    Decider,
    Event,
    WorkFailed,
)

_ERROR = re.compile(r"An error occurred \((\w+)\)")


class CliError(Exception):
    """The command told an error."""


class AwsCliClient:
    """The command ``aws swf``."""

    def __init__(self, url: str, region: str) -> None:
        self.options = ["--endpoint-url", url, "--region", region, "--output", "json"]
        self.environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "conformance",
            "AWS_SECRET_ACCESS_KEY": "conformance",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        self.domain = ""

    def _aws(self, command: str, **members: Any) -> dict[str, Any]:
        arguments = ["aws", "swf", command, *self.options, "--cli-input-json", json.dumps(members)]
        done = subprocess.run(
            arguments, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CliError(done.stderr.strip())
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
        return answer

    def register(self, domain: str) -> None:
        """Register the domain and both types."""
        self._aws("register-domain", name=domain, workflowExecutionRetentionPeriodInDays="1")
        self.domain = domain
        self._aws(
            "register-workflow-type",
            domain=domain,
            **FLOW,
            defaultTaskList={"name": DECISIONS},
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="600",
            defaultChildPolicy="TERMINATE",
        )
        self._aws(
            "register-activity-type",
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
        answer = self._aws(
            "start-workflow-execution",
            domain=self.domain,
            workflowId=workflow_id,
            workflowType=FLOW,
            input=input,
        )
        return str(answer["runId"])

    def signal(self, workflow_id: str, name: str, input: str) -> None:
        """Signal an execution."""
        self._aws(
            "signal-workflow-execution",
            domain=self.domain,
            workflowId=workflow_id,
            signalName=name,
            input=input,
        )

    def cancel(self, workflow_id: str) -> None:
        """Ask an execution to cancel."""
        self._aws("request-cancel-workflow-execution", domain=self.domain, workflowId=workflow_id)

    def decide(self, decider: Decider) -> None:
        """Take one decision task and answer it."""
        task = self._aws("poll-for-decision-task", domain=self.domain, taskList={"name": DECISIONS})
        self._aws(
            "respond-decision-task-completed",
            taskToken=task["taskToken"],
            decisions=decider(task["events"]),
        )

    def work(self, worker: Callable[[str], str]) -> None:
        """Take one activity task and answer it."""
        task = self._aws(
            "poll-for-activity-task", domain=self.domain, taskList={"name": ACTIVITIES}
        )
        token = task["taskToken"]
        try:
            result = worker(task["input"])
        except WorkFailed as failure:
            self._aws("respond-activity-task-failed", taskToken=token, reason=str(failure))
        else:
            self._aws("respond-activity-task-completed", taskToken=token, result=result)

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """The whole history."""
        execution = {"workflowId": workflow_id, "runId": run_id}
        answer = self._aws(
            "get-workflow-execution-history", domain=self.domain, execution=execution
        )
        events: list[Event] = answer["events"]
        return events

    def error_code(self, call: Callable[[], object]) -> str:
        """The code in the error text of the CLI."""
        try:
            call()
        except CliError as error:
            found = _ERROR.search(str(error))
            return found[1] if found else str(error)
        return ""

    def describe_unknown_domain(self) -> None:
        """Describe a domain that does not exist."""
        self._aws("describe-domain", name="no-such-domain")
