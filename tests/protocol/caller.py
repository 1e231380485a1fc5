"""A caller of the protocol layer: requests as bytes, answers as JSON."""

from __future__ import annotations

import json
from typing import Any

from swf_emulator import Emulator
from swf_emulator.protocol.answers import Answer
from swf_emulator.protocol.service import Request

TARGET = "SimpleWorkflowService."
AMZ_JSON = "application/x-amz-json-1.0"

VALIDATION = "com.amazon.coral.validate#ValidationException"
SERIALIZATION = "com.amazon.coral.service#SerializationException"


class Caller:
    """Calls one emulator; no poll is held."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def send(
        self,
        target: str | None,
        body: bytes,
        content_type: str = AMZ_JSON,
        authorization: str = "",
        size: int | None = None,
    ) -> Answer:
        """Return the answer to raw bytes."""
        length = len(body) if size is None else size
        request = Request(target, content_type, authorization, body, length)
        answer = self.emulator.service.handle(request, 0)
        assert isinstance(answer, Answer)
        return answer

    def ask(self, operation: str, parameters: Any) -> Answer:
        """Return the answer to a request with these parameters."""
        return self.send(TARGET + operation, json.dumps(parameters).encode())

    def call(self, operation: str, **parameters: Any) -> Any:
        """Return the result of a call that must succeed, None for an empty body."""
        answer = self.ask(operation, parameters)
        assert answer.status == 200, answer.body
        return json.loads(answer.body) if answer.body else None

    def error(self, operation: str, parameters: Any) -> dict[str, str]:
        """Return the body of an answer that must have the status 400."""
        answer = self.ask(operation, parameters)
        assert answer.status == 400, answer.body
        body: dict[str, str] = json.loads(answer.body)
        return body


def invalid(*problems: str) -> dict[str, str]:
    """The body that reports these problems."""
    errors = "error" if len(problems) == 1 else "errors"
    listed = "; ".join(problems)
    message = f"{len(problems)} validation {errors} detected: {listed}"
    return {"__type": VALIDATION, "message": message}


def refused(message: str) -> dict[str, str]:
    """The body of a ValidationException with this message."""
    return {"__type": VALIDATION, "message": message}


def fault(code: str, message: str) -> dict[str, str]:
    """The body of one of SWF's own faults."""
    return {"__type": f"com.amazonaws.swf.base.model#{code}", "message": message}


def problem(value: str | None, path: str, constraint: str) -> str:
    """The text of one problem; ``value`` is None for a missing member."""
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def missing(path: str) -> str:
    return problem(None, path, "Member must not be null")


def length_at_most(limit: int) -> str:
    return f"Member must have length less than or equal to {limit}"


def length_at_least(limit: int) -> str:
    return f"Member must have length greater than or equal to {limit}"


def value_at_most(limit: int) -> str:
    return f"Member must have value less than or equal to {limit}"


def value_at_least(limit: int) -> str:
    return f"Member must have value greater than or equal to {limit}"


def one_of(*values: str) -> str:
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def matching(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"
