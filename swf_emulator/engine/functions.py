"""Who invokes Lambda functions for the service: a port.

An invoker is called outside the engine's lock, in a thread of its own or, under a clock that
a test moves, in the caller's.

Source: Developer Guide, "AWS Lambda tasks".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from ..core.events import NewEvents
from ..core.lambdas import LambdaTask, complete, fail


class Invocation(NamedTuple):
    """What the service asks Lambda to do. ``payload`` is JSON text, ``{}`` without input."""

    function_name: str
    payload: str
    role: str
    region: str

    @classmethod
    def of(cls, task: LambdaTask, role: str, region: str) -> Invocation:
        """Absent input is delivered as ``{}``. [claimed live in 2026]"""
        return cls(task.function_name, "{}" if task.input is None else task.input, role, region)


class Returned(NamedTuple):
    """The function returned; ``payload`` is the JSON text of its result.

    ``after_seconds`` is how long that took by the emulator's clock, for functions that only
    pretend to be slow.
    """

    payload: str
    after_seconds: float = 0.0


class Raised(NamedTuple):
    """The function failed: ``reason`` as Lambda names it, ``details`` the error's payload."""

    reason: str
    details: str
    after_seconds: float = 0.0


FunctionResult = Returned | Raised


RESULT_MAX = 32_768
REASON_MAX = 256
"""Lengths of ``result``, ``details`` and ``reason`` in the service model, in characters."""


def outcome_events(task: LambdaTask, outcome: FunctionResult) -> NewEvents:
    """What the execution records of an outcome. A result that is too long fails [inferred]."""
    if isinstance(outcome, Raised):
        return fail(task, outcome.reason[:REASON_MAX], outcome.details[:RESULT_MAX])
    if len(outcome.payload) > RESULT_MAX:
        return fail(task, "ResultTooLarge", f"The result is longer than {RESULT_MAX}")
    return complete(task, outcome.payload)


class LambdaInvoker(Protocol):
    """Invokes one function and tells the outcome; it does not raise."""

    def invoke(self, invocation: Invocation) -> FunctionResult: ...


class FunctionError(Exception):
    """What a function of a test raises to fail with an ``errorType`` of its choice."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class RegisteredFunctions:
    """Python callables as Lambda functions, by name: each takes the event, returns JSON."""

    def __init__(self) -> None:
        self._functions: dict[str, tuple[Callable[[Any], Any], float]] = {}

    def register(self, name: str, function: Callable[[Any], Any], seconds: float = 0.0) -> None:
        """Let ``name`` (a function name or ARN, as deciders give it) be this callable.

        It is called when the task starts; its outcome is told ``seconds`` later.
        """
        self._functions[name] = (function, seconds)

    def forget(self, name: str) -> bool:
        """Let there be no function of this name; False if there was none."""
        return self._functions.pop(name, None) is not None

    def names(self) -> list[str]:
        """The names that are registered, sorted."""
        return sorted(self._functions)

    def invoke(self, invocation: Invocation) -> FunctionResult:
        registered = self._functions.get(invocation.function_name)
        if registered is None:
            return unknown_function(invocation.function_name)
        function, seconds = registered
        try:
            event = json.loads(invocation.payload)
            return Returned(json.dumps(function(event), separators=(",", ":")), seconds)
        except Exception as error:
            # What the user's function raises is its answer, as in Lambda itself.
            kind = error.kind if isinstance(error, FunctionError) else type(error).__name__
            details = {"errorMessage": str(error), "errorType": kind}
            return Raised("Unhandled", json.dumps(details), seconds)


def unknown_function(name: str) -> Raised:
    """No function of that name. [claimed live in 2026]"""
    return Raised(
        "ResourceNotFoundException", json.dumps({"Message": f"Function not found: {name}"})
    )
