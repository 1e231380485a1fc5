"""Compare expected members with an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.language.values import Pattern, Variable, pattern_accepts

ABSENT = object()
"""Stands for a member that is not there."""

VOLATILE = ("runId", "newExecutionRunId", "continuedExecutionRunId", "taskToken", "nextPageToken")
"""Members that differ from run to run; a recording shows only that they are present."""
UNDOCUMENTED = ("reopenable", "reopenGenerationId")
"""Seen in recordings of 2023, in no document."""
LATER = ("arn", "openLambdaFunctions", "scheduleToStartTimeout")
"""Members that the service has sent only since after some of the recordings."""


def show(value: object) -> str:
    """A value in an error text."""
    if value is ABSENT:
        return "<absent>"
    if isinstance(value, (Pattern, Variable)):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=show)


def fetch(value: Any, path: str) -> Any:
    """The part of an answer that a dotted path names; ``list[].x`` is the x of every element."""
    if path == "":
        return value
    head, _, rest = path.partition(".")
    projected = head.endswith("[]")
    name = head.removesuffix("[]")
    if name:
        if isinstance(value, list) and name.lstrip("-").isdigit():
            index = int(name)
            inside = value[index] if -len(value) <= index < len(value) else ABSENT
        elif isinstance(value, dict):
            inside = value.get(name, ABSENT)
        else:
            inside = ABSENT
    else:
        inside = value
    if not projected:
        return inside if inside is ABSENT else fetch(inside, rest)
    if not isinstance(inside, list):
        return ABSENT
    return [None if (got := fetch(item, rest)) is ABSENT else got for item in inside]


def mismatches(
    expected: Any, got: Any, variables: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, str, str]]:
    """(path, expected, got) wherever the answer is not as expected; unbound variables get bound."""
    if isinstance(expected, Pattern):
        if expected.kind == "absent":
            if got is not ABSENT:
                yield path, "<absent>", show(got)
        elif got is ABSENT or not pattern_accepts(expected, got):
            yield path, str(expected), show(got)
    elif isinstance(expected, Variable):
        yield from _variable(expected, got, variables, path)
    elif isinstance(expected, dict) and isinstance(got, dict):
        for name in {**expected, **got}:
            inner = f"{path}.{name}" if path else name
            if name not in expected:
                yield inner, "<absent>", show(got[name])
            else:
                yield from mismatches(expected[name], got.get(name, ABSENT), variables, inner)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from mismatches(one, other, variables, f"{path}.{index}" if path else str(index))
    elif got is ABSENT or type(expected) is not type(got) or expected != got:
        yield path, show(expected), show(got)


def _variable(
    variable: Variable, got: Any, variables: dict[str, Any], path: str
) -> Iterator[tuple[str, str, str]]:
    if got is ABSENT:
        yield path, f"a value for ${variable.name}", "<absent>"
    elif variable.name not in variables:
        variables[variable.name] = got
    else:
        expected = variables[variable.name]
        if variable.offset:
            expected += variable.offset
        if expected != got:
            yield path, show(expected), show(got)


def unlike(recorded: Any, got: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, expected, got) where an answer differs from a recorded one, times and ids aside."""
    name = path.rpartition(".")[2]
    if name in VOLATILE or name.endswith(("Timestamp", "Date")) or name == "arn":
        if got is ABSENT or (type(recorded) is not type(got) and not _numbers(recorded, got)):
            yield path, show(recorded), show(got)
    elif isinstance(recorded, dict) and isinstance(got, dict):
        for key in {**recorded, **got}:
            if key in UNDOCUMENTED:
                continue
            inner = f"{path}.{key}" if path else key
            if key not in recorded and key in LATER:
                continue
            if key not in recorded:
                yield inner, "<absent>", show(got[key])
            else:
                yield from unlike(recorded[key], got.get(key, ABSENT), inner)
    elif isinstance(recorded, list) and isinstance(got, list) and len(recorded) == len(got):
        for index, (one, other) in enumerate(zip(recorded, got, strict=True)):
            yield from unlike(one, other, f"{path}.{index}" if path else str(index))
    elif got is ABSENT or recorded != got:
        yield path, show(recorded), show(got)


def _numbers(*values: object) -> bool:
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
