"""The form of an exported state: every member is there and as the service model wants it.

`engine.snapshot` exports and imports the document, and checks what its members say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..core.events import attributes_name
from ..core.faults import Fault
from ..engine.clock import LATEST_MS
from ..engine.snapshot import FORMAT, VERSION
from . import rules, validation
from .model import service_model

NUMBER_MAX = 2**53 - 1
"""The largest number that every JSON parser keeps exactly."""

DOMAIN = (
    *("account", "region", "name", "description", "retention", "deprecated", "tags"),
    *("types", "executions"),
)
TYPE = ("kind", "name", "version", "description", "defaults", "createdMs", "deprecatedMs")
EXECUTION = ("workflowId", "runId", "sequence", "events", "heartbeats", "queued")
RETENTION = "workflowExecutionRetentionPeriodInDays"


def checked_state(document: Any) -> Any:
    """Return the document if its form is right. Raises ValueError, with the place."""
    _object(document, "", (), known=None)
    if (document.get("format"), document.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"the format must be {FORMAT!r}, version {VERSION}")
    _object(document, "", ("format", "version", "nowMs", "domains"))
    _number(document["nowMs"], "nowMs", LATEST_MS)
    for entry, place in _list(document["domains"], "domains"):
        _check_domain(entry, place)
    return document


def _check_domain(entry: Any, place: str) -> None:
    _object(entry, place, DOMAIN)
    for name in ("account", "region"):
        if not entry[name]:
            raise ValueError(f"{place}.{name}: must be a non-empty string")
        _string(entry[name], f"{place}.{name}")
    _boolean(entry["deprecated"], f"{place}.deprecated")
    _object(entry["tags"], f"{place}.tags", (), known=None)
    tags = [{"key": key, "value": value} for key, value in entry["tags"].items()]
    for tag in tags:
        _shape("ResourceTag", tag, f"{place}.tags")
    _request(
        place,
        "RegisterDomain",
        {
            "name": entry["name"],
            "description": entry["description"],
            RETENTION: entry["retention"],
            "tags": tags,
        },
    )
    for one, inside in _list(entry["types"], f"{place}.types"):
        _check_type(one, entry["name"], inside)
    for one, inside in _list(entry["executions"], f"{place}.executions"):
        _check_execution(one, inside)


def _check_type(entry: Any, domain: str, place: str) -> None:
    _object(entry, place, TYPE, known=(*TYPE, "deprecatedWithDomain"))
    if entry["kind"] not in ("WorkflowType", "ActivityType"):
        raise ValueError(f"{place}.kind: must be WorkflowType or ActivityType")
    _number(entry["createdMs"], f"{place}.createdMs", LATEST_MS)
    if entry["deprecatedMs"] is not None:
        _number(entry["deprecatedMs"], f"{place}.deprecatedMs", LATEST_MS)
    _boolean(entry.get("deprecatedWithDomain", False), f"{place}.deprecatedWithDomain")
    operation = f"Register{entry['kind']}"
    members = service_model().shapes[service_model().operations[operation].input]["members"]
    defaults = [name for name in members if name.startswith("default")]
    _object(entry["defaults"], f"{place}.defaults", (), known=defaults)
    for name, value in entry["defaults"].items():
        _shape(members[name], value, f"{place}.defaults.{name}")
    described = {name: entry[name] for name in ("name", "version", "description")}
    _request(place, operation, {"domain": domain, **described, **entry["defaults"]})


def _check_execution(entry: Any, place: str) -> None:
    _object(entry, place, EXECUTION)
    _shape("WorkflowId", entry["workflowId"], f"{place}.workflowId")
    _shape("WorkflowRunId", entry["runId"], f"{place}.runId")
    _number(entry["sequence"], f"{place}.sequence", NUMBER_MAX)
    for event, inside in _list(entry["events"], f"{place}.events"):
        _check_event(event, inside)
    for event_id, beat in _numbered(entry["heartbeats"], f"{place}.heartbeats"):
        inside = f"{place}.heartbeats.{event_id}"
        _object(beat, inside, ("atMs", "details"))
        _number(beat["atMs"], f"{inside}.atMs", LATEST_MS)
        if beat["details"] is not None:
            _shape("LimitedData", beat["details"], f"{inside}.details")
    for event_id, order in _numbered(entry["queued"], f"{place}.queued"):
        _number(order, f"{place}.queued.{event_id}", NUMBER_MAX)


def _check_event(event: Any, place: str) -> None:
    head = ("eventId", "eventTimestamp", "eventType")
    _object(event, place, head, known=None)
    _shape("EventType", event["eventType"], f"{place}.eventType")
    name = attributes_name(event["eventType"], "Event")
    _object(event, place, (*head, name))
    _shape("HistoryEvent", event, place)


def _request(place: str, operation: str, members: dict[str, Any]) -> None:
    """Raise ValueError unless a request with these members would be valid."""
    try:
        validation.validate(operation, members)
    except Fault as fault:
        raise ValueError(f"{place}: {fault.message}") from None
    for name, value in members.items():
        if isinstance(value, str):
            _string(value, f"{place}.{name}")


# Values of JSON.


def _object(
    value: Any, place: str, needed: Collection[str], known: Collection[str] | None = ()
) -> None:
    """Raise ValueError unless an object has the needed members, and only known ones.

    By default no other members are known; with None all are.
    """
    if type(value) is not dict:
        raise ValueError(f"{place or 'the document'}: must be an object")
    if not all(type(name) is str for name in value):
        raise ValueError(f"{place}: the names of its members must be strings")
    for name in needed:
        if name not in value:
            raise ValueError(f"{_inside(place, name)}: is missing")
    if known is not None:
        for name in value:
            if name not in needed and name not in known:
                raise ValueError(f"{place or 'the document'}: unknown member {name[:100]!a}")


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _list(value: Any, place: str) -> Iterator[tuple[Any, str]]:
    """Yield the elements of a list, each with its place."""
    if type(value) is not list:
        raise ValueError(f"{place}: must be a list")
    for index, each in enumerate(value):
        yield each, f"{place}[{index}]"


def _numbered(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object whose names are numbers of events."""
    _object(value, place, (), known=None)
    for name, each in value.items():
        if not (name.isascii() and name.isdecimal() and name == str(int(name[:10]))):
            raise ValueError(f"{place}: the names must be event ids")
        yield name, each


