"""Settings, refusals and Lambda functions over HTTP, for tests in other languages.

JSON in and out, as in `control`. What is set here holds for all accounts and domains, from the
next call on, and survives a reset. Described with examples in the documentation, "Tuning over
HTTP".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response

from ...core.settings import Settings
from ...engine.functions import FunctionError
from ...engine.refusals import NOT_PERMITTED, THROTTLED
from ...protocol.model import service_model
from ..backend import Served
from .requests import Refused, is_number, json_object, json_response, only, query, refused

NUMBER_MAX = 2**31 - 1
"""Above this no setting and no count differs from the next."""
FIXED = ("max_request_bytes",)
"""Settings that the server reads once, when it starts."""
PAGES = ("max_execution_page", "max_history_page")
"""Settings of which a 0 would leave no room for anything."""
SECONDS_MAX = 86_400

GUARDED = ("operation", "code", "decision", "cause", "times")
FUNCTION = ("result", "error", "seconds")
ERROR = ("type", "message")


def capabilities(emulator: Served) -> list[str]:
    """What the control paths offer, as the health check lists it."""
    offered = ["clock", "executions", "refusals", "reset", "settings", "state"]
    return sorted([*offered, "functions"] if _runs_functions(emulator) else offered)


def blueprint(emulator: Served) -> Blueprint:
    """The routes of this module, all below ``/_emulator``."""
    routes = Blueprint("tuning", __name__)
    routes.register_error_handler(Refused, refused)

    @routes.get("/_emulator/settings")
    def settings() -> Response:
        """All settings, by name."""
        query()
        return json_response(asdict(emulator.settings))

    @routes.post("/_emulator/settings")
    def change_settings() -> Response:
        """Change those that are named; all of them, or none if one is wrong."""
        changes = _changes(json_object())
        for name in FIXED:
            if changes.get(name) not in (None, getattr(emulator.settings, name)):
                raise Refused(f"{name} cannot be changed while the server runs")
        try:
            settings = emulator.configure(**changes)
        except ValueError as error:
            raise Refused(str(error)) from error
        return json_response(asdict(settings))

    @routes.get("/_emulator/refusals")
    def refusals() -> Response:
        """What is refused, with what, and how often still."""
        query()
        return json_response(_refusals(emulator))

    @routes.post("/_emulator/refusals")
    def refuse() -> Response:
        """Refuse an operation, or a decision, for good or a number of times."""
        _refuse(emulator, json_object())
        return json_response(_refusals(emulator))

    @routes.delete("/_emulator/refusals")
    def permit() -> Response:
        """Refuse nothing any more."""
        query()
        emulator.refusals.permit()
        return json_response(_refusals(emulator))

    @routes.get("/_emulator/functions")
    def functions() -> Response:
        """The names of the functions that Lambda tasks find."""
        query()
        return json_response({"functions": emulator.functions.names()})

    @routes.put("/_emulator/functions/<path:name>")
    def put_function(name: str) -> Response:
        """Let there be a function: it returns a constant or fails, at once or later."""
        if not _runs_functions(emulator):
            raise Refused("functions are invoked at the Lambda endpoint, not here")
        function, seconds = _function(json_object())
        emulator.functions.register(name, function, seconds)
        return json_response({"functions": emulator.functions.names()})

    @routes.delete("/_emulator/functions/<path:name>")
    def delete_function(name: str) -> Response:
        """Let there be no such function."""
        query()
        if not emulator.functions.forget(name):
            raise Refused(f"there is no function {name!r}", 404)
        return json_response({"functions": emulator.functions.names()})

    return routes


# Settings.


def _changes(asked: dict[str, Any]) -> dict[str, Any]:
    kinds = {setting.name: type(setting.default) for setting in fields(Settings)}
    only(asked, kinds)
    return {name: _value(name, kinds[name], value) for name, value in asked.items()}


def _value(name: str, kind: type, value: Any) -> Any:
    if kind is bool:
        if not isinstance(value, bool):
            raise Refused(f"{name} is true or false")
        return value
    least = 1 if name in PAGES else 0
    whole = isinstance(value, int) or kind is float
    if not is_number(value) or not whole or not least <= value <= NUMBER_MAX:
        sort = "number" if kind is float else "whole number"
        raise Refused(f"{name} is a {sort} from {least} to {NUMBER_MAX}")
    return kind(value)


# Refusals.


def _refusals(emulator: Served) -> dict[str, Any]:
    refused_now = emulator.refusals.refusals()
    return {
        kind: {name: {label: why, "times": left} for name, (why, left) in refused_now[kind].items()}
        for kind, label in (("operations", "code"), ("decisions", "cause"))
    }


def _refuse(emulator: Served, asked: dict[str, Any]) -> None:
    only(asked, GUARDED)
    if ("operation" in asked) == ("decision" in asked):
        raise Refused("give an operation with its code, or a decision with its cause")
    times = asked.get("times")
    if times is not None and (type(times) is not int or not 1 <= times <= NUMBER_MAX):
        raise Refused(f"times is a whole number from 1 to {NUMBER_MAX}, or null: for good")
    if "operation" in asked:
        only(asked, ("operation", "code", "times"))
        operation = _one_of("operation", asked["operation"], service_model().operations)
        code = _one_of("code", asked.get("code", THROTTLED), (THROTTLED, NOT_PERMITTED))
        emulator.refusals.refuse_operation(operation, code, times)
    else:
        only(asked, ("decision", "cause", "times"))
        decisions = service_model().shapes["DecisionType"]["enum"]
        decision = _one_of("decision", asked["decision"], decisions)
        cause = _one_of("cause", asked.get("cause"), _causes(decision))
        emulator.refusals.refuse_decision(decision, cause, times)


def _one_of(name: str, value: Any, known: Any) -> str:
    if not isinstance(value, str) or value not in known:
        raise Refused(f"{name} is one of {', '.join(known)}")
    return value


def _causes(decision: str) -> list[str]:
    """Those of its ``...Failed`` event."""
    shapes = service_model().shapes
    attributes = shapes[f"{decision}FailedEventAttributes"]
    causes: list[str] = shapes[attributes["members"]["cause"]]["enum"]
    return causes


# Functions.


def _runs_functions(emulator: Served) -> bool:
    """Whether the registered functions are those that Lambda tasks invoke."""
    return emulator.service.engine.invocations.invoker is emulator.functions


def _function(asked: dict[str, Any]) -> tuple[Callable[[Any], Any], float]:
    only(asked, FUNCTION)
    seconds = asked.get("seconds", 0)
    if not is_number(seconds) or not 0 <= seconds <= SECONDS_MAX:
        raise Refused(f"seconds is a number from 0 to {SECONDS_MAX}")
    if ("result" in asked) == ("error" in asked):
        raise Refused("give a result or an error")
    if "error" not in asked:
        result = asked["result"]
        return lambda event: result, float(seconds)
    error = asked["error"]
    if not isinstance(error, dict):
        raise Refused('error is an object like {"type": "OutOfStock", "message": "no more"}')
    only(error, ERROR)
    kind, message = error.get("type", "Error"), error.get("message", "")
    if not all(isinstance(text, str) for text in (kind, message)) or not kind:
        raise Refused("type and message of an error are texts, type not empty")
    return _failing(kind, message), float(seconds)


def _failing(kind: str, message: str) -> Callable[[Any], Any]:
    def fail(event: Any) -> Any:
        raise FunctionError(kind, message)

    return fail
