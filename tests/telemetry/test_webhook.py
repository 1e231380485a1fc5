"""Execution events, delivered in EventBridge format."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.protocol.model import service_model
from swf_emulator.telemetry import webhook as eventing
from swf_emulator.telemetry.webhook import EVENT_TYPES, Webhook
from tests.waiting import wait_until


class Receiver(ThreadingHTTPServer):
    """Receive events; answer with the given statuses, then with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: list[Any] = []
        self.attempts = 0
        self.statuses: list[int] = []
        self.blocked = threading.Event()
        self.blocked.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        receiver = self.server
        assert self.path == "/hook?token=1"
        assert self.headers["Content-Type"] == "application/json"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.attempts += 1
        receiver.blocked.wait(20)
        status = receiver.statuses.pop(0) if receiver.statuses else 200
        if status == 200:
            receiver.events.append(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.blocked.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def webhook(receiver: Receiver, virtual: Emulator) -> Iterator[Webhook]:
    made = Webhook(virtual.accounts, receiver.url, queue_max=3)
    yield made
    made.close()


def start(swf: Any, workflow_id: str = "w", **more: Any) -> str:
    run_id: str = swf.start_workflow_execution(
        domain="d",
        workflowId=workflow_id,
        workflowType={"name": "wt", "version": "1"},
        taskList={"name": "t"},
        taskStartToCloseTimeout="60",
        executionStartToCloseTimeout="600",
        childPolicy="TERMINATE",
        **more,
    )["runId"]
    return run_id


@pytest.fixture
def registered(swf: Any) -> Any:
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="d", name="wt", version="1")
    return swf


def test_the_event_of_a_started_execution(
    receiver: Receiver, webhook: Webhook, registered: Any, clock: VirtualClock
) -> None:
    run_id = start(registered)
    wait_until(lambda: receiver.events)
    (event,) = receiver.events
    assert len(event.pop("id")) == 36
    started_ms = clock.now_ms()
    assert event == {
        "version": "0",
        "detail-type": "Simple Workflow Execution State Change",
        "source": "aws.swf",
        "account": "123456789012",
        "time": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": ["arn:aws:swf:us-east-1:123456789012:/domain/d"],
        "detail": {
            "eventId": 1,
            "eventType": "WorkflowExecutionStarted",
            "workflowExecutionDetail": {
                "executionInfo": {
                    "execution": {"workflowId": "w", "runId": run_id},
                    "workflowType": {"name": "wt", "version": "1"},
                    "startTimestamp": started_ms,
                    "closeTimestamp": None,
                    "executionStatus": "OPEN",
                    "closeStatus": None,
                    "parent": None,
                    "parentExecutionArn": None,
                    "tagList": None,
                    "cancelRequested": False,
                },
                "executionConfiguration": {
                    "taskStartToCloseTimeout": "60",
                    "executionStartToCloseTimeout": "600",
                    "taskList": {"name": "t"},
                    "taskPriority": None,
                    "childPolicy": "TERMINATE",
                    "lambdaRole": None,
                },
                "openCounts": {
                    "openActivityTasks": 0,
                    "openDecisionTasks": 1,
                    "openTimers": 0,
                    "openChildWorkflowExecutions": 0,
                    "openLambdaFunctions": 0,
                },
                "latestActivityTaskTimestamp": None,
            },
        },
    }


def test_the_event_of_a_closed_execution(
    receiver: Receiver, webhook: Webhook, registered: Any, clock: VirtualClock
) -> None:
    start(registered, tagList=["a"], taskPriority="3")
    clock.advance(2)
    registered.signal_workflow_execution(domain="d", workflowId="w", signalName="s")
    registered.terminate_workflow_execution(domain="d", workflowId="w")
    wait_until(lambda: len(receiver.events) == 2)
    details = [event["detail"] for event in receiver.events]
    kinds = [detail["eventType"] for detail in details]
    assert kinds == ["WorkflowExecutionStarted", "WorkflowExecutionTerminated"]
    detail = details[1]["workflowExecutionDetail"]
    info = detail["executionInfo"]
    assert (info["executionStatus"], info["closeStatus"]) == ("CLOSED", "TERMINATED")
    assert info["closeTimestamp"] == info["startTimestamp"] + 2000 == clock.now_ms()
    assert info["tagList"] == ["a"]
    assert detail["executionConfiguration"]["taskPriority"] == "3"
    assert details[1]["eventId"] == 4


def test_events_of_another_account(receiver: Receiver, webhook: Webhook, virtual: Emulator) -> None:
    other = virtual.client(aws_access_key_id="999988887777")
    other.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    other.register_workflow_type(domain="d", name="wt", version="1")
    start(other)
    wait_until(lambda: receiver.events)
    assert receiver.events[0]["account"] == "999988887777"
    assert receiver.events[0]["resources"] == ["arn:aws:swf:us-east-1:999988887777:/domain/d"]


def test_event_types_are_those_of_the_model() -> None:
    assert set(service_model().shapes["EventType"]["enum"]) >= EVENT_TYPES


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventing, "FIRST_PAUSE_SECONDS", 0.001)


@pytest.mark.usefixtures("hasty")
def test_temporary_errors_are_retried(
    receiver: Receiver, webhook: Webhook, registered: Any
) -> None:
    receiver.statuses = [503, 429, 500]
    start(registered)
    wait_until(lambda: webhook.counts["delivered"] == 1)
    assert receiver.attempts == 4
    assert webhook.counts == {"delivered": 1, "retried": 3, "dropped": 0, "undeliverable": 0}


