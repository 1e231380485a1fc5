"""JSON in and out of the paths that are not AWS's; what is wrong is said with 400."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Response, request


class Refused(Exception):
    """The request cannot be done. ``status`` goes with it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def refused(error: Refused) -> Response:
    """The answer to a request that cannot be done."""
    return json_response({"message": str(error)}, error.status)


def json_response(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, sort_keys=True), status, content_type="application/json")


def query(*known: str) -> dict[str, str]:
    """The query's parameters, each given once at most. An empty one is as if it were not given."""
    for name in request.args:
        if name not in known:
            allowed = f"there are {', '.join(known)}" if known else "there are none"
            raise Refused(f"no parameter {name!r}: {allowed}")
        if len(request.args.getlist(name)) > 1:
            raise Refused(f"{name} is given more than once")
    return {name: value for name, value in request.args.items() if value}


def json_object(*, optional: bool = False) -> dict[str, Any]:
    """The body, which is a JSON object."""
    query()
    body = request.get_data()
    if not body and optional:
        return {}
    value = parsed(body)
    if not isinstance(value, dict):
        raise Refused("the body is not a JSON object")
    return value


def parsed(body: bytes) -> Any:
    """A body that says it is JSON, and is."""
    if not request.is_json:
        raise Refused("send JSON, with Content-Type: application/json")
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the body is not JSON: {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def only(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse members that nobody knows."""
    names = list(known)
    for name in given:
        if name not in names:
            raise Refused(f"no member {name!r}: there are {', '.join(names)}")


def is_number(value: Any) -> bool:
    """Whether it is a number of JSON, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value
