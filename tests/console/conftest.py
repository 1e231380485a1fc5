"""A browser without a window: the console's pages over Flask's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from swf_emulator import Emulator, VirtualClock
from swf_emulator.core.events import attributes_name
from swf_emulator.engine.domains import Scope
from swf_emulator.http import create_app

from .html import Element, parse

Call = Callable[..., dict[str, Any]]
SCOPE = Scope("123456789012", "us-east-1")
DOMAIN = "shop"
TYPE = {"name": "Order", "version": "1"}
ACTIVITY = {"name": "Charge", "version": "1"}


class Browser:
    """Follows links and sends forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> Element:
        response = self.client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert response.status_code == status, response.text
        return parse(response.text)

    def json(self, path: str, status: int = 200) -> Any:
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return response.json

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form; the answer, be it a redirection."""
        return self.client.post(path, data=fields, headers={"Accept": "text/html"})

    def act(self, path: str, **fields: str) -> Element:
        """Send a form; the page that it leads to."""
        response = self.post(path, **fields)
        assert response.status_code == 303, response.text
        return self.get(response.headers["Location"])

    def rejected(self, path: str, **fields: str) -> Element:
        """Send a form that is rejected; the page with the error."""
        response = self.post(path, **fields)
        assert response.status_code == 400, response.text
        return parse(response.text)


class Shop:
    """A domain with a workflow type and an activity type, and what happens in it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        call("RegisterDomain", name=DOMAIN, workflowExecutionRetentionPeriodInDays="7")
        call(
            "RegisterWorkflowType",
            domain=DOMAIN,
            **TYPE,
            defaultTaskList={"name": "orders"},
            defaultTaskStartToCloseTimeout="30",
            defaultExecutionStartToCloseTimeout="3600",
            defaultChildPolicy="TERMINATE",
        )
        call(
            "RegisterActivityType",
            domain=DOMAIN,
            **ACTIVITY,
            defaultTaskList={"name": "work"},
            defaultTaskScheduleToStartTimeout="60",
            defaultTaskStartToCloseTimeout="60",
            defaultTaskScheduleToCloseTimeout="120",
            defaultTaskHeartbeatTimeout="NONE",
        )

    def start(self, workflow_id: str = "o1", **more: Any) -> str:
        """Start an execution; its path."""
        run_id = self.call(
            "StartWorkflowExecution",
            domain=DOMAIN,
            workflowId=workflow_id,
            workflowType=TYPE,
            **more,
        )["runId"]
        return path_of(workflow_id, run_id)

    def decide(self, *decisions: tuple[str, dict[str, Any]]) -> None:
        """Poll for a decision task and answer it."""
        task = self.call(
            "PollForDecisionTask", domain=DOMAIN, taskList={"name": "orders"}, identity="decider"
        )
        self.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=[
                {
                    "decisionType": decision_type,
                    attributes_name(decision_type, "Decision"): attributes,
                }
                for decision_type, attributes in decisions
            ],
        )

    def charge(self, activity_id: str = "c1", **more: Any) -> tuple[str, dict[str, Any]]:
        """The decision that schedules the activity."""
        return "ScheduleActivityTask", {
            "activityType": ACTIVITY,
            "activityId": activity_id,
            **more,
        }

    def take(self, identity: str = "worker") -> str:
        """Take an activity task; its token."""
        task = self.call(
            "PollForActivityTask", domain=DOMAIN, taskList={"name": "work"}, identity=identity
        )
        return str(task["taskToken"])


def path_of(workflow_id: str, run_id: str) -> str:
    return f"/executions/{DOMAIN}/{workflow_id}/{run_id.replace('+', '-').replace('/', '_')}"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def emulator(clock: VirtualClock) -> Iterator[Emulator]:
    with Emulator(clock=clock, seed=1) as running:
        yield running


@pytest.fixture
def call(emulator: Emulator) -> Call:
    return partial(emulator.service.call, SCOPE)


@pytest.fixture
def browser(emulator: Emulator) -> Browser:
    return Browser(create_app(emulator).test_client())


@pytest.fixture
def shop(call: Call) -> Shop:
    return Shop(call)
