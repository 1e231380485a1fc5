"""Requests of the control API: JSON in and out, checks, errors."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from ...engine.accounts import is_account

ACCOUNT = ("account",)
SCOPE = ("account", "region", "domain")


class RequestError(Exception):
    """The request cannot be served; it gets ``status`` and the message."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def error_response(error: RequestError) -> Response:
    return json_response({"message": str(error)}, error.status)


def json_response(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, sort_keys=True), status, content_type="application/json")


def query(*known: str) -> dict[str, str]:
    """The query's parameters. Each must be known and unique; an empty one counts as absent."""
    for name in request.args:
        if name not in known:
            allowed = f"known: {', '.join(known)}" if known else "this path takes none"
            raise RequestError(f"unknown parameter {name!r}; {allowed}")
        if len(request.args.getlist(name)) > 1:
            raise RequestError(f"{name} must not be repeated")
    return {name: value for name, value in request.args.items() if value}


def account_wanted() -> str | None:
    """The query's only parameter, ``account``: 12 digits; None without it: all accounts."""
    account = query("account").get("account")
    if account is not None and not is_account(account):
        raise RequestError(f"account must be 12 digits, not {account!r}")
    return account


def json_object(
    *known: str, optional: bool = False, parameters: Collection[str] = ()
) -> dict[str, Any]:
    """The body, a JSON object with known members; without a body an empty one if ``optional``.

    ``parameters`` are those that the query may have.
    """
    query(*parameters)
    body = request.get_data()
    if not body and optional:
        return {}
    value = json_value(body)
    if not isinstance(value, dict):
        raise RequestError("the body must be a JSON object")
    check_members(value, known)
    return value


def json_value(body: bytes) -> Any:
    """The value of a body that is JSON, and is declared as such."""
    if not request.is_json:
        raise RequestError("the body must be JSON, with Content-Type: application/json")
    try:
        return json.loads(body.decode(), parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the body must be JSON: {error}") from None


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def check_members(names: Iterable[str], known: Collection[str]) -> None:
    """Raise RequestError for an unknown name."""
    for name in names:
        if name not in known:
            raise RequestError(f"unknown member {name!r}; known: {', '.join(known)}")


def one_of(name: str, value: Any, known: Collection[str]) -> str:
    """The value, which must be one of the known strings."""
    if not isinstance(value, str) or value not in known:
        raise RequestError(f"{name} must be one of: {', '.join(known)}")
    return value


def is_number(value: Any) -> bool:
    """Whether the value is a JSON number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def iso_time(at_ms: int | None) -> str | None:
    """A time in UTC with milliseconds: ``2026-01-31T12:00:00.000Z``."""
    if at_ms is None:
        return None
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
