"""Forms made from the service model: one field for each member of a structure.

The content of a form is turned back into the parameters of the call. The service validates
them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..protocol.model import service_model

AREAS = ("Data", "FunctionInput", "LimitedData")
DURATIONS = ("DurationInSeconds", "DurationInSecondsOptional")
HINTS = {
    "DurationInDays": "days, 0 to 90, or NONE to keep executions permanently",
    "TaskPriority": "a whole number; higher ones are served first",
    "TagList": "one tag per line, at most 5",
    "ResourceTagList": "one key=value per line",
    "Arn": "the ARN of an IAM role, for Lambda tasks",
    "ActivityType": "name / version",
    "WorkflowType": "name / version",
    "ChildPolicy": "what happens to its children when it closes",
}
LABELS = {
    "workflowExecutionRetentionPeriodInDays": "Retention of closed executions",
    "workflowId": "Workflow id",
    "runId": "Run id",
    "id": "Id",
}


@dataclass(slots=True)
class Field:
    """One input. ``control`` is line, area, duration, choice, type, lines or pairs."""

    name: str
    label: str
    control: str
    required: bool
    hint: str
    choices: list[str]
    suggestions: str | None
    length_max: int | None


def fields_of(structure: str, without: Collection[str] = ()) -> list[Field]:
    """The fields of a structure: required ones first, long ones last."""
    shape = service_model().shapes[structure]
    required = shape.get("required", ())
    fields = [
        _field(member, target, member in required)
        for member, target in shape["members"].items()
        if member not in without
    ]
    return sorted(fields, key=lambda field: (not field.required, field.control == "area"))


def _field(member: str, target: str, required: bool) -> Field:
    shape = service_model().shapes[target]
    choices = list(shape.get("enum", ()))
    hint = HINTS.get(target, "")
    control, suggestions = "line", None
    if choices:
        control = "choice"
    elif target in AREAS:
        control = "area"
    elif target in DURATIONS:
        control = "duration"
        hint = "seconds" if target == "DurationInSeconds" else "seconds, or NONE"
    elif target in ("ActivityType", "WorkflowType"):
        control, suggestions = "type", target
    elif target == "TaskList":
        suggestions = "TaskList"
    elif target == "TagList":
        control = "lines"
    elif target == "ResourceTagList":
        control = "pairs"
    length_max = shape.get("max") if control in ("line", "area", "duration") else None
    return Field(
        member, label_of(member), control, required, hint, choices, suggestions, length_max
    )


def label_of(member: str) -> str:
    """``defaultTaskList`` → Default task list."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", member).lower()
    return LABELS.get(member, words[:1].upper() + words[1:])


def parameters_of(structure: str, form: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """The members given by a form. An empty field gives no member."""
    parameters: dict[str, Any] = {}
    for member, target in service_model().shapes[structure]["members"].items():
        text = form.get(prefix + member, "").replace("\r\n", "\n")
        if text.strip():
            parameters[member] = _value(target, text)
    return parameters


def _value(target: str, text: str) -> Any:
    if target in AREAS:
        return text
    if target == "TaskList":
        return {"name": text}
    if target in ("ActivityType", "WorkflowType"):
        name, _, version = text.partition("/")
        return {"name": name.strip(), "version": version.strip()}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if target == "TagList":
        return lines
    if target == "ResourceTagList":
        pairs = (line.partition("=") for line in lines)
        return [{"key": key.strip(), "value": value.strip()} for key, _, value in pairs]
    return text


def strings_of(structure: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The strings that a form shows for given members: the inverse of `parameters_of`."""
    strings = {}
    for member, target in service_model().shapes[structure]["members"].items():
        value = values.get(member)
        if value is None:
            continue
        if target == "TaskList":
            value = value["name"]
        elif target in ("ActivityType", "WorkflowType"):
            value = f"{value['name']}/{value['version']}"
        elif target == "TagList":
            value = "\n".join(value)
        strings[member] = str(value)
    return strings
