"""The emulator without a server: requests go directly to the service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from swf_emulator import Emulator, Settings
from swf_emulator.engine.clock import Clock
from swf_emulator.protocol.answers import Answer
from swf_emulator.protocol.service import AMZ_JSON, Request

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/swf/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0123456789abcdef"
)


def request(operation: str, **parameters: Any) -> Request:
    body = json.dumps(parameters).encode()
    target = f"SimpleWorkflowService.{operation}"
    return Request(target, AMZ_JSON, SIGNATURE, body, len(body) + 500)


class Local:
    """An emulator and its answers."""

    def __init__(self, clock: Clock | str = "real", **settings: Any) -> None:
        self.emulator = Emulator(Settings(**settings), clock=clock)
        self._handle = self.emulator.service.handle

    def answer(self, asked: Request) -> Answer:
        """Return the answer to a request; no poll is held."""
        answer = self._handle(asked, 0.0)
        assert isinstance(answer, Answer)
        if answer.status != 200:
            raise RuntimeError(f"{asked.target}: {answer.status} {answer.body.decode()}")
        return answer

    def call(self, operation: str, **parameters: Any) -> Any:
        """Make a call that must succeed; return the answer's JSON, None if it is empty."""
        body = self.answer(request(operation, **parameters)).body
        return json.loads(body) if body else None

    def timed(self, requests: Iterable[Request]) -> tuple[float, list[bytes]]:
        """Return CPU microseconds per request, and the bodies of the answers."""
        prepared = list(requests)
        before = time.process_time_ns()
        answers = [self.answer(asked) for asked in prepared]
        spent = time.process_time_ns() - before
        return spent / len(prepared) / 1000, [answer.body for answer in answers]

    def close(self) -> None:
        self.emulator.close()
