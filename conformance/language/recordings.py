"""The recorded answers of the real service in ``recordings/``, which are never edited by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent.parent / "recordings"
KNOWN_DIFFERENCES = FOLDER / "known_differences.txt"
HISTORY = "GetWorkflowExecutionHistory"

Event = dict[str, Any]


@cache
def recording(name: str) -> dict[str, Any]:
    """One recorded case: id, title, source, request, response and what it shows."""
    path = FOLDER / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def names() -> list[str]:
    """The ids of all recordings."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def part(name: str, path: str) -> Any:
    """A part of a recording: ``response/body``, ``response/0/response_body``."""
    value: Any = recording(name)
    for step in path.split("/") if path else []:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def histories(name: str) -> dict[str, list[Event]]:
    """The event histories of a recording, oldest event first, by the name of the run.

    The main one is ``main``, others are named after their workflow id, or ``run-2``.
    """
    response = recording(name)["response"]
    if not isinstance(response, dict):
        return {}
    if "body" in response:
        response = {HISTORY: response["body"]}
    elif "events" in response:
        response = {HISTORY: response}
    return {
        key.removeprefix(HISTORY).removeprefix(" of ") or "main": _oldest_first(value["events"])
        for key, value in response.items()
        if key.startswith(HISTORY) and isinstance(value, dict) and "events" in value
    }


class Sample(NamedTuple):
    """A recorded call: request and answer."""

    operation: str
    """Empty if the recording does not name it."""
    members: dict[str, Any]
    status: int
    body: Any
    """None for an answer without a body."""


def sample(name: str, number: int | None = None) -> Sample:
    """A recorded call, or one of several. Raises LookupError."""
    request, response = recording(name)["request"], recording(name)["response"]
    if number is not None:
        request, response = request and request[number], response[number]
    if isinstance(response, dict) and "request_body" in response:
        target, request = response["request_headers"]["X-Amz-Target"], response["request_body"]
        body = response["response_body"]
        return Sample(target.rpartition(".")[2], request, response["status"], body or None)
    if "x-amz-target" in request:
        operation = (request["x-amz-target"] or "").rpartition(".")[2]
        return Sample(operation, request["body"], response["status"], response["body"])
    members = {name: value for name, value in request.items() if name != "operation"}
    status = 400 if isinstance(response, dict) and "__type" in response else 200
    return Sample(request.get("operation", ""), members, status, response or None)


def events(name: str) -> list[Event]:
    """The main history of a recording, oldest event first."""
    return histories(name)["main"]


def _oldest_first(found: list[Event]) -> list[Event]:
    return sorted(found, key=lambda event: int(event["eventId"]))


def known_differences() -> dict[str, str]:
    """Recording to reason, of those in which the emulator is known to differ."""
    lines = KNOWN_DIFFERENCES.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): reason.strip() for name, reason in pairs}
