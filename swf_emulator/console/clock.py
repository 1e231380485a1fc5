"""The clock: moved, stopped, sped up, set to skip."""

from __future__ import annotations

import math

from flask import Response, jsonify, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..engine.clock import MODES
from .formats import lasting
from .overview import clock_of, next_due
from .pages import get, post
from .site import InputError, Site, back, done

YEARS_MAX_SECONDS = 100 * 366 * 86_400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@get("/clock.json")
def clock_json(site: Site) -> Response:
    return jsonify(clock_of(site.accounts))


@post("/clock/mode")
def set_clock_mode(site: Site) -> AnyResponse:
    """Form fields: ``mode`` (real, virtual, skip), ``speed`` for real."""
    mode = request.form.get("mode", "")
    speed = _number(request.form.get("speed") or "1")
    if mode not in MODES:
        raise InputError(f"The mode must be one of: {', '.join(MODES)}")
    if speed <= 0:
        raise InputError("The speed must be greater than 0")
    site.accounts.clock.set_mode(mode, speed=speed)
    return done(f"The clock mode is now {mode}", _back())


@post("/clock/advance")
def advance_clock(site: Site) -> AnyResponse:
    """Form field ``by``: seconds, or with a unit: 90, 15m, 2h, 1d."""
    seconds = seconds_of(request.form.get("by", ""))
    site.accounts.clock.advance(seconds)
    return done(f"Advanced by {lasting(math.floor(seconds))}", _back())


@post("/clock/next")
def advance_to_next(site: Site) -> AnyResponse:
    """Advance to the next deadline, which fires."""
    due = next_due(site.accounts)
    advanced = site.accounts.clock.advance_to_next_deadline()
    effect = due["effect"] if due and advanced else "no deadline is scheduled"
    return done(f"{effect[0].upper()}{effect[1:]}", _back())


def seconds_of(text: str) -> float:
    """``90`` and ``90s``, ``15m``, ``2h``, ``1d`` in seconds. Raises InputError."""
    text = text.strip()
    unit = UNITS.get(text[-1:])
    seconds = _number(text if unit is None else text[:-1]) * (unit or 1)
    if not 0 <= seconds <= YEARS_MAX_SECONDS:
        raise InputError(f"{text!r} is out of range: enter 0 seconds to 100 years")
    return seconds


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{text!r} must be a number")
    return number


def _back() -> str:
    return back(url_for("console.show_dashboard"))
