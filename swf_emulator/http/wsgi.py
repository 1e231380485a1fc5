"""The Flask application: everything that the emulator serves over HTTP, for any WSGI host.

Here a held poll occupies a thread of the host; `asgi` holds polls without one.
"""

from __future__ import annotations

import time
from functools import partial

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from .. import console
from .._version import __version__, build
from ..compact_json import encode_json
from ..protocol import errors
from ..protocol.answers import Answer, HeldPoll
from ..protocol.service import Request, Service
from . import control
from .backend import Backend
from .limits import DEFAULT_OPTIONS, EdgeOptions
from .origin import page_may_call, site_problem

HEALTH = "/_emulator/health"
AWS_TARGET = "X-Amz-Target"
RESPONSE_SECONDS = 1.0


def create_app(emulator: Backend, options: EdgeOptions = DEFAULT_OPTIONS) -> Flask:
    """A WSGI application that serves an emulator, to be mounted in any WSGI host.

    Routes: ``POST /`` (and any other path) for AWS calls, ``GET /_emulator/health``, and what
    ``options`` offers: the control API, the console, ``GET /metrics``.
    """
    app = Flask("swf_emulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = emulator.settings.max_request_bytes
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.url_map.strict_slashes = False
    app.before_request(lambda: _check_origin(emulator.service, options))
    app.after_request(partial(_after_commit, emulator))
    started = time.monotonic()
    capabilities: list[str] = []
    if options.control:
        routes, capabilities = control.blueprint(emulator)
        app.register_blueprint(routes)
    else:
        app.register_blueprint(control.disabled())
    if options.console:
        app.register_blueprint(console.blueprint(emulator.service))

    @app.get(HEALTH)
    def health() -> tuple[Response, int]:
        """Report whether all engines respond, and the capabilities."""
        status, reason = "stuck", emulator.accounts.stuck(RESPONSE_SECONDS)
        journal = emulator.accounts.journal
        if reason is None and journal is not None and journal.failing is not None:
            status, reason = "failing", journal.failing
        body = jsonify(
            status="ok" if reason is None else status,
            **({} if reason is None else {"reason": reason}),
            version=__version__,
            build=build(),
            uptimeSeconds=round(time.monotonic() - started, 3),
            capabilities=capabilities,
        )
        return body, 200 if reason is None else 503

    if options.metrics is not None:
        make_metrics = options.metrics

        @app.get("/metrics")
        def metrics() -> Response:
            body, content_type = make_metrics()
            return Response(body, content_type=content_type)

    @app.post("/", defaults={"path": ""})
    @app.post("/<path:path>")
    def call(path: str) -> Response:
        """Answer an AWS call. SWF's endpoint has no paths; a path is ignored."""
        answer = emulator.service.handle(_request())
        return _response(answer.wait() if isinstance(answer, HeldPoll) else answer)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        status, body = errors.render(errors.too_large(app.config["MAX_CONTENT_LENGTH"]))
        return Response(body, status, content_type="application/json")

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException) -> Response:
        """Answer everything else as SWF answers an unknown operation."""
        _, body = errors.render(errors.unknown_operation())
        return Response(body, error.code, content_type="application/json")

    return app


def _after_commit(emulator: Backend, response: Response) -> Response:
    """Let an answer leave after all that it may rest on is committed: every one but AWS calls."""
    if request.endpoint in ("call", "health") or emulator.accounts.flush():
        return response
    response.close()
    body = encode_json({"message": "the state cannot be stored at present: try again"})
    return Response(body, 503, {"Retry-After": "1"}, content_type="application/json")


def _check_origin(service: Service, options: EdgeOptions) -> Response | None:
    """Reject requests of pages of other sites; anyone may check the health."""
    headers = request.headers
    host, origin = headers.get("Host", ""), headers.get("Origin")
    if AWS_TARGET in headers:
        if request.method != "POST":
            return _response(service.answer(errors.unknown_operation()))
        bound = request.environ["SERVER_NAME"]
        if origin is not None and not page_may_call(host, origin, bound, options.allowed_hosts):
            return _response(service.answer(errors.foreign_origin()))
        return None
    if request.endpoint in ("call", "health"):
        return None
    fetch_site = headers.get("Sec-Fetch-Site")
    problem = site_problem(request.method, host, origin, fetch_site, options.allowed_hosts)
    return None if problem is None else _forbidden(problem)


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
