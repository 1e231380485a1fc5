"""The control API below ``/_emulator``, for tests in other languages.

JSON in and out. An invalid request gets 400 and a ``message``, and changes nothing. The
documentation has examples: docs/control.md.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..backend import Backend
from . import accounts, clock, executions, functions, refusals, settings, snapshot
from .requests import RequestError, error_response, json_response

MODULES = (accounts, clock, executions, functions, refusals, settings, snapshot)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def blueprint(emulator: Backend) -> tuple[Blueprint, list[str]]:
    """All routes, and the capabilities that the health check lists."""
    routes = Blueprint("control", __name__)
    routes.register_error_handler(RequestError, error_response)
    capabilities = [name for module in MODULES for name in module.register(routes, emulator)]
    routes.add_url_rule("/_emulator/<path:rest>", view_func=_not_found, methods=METHODS)
    return routes, sorted(capabilities)


def disabled() -> Blueprint:
    """Instead of `blueprint`: every path of the control API is not found."""
    routes = Blueprint("control", __name__)
    for path in ("/_emulator/<path:rest>", "/moto-api/reset"):
        routes.add_url_rule(path, view_func=_not_found, methods=METHODS)
    return routes


def _not_found(rest: str = "") -> Response:
    return json_response({"message": f"not found: {request.method} {request.path}"}, 404)
