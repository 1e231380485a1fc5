"""Lambda functions: what the engine needs to invoke them, and Python functions in their place.

An invoker is called outside the engine's lock, in a thread of its own. Only under a virtual
clock, and if it is not ``remote``, it is called in the calling thread: then the results of
Python functions are recorded before the call returns that caused them.

Source: Developer Guide, "AWS Lambda tasks".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from ..core.events import NewEvents
from ..core.lambdas import LambdaTask, complete, fail


class Invocation(NamedTuple):
    """One call of a function. ``payload`` is JSON, ``{}`` if the task has no input."""

    function_name: str
    payload: str
    role: str
    region: str

    @classmethod
    def of(cls, task: LambdaTask, role: str, region: str) -> Invocation:
        """Make the call of a task; absent input becomes ``{}``. [claimed live in 2026]"""
        return cls(task.function_name, "{}" if task.input is None else task.input, role, region)


class Returned(NamedTuple):
    """The function returned; ``payload`` is its result as JSON.

    ``after_seconds`` is the time from the start of the task to its result by the emulator's
    clock, to simulate a slow function; with 0 the result is recorded at once.
    """

    payload: str
    after_seconds: float = 0.0


class Raised(NamedTuple):
    """The function failed, or could not be called; ``details`` is the payload of the error."""

    reason: str
    details: str
    after_seconds: float = 0.0


FunctionResult = Returned | Raised


UNHANDLED = "UnhandledError"
"""The ``reason`` of a function that raised an error, as recorded in 2017."""

RESULT_MAX = 32_768
REASON_MAX = 256
"""Lengths of ``result``, ``details`` and ``reason`` in the service model, in characters."""


def result_events(task: LambdaTask, result: FunctionResult) -> NewEvents:
    """Return the events of a result. One that is too long fails the task [inferred].

    Half a surrogate pair, which a history cannot hold, becomes a question mark.
    """
    if isinstance(result, Raised):
        return fail(task, _whole(result.reason[:REASON_MAX]), _whole(result.details[:RESULT_MAX]))
    if len(result.payload) > RESULT_MAX:
        return fail(task, "ResultTooLarge", f"The result is longer than {RESULT_MAX}")
    return complete(task, _whole(result.payload))


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


class LambdaInvoker(Protocol):
    """Invokes functions. `invoke` returns errors as `Raised`; it does not raise."""

    remote: bool
    """Whether it waits for another process: then it is never called in a caller's thread."""

    def invoke(self, invocation: Invocation) -> FunctionResult: ...


class FunctionError(Exception):
    """Raised by a Python function to fail with that ``errorType``.

    ``payload`` is the payload of the error, by default JSON with the type and the message.
    """

    def __init__(self, error_type: str, message: str, payload: str | None = None) -> None:
        super().__init__(message)
        if payload is None:
            payload = json.dumps({"errorMessage": message, "errorType": error_type})
        self.payload = payload


class RegisteredFunctions:
    """Python functions in the place of Lambda functions: each takes the event, returns JSON."""

    remote = False

    def __init__(self) -> None:
        self._functions: dict[str, tuple[Callable[[Any], Any], float]] = {}

    def register(self, name: str, function: Callable[[Any], Any], seconds: float = 0.0) -> None:
        """Register a function under the function name or ARN that deciders use.

        It is called when the task starts; its result is recorded ``seconds`` later.
        """
        self._functions[name] = (function, seconds)

    def forget(self, name: str) -> bool:
        """Unregister a function; return False if it was not registered."""
        return self._functions.pop(name, None) is not None

    def names(self) -> list[str]:
        """Return the registered names, sorted."""
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
            # As in Lambda, an exception raised by the function is its result.
            if not isinstance(error, FunctionError):
                error = FunctionError(type(error).__name__, str(error))
            return Raised(UNHANDLED, error.payload, seconds)


class OwnFunctions(RegisteredFunctions):
    """The functions of one account; those of all accounts follow."""

    def __init__(self, shared: LambdaInvoker) -> None:
        super().__init__()
        self._shared = shared
        self.remote = shared.remote

    def invoke(self, invocation: Invocation) -> FunctionResult:
        if invocation.function_name in self._functions:
            return super().invoke(invocation)
        return self._shared.invoke(invocation)


def unknown_function(name: str) -> Raised:
    """Return the result of a call of an unknown function. [claimed live in 2026]"""
    return Raised(
        "ResourceNotFoundException", json.dumps({"Message": f"Function not found: {name}"})
    )
