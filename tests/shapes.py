"""Compares answers with the shapes of the service model, as botocore ships it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.session import Session

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
}


@cache
def service() -> dict[str, Any]:
    """The model, with its texts."""
    loader = Session().get_component("data_loader")
    model: dict[str, Any] = loader.load_service_model("swf", "service-2")
    return model


def mismatches(shape_name: str, value: Any, path: str = "") -> Iterator[str]:
    """Where ``value`` is not what the shape says: type, members, length, enumeration."""
    shape = service()["shapes"][shape_name]
    if type(value) not in JSON_TYPES[shape["type"]]:
        yield f"{path}: {value!r} is no {shape['type']}"
    elif shape["type"] == "structure":
        members = shape["members"]
        yield from (f"{path}: no {name}" for name in set(shape.get("required", ())) - value.keys())
        yield from (f"{path}: {name} is unknown" for name in value.keys() - members.keys())
        for name in value.keys() & members.keys():
            yield from mismatches(members[name]["shape"], value[name], f"{path}.{name}")
    elif shape["type"] == "list":
        kept = (pair for pair in enumerate(value) if pair[1] is not None or shape_name != "TagList")
        for index, element in kept:  # tags can be null, as recorded
            yield from mismatches(shape["member"]["shape"], element, f"{path}[{index}]")
    elif shape["type"] == "string":
        if "enum" in shape and value not in shape["enum"]:
            yield f"{path}: {value!r} is none of {shape['enum']}"
        if not shape.get("min", 0) <= len(value) <= shape.get("max", len(value)):
            yield f"{path}: {len(value)} characters"


def result_mismatches(operation: str, members: dict[str, Any]) -> Iterator[str]:
    """Where the result of an operation is not what the model says."""
    output = service()["operations"][operation].get("output")
    if output is None:
        yield from (f"{name} is unknown" for name in members)
    elif members.get("taskToken") or "taskToken" not in shape_members(output["shape"]):
        yield from mismatches(output["shape"], members)


def shape_members(shape_name: str) -> dict[str, Any]:
    """The members of a structure by name."""
    members: dict[str, Any] = service()["shapes"][shape_name]["members"]
    return members
