"""Control over HTTP, for tests in other languages: reset, the clock, executions, the state.

JSON in and out; described with examples in the documentation, "Control over HTTP".
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from .served import Served


def blueprint(emulator: Served) -> Blueprint:
    """The routes below ``/_emulator`` but for the health check."""
    routes = Blueprint("control", __name__)

    @routes.post("/_emulator/reset")
    @routes.post("/moto-api/reset")
    def reset() -> Response:
        """Forget everything. Held polls are answered as empty."""
        emulator.reset()
        return jsonify(status="ok")

    return routes
