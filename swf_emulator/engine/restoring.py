"""State from the rows of a store: histories are folded, marks are given back to open tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import orjson

from ..core.activities import ActivityTask
from ..core.record import fold
from .accounts import Accounts
from .clock import ClockState
from .domains import Region, Run, Scope
from .engine import Engine
from .history import decode_event
from .journal import Mark, RunRow
from .snapshot import restored_domain
from .task_lists import TaskList, count_from


class Saved(NamedTuple):
    """All rows of a store. Runs are ordered by sequence, events by sequence and event id."""

    now_ms: int
    clock: ClockState | None
    domains: Iterable[bytes]
    types: Iterable[tuple[str, str, str, bytes]]
    """Account, region and domain of each type, and the type."""
    runs: Iterable[RunRow]
    events: Iterable[tuple[int, int, bytes]]
    marks: Iterable[tuple[int, int, Mark]]


class State(NamedTuple):
    """The state that the rows give. ``marks`` has those of a run by its sequence."""

    now_ms: int
    clock: ClockState | None
    regions: dict[Scope, Region]
    runs: dict[int, Run]
    marks: dict[int, dict[int, Mark]]


def folded(saved: Saved) -> State:
    """Fold the state of all accounts. Raises ValueError if the rows do not fit each other."""
    regions: dict[Scope, Region] = {}
    types: dict[tuple[str, ...], list[object]] = {}
    for *place, registered in saved.types:
        types.setdefault(tuple(place), []).append(orjson.loads(registered))
    for stored in saved.domains:
        entry = orjson.loads(stored)
        scope = Scope(entry["account"], entry["region"])
        entry["types"] = types.pop((*scope, entry["name"]), [])
        restored_domain(regions.setdefault(scope, Region(scope)), entry, f"domain {entry['name']}")
    if types:
        raise ValueError(f"the domain of a type is missing: {next(iter(types))}")
    runs: dict[int, Run] = {}
    for row in saved.runs:
        region = regions.get(Scope(row.account, row.region))
        domain = None if region is None else region.domains.get(row.domain)
        if domain is None:
            raise ValueError(f"the domain of the execution {row.run_id} is missing")
        runs[row.sequence] = Run(domain, row.workflow_id, row.run_id, row.sequence)
    for sequence, event_id, event in saved.events:
        run = runs.get(sequence)
        if run is None or event_id != len(run.history) + 1:
            raise ValueError(f"event {event_id} of execution {sequence} has no predecessor")
        fold(run.execution, decode_event(event))
        run.history.append(event)
    marks: dict[int, dict[int, Mark]] = {}
    for sequence, event_id, mark in saved.marks:
        marks.setdefault(sequence, {})[event_id] = mark
    for sequence, run in runs.items():
        if not run.history:
            raise ValueError(f"the execution {run.execution.run_id} has no events")
        _check_marks(run, marks.get(sequence, {}))
    return State(saved.now_ms, saved.clock, regions, runs, marks)


def _check_marks(run: Run, marks: dict[int, Mark]) -> None:
    execution = run.execution
    items = {} if execution.closed else execution.open_items
    waiting = {event_id for event_id, item in items.items() if item.queued() is not None}
    if waiting != {event_id for event_id, mark in marks.items() if mark.order is not None}:
        raise ValueError(f"the order of the tasks of the execution {execution.run_id} is missing")
    for event_id, mark in marks.items():
        if mark.heartbeat_ms is None:
            continue
        task = items.get(event_id)
        if not isinstance(task, ActivityTask):
            raise ValueError(f"a heartbeat of {execution.run_id} has no activity task")
        task.heartbeat_ms, task.heartbeat_details = mark.heartbeat_ms, mark.details


def restore(accounts: Accounts, state: State) -> None:
    """Let engines go on from a state: all whose memory is not that of the journal's generation.

    Their held polls end. Returns once there is no other engine.
    """
    orders = [mark.order for own in state.marks.values() for mark in own.values()]
    count_from(max((order for order in orders if order is not None), default=-1) + 1)
    for scope in state.regions:
        accounts.engine(scope.account)
    while stale := accounts.stale():
        for account, engine in stale.items():
            _restore(engine, account, state)


def _restore(engine: Engine, account: str, state: State) -> None:
    regions = [region for scope, region in state.regions.items() if scope.account == account]
    runs = [run for run in state.runs.values() if run.domain.region.scope.account == account]
    with engine.transaction.lock:
        engine.deadlines.clear()  # those of lost state must not fire
    with engine.transaction:
        engine.restore(regions, runs, state.now_ms)
        TaskList.reorder(
            (ticket, mark.order)
            for run in runs
            for event_id, mark in state.marks.get(run.sequence, {}).items()
            if mark.order is not None and (ticket := run.kept[event_id].ticket) is not None
        )
        tracker = engine.recorder.tracker
        assert tracker is not None
        tracker.restored()
