"""Histories as text: reads every common format and writes the same text in every run.

Accepted are the formats of boto3 (timestamps are datetimes), of the AWS CLI (numbers or
ISO 8601 strings) and of `Emulator.history` (numbers); as a list of events, as a response with
``events``, or as a list of such responses, the pages of one history.

`format_history` is for snapshots: it shows everything except what differs between runs.
`format_timeline` is for failure reports: one short line per step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from .core.events import Attributes, Event, attributes_name
from .core.registry import EVENTS, Effect

RUN_ID_MEMBERS = ("runId", "newExecutionRunId", "continuedExecutionRunId")
TIMELINE_LINES = 40
TIMELINE_TEXT = 60
_FIRST_LINES = 6

COLUMNS = (3, 7, 32)
"""Minimum widths of `format_history`'s columns. They do not depend on the content, so that an
additional event changes one line only."""

_BARE = re.compile(r"[\w./:@+<>*%-]+")
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000))


def events_of(history: Any) -> list[Event]:
    """Return the events of a history in any format, ordered by id.

    The history may be incomplete. Raises ValueError if it is not a history.
    """
    events = [_event(entry) for entry in _entries(history)]
    events.sort(key=lambda event: event.event_id)
    for one, following in pairwise(events):
        if one.event_id == following.event_id:
            raise ValueError(f"event ids must be unique, but two events have the id {one.event_id}")
    return events


def whole_history(history: Any) -> list[Event]:
    """Return the events of a complete history. Raises ValueError if events are missing."""
    events = events_of(history)
    for number, event in enumerate(events, start=1):
        if event.event_id != number:
            raise ValueError(
                f"incomplete history: event {number} is missing; check that every page is included"
            )
    pages = [history] if isinstance(history, Mapping) else history
    last = pages[-1] if pages else {}
    if isinstance(last, Mapping) and last.get("nextPageToken"):
        raise ValueError("incomplete history: the last page has a nextPageToken")
    if not events or events[0].event_type != "WorkflowExecutionStarted":
        raise ValueError("a history must begin with WorkflowExecutionStarted")
    return events


def format_history(
    history: Any, *, shorten: int | None = None, leave_out: Collection[str] = ()
) -> str:
    """Format each event as one line: id, time since the first event, type, attributes.

    Run ids are numbered in order of appearance: ``<run 1>``, ``<run 2>``… ``shorten`` cuts
    strings to that many characters; ``leave_out`` names attributes that are not shown.

    >>> started = {"eventId": 1, "eventTimestamp": 0, "eventType": "WorkflowExecutionStarted",
    ...            "workflowExecutionStartedEventAttributes": {"input": "a b"}}
    >>> print(format_history([started]))
      1      +0s  WorkflowExecutionStarted          input="a b"
    """
    writer = _Writer(shorten)
    rows = []
    events = events_of(history)
    for event in events:
        shown = {name: value for name, value in event.attributes.items() if name not in leave_out}
        ordered = sorted(shown, key=lambda name: (name.endswith("EventId"), name))
        cells = " ".join(f"{name}={writer.value(name, shown[name])}" for name in ordered)
        rows.append((str(event.event_id), _since(events[0], event), event.event_type, cells))
    return _table(rows, COLUMNS)


def format_timeline(
    history: Any, *, lines: int = TIMELINE_LINES, shorten: int = TIMELINE_TEXT
) -> str:
    """Format a history briefly: one line per event, and one per completed decision task.

    Settings and links are omitted; a line names its activity, timer or execution instead. If
    there are more than ``lines`` lines, the first few and the last are shown.
    """
    events = events_of(history)
    writer = _Writer(shorten)
    subjects = _subjects(events)
    rows = [
        (numbers, _since(events[0], event), event.event_type, _summary(event, subjects, writer))
        for numbers, event in _folded(events)
    ]
    if len(rows) > lines:
        hidden = len(rows) - lines + 1
        cut = min(_FIRST_LINES, lines // 2)
        rows[cut : cut + hidden] = [("…", "", f"({hidden} lines omitted)", "")]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return _table(rows, widths)


def elapsed(length_ms: int) -> str:
    """Format a duration: ``0s``, ``1.5s``, ``1m30s``, ``2d4h``."""
    parts = []
    for unit, unit_ms in _UNITS:
        count, length_ms = divmod(length_ms, unit_ms)
        if count:
            parts.append(f"{count}{unit}")
    if length_ms or not parts:
        parts.append(f"{length_ms / 1000:.3f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)


def matches(partial: Any, value: Any) -> bool:
    """Return whether ``value`` equals ``partial``, in which members of objects may be absent."""
    if isinstance(partial, Mapping) and isinstance(value, Mapping):
        return all(name in value and matches(partial[name], value[name]) for name in partial)
    return bool(partial == value)


# Reading.


def _entries(history: Any) -> list[Any]:
    if isinstance(history, Mapping):
        events = history.get("events")
        if not isinstance(events, Sequence) or isinstance(events, str):
            raise ValueError("a history must be a list of events or an object with a list `events`")
        return list(events)
    if isinstance(history, str | bytes) or not isinstance(history, Sequence):
        raise ValueError(f"a history must be a list of events, not {type(history).__name__}")
    if history and all(isinstance(page, Mapping) and "events" in page for page in history):
        return [event for page in history for event in _entries(page)]
    return list(history)


def _event(entry: Any) -> Event:
    if isinstance(entry, Event):
        return entry
    try:
        event_type: str = entry["eventType"]
        attributes = entry.get(attributes_name(event_type, "Event"))
        return Event(
            int(entry["eventId"]),
            _milliseconds(entry["eventTimestamp"]),
            event_type,
            {} if attributes is None else dict(attributes),
        )
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise ValueError(f"invalid event: {str(entry)[:200]}") from error


def _milliseconds(moment: Any) -> int:
    if isinstance(moment, str):
        try:
            moment = float(moment)
        except ValueError:
            moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.timestamp()
    seconds: float = moment
    return round(seconds * 1000)


# Writing.


class _Writer:
    """Formats values, and numbers run ids."""

    def __init__(self, shorten: int | None) -> None:
        self._shorten = shorten
        self._runs: dict[str, str] = {}

    def value(self, name: str, value: Any) -> str:
        if name in RUN_ID_MEMBERS and isinstance(value, str):
            return self._run(value)
        match value:
            case {"name": str(type_name), "version": str(version)} if len(value) == 2:
                return f"{self._text(type_name)}/{self._text(version)}"
            case {"name": str(list_name)} if len(value) == 1:
                return self._text(list_name)
            case {"workflowId": str(workflow_id), "runId": str(run_id)} if len(value) == 2:
                return f"{self._text(workflow_id)}@{self._run(run_id)}"
            case Mapping():
                inner = (f"{key}={self.value(key, value[key])}" for key in sorted(value))
                return "{" + " ".join(inner) + "}"
            case list() | tuple():
                return "[" + ", ".join(self.value("", one) for one in value) + "]"
        return self._text(value)

    def _run(self, run_id: str) -> str:
        return self._runs.setdefault(run_id, f"<run {len(self._runs) + 1}>")

    def _text(self, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        cut = ""
        if self._shorten is not None and len(text) > self._shorten:
            cut = f"…({len(text)} characters)"
            text = text[: self._shorten]
        if not isinstance(value, str) or (_BARE.fullmatch(text) and not cut):
            return text + cut
        return json.dumps(text, ensure_ascii=False) + cut


def _since(first: Event, event: Event) -> str:
    length_ms = event.timestamp_ms - first.timestamp_ms
    return f"-{elapsed(-length_ms)}" if length_ms < 0 else f"+{elapsed(length_ms)}"


def _table(rows: Sequence[tuple[str, str, str, str]], widths: Sequence[int]) -> str:
    return "\n".join(
        f"{number:>{widths[0]}}  {time:>{widths[1]}}  {name:<{widths[2]}}  {cells}".rstrip()
        for number, time, name, cells in rows
    )


# The timeline.

_SUBJECTS = ("activityId", "timerId", "workflowId", "id", "markerName", "signalName")
_OPENED_BY = ("scheduledEventId", "initiatedEventId", "startedEventId")
_SHOWN = (
    "activityType",
    "workflowType",
    "name",
    "taskList",
    "startToFireTimeout",
    "input",
    "result",
    "cause",
    "timeoutType",
    "reason",
    "details",
    "signalName",
    "identity",
)
"""The attributes that a timeline shows, in this order."""


def _folded(events: Sequence[Event]) -> Iterator[tuple[str, Event]]:
    """Yield events with their ids; a completed decision task becomes one event with all ids."""
    completed = {
        event.attributes.get("startedEventId"): event
        for event in events
        if event.event_type == "DecisionTaskCompleted"
    }
    folded = set(completed)
    folded.update(event.attributes.get("scheduledEventId") for event in completed.values())
    for event in events:
        if event.event_id in folded:
            continue
        if event.event_type == "DecisionTaskCompleted":
            yield f"{event.attributes.get('scheduledEventId')}–{event.event_id}", event
        else:
            yield str(event.event_id), event


def _subjects(events: Sequence[Event]) -> dict[int, str]:
    """Return the name of what each opening event has opened, by event id."""
    return {
        event.event_id: next(
            str(event.attributes[member]) for member in _SUBJECTS if member in event.attributes
        )
        for event in events
        if any(member in event.attributes for member in _SUBJECTS)
    }


def _summary(event: Event, subjects: Mapping[int, str], writer: _Writer) -> str:
    rule, attributes = EVENTS.get(event.event_type), event.attributes
    if rule is not None and rule.concept.name == "decision":
        return " ".join(_cells(attributes, ("taskList", "identity", "timeoutType"), writer))
    openers = (event.event_id, *(attributes.get(member, 0) for member in _OPENED_BY))
    subject = next((subjects[opener] for opener in openers if opener in subjects), None)
    if subject is None:
        return " ".join(_cells(attributes, _SHOWN, writer))
    opens = rule is not None and rule.effect is Effect.OPENS
    hidden = ("signalName",) if opens else ("signalName", "taskList")
    shown = [name for name in _SHOWN if name not in hidden]
    return " ".join([writer.value("", subject), *_cells(attributes, shown, writer)])


def _cells(attributes: Attributes, names: Collection[str], writer: _Writer) -> Iterator[str]:
    for name in names:
        if name in attributes:
            yield f"{name}={writer.value(name, attributes[name])}"
