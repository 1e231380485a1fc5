"""Coverage of SWF by the cases, measured from the cases themselves.

Covered is: each operation answered and refused with each fault that the model lists, each decision
and failure cause, each event type with each attribute present and each optional one absent, and
the topics below. ``uncovered.txt`` lists what no case covers, with the reason; a test holds the
two equal, so that coverage cannot shrink unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance import catalogue, model
from conformance.language import check, judge, play, replay
from conformance.language.event_lines import EventLine, parse_line
from conformance.language.read import Command, Script
from conformance.model import attributes_of

ACCEPTED = Path(__file__).parent / "uncovered.txt"

TOPICS = (
    *(
        f"timeout/{kind}"
        for kind in (
            "execution",
            "decision-start-to-close",
            "decision-schedule-to-start",
            "activity-schedule-to-start",
            "activity-start-to-close",
            "activity-schedule-to-close",
            "activity-heartbeat",
            "lambda-start-to-close",
            "timer",
            "child-execution",
        )
    ),
    *(f"filter/{name}" for name in ("execution", "type", "type-version", "tag", "close-status")),
    *(f"filter/{name}" for name in ("start-time", "close-time", "exclusive", "type-name")),
    *(f"paging/{op}" for op in ("history", "activity-types", "workflow-types", "domains")),
    *(f"paging/{op}" for op in ("open", "closed", "decision-task", "bad-token")),
    *(f"order/{what}" for what in ("domains", "types", "open", "closed", "history", "reverse")),
    *(f"wire/{what}" for what in ("prefixes", "content-type", "empty-body", "request-id")),
    *(f"wire/{what}" for what in ("unknown-operation", "not-json", "unknown-members", "null")),
    *(f"wire/{what}" for what in ("timestamps", "run-id", "too-large", "error-body")),
    *(f"long-poll/{what}" for what in ("held", "woken", "abandoned", "empty-answer")),
    *(f"priority/{what}" for what in ("activity", "decision", "type-default", "fifo")),
    *(
        f"child-policy/{policy}/{close}"
        for policy in ("TERMINATE", "REQUEST_CANCEL", "ABANDON")
        for close in ("terminated", "timed-out", "completed", "failed", "canceled")
    ),
    *(f"child-policy/{what}" for what in ("parameter", "recursive", "continued")),
    *(f"continue-as-new/{what}" for what in ("defaults", "given", "version", "parent")),
    *(f"sticky/{what}" for what in ("permanent", "temporary", "started-timeout")),
    *(f"unhandled/{what}" for what in ("signal", "activity", "failed-decision")),
    *(f"retention/{what}" for what in ("visible", "gone")),
    *(f"status/{status}" for status in ("COMPLETED", "FAILED", "CANCELED", "TERMINATED")),
    *(f"status/{status}" for status in ("TIMED_OUT", "CONTINUED_AS_NEW")),
)


def wanted() -> list[str]:
    """Everything there is to cover."""
    items: list[str] = []
    for operation in model.operations():
        items.append(f"op/{operation}")
        items += [f"op/{operation}/{fault}" for fault in model.faults_of(operation)]
    items += [f"decision/{kind}" for kind in model.decision_types()]
    items += [f"cause/{event_type}/{cause}" for event_type, cause in model.causes()]
    for event_type in model.event_types():
        shape = model.event_attributes(event_type)
        for name in shape.members:
            items.append(f"event/{event_type}.{name}/present")
            if name not in shape.required_members:
                items.append(f"event/{event_type}.{name}/absent")
    return [*items, *TOPICS]


def covered() -> set[str]:
    """Everything that a case covers, cases for optional capabilities included."""
    found: set[str] = set()
    for _, script in catalogue.scripts():
        found |= set(of_script(script))
    for name in replay.replayable():
        found |= set(of_recording(name))
    for case in catalogue.all_cases():
        found |= case.covers
    return found


def uncovered() -> list[str]:
    """The items that no case covers, in the order of ``wanted``."""
    found = covered()
    return [item for item in wanted() if item not in found]


def accepted() -> dict[str, str]:
    """Item to reason, from ``uncovered.txt``: ``item  # reason`` a line."""
    result: dict[str, str] = {}
    for line in ACCEPTED.read_text(encoding="utf-8").splitlines():
        item, _, reason = line.partition("#")
        if item.strip():
            result[item.strip()] = reason.strip()
    return result


def report() -> str:
    """The items that are not covered, and the number of those that are."""
    items, missing, reasons = wanted(), uncovered(), accepted()
    lines = [f"{item}  {reasons.get(item, '(not accepted)')}".rstrip() for item in missing]
    lines.append(f"{len(items) - len(missing)} of {len(items)} items are covered")
    stale = sorted(set(reasons) - set(missing))
    lines += [f"covered, yet listed in {ACCEPTED.name}: {item}" for item in stale]
    return "\n".join(lines)


def of_script(script: Script) -> Iterator[str]:
    """The items that the commands and expectations of a script cover."""
    held: dict[str, str] = {}
    for command in script.commands:
        if command.name == "hold":
            held[command.words[0]] = command.words[1]
        yield from _of_command(command, check.calls(command, held))


def _of_command(command: Command, operations: tuple[str, ...]) -> Iterator[str]:
    fault = judge.expected_fault(command.expectations)
    for operation in set(operations) & set(model.operations()):
        suffix = f"/{fault}" if fault and operation == operations[-1] else ""
        yield f"op/{operation}{suffix}"
    for decision in command.decisions:
        yield f"decision/{decision.decision_type}"
    for line in _event_lines(command):
        if not line.is_gap:
            yield from _of_line(line)


def _event_lines(command: Command) -> Iterator[EventLine]:
    lines = command.expectations
    if command.name not in ("history", "events"):
        words = [judge.keyword(line) for line in lines]
        lines = lines[words.index("events") + 1 :] if "events" in words else []
    for line in lines:
        if line.text != play.NOTHING:
            yield parse_line(line, labeled=command.name == "events")


def _of_line(line: EventLine) -> Iterator[str]:
    members = model.event_attributes(line.event_type).members
    attributes = line.attributes or {}
    present = set(attributes)
    absent = set(line.absent) | (set(members) - present if line.only else set())
    yield from _attributes(line.event_type, present, absent)
    if "cause" in attributes:
        yield f"cause/{line.event_type}/{attributes['cause']}"


def _attributes(event_type: str, present: set[str], absent: set[str]) -> Iterator[str]:
    yield from (f"event/{event_type}.{name}/present" for name in present)
    yield from (f"event/{event_type}.{name}/absent" for name in absent)


def of_recording(name: str) -> Iterator[str]:
    """The items that the histories of a recording cover."""
    for events in replay.recorded_histories(name).values():
        for event in events:
            event_type = event["eventType"]
            present = set(attributes_of(event))
            absent = set(model.event_attributes(event_type).members) - present
            if replay.lacks_zeros(name):
                absent = {
                    member for member in absent if not member.endswith(("EventId", "tagList"))
                }
            yield from _attributes(event_type, present, absent)
