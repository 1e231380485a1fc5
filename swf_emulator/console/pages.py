"""Routes of the console, each declared next to its view.

A page is a function with the decorator `page` in a module of this package, and a template.
Its route, its JSON version and its entry in the bar follow from the decorator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request

Data = dict[str, Any]
View = Callable[..., Any]


class Entry(NamedTuple):
    """A page's entry in the bar, or among the tabs of an execution.

    ``key`` opens the page when it is typed after ``g``.
    """

    order: int
    text: str
    key: str = ""


@dataclass(frozen=True)
class Route:
    """A view, which gets the site and the arguments of the path and returns a response."""

    view: View
    path: str
    method: str = "GET"
    bar: Entry | None = None
    tab: Entry | None = None

    @property
    def endpoint(self) -> str:
        return f"console.{self.view.__name__}"

    def add_to(self, routes: Blueprint, site: Any) -> None:
        view = partial(self.view, site)
        routes.add_url_rule(self.path, self.view.__name__, view, methods=[self.method])


@dataclass(frozen=True)
class Page(Route):
    """A view that returns data for a template; the same data is the JSON version."""

    template: str = ""

    def add_to(self, routes: Blueprint, site: Any) -> None:
        name = self.view.__name__
        routes.add_url_rule(self.path, name, partial(self._html, site))
        routes.add_url_rule(_json_path(self.path), f"{name}_json", partial(self._json, site))

    def _html(self, site: Any, **arguments: Any) -> str | Response:
        if wants_json():
            return self._json(site, **arguments)
        return render_template(self.template, **self.view(site, **arguments), json_url=_json_url())

    def _json(self, site: Any, **arguments: Any) -> Response:
        return jsonify(self.view(site, **arguments))


def page(
    path: str, template: str, *, bar: Entry | None = None, tab: Entry | None = None
) -> Callable[[View], Page]:
    """Declare a page: the decorated view returns the data for its template."""
    return lambda view: Page(view, path, bar=bar, template=template, tab=tab)


def get(path: str, *, bar: Entry | None = None) -> Callable[[View], Route]:
    """Declare a resource that is not a page: the decorated view returns the response."""
    return lambda view: Route(view, path, bar=bar)


def post(path: str) -> Callable[[View], Route]:
    """Declare an action: the decorated view reads a form and returns the response."""
    return lambda view: Route(view, path, "POST")


def find_routes() -> list[Route]:
    """Import all modules of the console and return the routes that they declare."""
    names = [each.name for each in iter_modules(import_module(__package__).__path__)]
    modules = [import_module(f"{__package__}.{name}") for name in names]
    found = [value for module in modules for value in vars(module).values()]
    return list(dict.fromkeys(value for value in found if isinstance(value, Route)))


def wants_json() -> bool:
    """Whether the client is a program, not a browser."""
    accept = request.accept_mimetypes
    best = accept.best_match(["text/html", "application/json"], "application/json")
    return best == "application/json" or request.path.endswith(".json")


def _json_path(path: str) -> str:
    return f"{path.rstrip('/') or '/dashboard'}.json"


def _json_url() -> str:
    """The address of the JSON version of the requested page."""
    query = request.query_string.decode("latin-1")
    return f"{quote(_json_path(request.path))}{'?' if query else ''}{query}"
