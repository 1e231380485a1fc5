"""A workflow whose decider decides what a test says, and a browser of its console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http import create_app
from tests.console.html import Element, parse
from tests.testing import shop

Get = Callable[[str], Element]


class Workflow:
    """The execution ``job-1``."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.swf = shop.begin(emulator)
        (key,) = emulator.executions()
        run_id = key.run_id.replace("+", "-").replace("/", "_")
        self.path = f"/executions/{key.domain}/{key.workflow_id}/{run_id}"

    def decide(self, *decisions: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer the decision task that waits; the history after it."""
        task = self.swf.poll_for_decision_task(domain=shop.DOMAIN, taskList={"name": "jobs"})
        self.swf.respond_decision_task_completed(
            taskToken=task["taskToken"], decisions=list(decisions)
        )
        return self.emulator.history("job-1")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(clock=VirtualClock(), seed=1) as emulator:
        yield emulator


@pytest.fixture
def workflow(emulator: Emulator) -> Workflow:
    return Workflow(emulator)


@pytest.fixture
def get(emulator: Emulator) -> Get:
    """A page of the console, which must be answered with 200."""
    client = create_app(emulator).test_client()

    def page(path: str) -> Element:
        response = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert response.status_code == 200, response.text
        return parse(response.text)

    return page
