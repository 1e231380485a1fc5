"""Functions behind a Lambda endpoint: what it answers becomes the outcome of the task.

Source: Lambda API Reference, Invoke; reasons in the history: claimed live in 2026.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from swf_emulator.engine.functions import (
    FunctionResult,
    Invocation,
    Raised,
    Returned,
)
from swf_emulator.lambda_endpoint import LambdaEndpoint

ROLE = "arn:aws:iam::123456789012:role/swf"


class Functions(BaseHTTPRequestHandler):
    """Answers as Lambda would: by the name of the function."""

    def do_POST(self) -> None:
        event = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.split("/")[3]
        if name == "missing":
            body = json.dumps({"Message": "Function not found: missing", "Type": "User"}).encode()
            self._answer(404, body, "x-amzn-ErrorType", "ResourceNotFoundException")
        elif name == "failing":
            self._answer(200, b'{"errorMessage":"boom"}', "X-Amz-Function-Error", "Handled")
        else:
            self._answer(200, event, "X-Amz-Executed-Version", "$LATEST")

    def _answer(self, status: int, body: bytes, header: str, value: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LambdaEndpoint]:
    server = HTTPServer(("127.0.0.1", 0), Functions)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield LambdaEndpoint(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


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
