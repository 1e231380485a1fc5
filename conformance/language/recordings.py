"""The recorded answers of the real service in ``recordings/``, which are never edited by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "recordings"


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


def events(name: str) -> list[dict[str, Any]]:
    """The event history of a recording, oldest event first."""
    response = recording(name)["response"]
    for key in ("GetWorkflowExecutionHistory", "body"):
        if isinstance(response, dict) and key in response:
            response = response[key]
    found: list[dict[str, Any]] = response["events"]
    return sorted(found, key=lambda event: int(event["eventId"]))
