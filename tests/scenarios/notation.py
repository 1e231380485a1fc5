"""How scenarios write the members of requests, answers and events.

============================  =====================================================
``taskList``, and what has    its one member: ``L``
but one member
types                         ``name/version``
executions, run ids           ``w`` is the first run of that workflow id, ``w.2`` the second
instants                      ``+10``: seconds since the scenario began
time filters                  ``+0..+10``, or ``+0..``
lists of text                 ``a,b``; resource tags ``key:value``
text                          as it is, quoted where it has blanks; ``"x*300"`` is 300 times x
============================  =====================================================
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from swf_emulator.protocol.model import service_model

SHAPES = service_model().shapes
TYPES = ("ActivityType", "WorkflowType", "WorkflowTypeFilter")
RUN_ID_SHAPES = ("WorkflowRunId", "WorkflowRunIdOptional")
RUN_ID = re.compile(r"22[A-Za-z0-9+/]{43}=")
LONG_RUN = re.compile(r"(.)\1{39,}")
REPEATED = re.compile(r"(.+?)\*(\d+)")


class Runs:
    """Names for run ids: ``w``, ``w.2`` … in the order in which the runs turned up."""

    def __init__(self, start_seconds: float) -> None:
        self._start_seconds = start_seconds
        self._labels: dict[str, str] = {}
        self.executions: dict[str, dict[str, str]] = {}

    def name(self, workflow_id: str, run_id: str) -> str:
        """The label of a run, which it gets if it has none yet."""
        label = self._labels.get(run_id)
        if label is None:
            nth = 1 + sum(run["workflowId"] == workflow_id for run in self.executions.values())
            label = workflow_id if nth == 1 else f"{workflow_id}.{nth}"
            self._labels[run_id] = label
            self.executions[label] = {"workflowId": workflow_id, "runId": run_id}
        return label

    def run_id(self, label: str) -> str:
        """The run id behind a label; what is no label stands for itself."""
        return self.executions[label]["runId"] if label in self.executions else label

    def readable(self, text: str) -> str:
        """A text with labels in the place of run ids."""
        return RUN_ID.sub(lambda found: self._labels.get(found[0], found[0]), text)

    # Writing: from the notation to what goes into a request.

    def parse(self, shape_name: str, text: str) -> Any:
        """The value of a shape that ``text`` denotes."""
        shape = SHAPES[shape_name]
        kind = shape["type"]
        if kind == "structure":
            return self._structure(shape_name, text)
        if kind == "list":
            elements = text.split(",") if text else []
            return [self.parse(shape["member"], element) for element in elements]
        if kind == "integer":
            return int(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text]
        if kind == "timestamp":
            return self._start_seconds + float(text)
        if shape_name in RUN_ID_SHAPES:
            return self.run_id(text)
        repeated = REPEATED.fullmatch(text)
        return repeated[1] * int(repeated[2]) if repeated else text

    def _structure(self, shape_name: str, text: str) -> dict[str, Any]:
        if shape_name in TYPES:
            name, _, version = text.partition("/")
            return {"name": name} | ({"version": version} if version else {})
        if shape_name == "WorkflowExecution":
            return self.executions.get(text) or {"workflowId": text, "runId": text}
        if shape_name == "ExecutionTimeFilter":
            oldest, _, latest = text.partition("..")
            times = {"oldestDate": oldest, "latestDate": latest}
            return {name: self.parse("Timestamp", time) for name, time in times.items() if time}
        if shape_name == "ResourceTag":
            key, colon, value = text.partition(":")
            return {"key": key} | ({"value": value} if colon else {})
        ((member, inner),) = SHAPES[shape_name]["members"].items()
        return {member: self.parse(inner, text)}

    def members(self, shape_name: str, tokens: Iterable[str], *positions: str) -> dict[str, Any]:
        """The members of a structure: ``name=value``, or by their positions."""
        shapes = SHAPES[shape_name]["members"]
        names = iter(positions)
        found: dict[str, Any] = {}
        for token in tokens:
            name, equals, text = token.partition("=")
            if not equals or name not in shapes:
                name, text = next(names), token
            found[name] = self.parse(shapes[name], text)
        return found

    # Reading: from what came back to the notation.

    def seconds(self, instant: float) -> str:
        """An instant, in seconds since the scenario began."""
        return "+" + f"{instant - self._start_seconds:.3f}".rstrip("0").rstrip(".")

    def shown(self, name: str, value: Any) -> str:
        """The value of a member, on one line."""
        if isinstance(value, dict):
            if value.keys() == {"workflowId", "runId"}:
                return self.name(value["workflowId"], value["runId"])
            if value.keys() == {"name", "version"}:
                return f"{value['name']}/{value['version']}"
            if len(value) == 1:
                return self.shown(*next(iter(value.items())))
            return "{" + self.pairs(value) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.shown(name, element) for element in value) + "]"
        if isinstance(value, str):
            if name.endswith("Token"):
                return "..." if value else '""'
            return self.text(self.readable(value))
        if name.endswith(("Timestamp", "Date")):
            return self.seconds(value)
        return json.dumps(value)

    def text(self, value: str) -> str:
        """A text: bare where it can be, shortened where it only repeats itself."""
        value = shortened(value)
        return json.dumps(value) if not value or re.search(r"[\s\"]", value) else value

    def pairs(self, members: Mapping[str, Any]) -> str:
        """Members on one line, by name."""
        return " ".join(
            f"{name}={self.shown(name, value)}" for name, value in sorted(members.items())
        )

    def fault(self, code: str, message: str | None) -> str:
        """A refusal."""
        return f"! {code}: {shortened(self.readable(message or ''))}".rstrip()

    def event(self, label: str, event: Mapping[str, Any]) -> str:
        """One event; the names of its links go without their ending ``EventId``."""
        event_type = event["eventType"]
        attributes = event[f"{event_type[0].lower()}{event_type[1:]}EventAttributes"]
        links = {name.removesuffix("EventId"): value for name, value in attributes.items()}
        at = self.seconds(event["eventTimestamp"])
        return f"{label} {event['eventId']} {at} {event_type} {self.pairs(links)}".rstrip()


def shortened(text: str) -> str:
    """A text in which long runs of one character are counted."""
    return LONG_RUN.sub(lambda run: f"{run[1]}*{len(run[0])}", text)


def tokens_of(line: str) -> list[str]:
    """The words of a command, quotes taken off."""
    return shlex.split(line)
