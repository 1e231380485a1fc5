"""A client of the kill campaign: it notes what it tries and what was acknowledged.

``python -m tests.store.crash_client URL NOTES SEED NAME`` calls the server until it is gone. Each
line of the notes is a JSON list: what, and its facts. Lines with ``try`` precede the call.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TYPE = {"name": "T", "version": "1"}
LIST = {"name": "L"}
LONG = dict.fromkeys(
    ("scheduleToStartTimeout", "scheduleToCloseTimeout", "startToCloseTimeout"), "NONE"
)
BATCH = 3


class Refused(Exception):
    """The server answered, and not with success."""


class Client:
    def __init__(self, url: str, notes: Path, seed: str, name: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        held = [json.loads(line) for line in notes.read_text().splitlines()]
        self._notes = notes.open("a")
        self._random = random.Random(seed)
        self._name = name
        self._number = 0
        answered = {line[1] for line in held if line[0] == "try to complete"}
        self._tokens = [
            line[3] for line in held if line[0] == "activity" and line[3] not in answered
        ]
        self._open: list[str] = []

    def note(self, *facts: Any) -> None:
        self._notes.write(json.dumps(facts) + "\n")
        self._notes.flush()

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        headers = {
            "X-Amz-Target": f"SimpleWorkflowService.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
        }
        self._connection.request("POST", "/", json.dumps(members), headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Refused(f"{operation}: {response.status} {body!r}")
        result: dict[str, Any] = json.loads(body) if body else {}
        return result

    def unique(self) -> str:
        self._number += 1
        return f"{self._name}-{self._number}"

    def run(self) -> None:
        for token in self._tokens:  # of tasks that it got before the server was killed
            self.complete(token)
        while True:
            self._random.choice((self.start, self.signal, self.decide, self.decide, self.work))()

    def start(self) -> None:
        workflow_id = self.unique()
        result = self.call(
            "StartWorkflowExecution", domain="d", workflowId=workflow_id, workflowType=TYPE
        )
        self.note("started", workflow_id, result["runId"])
        self._open.append(workflow_id)

    def signal(self) -> None:
        if self._open:
            workflow_id, name = self._random.choice(self._open), self.unique()
            self.call(
                "SignalWorkflowExecution", domain="d", workflowId=workflow_id, signalName=name
            )
            self.note("signaled", workflow_id, name)

    def decide(self) -> None:
        task = self.call("PollForDecisionTask", domain="d", taskList=LIST, reverseOrder=True)
        if not task.get("taskToken"):
            return
        run_id = task["workflowExecution"]["runId"]
        self.note("decision", run_id, task["startedEventId"])
        ids = [self.unique() for _ in range(BATCH)]
        decisions = [
            {
                "decisionType": "ScheduleActivityTask",
                "scheduleActivityTaskDecisionAttributes": {
                    "activityId": activity_id,
                    "activityType": TYPE,
                    "taskList": LIST,
                    "heartbeatTimeout": "NONE",
                    **LONG,
                },
            }
            for activity_id in ids
        ]
        self.note("try to decide", run_id, ids)
        self.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=decisions)
        self.note("decided", run_id, ids)

    def work(self) -> None:
        task = self.call("PollForActivityTask", domain="d", taskList=LIST)
        if not task.get("taskToken"):
            return
        run_id, token = task["workflowExecution"]["runId"], task["taskToken"]
        self.note("activity", run_id, task["startedEventId"], token)
        details = self.unique()
        self.call("RecordActivityTaskHeartbeat", taskToken=token, details=details)
        self.note("beat", run_id, task["activityId"], details)
        if self._random.random() < 0.8:
            self.complete(token)

    def complete(self, token: str) -> None:
        self.note("try to complete", token)
        result = self.unique()
        self.call("RespondActivityTaskCompleted", taskToken=token, result=result)
        self.note("completed", token, result)


def main() -> None:
    url, notes, seed, name = sys.argv[1:]
    client = Client(url, Path(notes), seed, name)
    try:
        client.run()
    except (OSError, http.client.HTTPException):
        return  # the server was killed
    except Refused as refused:
        client.note("refused", str(refused))


if __name__ == "__main__":
    main()
