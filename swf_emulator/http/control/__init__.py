"""Control over HTTP, for tests in other languages: the clock, executions, the state, reset.

JSON in and out; a request that is not understood is answered with 400 and a ``message`` and
changes nothing. Described with examples in the documentation, "Control over HTTP".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wsgi import get_input_stream

from ...core.events import Event
from ...engine.accounts import Accounts
from ...engine.clock import MODES, Clock, instant_ms
from ...engine.history import decode_event
from ...engine.snapshot import export_state, import_state
from ...engine.view import ExecutionRecord
from ...histories import TIMELINE_TEXT, format_history, format_timeline
from ..backend import Served
from .requests import Refused, is_number, json_object, json_response, only, parsed, query, refused

OPEN = "OPEN"
SPEED_MAX = 1e9
LATEST_MS = instant_ms(datetime(9000, 1, 1, tzinfo=UTC))
"""How far the clock may be moved: deadlines of years must still have a date."""

TEXT_FORMATS: dict[str, Callable[[list[Event], int | None], str]] = {
    "text": lambda events, shorten: format_history(events, shorten=shorten),
    "timeline": lambda events, shorten: format_timeline(events, shorten=shorten or TIMELINE_TEXT),
}
SCOPE = ("account", "region", "domain")


def blueprint(emulator: Served) -> Blueprint:
    """The routes below ``/_emulator`` but for the health check."""
    routes = Blueprint("control", __name__)
    # What is served may be another engine from one request to the next.
    accounts = _current(emulator)

    routes.register_error_handler(Refused, refused)

    @routes.get("/_emulator/clock")
    def clock() -> Response:
        """What time it is, how it passes, and what is due next."""
        query()
        return json_response(_clock(accounts()))

    @routes.post("/_emulator/clock")
    def change_clock() -> Response:
        """One of ``advance``, ``advanceTo``, ``toNextDeadline``, ``mode``."""
        moved = _change_clock(accounts(), json_object())
        return json_response({**_clock(accounts()), **moved})

    @routes.get("/_emulator/executions")
    def executions() -> Response:
        """All executions that match, in the order of their starts."""
        asked = query(*SCOPE, "workflowId", "status")
        if asked.get("status") not in (None, "open", "closed"):
            raise Refused("status is open or closed")
        return json_response(
            {"executions": [_execution(run) for run in _matching(accounts(), asked)]}
        )

    @routes.get("/_emulator/executions/history")
    def history() -> Response:
        """One history: as JSON, or as text for people."""
        asked = query(*SCOPE, "workflowId", "runId", "format", "shorten")
        form = asked.pop("format", "json")
        shorten = _whole_number(asked.pop("shorten", None))
        if form not in ("json", *TEXT_FORMATS):
            raise Refused(f"format is json, {' or '.join(TEXT_FORMATS)}, not {form!r}")
        run, events = _history(accounts(), asked)
        if form == "json":
            return json_response(
                {**_execution(run), "events": [json.loads(event) for event in events]}
            )
        decoded = [decode_event(event) for event in events]
        text = TEXT_FORMATS[form](decoded, shorten)
        return Response(text + "\n", content_type="text/plain; charset=utf-8")

    @routes.get("/_emulator/state")
    def exported() -> Response:
        """Everything, as one document."""
        query()
        return json_response(export_state(accounts()))

    @routes.put("/_emulator/state")
    @routes.post("/_emulator/state")
    def imported() -> Response:
        """Replace everything by an exported document, however large."""
        query()
        document = parsed(get_input_stream(request.environ).read())
        try:
            import_state(accounts(), document)
        except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as error:
            raise Refused(f"not a state that can be imported: {error}") from error
        return json_response({"status": "ok"})

    @routes.post("/_emulator/reset")
    def reset() -> Response:
        """Forget everything, or what an account and region, or a domain, has."""
        asked = json_object(optional=True)
        only(asked, SCOPE)
        for name, value in asked.items():
            if not isinstance(value, str) or not value:
                raise Refused(f"{name} is a text that is not empty")
        emulator.reset(**asked)
        return json_response({"status": "ok"})

    @routes.post("/moto-api/reset")
    def reset_as_moto() -> Response:
        """Forget everything, for those who know this path."""
        emulator.reset()
        return json_response({"status": "ok"})

    _nothing_else(routes)
    return routes


def closed() -> Blueprint:
    """In place of `blueprint` where control is not offered: all of it is not found."""
    routes = Blueprint("closed", __name__)
    _nothing_else(routes)
    routes.add_url_rule("/moto-api/reset", view_func=_nothing, methods=METHODS)
    return routes


METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def _nothing_else(routes: Blueprint) -> None:
    routes.add_url_rule("/_emulator/<path:rest>", view_func=_nothing, methods=METHODS)


def _nothing(rest: str = "") -> Response:
    return json_response(
        {"message": f"{request.method} {request.path} is nothing that there is"}, 404
    )


def _current(emulator: Served) -> Callable[[], Accounts]:
    return lambda: emulator.service.accounts


# Requests.


def _whole_number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise Refused("shorten is a number of characters")
    return int(text)


# The clock.

CHANGES = ("advance", "advanceTo", "toNextDeadline", "mode")


def _clock(accounts: Accounts) -> dict[str, Any]:
    clock = accounts.clock
    return {
        "now": _iso(clock.now_ms()),
        "mode": clock.mode,
        "speed": clock.speed,
        "nextDeadline": _iso(accounts.next_deadline_ms()),
    }


def _change_clock(accounts: Accounts, asked: dict[str, Any]) -> dict[str, Any]:
    only(asked, (*CHANGES, "speed"))
    changes = [name for name in CHANGES if name in asked]
    if len(changes) != 1:
        raise Refused(f"give one of {', '.join(CHANGES)}")
    if "speed" in asked and asked.get("mode") != "real":
        raise Refused("speed goes with the mode real")
    clock, change = accounts.clock, changes[0]
    if change == "mode":
        _set_mode(clock, asked)
    elif change == "toNextDeadline":
        if asked[change] is not True:
            raise Refused("toNextDeadline is true")
        return {"moved": clock.advance_to_next_deadline()}
    else:
        now_ms = clock.now_ms()
        to_ms = _advanced(now_ms, asked) if change == "advance" else _instant(asked[change])
        if to_ms > LATEST_MS:
            raise Refused(f"the clock goes to {_iso(LATEST_MS)} at most")
        if to_ms < now_ms and change == "advanceTo":
            raise Refused(f"{asked[change]} is before {_iso(now_ms)}")
        clock.advance(max(0, to_ms - now_ms) / 1000)
    return {}


def _set_mode(clock: Clock, asked: dict[str, Any]) -> None:
    mode, speed = asked["mode"], asked.get("speed", 1)
    if mode not in MODES:
        raise Refused(f"mode is one of {', '.join(MODES)}")
    if not is_number(speed) or not 0 < speed <= SPEED_MAX:
        raise Refused(f"speed is a number above 0, {SPEED_MAX:.0e} at most")
    clock.set_mode(mode, speed=speed)


def _advanced(now_ms: int, asked: dict[str, Any]) -> int:
    seconds = asked["advance"]
    if not is_number(seconds) or not seconds >= 0:
        raise Refused("advance is a number of seconds, 0 or more")
    return now_ms + _milliseconds(seconds)


def _instant(moment: Any) -> int:
    """An ISO 8601 text (UTC if it says no zone), or seconds since the epoch."""
    if is_number(moment):
        return _milliseconds(moment)
    try:
        return instant_ms(datetime.fromisoformat(moment))
    except (ValueError, TypeError, OverflowError):
        raise Refused(
            'advanceTo is an instant like "2026-01-31T12:00:00Z", or seconds since the epoch'
        ) from None


def _milliseconds(seconds: float) -> int:
    return round(min(max(seconds, 0), LATEST_MS) * 1000)


def _iso(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    instant = datetime.fromtimestamp(at_ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Executions.


def _execution(found: ExecutionRecord) -> dict[str, Any]:
    return {
        "account": found.scope.account,
        "region": found.scope.region,
        "domain": found.domain,
        "workflowId": found.workflow_id,
        "runId": found.run_id,
        "workflowType": {"name": found.type_name, "version": found.type_version},
        "status": found.status,
        "started": _iso(found.started_ms),
        "closed": _iso(found.closed_ms),
    }


def _matching(accounts: Accounts, asked: dict[str, str]) -> list[ExecutionRecord]:
    """The executions that match, in the order of their starts."""

    def matches(found: ExecutionRecord) -> bool:
        known = {**_execution(found), "status": "open" if found.open else "closed"}
        return all(known[name] == value for name, value in asked.items())

    found = accounts.collect(lambda view: view.executions())
    return sorted(filter(matches, found), key=lambda each: each.sequence)


def _history(accounts: Accounts, asked: dict[str, str]) -> tuple[ExecutionRecord, list[bytes]]:
    """The last run that matches, and its events as they are stored."""
    if "workflowId" not in asked:
        raise Refused("workflowId is missing")
    found = _matching(accounts, asked)
    if not found:
        raise Refused(f"there is no such execution: {asked}", 404)
    engine = accounts.engine(found[-1].scope.account)
    return found[-1], engine.read(lambda view: list(view.history(found[-1])))
