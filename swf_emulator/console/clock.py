"""The clock: moved, stopped, sped up, made to skip."""

from __future__ import annotations

import math

from flask import Blueprint, jsonify, request, url_for
from flask.wrappers import Response as FlaskResponse
from werkzeug.wrappers import Response

from ..engine.clock import MODES
from . import overview as live
from .formats import lasting
from .site import NotUnderstood, Site, back, done

YEARS_MAX_SECONDS = 100 * 366 * 86_400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def register(routes: Blueprint, site: Site) -> None:
    """``/clock``."""

    @routes.get("/clock.json")
    def clock_json() -> FlaskResponse:
        return jsonify(live.clock_view(site.service.accounts))

    @routes.post("/clock/mode")
    def set_clock_mode() -> Response:
        """Form fields: ``mode`` (real, virtual, skip), ``speed`` for real."""
        mode = request.form.get("mode", "")
        speed = _number(request.form.get("speed") or "1")
        if mode not in MODES or speed <= 0:
            raise NotUnderstood(f"A clock is one of {', '.join(MODES)}; its speed is above 0")
        site.engine.clock.set_mode(mode, speed=speed)
        return done(f"The clock is {mode} now", _back())

    @routes.post("/clock/advance")
    def advance_clock() -> Response:
        """Form field ``by``: seconds, or with a unit: 90, 15m, 2h, 1d."""
        seconds = seconds_of(request.form.get("by", ""))
        site.engine.clock.advance(seconds)
        return done(f"Time passed: {lasting(math.floor(seconds))}", _back())

    @routes.post("/clock/next")
    def advance_to_next() -> Response:
        """Let the next deadline fire."""
        due = live.next_due(site.service.accounts)
        if due is None or not site.engine.clock.advance_to_next_deadline():
            return done("Nothing is due, however long one waits", _back())
        return done(f"It happened: {due.effect}", _back())


def seconds_of(text: str) -> float:
    """``90`` and ``90s``, ``15m``, ``2h``, ``1d`` in seconds. Raises NotUnderstood."""
    text = text.strip()
    unit = UNITS.get(text[-1:])
    seconds = _number(text if unit is None else text[:-1]) * (unit or 1)
    if not 0 <= seconds <= YEARS_MAX_SECONDS:
        raise NotUnderstood(f"{text!r} is no time to let pass: 0 seconds to 100 years are")
    return seconds


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a number") from None
    if not math.isfinite(number):
        raise NotUnderstood(f"{text!r} is not a number to count with")
    return number


def _back() -> str:
    return back(url_for("console.show_dashboard"))
