"""The Flask application: health, reset, and the AWS calls for any WSGI host.

A held poll waits in the host's thread here; `asgi` holds it without one.
"""

from __future__ import annotations

import time

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from .._version import __version__
from ..protocol import errors
from ..protocol.dispatch import Answer, HeldPoll, Request
from .served import Served


def create_app(emulator: Served) -> Flask:
    """A WSGI application that serves the emulator: mount it wherever Flask runs.

    Routes: ``POST /`` (and any other path) with ``X-Amz-Target`` for the AWS calls,
    ``GET /_emulator/health``, ``POST /_emulator/reset`` and its alias ``POST
    /moto-api/reset``.
    """
    app = Flask("swf_emulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = emulator.protocol.engine.settings.max_request_bytes
    started = time.monotonic()

    @app.get("/_emulator/health")
    def health() -> Response:
        uptime = round(time.monotonic() - started, 3)
        return jsonify(status="ok", version=__version__, uptimeSeconds=uptime)

    @app.post("/_emulator/reset")
    @app.post("/moto-api/reset")
    def reset() -> Response:
        emulator.reset()
        return jsonify(status="ok")

    @app.post("/", defaults={"path": ""})
    @app.post("/<path:path>")
    def call(path: str) -> Response:
        """The AWS calls. SWF has one endpoint without paths; a path before it is ignored."""
        answer = emulator.protocol.handle(_request())
        return _response(answer.wait() if isinstance(answer, HeldPoll) else answer)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        status, body = errors.render(errors.too_large(app.config["MAX_CONTENT_LENGTH"]))
        return Response(body, status, content_type="application/json")

    @app.errorhandler(HTTPException)
    def not_here(error: HTTPException) -> Response:
        """Everything else is nothing that SWF has."""
        _, body = errors.render(errors.unknown_operation())
        return Response(body, error.code, content_type="application/json")

    return app


def _request() -> Request:
    body = request.get_data()
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
    return Request(
        request.headers.get("X-Amz-Target"),
        request.headers.get("Content-Type", ""),
        request.headers.get("Authorization", ""),
        body,
        len(body) + headers,
    )


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers())
