"""All that an engine holds, as plain values that can be compared and printed."""

from __future__ import annotations

from typing import Any

from swf_emulator.core.execution import Execution
from swf_emulator.core.open_items import OpenItem
from swf_emulator.engine.domains import Domain, Kept, Run
from swf_emulator.engine.engine import Engine
from swf_emulator.engine.task_lists import TaskList

NOTES = ("heartbeat_details", "heartbeat_ms")
"""The members of an open activity task that no event sets."""

CLEARED_BY_CLOSE = ("named", "open_items")
"""The members of an execution that are cleared after its close."""


def slots_of(value: object) -> list[str]:
    return [name for each in type(value).__mro__ for name in getattr(each, "__slots__", ())]


def item_fields(item: OpenItem, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the members of an open item that folds set."""
    fields = {
        name: getattr(item, name)
        for name in slots_of(item)
        if name not in OpenItem.__slots__ and name not in without
    }
    return {"is": type(item).__name__, "event_id": item.event_id, **fields}


def execution_fields(execution: Execution, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every field of an execution, with what is open in it."""
    fields: dict[str, Any] = {}
    for name in slots_of(execution):
        value = getattr(execution, name)
        if name == "changed_items" or (execution.closed and name in CLEARED_BY_CLOSE):
            continue
        if name == "open_items":
            value = {key: item_fields(opened, without) for key, opened in value.items()}
        elif isinstance(value, OpenItem):
            value = item_fields(value, without)
        elif isinstance(value, dict):
            value = dict(value)
        fields[name] = value
    return fields


def fingerprint(engine: Engine) -> dict[str, Any]:
    """Return the whole state except the clock; a call that changes nothing leaves it equal.

    Empty regions do not count.
    """
    return {
        f"{scope.account}/{scope.region}": {
            "runs": [_run(run) for run in region.runs.values()],
            "domains": {name: _domain(domain) for name, domain in region.domains.items()},
        }
        for scope, region in engine.regions.items()
        if region.domains
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "domain": run.domain.name,
        "sequence": run.sequence,
        "history": list(run.history),
        "execution": execution_fields(run.execution),
        "deadlines": {
            key: opened.next_deadline() for key, opened in run.execution.open_items.items()
        },
        "retention": None if run.retention is None else run.retention.item.next_deadline(),
    }


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "description": domain.description,
        "retention": domain.retention,
        "tags": dict(domain.tags),
        "deprecated": domain.deprecated,
        "types": {
            (kind, *key): (known.description, dict(known.defaults), known.deprecated_ms)
            for kind, types in domain.types.items()
            for key, known in types.items()
        },
        "open": {name: run.execution.run_id for name, run in domain.open_runs.items()},
        "counts": (domain.visibility.open_count, domain.visibility.closed_count),
        "lists": {key: _task_list(found) for key, found in sorted(domain.task_lists.items())},
    }


def _task_list(task_list: TaskList[Kept]) -> dict[str, Any]:
    return {
        "tasks": [
            (ticket.kept.run.execution.run_id, ticket.kept.item.event_id, ticket.priority)
            for ticket in task_list.tickets()
        ],
        "pollers": [poll.identity for poll in task_list.pollers],
    }


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Return the differences of two fingerprints, one a line."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in {**before, **after}
            for line in differences(before.get(key), after.get(key), f"{path}/{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = zip(before, after, strict=True)
        return [
            line
            for index, (old, new) in enumerate(pairs)
            for line in differences(old, new, f"{path}/{index}")
        ]
    return [] if before == after else [f"{path}: {before!r} became {after!r}"]