@pytest.mark.usefixtures("hasty")
def test_delivery_is_given_up_after_many_attempts(
    receiver: Receiver, webhook: Webhook, registered: Any, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [503] * eventing.ATTEMPTS_MAX
    start(registered, "first")
    start(registered, "second")
    wait_until(lambda: webhook.counts["delivered"] == 1)
    assert webhook.counts["undeliverable"] == 1
    assert receiver.attempts == eventing.ATTEMPTS_MAX + 1
    assert "was not delivered in 8 attempts: 503" in caplog.text


def test_a_permanent_error_is_not_retried(
    receiver: Receiver, webhook: Webhook, registered: Any, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [403]
    start(registered)
    wait_until(lambda: webhook.counts["undeliverable"] == 1)
    assert receiver.attempts == 1
    assert "rejected an event with status 403" in caplog.text


def test_events_beyond_the_queue_are_dropped_counted_and_logged(
    receiver: Receiver, webhook: Webhook, registered: Any, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.blocked.clear()
    for number in range(10):
        start(registered, f"w{number}")
    assert webhook.counts["dropped"] == 7
    assert webhook.waiting == 3
    messages = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert messages == ["3 events wait for delivery; further events are dropped"]
    receiver.blocked.set()
    wait_until(lambda: webhook.waiting == 0)
    start(registered, "after")
    wait_until(lambda: webhook.counts["delivered"] == 4)
    assert "7 events were dropped; delivery resumes" in caplog.text
    ids = [
        event["detail"]["workflowExecutionDetail"]["executionInfo"]["execution"]["workflowId"]
        for event in receiver.events
    ]
    assert ids == ["w0", "w1", "w2", "after"]


def test_a_missing_receiver_delays_neither_the_engine_nor_the_end(
    virtual: Emulator, registered: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(virtual.accounts.observers)
    webhook = Webhook(virtual.accounts, "http://127.0.0.1:1/")
    start(registered)
    wait_until(lambda: webhook.counts["retried"])
    began = time.monotonic()
    webhook.close(0.2)
    assert time.monotonic() - began < 5
    assert "1 events were not delivered before the emulator stopped" in caplog.text
    assert virtual.accounts.observers == before


def test_close_waits_for_deliveries(receiver: Receiver, virtual: Emulator, registered: Any) -> None:
    webhook = Webhook(virtual.accounts, receiver.url)
    for number in range(5):
        start(registered, f"w{number}")
    webhook.close(20)
    assert len(receiver.events) == 5


def test_the_command_delivers_the_events_of_its_init_files(receiver: Receiver) -> None:
    recipe = """
        [[domains]]
        name = "d"
        [[domains.workflowTypes]]
        name = "wt"
        version = "1"
        [[domains.executions]]
        workflowId = "w"
        workflowType = {name = "wt", version = "1"}
        taskList.name = "t"
        taskStartToCloseTimeout = 60
        executionStartToCloseTimeout = 600
        childPolicy = "TERMINATE"
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "init.toml").write_text(recipe)
        command = [sys.executable, "-m", "swf_emulator", "serve", "--port", "0"]
        options = ["--init", folder, "--events-url", receiver.url]
        with subprocess.Popen([*command, *options], stdout=subprocess.PIPE) as process:
            wait_until(lambda: receiver.events)
            assert process.stdout is not None
            assert b"serves Amazon SWF" in process.stdout.readline()
            process.terminate()
            assert process.wait(20) == 0
    assert receiver.events[0]["detail"]["eventType"] == "WorkflowExecutionStarted"


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://host/", "host:80", "http://", "http:///path", "http://host:0/"),
        *("http://host:x/", "http://host:99999/", "http://a..b/", f"http://{'x' * 64}.com/"),
        *("http://host/a b", "http://host/\n", "http://host/ä", "http://[::1/", "http://hö.st/"),
    ],
)
def test_an_invalid_url(virtual: Emulator, url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https URL"):
        Webhook(virtual.accounts, url)


class Endless(BaseHTTPRequestHandler):
    """Answer without an end: with a body, or with a head or a last body that drips."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            if self.path == "/drips":
                while True:
                    self.wfile.write(b"X-Slow: 1\r\n")
                    time.sleep(0.05)
            if self.path == "/drips-to-the-end":
                self.wfile.write(b"Connection: close\r\n\r\n")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            self.wfile.write(b"\r\n")
            while True:
                self.wfile.write(b"x" * 65_536)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *values: Any) -> None:
        """Be silent."""


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/body", "delivered"),
        ("/drips", "undeliverable"),
        ("/drips-to-the-end", "undeliverable"),
    ],
)
def test_an_endless_answer_is_broken_off(
    monkeypatch: pytest.MonkeyPatch, path: str, outcome: str
) -> None:
    monkeypatch.setattr(eventing, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(eventing, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(eventing, "PAUSE_SECONDS_MAX", 0.001)
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    receiver.daemon_threads = True
    thread = threading.Thread(target=receiver.serve_forever, args=(0.01,))
    thread.start()
    with Emulator(clock=VirtualClock()) as emulator:
        sent = Webhook(emulator.accounts, f"http://127.0.0.1:{receiver.server_port}{path}")
        swf = emulator.client()
        swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        swf.register_workflow_type(domain="d", name="wt", version="1")
        start(swf)
        wait_until(lambda: sent.counts[outcome] > 0)
        sent.close()
    receiver.shutdown()
    receiver.server_close()
    thread.join()
