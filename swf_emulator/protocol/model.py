"""The service model: what each operation takes, answers and refuses.

``model.json`` is botocore's ``swf/2012-01-25`` without its texts, made by
``tools/build_model.py``; so the emulator runs without botocore.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Operation(NamedTuple):
    """One operation: the names of its shapes and of the faults that the model lists."""

    name: str
    input: str
    output: str | None
    errors: tuple[str, ...]


class ServiceModel(NamedTuple):
    """The operations by name, and the shapes by name as the JSON file has them."""

    operations: dict[str, Operation]
    shapes: dict[str, dict[str, Any]]


@cache
def service_model() -> ServiceModel:
    """The model, read once."""
    raw = json.loads(files(__package__).joinpath("model.json").read_text())
    operations = {
        name: Operation(name, entry["input"], entry["output"], tuple(entry["errors"]))
        for name, entry in raw["operations"].items()
    }
    return ServiceModel(operations, raw["shapes"])
