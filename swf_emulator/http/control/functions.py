"""Lambda functions: stubs that return a constant result or fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from ...engine.functions import FunctionError, RegisteredFunctions
from ..backend import Backend
from .requests import (
    ACCOUNT,
    RequestError,
    account_wanted,
    check_members,
    is_number,
    json_object,
    json_response,
)

SECONDS_MAX = 86_400


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities, none if a Lambda endpoint runs the functions."""
    stubs_are_used = emulator.invoker is emulator.functions

    @routes.get("/_emulator/functions")
    def functions() -> Response:
        """The names of the functions that Lambda tasks can use."""
        return _names(_shown(emulator, account_wanted()))

    @routes.put("/_emulator/functions/<path:name>")
    def put_function(name: str) -> Response:
        """Register a stub under a name; it ends at once or later."""
        if not stubs_are_used:
            raise RequestError("functions must be created at the Lambda endpoint, not here")
        account = account_wanted()
        function, seconds = _stub(json_object("result", "error", "seconds", parameters=ACCOUNT))
        own = None if account is None else emulator.accounts.own(account)
        functions = emulator.functions if own is None else own.functions
        functions.register(name, function, seconds)
        return _names(functions)

    @routes.delete("/_emulator/functions/<path:name>")
    def delete_function(name: str) -> Response:
        """Unregister a function."""
        functions = _shown(emulator, account_wanted())
        if not functions.forget(name):
            raise RequestError(f"function not found: {name}", 404)
        return _names(functions)

    return ["functions"] if stubs_are_used else []


def _shown(emulator: Backend, account: str | None) -> RegisteredFunctions:
    """The functions of all accounts, or the account's own: none if it has no world of its own."""
    if account is None:
        return emulator.functions
    world = emulator.accounts.find_own(account)
    return RegisteredFunctions() if world is None else world.functions


def _names(functions: RegisteredFunctions) -> Response:
    return json_response({"functions": functions.names()})


def _stub(body: dict[str, Any]) -> tuple[Callable[[Any], Any], float]:
    """The function, and how many seconds it takes."""
    seconds = body.get("seconds", 0)
    if not is_number(seconds) or not 0 <= seconds <= SECONDS_MAX:
        raise RequestError(f"seconds must be a number from 0 to {SECONDS_MAX}")
    if ("result" in body) == ("error" in body):
        raise RequestError("the body must have either a result or an error")
    if "error" not in body:
        result = body["result"]
        return lambda event: result, seconds
    failure = _failure(body["error"])

    def fail(event: Any) -> Any:
        raise failure

    return fail, seconds


def _failure(error: Any) -> FunctionError:
    if isinstance(error, str):
        return FunctionError("Error", "", error)
    if not isinstance(error, dict):
        raise RequestError(
            'error must be an object like {"type": "OutOfStock", "message": "no more"}, '
            "or the payload of the error as a string"
        )
    check_members(error, ("type", "message"))
    error_type, message = error.get("type", "Error"), error.get("message", "")
    if not (isinstance(error_type, str) and error_type and isinstance(message, str)):
        raise RequestError("error.type must be a non-empty string and error.message a string")
    return FunctionError(error_type, message)
