"""What all pages share: the caller's scope, pages with their twins, answers to forms."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ..core.faults import Fault
from ..engine.domains import Run, Scope
from ..engine.engine import Engine
from ..engine.view import ExecutionRecord
from ..protocol.service import Service
from . import overview as live
from .calls import Calls
from .spans import Story

SCOPE_COOKIE = "swf-scope"
STORIES_MAX = 16
Model = dict[str, Any]
View = Callable[..., Model]

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


class NotUnderstood(Exception):
    """What a person has entered is none of what was asked for; the text says so to them."""


class Site:
    """The console of one emulator."""

    def __init__(self, protocol: Service) -> None:
        self.service = protocol
        self._stories: OrderedDict[str, tuple[Run, Story]] = OrderedDict()
        self._lock = Lock()

    @property
    def engine(self) -> Engine:
        return self.service.accounts.engine(self.scope.account)

    @property
    def scope(self) -> Scope:
        """The account and region that the request is about: chosen, or the first there is."""
        found = live.scopes(self.service)
        asked = request.args.get("scope") or request.cookies.get(SCOPE_COOKIE, "")
        chosen = Scope(*asked.split("/")) if asked.count("/") == 1 else None
        return chosen if chosen in found else found[0]

    def record(self, run: Run) -> ExecutionRecord:
        """The run as the read model tells of it."""
        execution, scope = run.execution, run.domain.region.scope
        return self.engine.read(
            lambda view: view.execution(
                scope, run.domain.name, execution.workflow_id, execution.run_id
            )
        )

    @property
    def calls(self) -> Calls:
        return Calls(self.service, self.scope)

    def run(self, domain: str, workflow_id: str, run_id: str) -> Run:
        """Fault: UnknownResourceFault."""
        return live.run_of(self.engine, self.scope, domain, workflow_id, run_id)

    def story(self, run: Run) -> Story:
        """The story of a run up to now; the last few are kept, so that they only grow."""
        run_id = run.execution.run_id
        with self._lock:
            kept = self._stories.get(run_id)
            story = kept[1] if kept is not None and kept[0] is run else Story()
            story.extend(run.history)
            self._stories[run_id] = run, story
            self._stories.move_to_end(run_id)
            if len(self._stories) > STORIES_MAX:
                self._stories.popitem(last=False)
            return story.snapshot()

    def page(
        self, routes: Blueprint, path: str, template: str | Callable[[Model], str]
    ) -> Callable[[View], View]:
        """Register a view of GET: what it returns goes to the template, or out as JSON.

        The template is named, or chosen by what is to be shown.
        """

        def register(view: View) -> View:
            def html(**arguments: Any) -> str | Response:
                model = view(**arguments)
                if wants_json():
                    return jsonify(model)
                chosen = template if isinstance(template, str) else template(model)
                return render_template(chosen, **model, twin=_twin())

            def twin(**arguments: Any) -> Response:
                return jsonify(view(**arguments))

            name = view.__name__
            routes.add_url_rule(path, name, html)
            routes.add_url_rule(f"{path.rstrip('/') or '/dashboard'}.json", f"{name}_json", twin)
            return view

        return register


def _twin() -> str:
    """Where the present page is found as JSON."""
    query = request.query_string.decode("latin-1")
    return f"{quote(request.path.rstrip('/') or '/dashboard')}.json{'?' if query else ''}{query}"


def wants_json() -> bool:
    """Whether the client is a program rather than a browser."""
    accept = request.accept_mimetypes
    best = accept.best_match(["text/html", "application/json"], "application/json")
    return best == "application/json" or request.path.endswith(".json")


def done(message: str, location: str) -> AnyResponse:
    """An action was taken: back to a page, or for a script the message alone."""
    if wants_json():
        return jsonify(message=message, location=location)
    return redirect(location, 303)


def back(otherwise: str) -> str:
    """The page from which a form was sent, if it is one of ours."""
    asked = request.form.get("back", "")
    return asked if _LOCAL_PATH.fullmatch(asked) else otherwise


def refused(fault: Fault, template: str, model: Mapping[str, Any]) -> AnyResponse:
    """A form again, with the service's refusal above it and all that was entered in it."""
    if wants_json():
        raise fault
    return Response(render_template(template, **model, fault=fault), 400)