def _number(value: Any, place: str, largest: int) -> None:
    if type(value) is not int or not 0 <= value <= largest:
        raise ValueError(f"{place}: must be a whole number from 0 to {largest}")


def _boolean(value: Any, place: str) -> None:
    if type(value) is not bool:
        raise ValueError(f"{place}: must be true or false")


def _string(value: Any, place: str) -> None:
    if type(value) is not str:
        raise ValueError(f"{place}: must be a string")
    if not value.isascii() and any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise ValueError(f"{place}: must not contain half of a surrogate pair")


def _shape(shape_name: str, value: Any, place: str) -> None:
    """Raise ValueError unless a value is as the service model describes it."""
    shape: Mapping[str, Any] = service_model().shapes[shape_name]
    match shape["type"]:
        case "structure":
            members = shape["members"]
            _object(value, place, shape.get("required", ()), known=members)
            for name, each in value.items():
                _shape(members[name], each, f"{place}.{name}")
        case "list":
            for each, inside in _list(value, place):
                if each is not None or shape_name not in rules.NULL_IS_KEPT:
                    _shape(shape["member"], each, inside)
        case "timestamp":
            if type(value) not in (int, float) or not 0 <= value <= LATEST_MS / 1000:
                raise ValueError(f"{place}: must be a time in seconds since 1970")
        case "long":
            _number(value, place, NUMBER_MAX)
        case shape_type:
            assert shape_type == "string", f"no event of SWF has the type {shape_type}"
            _string(value, place)
            _check_text(shape_name, shape, value, place)


def _check_text(shape_name: str, shape: Mapping[str, Any], value: str, place: str) -> None:
    if "enum" in shape and value not in shape["enum"]:
        raise ValueError(f"{place}: must be one of: {', '.join(shape['enum'])}")
    if not shape.get("min", 0) <= len(value) <= shape.get("max", len(value)):
        longest = shape.get("max", "any number of")
        raise ValueError(f"{place}: must have {shape.get('min', 0)} to {longest} characters")
    rule = rules.BY_SHAPE.get(shape_name)
    broken = None if rule is None else rule(value)
    if broken is not None:
        raise ValueError(f"{place}: {broken}")
