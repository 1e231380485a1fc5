"""Executions of all accounts, and their histories."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response

from ...core.events import Event
from ...engine.history import decode_event
from ...engine.view import ExecutionRecord, RunKey, View
from ...histories import TIMELINE_TEXT, format_history, format_timeline
from ..backend import Backend
from .requests import SCOPE, RequestError, iso_time, json_response, one_of, query

TEXT_FORMATS: dict[str, Callable[[list[Event], int | None], str]] = {
    "text": lambda events, shorten: format_history(events, shorten=shorten),
    "timeline": lambda events, shorten: format_timeline(events, shorten=shorten or TIMELINE_TEXT),
}
FORMATS = ("json", *TEXT_FORMATS)
PORTION = 500
"""The number of executions that are read under one hold of the lock."""


class Found(NamedTuple):
    """An execution; ``events`` are its history so far, which only grows."""

    execution: ExecutionRecord
    events: Sequence[bytes]


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""

    @routes.get("/_emulator/executions")
    def executions() -> Response:
        """All executions that match, ordered by their starts."""
        wanted = query(*SCOPE, "workflowId", "status")
        if "status" in wanted:
            one_of("status", wanted["status"], ("open", "closed"))
        found = [each.execution for each in _matching(emulator, wanted)]
        return Response(_listed(found), content_type="application/json")

    @routes.get("/_emulator/executions/history")
    def history() -> Response:
        """The history of the last run that matches: as JSON, or as text for people."""
        wanted = query(*SCOPE, "workflowId", "runId", "format", "shorten")
        form = one_of("format", wanted.pop("format", "json"), FORMATS)
        shorten = _length(wanted.pop("shorten", None))
        if "workflowId" not in wanted:
            raise RequestError("workflowId is required")
        found = _matching(emulator, wanted)
        if not found:
            parameters = ", ".join(f"{name}={value}" for name, value in wanted.items())
            raise RequestError(f"execution not found: {parameters}", 404)
        execution, stored = found[-1]
        if form == "json":
            events = [json.loads(event) for event in stored]
            return json_response({**_described(execution), "events": events})
        text = TEXT_FORMATS[form]([decode_event(event) for event in stored], shorten)
        return Response(text + "\n", content_type="text/plain; charset=utf-8")

    return ["executions"]


def _listed(executions: list[ExecutionRecord]) -> Iterator[bytes]:
    """Yield a list as JSON, in pieces: one piece of all would keep other threads waiting."""
    yield b'{"executions": ['
    for start in range(0, len(executions), PORTION):
        portion = [_described(each) for each in executions[start : start + PORTION]]
        text = json.dumps(portion, sort_keys=True)[1:-1]
        yield f"{', ' if start else ''}{text}".encode()
    yield b"]}"


def _length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestError("shorten must be a number of characters")
    return int(text)


def _matching(emulator: Backend, wanted: dict[str, str]) -> list[Found]:
    """The executions of all accounts whose members are as wanted, ordered by their starts."""

    found: list[Found] = []
    for engine in emulator.accounts.engines():
        keys = engine.read(lambda view: view.run_ids(domain=wanted.get("domain")))
        for start in range(0, len(keys), PORTION):
            found += engine.read(partial(_found, wanted, keys[start : start + PORTION]))
    return sorted(found, key=lambda each: each.execution.sequence)


def _found(wanted: dict[str, str], keys: Iterable[RunKey], view: View) -> list[Found]:
    return [
        Found(execution, view.history(execution))
        for execution in view.found(keys)
        if wanted.items() <= _members(execution).items()
    ]


def _members(execution: ExecutionRecord) -> dict[str, str]:
    """The members that the query's parameters select."""
    return {
        "account": execution.scope.account,
        "region": execution.scope.region,
        "domain": execution.domain,
        "workflowId": execution.workflow_id,
        "runId": execution.run_id,
        "status": "open" if execution.open else "closed",
    }


def _described(execution: ExecutionRecord) -> dict[str, Any]:
    return {
        **_members(execution),
        "workflowType": {"name": execution.type_name, "version": execution.type_version},
        "status": execution.status,
        "started": iso_time(execution.started_ms),
        "closed": iso_time(execution.closed_ms),
    }
