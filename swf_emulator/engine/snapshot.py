"""All state as one JSON document, and back: an imported state goes on exactly as it was.

The histories are the truth: what is open, due or queued is folded from them again. Besides
them the document holds what has no event: domains and types, heartbeats, the order in which
tasks stand on their lists, and the instant. Tokens hold facts only, so those that clients
have stay good. A Lambda function that ran meanwhile is invoked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ..compact_json import encode_json
from ..core.activities import ActivityTask
from ..core.lambdas import LambdaTask
from .domains import Domain, Region, Run, Scope
from .engine import Engine
from .history import to_keep
from .task_lists import TaskList
from .types import RegisteredType

FORMAT = "swf-emulator state"
VERSION = 1


def export_state(engine: Engine) -> dict[str, Any]:
    """Everything, as one JSON-compatible document."""
    return engine.transact(lambda: _document(engine))


def import_state(engine: Engine, document: Any) -> None:
    """Replace all state with an exported one. Raises ValueError, and then nothing has changed.

    A clock that stands still, or is behind, is set to the document's instant. Under one that
    runs, what has become due in between fires at once, each thing at its own instant.
    """
    regions, runs, now_ms = _restored(document)

    def replace() -> None:
        engine.replace_state(regions, max((run.sequence for run, _ in runs), default=0))
        if engine.clock.speed == 0 or engine.clock.now_ms() < now_ms:
            engine.clock.set_instant(now_ms)
        engine.now_ms = now_ms
        for run, _ in runs:
            engine.adopt(run)
            for pending in run.execution.open_items.values():
                if isinstance(pending, LambdaTask) and pending.started_event_id:
                    engine.invoke(run, pending)
        _restore_order(runs)

    engine.transact(replace)
    engine.clock_changed()


def _document(engine: Engine) -> dict[str, Any]:
    places = _places(engine.domains())
    return {
        "format": FORMAT,
        "version": VERSION,
        "nowMs": engine.now_ms,
        "domains": [_domain(domain, places) for domain in engine.domains()],
    }


def _places(domains: list[Domain]) -> dict[int, int]:
    """For the number of each queued task, its place in the order of all."""
    orders = sorted(
        ticket.order
        for domain in domains
        for task_list in domain.task_lists.values()
        for ticket in task_list.tickets()
    )
    return {order: place for place, order in enumerate(orders)}


def _domain(domain: Domain, places: dict[int, int]) -> dict[str, Any]:
    scope = domain.region.scope
    runs = [run for run in domain.region.runs.values() if run.domain is domain]
    return {
        "account": scope.account,
        "region": scope.region,
        "name": domain.name,
        "description": domain.description,
        "retention": domain.retention,
        "deprecated": domain.deprecated,
        "tags": domain.tags,
        "types": [
            {
                "kind": registered.kind,
                "name": registered.name,
                "version": registered.version,
                "description": registered.description,
                "defaults": registered.defaults,
                "createdMs": registered.created_ms,
                "deprecatedMs": registered.deprecated_ms,
            }
            for types in domain.types.values()
            for registered in types.values()
        ],
        "executions": [_run(run, places) for run in sorted(runs, key=lambda run: run.sequence)],
    }


def _run(run: Run, places: dict[int, int]) -> dict[str, Any]:
    execution = run.execution
    return {
        "workflowId": execution.workflow_id,
        "runId": execution.run_id,
        "sequence": run.sequence,
        "events": [orjson.loads(stored) for stored in run.history],
        "heartbeats": {
            str(task.event_id): {"atMs": task.heartbeat_ms, "details": task.heartbeat_details}
            for task in execution.open_items.values()
            if isinstance(task, ActivityTask) and task.heartbeat_ms is not None
        },
        "queued": {
            str(event_id): places[kept.ticket.order]
            for event_id, kept in run.kept.items()
            if kept.ticket is not None
        },
    }


Queued = dict[int, int]
"""For each queued task, by its event id, its number in the order of all."""


def _restored(document: Any) -> tuple[dict[Scope, Region], list[tuple[Run, Queued]], int]:
    try:
        if document["format"] != FORMAT or document["version"] != VERSION:
            raise ValueError(f"not a {FORMAT} of version {VERSION}")
        regions: dict[Scope, Region] = {}
        runs: list[tuple[Run, Queued]] = []
        for entry in document["domains"]:
            scope = Scope(entry["account"], entry["region"])
            region = regions.setdefault(scope, Region(scope))
            domain = _restored_domain(region, entry)
            runs.extend(_restored_runs(domain, entry["executions"]))
        runs.sort(key=lambda item: item[0].sequence)
        return regions, runs, int(document["nowMs"])
    except (KeyError, TypeError, AttributeError, AssertionError) as error:
        raise ValueError(f"not a whole {FORMAT}: {type(error).__name__}: {error}") from error


def _restored_domain(region: Region, entry: Any) -> Domain:
    domain = Domain(
        region, entry["name"], entry["description"], entry["retention"], dict(entry["tags"])
    )
    domain.deprecated = bool(entry["deprecated"])
    for one in entry["types"]:
        registered = RegisteredType(
            one["kind"],
            one["name"],
            one["version"],
            one["description"],
            dict(one["defaults"]),
            one["createdMs"],
        )
        registered.deprecated_ms = one["deprecatedMs"]
        domain.types[one["kind"]][one["name"], one["version"]] = registered
    region.domains[domain.name] = domain
    return domain


def _restored_runs(domain: Domain, entries: Any) -> Iterator[tuple[Run, Queued]]:
    for entry in entries:
        run = Run(domain, entry["workflowId"], entry["runId"], entry["sequence"])
        run.history = [to_keep(encode_json(event)) for event in entry["events"]]
        run.execution = run.folded()
        for event_id, beat in entry["heartbeats"].items():
            task = run.execution.open_items[int(event_id)]
            assert isinstance(task, ActivityTask)
            task.heartbeat_ms, task.heartbeat_details = beat["atMs"], beat["details"]
        yield run, {int(event_id): order for event_id, order in entry["queued"].items()}


def _restore_order(runs: list[tuple[Run, Queued]]) -> None:
    """Let the tasks stand on their lists in the order that the document tells."""
    tickets = [
        (order, ticket)
        for run, queued in runs
        for event_id, order in queued.items()
        if (ticket := run.kept[event_id].ticket) is not None
    ]
    tickets.sort(key=lambda item: item[0])
    TaskList.reorder(ticket for _, ticket in tickets)
