"""The emulator's own operations, called in process: same validation, same faults as over HTTP."""

from __future__ import annotations

import json
import threading
from typing import Any

from ..compact_json import encode_json
from ..engine.domains import Scope
from ..protocol.service import Answer, HeldPoll, Request, Service

AMZ_JSON = "application/x-amz-json-1.0"


class Calls:
    """Calls operations as a caller of one account and region would."""

    def __init__(self, service: Service, scope: Scope) -> None:
        self.service = service
        self.scope = scope

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer; nothing is waited for. Raises the `Fault` that a caller would get."""
        return self.service.call(self.scope, operation, **parameters)

    def poll(self, operation: str, hold_seconds: float, **parameters: Any) -> Waiting:
        """Start a poll that is held if there is no task."""
        return Waiting(self.service.handle(self._request(operation, parameters), hold_seconds))

    def _request(self, operation: str, parameters: dict[str, Any]) -> Request:
        body = encode_json(parameters)
        signature = f"Credential={self.scope.account}/20120125/{self.scope.region}/swf/aws4_request"
        return Request(f"SimpleWorkflowService.{operation}", AMZ_JSON, signature, body, len(body))


class Waiting:
    """A poll on its way to an answer."""

    def __init__(self, outcome: Answer | HeldPoll) -> None:
        self._held = outcome if isinstance(outcome, HeldPoll) else None
        self._answer = None if isinstance(outcome, HeldPoll) else outcome
        self._answered = threading.Event()
        self.released = False
        """Whether it ended empty before its time: the emulator stops or was reset."""

    def end(self) -> None:
        """Wait no longer. From any thread."""
        if self._held is not None:
            self._held.expire()

    def wait(self) -> dict[str, Any]:
        """The answer; without a ``taskToken`` when no task came."""
        if self._held is not None:
            self._held.on_answer(self._receive)
            if not self._answered.wait(self._held.hold_seconds):
                self._held.expire()
                self._answered.wait()
            else:
                assert self._answer is not None
                self.released = "taskToken" not in _result(self._answer)
        assert self._answer is not None
        return _result(self._answer)

    def _receive(self, answer: Answer) -> None:
        self._answer = answer
        self._answered.set()


def _result(answer: Answer) -> dict[str, Any]:
    if answer.fault is not None:
        raise answer.fault
    result: dict[str, Any] = json.loads(answer.body) if answer.body else {}
    return result
