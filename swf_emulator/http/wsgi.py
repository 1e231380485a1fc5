"""The Flask application: health, reset, and the AWS calls for any WSGI host.

A held poll waits in the host's thread here; `asgi` holds it without one.
"""

from __future__ import annotations

import time

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from .. import console
from .._version import __version__
from ..compact_json import encode_json
from ..protocol import errors
from ..protocol.service import Answer, HeldPoll, Request
from . import control
from .backend import Served
from .control import tuning
from .options import EdgeOptions
from .origin import host_allowed, same_origin

HEALTH = "/_emulator/health"
AWS_TARGET = "X-Amz-Target"
ENTRY_SECONDS = 1.0
DEFAULT_OPTIONS = EdgeOptions()


def create_app(emulator: Served, options: EdgeOptions = DEFAULT_OPTIONS) -> Flask:
    """A WSGI application that serves the emulator: mount it wherever Flask runs.

    Routes: ``POST /`` (and any other path) for the AWS calls, ``GET /_emulator/health``, and
    what ``options`` offers: ``POST /_emulator/reset`` with its alias ``POST
    /moto-api/reset``, and the other control paths.
    """
    app = Flask("swf_emulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = emulator.service.engine.settings.max_request_bytes
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.url_map.strict_slashes = False
    app.before_request(lambda: _refusal(options))
    started = time.monotonic()

    @app.get(HEALTH)
    def health() -> tuple[Response, int]:
        """Alive and ready: the engine can be entered."""
        uptime = round(time.monotonic() - started, 3)
        entered = emulator.service.accounts.responsive(ENTRY_SECONDS)
        status = "ok" if entered else "stuck"
        offered = tuning.capabilities(emulator) if options.control else []
        body = jsonify(
            status=status, version=__version__, uptimeSeconds=uptime, capabilities=offered
        )
        return body, 200 if entered else 503

    if options.metrics is not None:
        make_metrics = options.metrics

        @app.get("/metrics")
        def metrics() -> Response:
            body, content_type = make_metrics()
            return Response(body, content_type=content_type)

    if options.control:
        app.register_blueprint(control.blueprint(emulator))
        app.register_blueprint(tuning.blueprint(emulator))
    else:
        app.register_blueprint(control.closed())
    if options.console:
        app.register_blueprint(console.blueprint(emulator.service))

    @app.post("/", defaults={"path": ""})
    @app.post("/<path:path>")
    def call(path: str) -> Response:
        """The AWS calls. SWF has one endpoint without paths; a path before it is ignored."""
        answer = emulator.service.handle(_request())
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


def _refusal(options: EdgeOptions) -> Response | None:
    """Keep other sites' pages from the control paths and the console."""
    if request.endpoint in ("call", "health"):
        return None
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if not host_allowed(request.host, options.allowed_hosts):
        return _forbidden(f"The host {request.host!r} is not one that this emulator answers to")
    if not same_origin(request.method, request.host, origin, site):
        return _forbidden("This request comes from another site")
    return None


def _forbidden(message: str) -> Response:
    return Response(encode_json({"message": message}), 403, content_type="application/json")


def _request() -> Request:
    body = request.get_data()
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
    return Request(
        request.headers.get(AWS_TARGET),
        request.headers.get("Content-Type", ""),
        request.headers.get("Authorization", ""),
        body,
        len(body) + headers,
    )


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers())
