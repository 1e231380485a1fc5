"""A target in this process: a fresh emulator whose clock is moved instead of waited for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.credentials import Credentials
from swf_emulator.protocol.service import HeldPoll, Request

from conformance.target import Target
from conformance.wire import Answer, Wire
from swf_emulator.core.settings import Settings
from swf_emulator.emulator import Emulator
from swf_emulator.http.wsgi import create_app

URL = "http://in.process"
HOLD_SECONDS = 0.2
SIGNATURE = "AWS4-HMAC-SHA256 Credential=conformance/20260101/us-east-1/swf/aws4_request"


class InProcessWire(Wire):
    """Requests that reach the protocol floor, or the Flask application, without a socket."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(URL, "us-east-1", Credentials("conformance", "conformance"))
        self._emulator = emulator
        self._app: Any = None

    def headers(self, operation: str, content: bytes, *, prefix: str = "SimpleWorkflowService",
                content_type: str = "application/x-amz-json-1.0") -> dict[str, str]:
        return {"Content-Type": content_type, "X-Amz-Target": f"{prefix}.{operation}",
                "Authorization": SIGNATURE}

    def request(self, method: str, path: str, content: bytes = b"",
                headers: Mapping[str, str] | None = None, timeout: float = 75.0) -> Answer:
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if path == "/" and method == "POST" and "x-amz-target" in given:
            request = Request(given["x-amz-target"], given.get("content-type", ""),
                              given.get("authorization", ""), content, len(content) + 500)
            answer = self._emulator.service.handle(request, HOLD_SECONDS)
            if isinstance(answer, HeldPoll):
                answer = answer.wait()
            made = {name.lower(): value for name, value in answer.headers()}
            return Answer(answer.status, made, answer.body)
        if self._app is None:
            self._app = create_app(self._emulator).test_client()
        response = self._app.open(path, method=method, data=content, headers=dict(headers or {}))
        return Answer(response.status_code,
                      {name.lower(): value for name, value in response.headers}, response.data)


class InProcessTarget(Target):
    """One case, one emulator."""

    def __init__(self) -> None:
        super().__init__(URL)
        self.emulator = Emulator(Settings(poll_hold_seconds=HOLD_SECONDS), clock="virtual", seed=1)
        self.wire = InProcessWire(self.emulator)
        self._capabilities = frozenset(
            ("clock", "executions", "functions", "refusals", "reset", "settings", "state")
        )

    def hold(self, operation: str, body: Any) -> Callable[[], Answer]:
        content = json.dumps(body).encode()
        headers = self.wire.headers(operation, content)
        request = Request(headers["X-Amz-Target"], headers["Content-Type"], SIGNATURE, content, 500)
        held = self.emulator.service.handle(request, 60.0)

        def receive() -> Answer:
            answer = held
            if isinstance(answer, HeldPoll):
                answer.hold_seconds = HOLD_SECONDS
                answer = answer.wait()
            return Answer(answer.status, {}, answer.body)

        return receive

    def monotonic(self) -> float:
        return self.emulator.clock.now_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self.emulator.clock.advance(seconds)

    def now(self) -> float:
        return self.monotonic()
