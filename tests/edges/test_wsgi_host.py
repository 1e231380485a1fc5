"""``create_app(emulator)`` alone, in a WSGI host with threads: everything works there too."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.serving import make_server

from swf_emulator import Emulator, Settings, create_app

from . import wire, workload
from .test_isolation import boto_client

HOLD_SECONDS = 5.0


@pytest.fixture
def hosted() -> Iterator[tuple[Emulator, str]]:
    with Emulator(Settings(poll_hold_seconds=HOLD_SECONDS)) as emulator:
        server = make_server("127.0.0.1", 0, create_app(emulator), threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="wsgi-host")
        thread.start()
        try:
            yield emulator, f"http://127.0.0.1:{server.server_port}"
        finally:
            emulator.accounts.release_polls()
            server.shutdown()
            thread.join()
            server.server_close()


def test_a_workflow_runs_with_boto3(hosted: tuple[Emulator, str]) -> None:
    _, url = hosted
    workload.register(url)
    client = boto_client(url, "test", "us-east-1")
    run_id = client.start_workflow_execution(
        domain=workload.DOMAIN, workflowId="w", workflowType=workload.TYPE
    )["runId"]
    where = {"domain": workload.DOMAIN, "taskList": workload.LIST}
    token = client.poll_for_decision_task(**where)["taskToken"]
    client.respond_decision_task_completed(
        taskToken=token, decisions=[workload.schedule_activity()]
    )
    token = client.poll_for_activity_task(**where)["taskToken"]
    client.respond_activity_task_completed(taskToken=token, result="done")
    token = client.poll_for_decision_task(**where)["taskToken"]
    client.respond_decision_task_completed(
        taskToken=token, decisions=[{"decisionType": "CompleteWorkflowExecution"}]
    )
    with pytest.raises(client.exceptions.UnknownResourceFault):
        client.respond_decision_task_completed(taskToken=token)
    client.close()
    types = workload.types_of(workload.history(url, "w", run_id))
    assert types[-1] == "WorkflowExecutionCompleted"


def test_polls_are_held_until_the_task_comes(hosted: tuple[Emulator, str]) -> None:
    emulator, url = hosted
    workload.register(url)
    with ThreadPoolExecutor(3) as threads:
        polls = []
        for number in range(3):
            polls.append(
                threads.submit(wire.call, url, "PollForDecisionTask", **workload.poll_parameters())
            )
            workload.await_held(emulator, number + 1)
        began = time.monotonic()
        run_ids = [workload.start(url, f"w{number}") for number in range(3)]
        served = [poll.result().json()["workflowExecution"]["runId"] for poll in polls]
        took = time.monotonic() - began
    assert served == run_ids
    assert took < HOLD_SECONDS / 2


def test_health_and_reset(hosted: tuple[Emulator, str]) -> None:
    _, url = hosted
    workload.register(url)
    with wire.Wire(url) as connection:
        connection.send(wire.http_request([], b"", "GET /_emulator/health HTTP/1.1"))
        reply = connection.receive()
    assert (reply.status, reply.json()["status"]) == (200, "ok")
    for path in ("/_emulator/reset", "/moto-api/reset"):
        with wire.Wire(url) as connection:
            connection.send(wire.http_request([], b"", f"POST {path} HTTP/1.1"))
            assert connection.receive().status == 200
        assert wire.call(url, "DescribeDomain", name=workload.DOMAIN).status == 400
        workload.register(url)
