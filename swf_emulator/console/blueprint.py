"""The console as a Flask blueprint: pages, static files, security headers, errors."""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files
from operator import attrgetter

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from .._version import __version__
from ..core.faults import Fault
from ..protocol import errors
from ..protocol.service import Service
from . import drawing, formats
from .execution import RunGone
from .overview import clock_of, state_of
from .pages import Data, find_routes, wants_json
from .site import SCOPE_COOKIE, InputError, Site

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


def blueprint(service: Service) -> Blueprint:
    """Return all pages for one emulator."""
    site = Site(service)
    routes = Blueprint("console", __name__, template_folder="templates")

    @routes.record_once
    def install(state: BlueprintSetupState) -> None:
        formats.install(state.app)
        drawing.install(state.app)

    found = find_routes()
    for route in found:
        route.add_to(routes, site)
    bar = sorted((each for each in found if each.bar), key=attrgetter("bar"))
    tabs = sorted((each for each in found if each.tab), key=attrgetter("tab"))

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
        """The icon, which browsers request for pages that name none."""
        return Response(static["icon.svg"], mimetype=MEDIA_TYPES["svg"])

    @routes.get("/console/changes")
    def changes() -> Response:
        """The event stream for a host that cannot stream: one event, to be fetched again soon."""
        body = f"retry: 1000\ndata: {state_of(site.accounts)}\n\n"
        return Response(body, mimetype="text/event-stream")

    @routes.post("/console/scope")
    def choose_scope() -> AnyResponse:
        response = Response(status=303, headers={"Location": url_for("console.show_dashboard")})
        response.set_cookie(SCOPE_COOKIE, request.form.get("scope", ""), samesite="Strict")
        return response

    @routes.get("/<path:path>")
    def not_found(path: str) -> Response:
        """An unknown page. For programs, only POST is known."""
        raise MethodNotAllowed if wants_json() else NotFound

    @routes.context_processor
    def frame() -> Data:
        theme = request.cookies.get(THEME_COOKIE)
        clock = clock_of(site.accounts)
        return {
            "asset": lambda name: url_for("console.asset", version=digest, name=name),
            "release": __version__,
            "theme": theme if theme in ("light", "dark") else "",
            "bar": bar,
            "tabs": tabs,
            "scopes": site.scopes,
            "scope": site.scope,
            "clock": clock,
            "now_ms": clock["nowMs"],
            "state": state_of(site.accounts),
            "here": request.full_path.removesuffix("?"),
        }

    @routes.errorhandler(Fault)
    def on_fault(fault: Fault) -> AnyResponse:
        status, body = errors.render(fault)
        if fault.code == "UnknownResourceFault" and request.method == "GET":
            status = 404
        if wants_json():
            return Response(body, status, content_type="application/json")
        return Response(render_template("error.html", title=fault.code, text=fault.message), status)

    @routes.errorhandler(RunGone)
    def on_gone(fault: RunGone) -> AnyResponse:
        if wants_json() or request.method != "GET":
            return on_fault(fault)
        page = render_template(
            "execution_gone.html",
            message=fault.message,
            workflow_id=fault.workflow_id,
            newest=fault.newest,
        )
        return Response(page, 404)

    @routes.errorhandler(RequestEntityTooLarge)
    @routes.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> AnyResponse:
        if wants_json():
            internal = error.code is not None and error.code >= 500
            _, body = errors.render(
                errors.internal_failure() if internal else errors.unknown_operation()
            )
            return Response(body, error.code, content_type="application/json")
        page = render_template("error.html", title=error.name, text=error.description)
        return Response(page, error.code)

    @routes.errorhandler(InputError)
    def on_invalid_input(error: InputError) -> AnyResponse:
        if wants_json():
            return Response(jsonify(message=str(error)).data, 400, content_type="application/json")
        return Response(render_template("error.html", title="Invalid input", text=error), 400)

    @routes.after_request
    def secure(response: AnyResponse) -> AnyResponse:
        if "scope" in request.args:
            response.set_cookie(SCOPE_COOKIE, "/".join(site.scope), samesite="Strict")
        response.headers.update(SECURITY_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Accept, Cookie")
        return response

    return routes
