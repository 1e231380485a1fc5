"""The service model: input, output and faults of each operation.

``model.json`` is botocore's ``swf/2012-01-25`` without its documentation, made by
``tools/build_model.py``; so the emulator runs without botocore.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class OperationModel(NamedTuple):
    """The names of an operation's shapes and faults."""

    name: str
    input: str
    output: str | None
    errors: tuple[str, ...]


class ServiceModel(NamedTuple):
    """The operations by name, and the shapes by name, as they are in the JSON file."""

    operations: dict[str, OperationModel]
    shapes: dict[str, dict[str, Any]]


@cache
def service_model() -> ServiceModel:
    """Return the model, which is read once."""
    raw = json.loads(files(__package__).joinpath("model.json").read_text())
    operations = {
        name: OperationModel(name, entry["input"], entry["output"], tuple(entry["errors"]))
        for name, entry in raw["operations"].items()
    }
    return ServiceModel(operations, raw["shapes"])
