"""The clock: what time it is, how it passes, and moving it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from ...engine.clock import LATEST_MS, MODES, SPEED_MAX, Clock, instant_ms
from ..backend import Backend
from .requests import (
    ACCOUNT,
    RequestError,
    account_wanted,
    is_number,
    iso_time,
    json_object,
    json_response,
    one_of,
)

CHANGES = ("advance", "advanceTo", "toNextDeadline", "mode")


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""

    @routes.get("/_emulator/clock")
    def clock() -> Response:
        """The time, how it passes, and when something is due next."""
        return json_response(_described(emulator, account_wanted()))

    @routes.post("/_emulator/clock")
    def change_clock() -> Response:
        """Apply one of ``advance``, ``advanceTo``, ``toNextDeadline``, ``mode``."""
        account = account_wanted()
        body = json_object(*CHANGES, "speed", parameters=ACCOUNT)
        seen = emulator.accounts.followers(account).clock
        moved = _change(seen, lambda: _own_clock(emulator, account), body)
        return json_response({**_described(emulator, account), **moved})

    return ["clock"]


def _described(emulator: Backend, account: str | None) -> dict[str, Any]:
    followers = emulator.accounts.followers(account)
    clock = followers.clock
    return {
        "now": iso_time(clock.now_ms()),
        "mode": clock.mode,
        "speed": clock.speed,
        "nextDeadline": iso_time(followers.next_deadline_ms()),
    }


def _own_clock(emulator: Backend, account: str | None) -> Clock:
    return emulator.clock if account is None else emulator.accounts.own(account).clock


def _change(seen: Clock, clock: Callable[[], Clock], body: dict[str, Any]) -> dict[str, Any]:
    """Check the change by the clock that is ``seen``, then apply it to ``clock()``."""
    changes = [name for name in CHANGES if name in body]
    if len(changes) != 1:
        raise RequestError(f"the body must have exactly one of: {', '.join(CHANGES)}")
    if "speed" in body and body.get("mode") != "real":
        raise RequestError('speed requires "mode": "real"')
    match changes[0]:
        case "mode":
            _set_mode(clock, body["mode"], body.get("speed", 1))
        case "toNextDeadline":
            if body["toNextDeadline"] is not True:
                raise RequestError("toNextDeadline must be true")
            return {"moved": clock().advance_to_next_deadline()}
        case "advance":
            seconds = body["advance"]
            if not is_number(seconds) or not seconds >= 0:
                raise RequestError("advance must be a number of seconds, 0 or more")
            now_ms = seen.now_ms()
            _advance(clock, now_ms, now_ms + _milliseconds(seconds))
        case "advanceTo":
            now_ms, to_ms = seen.now_ms(), _time_ms(body["advanceTo"])
            if to_ms < now_ms:
                raise RequestError(f"advanceTo must not be before {iso_time(now_ms)}")
            _advance(clock, now_ms, to_ms)
    return {}


def _set_mode(clock: Callable[[], Clock], mode: Any, speed: Any) -> None:
    one_of("mode", mode, MODES)
    if not is_number(speed) or not 0 < speed <= SPEED_MAX:
        raise RequestError(f"speed must be a number above 0, at most {SPEED_MAX:.0e}")
    clock().set_mode(mode, speed=speed)


def _advance(clock: Callable[[], Clock], now_ms: int, to_ms: int) -> None:
    if to_ms > LATEST_MS:
        raise RequestError(f"the clock cannot go beyond {iso_time(LATEST_MS)}")
    clock().advance((to_ms - now_ms) / 1000)


def _time_ms(value: Any) -> int:
    """An ISO 8601 time (UTC if it has no zone), or seconds since the epoch."""
    if is_number(value):
        return _milliseconds(value)
    try:
        return instant_ms(datetime.fromisoformat(value))
    except (ValueError, TypeError, OverflowError):
        raise RequestError(
            'advanceTo must be a time like "2026-01-31T12:00:00Z" or seconds since the epoch'
        ) from None


def _milliseconds(seconds: float) -> int:
    return round(min(max(seconds, 0), LATEST_MS) * 1000)
