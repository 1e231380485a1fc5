"""Snapshots of all state, and reset."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wsgi import get_input_stream

from ...engine.snapshot import export_json
from ..backend import Backend
from .requests import (
    ACCOUNT,
    SCOPE,
    RequestError,
    account_wanted,
    json_object,
    json_response,
    json_value,
    query,
)


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""

    @routes.get("/_emulator/state")
    def export_snapshot() -> Response:
        """All state, as one JSON object."""
        query()
        return Response(export_json(emulator.accounts), content_type="application/json")

    @routes.put("/_emulator/state")
    @routes.post("/_emulator/state")
    def import_snapshot() -> Response:
        """Replace all state by an exported one, of any size."""
        query()
        snapshot = json_value(get_input_stream(request.environ).read())
        try:
            emulator.import_state(snapshot)
        except ValueError as error:
            raise RequestError(f"the snapshot cannot be imported: {error}") from error
        return json_response({"status": "ok"})

    @routes.post("/_emulator/reset")
    def reset() -> Response:
        """Remove all state, or that of an account, or of it in a region, or of a domain."""
        account = account_wanted()
        scope = json_object(*SCOPE, optional=True, parameters=ACCOUNT)
        if account is not None:
            if scope:
                raise RequestError("with ?account= there must be no body")
            emulator.accounts.engine(account).reset()
            return json_response({"status": "ok"})
        for name, value in scope.items():
            if not isinstance(value, str) or not value:
                raise RequestError(f"{name} must be a non-empty string")
        emulator.reset(**scope)
        return json_response({"status": "ok"})

    @routes.post("/moto-api/reset")
    def reset_as_moto() -> Response:
        """Remove all state, under the path that moto uses."""
        emulator.reset()
        return json_response({"status": "ok"})

    return ["reset", "state"]
