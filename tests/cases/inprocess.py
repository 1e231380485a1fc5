"""A target in this process: a fresh emulator whose clock is moved instead of waited for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.credentials import Credentials

from conformance.endpoint.target import Target
from conformance.endpoint.wire import Answer, NoAnswer, Wire
from swf_emulator.core.settings import Settings
from swf_emulator.emulator import Emulator
from swf_emulator.engine.clock import VirtualClock
from swf_emulator.http.wsgi import create_app
from swf_emulator.protocol import answers, service

URL = "http://in.process"
REGION = "us-east-1"
SIGNATURE = f"AWS4-HMAC-SHA256 Credential=conformance/20260101/{REGION}/swf/aws4_request"
STEP_SECONDS = 0.25
"""By how much the clock is moved while a poll is held; deadlines fire at their own times."""


_CAPABILITIES: set[str] = set()
"""The capabilities that the emulator's health check lists; read once."""


class Current:
    """The emulator whose control API is served now: making an application takes long."""

    emulator: Emulator

    def __getattr__(self, name: str) -> Any:
        return getattr(self.emulator, name)


CURRENT = Current()


@cache
def control() -> Any:
    """The application that serves the control API of every emulator."""
    return create_app(CURRENT)


class InProcessCall:
    """A poll that the emulator holds until it has a task or the clock has passed its time."""

    def __init__(self, emulator: Emulator, request: service.Request, hold_seconds: float) -> None:
        self._emulator = emulator
        self.answers: list[answers.Answer] = []
        self._poll: answers.HeldPoll | None = None
        sent = emulator.service.handle(request, hold_seconds)
        if isinstance(sent, answers.Answer):
            self.answers.append(sent)
        else:
            self._poll = sent
            sent.on_answer(self.answers.append)

    def answer(self, seconds: float) -> Answer:
        """Move the clock until there is an answer. Raises `NoAnswer` when the time is over."""
        left = seconds
        while not self.answers:
            if left <= 0:
                raise NoAnswer(f"no answer within {seconds} s")
            self._emulator.clock.advance(min(left, STEP_SECONDS))
            left -= STEP_SECONDS
        return _answer(self.answers[0])

    def idle_answer(self, seconds: float) -> Answer:
        """The answer if the time of the poll were over now; the clock is not moved."""
        if self._poll is not None and not self.answers:
            self._poll.expire()
        return _answer(self.answers[0])

    def leave(self) -> None:
        """Vanish as a client does that closes its connection."""
        if self._poll is not None:
            self._poll.abandon()


def _answer(answer: answers.Answer) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers()}
    return Answer(answer.status, headers, answer.body)


class InProcessWire(Wire):
    """Calls that reach the protocol, or the application's other paths, without a socket."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(URL, REGION, Credentials("conformance", "conformance"))
        self._emulator = emulator
        self._calls: list[tuple[str, InProcessCall]] = []

    def headers(
        self,
        operation: str,
        content: bytes,
        *,
        prefix: str = "SimpleWorkflowService",
        content_type: str = "application/x-amz-json-1.0",
    ) -> dict[str, str]:
        """The headers of a request, with a signature that is not computed."""
        return {
            "Content-Type": content_type,
            "X-Amz-Target": f"{prefix}.{operation}",
            "Authorization": SIGNATURE,
        }

    def request(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: float = 75.0,
    ) -> Answer:
        """Any request; a poll may be held for as long as the caller waits for the answer."""
        named = {name.lower(): value for name, value in (headers or {}).items()}
        if path == "/" and method == "POST" and "x-amz-target" in named:
            hold = self._emulator.settings.poll_hold_seconds
            call = self.open(content, named, hold)
            try:
                return call.answer(min(hold, timeout))
            except NoAnswer:
                if timeout < hold:
                    call.leave()
                    raise
                return call.idle_answer(0)
        CURRENT.emulator = self._emulator
        served = control() if path.startswith("/_emulator/") else create_app(self._emulator)
        response = served.test_client().open(
            path, method=method, data=content, headers=dict(headers or {})
        )
        received = {name.lower(): value for name, value in response.headers}
        return Answer(response.status_code, received, response.data)

    def open(self, content: bytes, headers: Mapping[str, str], hold: float) -> InProcessCall:
        """Send a call that may be held."""
        request = service.Request(
            headers["x-amz-target"],
            headers.get("content-type", ""),
            headers.get("authorization", ""),
            content,
            len(content) + sum(len(name) + len(value) for name, value in headers.items()),
        )
        call = InProcessCall(self._emulator, request, hold)
        self._calls.append((headers["x-amz-target"].rpartition(".")[2], call))
        return call

    def results(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each operation that succeeded, with its result."""
        for operation, call in self._calls:
            for answer in call.answers:
                if answer.status == 200:
                    yield operation, json.loads(answer.body or b"{}")


class InProcessTarget(Target):
    """A fresh emulator on a virtual clock, for one case; it has the Lambda function ``echo``."""

    def __init__(self) -> None:
        super().__init__(URL)
        self.emulator = Emulator(Settings(), clock=VirtualClock(), seed=1)
        self.emulator.register_lambda("echo", lambda event: event)
        self.local = InProcessWire(self.emulator)
        self.wire = self.local
        self.late_seconds = 0.0

    @property
    def capabilities(self) -> frozenset[str]:
        """The emulator's own capabilities: there are no sockets."""
        if not _CAPABILITIES:
            _CAPABILITIES.update(self._health()["capabilities"])
        return frozenset(_CAPABILITIES)

    def monotonic(self) -> float:
        """The emulator's own time."""
        return self.emulator.clock.now_ms() / 1000

    def now(self) -> float:
        """The emulator's own time."""
        return self.monotonic()

    def sleep(self, seconds: float) -> None:
        """Move the emulator's clock."""
        self.emulator.clock.advance(seconds)

    advance = sleep

    def hold(self, operation: str, body: Any) -> InProcessCall:
        """Send a poll that is held until it is answered, given up or left."""
        content = json.dumps(body).encode()
        headers = {k.lower(): v for k, v in self.wire.headers(operation, content).items()}
        return self.local.open(content, headers, self.call_timeout)

    def await_arrival(self) -> None:
        """A poll in this process is held at once."""

    def leave(self) -> None:
        """Forget everything."""
        self.emulator.close()
