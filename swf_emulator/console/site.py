"""The console of one emulator: what its pages read and call, and how they answer forms."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from flask import Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ..core.faults import Fault
from ..engine.domains import Scope
from ..engine.engine import Engine
from ..engine.view import ExecutionRecord, View
from ..protocol.service import Service
from .pages import wants_json
from .samples.crew import Crews
from .spans import Spans

SCOPE_COOKIE = "swf-scope"
SPANS_MAX = 16
T = TypeVar("T")

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


class InputError(Exception):
    """The user's input is invalid. The message is shown to the user."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The execution that a page is about."""

    record: ExecutionRecord
    history: Sequence[bytes]

    @property
    def at(self) -> dict[str, Any]:
        """The arguments of its path."""
        record = self.record
        return {
            "domain": record.domain,
            "workflow_id": record.workflow_id,
            "run_id": record.run_id,
        }


class Site:
    """Reads and calls the emulator for the account and region that a request is about."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.accounts = service.accounts
        self.crews = Crews(service)
        self._spans: OrderedDict[str, tuple[Sequence[bytes], Spans]] = OrderedDict()
        self._lock = Lock()

    @property
    def scopes(self) -> list[Scope]:
        """The accounts and regions that hold a domain; the default one if none does."""
        found = self.accounts.collect(lambda view: view.scopes())
        return sorted(found) or [Scope(self.service.account, self.service.region)]

    @property
    def scope(self) -> Scope:
        """The account and region of the request: the chosen one, or the first."""
        by_name = {"/".join(scope): scope for scope in self.scopes}
        chosen = request.args.get("scope") or request.cookies.get(SCOPE_COOKIE, "")
        return by_name.get(chosen) or next(iter(by_name.values()))

    @property
    def engine(self) -> Engine:
        """The engine of the request's account."""
        return self.accounts.engine(self.scope.account)

    def call(self, operation: str, /, **members: Any) -> dict[str, Any]:
        """Call an operation of the service and return its answer. Raises `Fault`."""
        return self.service.call(self.scope, operation, **members)

    def read(self, look: Callable[..., T], *arguments: Any) -> T:
        """Return ``look(view, scope, *arguments)``: a state at one moment."""
        scope = self.scope
        engine = self.accounts.engine(scope.account)
        return engine.read(lambda view: look(view, scope, *arguments))

    def execution(self, domain: str, workflow_id: str, run_id: str) -> Shown:
        """Return an execution. Fault: UnknownResourceFault."""
        return self.read(_shown, domain, workflow_id, run_id)

    def spans(self, shown: Shown) -> Spans:
        """Return the spans of an execution. The last few are kept, so that they only grow."""
        with self._lock:
            history, spans = self._spans.pop(shown.record.run_id, ((), None))
            if spans is None or history is not shown.history:
                spans = Spans(shown.history)
            spans.extend(shown.history)
            self._spans[shown.record.run_id] = shown.history, spans
            if len(self._spans) > SPANS_MAX:
                self._spans.popitem(last=False)
            return spans.snapshot()


def _shown(view: View, scope: Scope, domain: str, workflow_id: str, run_id: str) -> Shown:
    record = view.execution(scope, domain, workflow_id, run_id)
    return Shown(record, view.history(record))


def done(message: str, location: str) -> AnyResponse:
    """Answer an action: lead a browser to a page; give a script the message."""
    if wants_json():
        return jsonify(message=message, location=location)
    return redirect(location, 303)


def back(otherwise: str) -> str:
    """Return the page that the form was sent from, if it is a page of the console."""
    sender = request.form.get("back", "")
    return sender if _LOCAL_PATH.fullmatch(sender) else otherwise


def rejected(fault: Fault, template: str, data: Mapping[str, Any]) -> AnyResponse:
    """Show a form again, with the service's fault above it and everything that was entered."""
    if wants_json():
        raise fault
    return Response(render_template(template, **data, fault=fault), 400)
