"""The guide's examples of code with its own clients and threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.testing import run_decider, run_worker, wait_closed

from . import order


@cache
def kept() -> Any:
    """Return a client that is created once and kept."""
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
        return {"clock": "skip", "settings": Settings(poll_hold_seconds=0.2)}

    def test_loops_in_threads(self, swf: Any, swf_emu: Emulator, swf_domain: str) -> None:
        def decide() -> None:
            run_decider(order.decide, boto3.client("swf"), domain=swf_domain, task_list="orders")

        def work() -> None:
            desk = {"reserve": lambda task: None, "charge": refuse}
            run_worker(desk, boto3.client("swf"), domain=swf_domain, task_list="desk")

        def refuse(task: dict[str, Any]) -> None:
            raise ConnectionError("the bank does not answer")

        def loop(once: Callable[[], None]) -> None:
            while running:
                once()

        running = [True]
        order.register(swf, swf_domain)
        order.start(swf, swf_domain, "order-1")
        threads = [threading.Thread(target=loop, args=[once]) for once in (decide, work)]
        for thread in threads:
            thread.start()
        done = wait_closed(swf_emu, "order-1", timeout_seconds=30)
        running.clear()
        for thread in threads:
            thread.join()
        assert done.reason == "not paid"


# [/threads]
@pytest.fixture
def placed(swf: Any, swf_domain: str) -> str:
    order.register(swf, swf_domain)
    order.start(swf, swf_domain, "order-1")
    return "order-1"
