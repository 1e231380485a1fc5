"""All state as one JSON document, and back: an imported state continues exactly as it was.

The histories are the truth: what is open, due or queued is folded from them again. The
document also holds what has no event: domains and types, heartbeats, the order of the tasks
on their lists, and the time. Tokens are self-contained, so those that clients hold stay
valid. A Lambda function that was running is invoked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ..compact_json import encode_json
from ..core.activities import ActivityTask
from .accounts import Accounts
from .domains import Domain, Region, Run, Scope
from .history import to_keep
from .task_lists import TaskList, arrivals
from .types import RegisteredType

FORMAT = "swf-emulator state"
VERSION = 1

Queued = dict[int, int]
"""For each queued task, by its event id, its number in the order of arrival over all lists."""

Restored = list[tuple[Run, Queued]]
"""Folded runs, ordered by their starts."""


def export_state(accounts: Accounts) -> dict[str, Any]:
    """Return the state of all accounts as one JSON-compatible document.

    Each account is read at one instant; ``nowMs`` is the latest of these.
    """
    now_ms = accounts.clock.now_ms()
    domains: list[dict[str, Any]] = []
    for engine in accounts.engines():
        with engine.transaction:
            now_ms = max(now_ms, engine.now_ms)
            domains += [_domain(domain) for domain in engine.recorder.domains()]
    _number_queued(domains)
    return {"format": FORMAT, "version": VERSION, "nowMs": now_ms, "domains": domains}


def import_state(accounts: Accounts, document: Any) -> None:
    """Replace all state by that of a document. Raises ValueError, and then nothing has changed.

    A clock that is stopped or behind is set to the document's time. Under a clock that runs,
    the deadlines that have passed since the export fire at once, each at its own time.
    """
    regions, runs, now_ms = _restored(document)
    places = sorted(place for _, queued in runs for place in queued.values())
    orders = dict(zip(places, arrivals(len(places)), strict=True))
    clock = accounts.clock
    accounts.reset()
    if clock.speed == 0 or clock.now_ms() < now_ms:
        clock.set_instant(now_ms)
    named = {scope.account: accounts.engine(scope.account) for scope in regions}
    for account, engine in (accounts.in_use() | named).items():
        own = [region for scope, region in regions.items() if scope.account == account]
        with engine.transaction:
            engine.restore(own, [run for run, _ in runs if run.domain.region in own], now_ms)
            _reorder([pair for pair in runs if pair[0].domain.region in own], orders)
    clock.wake()


def _domain(domain: Domain) -> dict[str, Any]:
    scope = domain.region.scope
    runs = sorted(domain.visibility.runs(), key=lambda run: run.sequence)
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
                "deprecatedWithDomain": registered.deprecated_with_domain,
            }
            for types in domain.types.values()
            for registered in types.values()
        ],
        "executions": [_run(run) for run in runs],
    }


def _run(run: Run) -> dict[str, Any]:
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
            str(event_id): kept.ticket.order
            for event_id, kept in run.kept.items()
            if kept.ticket is not None
        },
    }


def _number_queued(domains: list[dict[str, Any]]) -> None:
    """Number the queued tasks of all accounts from 0, in their order of arrival."""
    queues = [run["queued"] for domain in domains for run in domain["executions"]]
    orders = sorted(order for queued in queues for order in queued.values())
    places = {order: place for place, order in enumerate(orders)}
    for queued in queues:
        for event_id, order in queued.items():
            queued[event_id] = places[order]


def _restored(document: Any) -> tuple[dict[Scope, Region], Restored, int]:
    try:
        if document["format"] != FORMAT or document["version"] != VERSION:
            raise ValueError(f"the format must be {FORMAT!r}, version {VERSION}")
        regions: dict[Scope, Region] = {}
        runs: Restored = []
        for entry in document["domains"]:
            scope = Scope(entry["account"], entry["region"])
            region = regions.setdefault(scope, Region(scope))
            domain = _restored_domain(region, entry)
            runs.extend(_restored_runs(domain, entry["executions"]))
        runs.sort(key=lambda pair: pair[0].sequence)
        return regions, runs, int(document["nowMs"])
    except (KeyError, TypeError, AttributeError, AssertionError) as error:
        raise ValueError(f"incomplete {FORMAT}: {type(error).__name__}: {error}") from error


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
        registered.deprecated_with_domain = bool(one.get("deprecatedWithDomain"))
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
        yield run, {int(event_id): place for event_id, place in entry["queued"].items()}


def _reorder(runs: Restored, orders: dict[int, int]) -> None:
    """Give the tasks on their lists the orders of arrival that belong to their places."""
    TaskList.reorder(
        (ticket, orders[place])
        for run, queued in runs
        for event_id, place in queued.items()
        if (ticket := run.kept[event_id].ticket) is not None
    )
