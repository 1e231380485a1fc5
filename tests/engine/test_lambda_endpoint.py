"""Functions behind a Lambda endpoint: what it answers becomes the outcome of the task.

Source: Lambda API Reference, Invoke; reasons in the history: claimed live in 2026.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from swf_emulator import Emulator
from swf_emulator.engine.functions import (
    FunctionResult,
    Invocation,
    Raised,
    Returned,
)
from swf_emulator.lambda_endpoint import LambdaEndpoint
from tests.waiting import wait_until

from .stage import Stage, decision

ROLE = "arn:aws:iam::123456789012:role/swf"


class Server(HTTPServer):
    """Answers while ``gate`` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Functions)
        self.gate = threading.Event()
        self.gate.set()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Functions(BaseHTTPRequestHandler):
    """Answers as Lambda would: by the name of the function."""

    server: Server

    def do_POST(self) -> None:
        event = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.split("/")[3]
        self.server.gate.wait(20)
        if name == "missing":
            body = json.dumps({"Message": "Function not found: missing", "Type": "User"}).encode()
            self._answer(404, body, "x-amzn-ErrorType", "ResourceNotFoundException")
        elif name == "latin":
            self._answer(200, b"\xe9", "X-Amz-Executed-Version", "$LATEST")
        elif name == "latin-error":
            self._answer(500, b"\xe9", "X-Amz-Executed-Version", "$LATEST")
        elif name == "half":
            body = b'{"Message": "\\ud800", "Type": 5}'
            self._answer(400, body, "x-amzn-ErrorType", "Odd")
        elif name == "short":
            self._answer(200, b"x", "X-Amz-Executed-Version", "$LATEST", length=5)
        elif name == "failing":
            self._answer(200, b'{"errorMessage":"boom"}', "X-Amz-Function-Error", "Handled")
        else:
            self._answer(200, event, "X-Amz-Executed-Version", "$LATEST")

    def _answer(self, status: int, body: bytes, header: str, value: str, length: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length or len(body)))
        self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture(scope="module")
def endpoint(server: Server) -> LambdaEndpoint:
    return LambdaEndpoint(server.url)


def invoked(endpoint: LambdaEndpoint, name: str, payload: str = "{}") -> FunctionResult:
    return endpoint.invoke(Invocation(name, payload, ROLE, "us-east-1"))


def test_the_payload_is_the_result_as_it_is(endpoint: LambdaEndpoint) -> None:
    assert invoked(endpoint, "echo", '{"a": "ä"}') == Returned('{"a": "ä"}')


def test_an_error_of_the_function(endpoint: LambdaEndpoint) -> None:
    assert invoked(endpoint, "failing") == Raised("UnhandledError", '{"errorMessage":"boom"}')


def test_a_missing_function(endpoint: LambdaEndpoint) -> None:
    outcome = invoked(endpoint, "missing")
    assert outcome == Raised("ResourceNotFoundException", "Function not found: missing")


def test_no_endpoint_at_all() -> None:
    outcome = invoked(LambdaEndpoint("http://127.0.0.1:9"), "echo")
    assert isinstance(outcome, Raised)
    assert outcome.reason == "EndpointConnectionError"


@pytest.mark.parametrize("name", ["latin", "latin-error", "half", "short"])
def test_what_cannot_be_read_fails_the_task(endpoint: LambdaEndpoint, name: str) -> None:
    outcome = invoked(endpoint, name)
    assert isinstance(outcome, Raised)
    assert outcome.reason


@pytest.mark.parametrize("url", ["localhost:3001", "http://", "http://a..b", "ftp://x"])
def test_an_invalid_endpoint_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="is not an http or https URL"):
        Emulator(lambda_endpoint_url=url)


@contextmanager
def started(server: Server, name: str) -> Iterator[Stage]:
    """An emulator whose clock is stopped, with a Lambda task that the endpoint runs."""
    with Emulator(clock="virtual", lambda_endpoint_url=server.url) as emulator:
        stage = Stage(emulator)
        stage.register()
        stage.start("w", lambdaRole=ROLE)
        stage.decide(decision("ScheduleLambdaFunction", id="l", name=name))
        yield stage


@pytest.mark.timeout(20)
def test_a_stopped_clock_does_not_wait_for_an_endpoint(server: Server) -> None:
    """The call is answered, and others are, while the function runs."""
    server.gate.clear()
    with started(server, "echo") as stage:
        stage.signal("w")
        server.gate.set()
        wait_until(lambda: not stage.items("w").get("lambda"))
        types = [event["eventType"] for event in stage.emulator.history("w")]
        assert "LambdaFunctionCompleted" in types


def test_half_a_surrogate_pair_of_an_error_is_recorded_as_a_question_mark(server: Server) -> None:
    with started(server, "half") as stage:
        wait_until(lambda: not stage.items("w").get("lambda"))
        (failed,) = [
            event["lambdaFunctionFailedEventAttributes"]
            for event in stage.emulator.history("w")
            if event["eventType"] == "LambdaFunctionFailed"
        ]
        assert failed["details"] == "?"
