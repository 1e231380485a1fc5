"""The console as a Flask blueprint: pages, static files, security headers, errors."""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from .._version import __version__
from ..core.faults import Fault
from ..protocol import errors
from ..protocol.service import Service
from . import (
    actions,
    clock,
    dashboard,
    domains,
    execution,
    executions,
    formats,
    samples,
    types,
)
from . import (
    overview as live,
)
from . import (
    start as starting,
)
from .site import SCOPE_COOKIE, NotUnderstood, Site, wants_json

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
THEME_COOKIE = "swf-theme"
MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def blueprint(protocol: Service) -> Blueprint:
    """All pages for one emulator."""
    site = Site(protocol)
    routes = Blueprint("console", __name__, template_folder="templates")

    @routes.record_once
    def install(state: BlueprintSetupState) -> None:
        formats.install(state.app)

    static = {
        entry.name: entry.read_bytes()
        for entry in files(__package__).joinpath("static").iterdir()
        if entry.name.rpartition(".")[2] in MEDIA_TYPES
    }
    digest = blake2b(b"".join(static[name] for name in sorted(static)), digest_size=5).hexdigest()

    @routes.get("/console/static/<version>/<name>")
    def asset(version: str, name: str) -> Response:
        """A file of the package; its path changes with its content."""
        if name not in static:
            raise NotFound
        response = Response(static[name], mimetype=MEDIA_TYPES[name.rpartition(".")[2]])
        response.cache_control.public = True
        response.cache_control.max_age = 31_536_000 if version == digest else 0
        return response

    @routes.get("/favicon.ico")
    def icon() -> Response:
        """Browsers ask for it where a page names none."""
        return Response(static["icon.svg"], mimetype=MEDIA_TYPES["svg"])

    @routes.get("/console/changes")
    def changes() -> Response:
        """The event stream for a host that cannot stream: one event, and ask again soon."""
        body = f"retry: 1000\ndata: {live.state_of(protocol.accounts)}\n\n"
        return Response(body, mimetype="text/event-stream")

    for module in (
        dashboard,
        domains,
        types,
        executions,
        starting,
        execution,
        actions,
        clock,
        samples,
    ):
        module.register(routes, site)

    @routes.post("/console/scope")
    def choose_scope() -> AnyResponse:
        response = Response(status=303, headers={"Location": url_for("console.show_dashboard")})
        response.set_cookie(SCOPE_COOKIE, request.form.get("scope", ""), samesite="Strict")
        return response

    @routes.get("/<path:path>")
    def nothing_here(path: str) -> Response:
        """A page that is not there; for programs the path has never been one to GET."""
        raise MethodNotAllowed if wants_json() else NotFound

    @routes.context_processor
    def shared() -> dict[str, Any]:
        theme = request.cookies.get(THEME_COOKIE)
        return {
            "asset": lambda name: url_for("console.asset", version=digest, name=name),
            "release": __version__,
            "theme": theme if theme in ("light", "dark") else "",
            "scopes": live.scopes(protocol),
            "scope": site.scope,
            "clock": live.clock_view(protocol.accounts),
            "now_ms": protocol.accounts.clock.now_ms(),
            "state": live.state_of(protocol.accounts),
            "here": request.full_path.removesuffix("?"),
        }

    @routes.errorhandler(Fault)
    def faulted(fault: Fault) -> AnyResponse:
        status, body = errors.render(fault)
        if fault.code == "UnknownResourceFault" and request.method == "GET":
            status = 404
        if wants_json():
            return Response(body, status, content_type="application/json")
        return Response(render_template("error.html", title=fault.code, text=fault.message), status)

    @routes.errorhandler(RequestEntityTooLarge)
    @routes.errorhandler(HTTPException)
    def refused(error: HTTPException) -> AnyResponse:
        if wants_json():
            ours = error.code is not None and error.code >= 500
            fault = errors.internal_failure() if ours else errors.unknown_operation()
            _, body = errors.render(fault)
            return Response(body, error.code, content_type="application/json")
        page = render_template("error.html", title=error.name, text=error.description)
        return Response(page, error.code)

    @routes.errorhandler(NotUnderstood)
    def malformed(error: NotUnderstood) -> AnyResponse:
        if wants_json():
            response = jsonify(message=str(error))
            response.status_code = 400
            return response
        return Response(render_template("error.html", title="Not understood", text=error), 400)

    @routes.after_request
    def secure(response: AnyResponse) -> AnyResponse:
        if "scope" in request.args:
            response.set_cookie(SCOPE_COOKIE, "/".join(site.scope), samesite="Strict")
        response.headers.update(SECURITY_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Accept, Cookie")
        return response

    return routes
