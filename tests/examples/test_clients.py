"""The guide's examples of code that has clients and threads of its own."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import boto3
import pytest

from swf_emulator import Emulator
from swf_emulator.testing import wait_closed

from . import order


@cache
def kept() -> Any:
    """A client that is made once and kept."""
    return boto3.client(
        "swf", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


class module:
    client = kept()


# [attached]
def test_a_client_that_a_module_keeps(swf_emu: Emulator, placed: str) -> None:
    with swf_emu.attached(module.client):
        module.client.signal_workflow_execution(
            domain="test", workflowId=placed, signalName="address", input="office"
        )
    assert swf_emu.history(placed)[-1]["eventType"] == "WorkflowExecutionSignaled"


# [/attached]


# [threads]
class TestWithThreads:
    @pytest.fixture
    def swf_config(self) -> dict[str, Any]:
        return {"clock": "skip"}

    def test_a_decider_in_a_thread(self, swf: Any, swf_emu: Emulator, swf_domain: str) -> None:
        def decide_for_ever() -> None:
            client = boto3.client("swf")
            while running:
                task = client.poll_for_decision_task(domain=swf_domain, taskList={"name": "orders"})
                if "taskToken" in task:
                    client.respond_decision_task_completed(
                        taskToken=task["taskToken"], decisions=order.decide(task)
                    )

        running = [True]
        order.register(swf, swf_domain)
        order.start(swf, swf_domain, "order-1")
        decider = threading.Thread(target=decide_for_ever)
        decider.start()
        try:
            done = wait_closed(swf_emu, "order-1")
        finally:
            running.clear()
            swf_emu.engine.release_polls()
            decider.join()
        assert done.reason == "cannot be delivered"


# [/threads]
@pytest.fixture
def placed(swf: Any, swf_domain: str) -> str:
    order.register(swf, swf_domain)
    order.start(swf, swf_domain, "order-1")
    return "order-1"
