"""All state as one JSON document, and back: an imported state continues exactly as it was.

The histories are the truth: what is open, due or queued is folded from them again. The
document also holds what has no event: domains and types, heartbeats, the order of the tasks
on their lists, and the time. Tokens are self-contained, so those that clients hold stay
valid. A Lambda function that was running is invoked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from ..compact_json import encode_json
from ..core.activities import ActivityTask
from ..core.children import Child
from ..core.decision_slot import DecisionTask
from ..core.events import Event
from ..core.execution import Execution
from ..core.executions import resolve
from ..core.open_items import OpenItem, QueuedTask
from ..core.record import fold
from ..core.registry import EVENTS, Effect
from .accounts import Accounts
from .domains import Domain, Kept, Region, Run, Scope
from .history import decode_event, to_keep
from .journal import domain_members, type_members
from .task_lists import TaskList, arrivals
from .types import RegisteredType

FORMAT = "swf-emulator state"
VERSION = 1

PIECE_BYTES = 65_536
"""The length from which a part of an exported document is passed on."""

Queued = dict[int, int]
"""For each queued task, by its event id, its number in the order of arrival over all lists."""

Restored = list[tuple[Run, Queued]]
"""Folded runs, ordered by their starts."""

NEED_NO_START = (
    "ActivityTaskCanceled",
    "ActivityTaskTimedOut",
    "DecisionTaskTimedOut",
    "StartChildWorkflowExecutionFailed",
    "StartLambdaFunctionFailed",
)
"""The events that may close an item that can be started, and was not."""

OF_OTHER_EXECUTIONS = ("externalInitiatedEventId", "parentInitiatedEventId")
"""Members that hold the number of an event of another execution."""


# Export.


_RunAt = tuple[Run, int]
"""A run at one instant: its history only grows, and had that many events."""


class _DomainAt(NamedTuple):
    """A domain at one instant. ``tickets``: the tasks on its lists, with their orders."""

    members: dict[str, Any]
    runs: list[_RunAt]
    heartbeats: dict[Run, dict[str, Any]]
    tickets: list[tuple[Kept, int]]


def export_state(accounts: Accounts) -> dict[str, Any]:
    """Return the state of all accounts as one JSON-compatible document."""
    document: dict[str, Any] = orjson.loads(b"".join(export_json(accounts)))
    return document


def export_json(accounts: Accounts) -> Iterator[bytes]:
    """Yield the state of all accounts as one JSON document, in pieces.

    Each account is read at one instant, before this returns; ``nowMs`` is the latest of these
    instants. No lock is held between the pieces.
    """
    now_ms = accounts.clock.now_ms()
    domains: list[_DomainAt] = []
    for engine in accounts.engines():
        with engine.transaction:
            now_ms = max(now_ms, engine.now_ms)
            domains += [_domain_at(domain) for domain in engine.recorder.domains()]
    return _pieces(domains, now_ms)


def _domain_at(domain: Domain) -> _DomainAt:
    """Requires the engine's lock, so as little as possible is done here."""
    heartbeats: dict[Run, dict[str, Any]] = {}
    for run in domain.open_runs.values():
        if run.execution.open_counts["openActivityTasks"]:
            beats = {
                str(task.event_id): {"atMs": task.heartbeat_ms, "details": task.heartbeat_details}
                for task in run.execution.open_items.values()
                if isinstance(task, ActivityTask) and task.heartbeat_ms is not None
            }
            if beats:
                heartbeats[run] = beats
    tickets = [
        (ticket.kept, ticket.order)
        for task_list in domain.task_lists.values()
        for ticket in task_list.waiting_tickets()
    ]
    runs = [(run, len(run.history)) for run in domain.visibility.runs()]
    return _DomainAt(_members(domain), runs, heartbeats, tickets)


def _members(domain: Domain) -> dict[str, Any]:
    return {
        **domain_members(domain),
        "types": [
            type_members(registered)
            for types in domain.types.values()
            for registered in types.values()
        ],
    }


def _pieces(domains: list[_DomainAt], now_ms: int) -> Iterator[bytes]:
    queued = _numbered(domains)
    head = encode_json({"format": FORMAT, "nowMs": now_ms, "version": VERSION})
    parts = [head[:-1], b',"domains":[']
    size = 0
    for index, domain in enumerate(domains):
        parts += [b"," if index else b"", encode_json(domain.members)[:-1], b',"executions":[']
        runs = sorted(domain.runs, key=lambda each: each[0].sequence)
        for number, (run, length) in enumerate(runs):
            text = _run(run, length, domain.heartbeats.get(run, {}), queued.get(run, {}))
            parts += [b"," if number else b"", text]
            size += len(text)
            if size >= PIECE_BYTES:
                yield b"".join(parts)
                parts, size = [], 0
        parts.append(b"]}")
    parts.append(b"]}")
    yield b"".join(parts)


def _run(run: Run, length: int, heartbeats: dict[str, Any], queued: dict[str, int]) -> bytes:
    members = encode_json(
        {
            "workflowId": run.execution.workflow_id,
            "runId": run.execution.run_id,
            "sequence": run.sequence,
            "heartbeats": heartbeats,
            "queued": queued,
        }
    )
    events = b",".join(run.history[:length])
    return b"".join((members[:-1], b',"events":[', events, b"]}"))


def _numbered(domains: list[_DomainAt]) -> dict[Run, dict[str, int]]:
    """Number the queued tasks of all accounts from 0, in their order of arrival; by run."""
    tickets = [ticket for domain in domains for ticket in domain.tickets]
    tickets.sort(key=lambda ticket: ticket[1])
    queued: dict[Run, dict[str, int]] = {}
    for place, (kept, _) in enumerate(tickets):
        queued.setdefault(kept.run, {})[str(kept.item.event_id)] = place
    return queued


# Import.


def import_state(accounts: Accounts, document: Any) -> None:
    """Replace all state by that of a document. Raises ValueError, and then nothing has changed.

    The members of the document must have the right form already: see `protocol.state_document`.
    Everything is built and checked aside before the present state is removed.

    A clock that is stopped or behind is set to the document's time. Under a clock that runs,
    the deadlines that have passed since the export fire at once, each at its own time.
    """
    regions, runs, now_ms = _restored(document)
    places = sorted(place for _, queued in runs for place in queued.values())
    orders = dict(zip(places, arrivals(len(places)), strict=True))
    clocks = accounts.clocks()
    with accounts.together():
        accounts.reset()
        for clock in clocks:
            if clock.speed == 0 or clock.now_ms() < now_ms:
                clock.set_instant(now_ms)
        named = {scope.account: accounts.engine(scope.account) for scope in regions}
        for account, engine in (accounts.in_use() | named).items():
            own = [region for scope, region in regions.items() if scope.account == account]
            with engine.transaction:
                engine.restore(own, [run for run, _ in runs if run.domain.region in own], now_ms)
                _reorder([pair for pair in runs if pair[0].domain.region in own], orders)
    for clock in clocks:
        clock.wake()


def _restored(document: Any) -> tuple[dict[Scope, Region], Restored, int]:
    now_ms = document["nowMs"]
    regions: dict[Scope, Region] = {}
    runs: Restored = []
    for index, entry in enumerate(document["domains"]):
        scope = Scope(entry["account"], entry["region"])
        region = regions.setdefault(scope, Region(scope))
        place = f"domains[{index}]"
        _demand(entry["name"] not in region.domains, place, "the domain must occur once")
        domain = restored_domain(region, entry, place)
        for number, each in enumerate(entry["executions"]):
            runs.append(_restored_run(domain, each, now_ms, f"{place}.executions[{number}]"))
    runs.sort(key=lambda pair: pair[0].sequence)
    _check_together(runs)
    return regions, runs, now_ms


def _demand(condition: bool, place: str, text: str) -> None:
    """Raise ValueError unless the condition holds."""
    if not condition:
        raise ValueError(f"{place}: {text}")


def restored_domain(region: Region, entry: Any, place: str) -> Domain:
    """Add a domain with its types to a region. Raises ValueError."""
    domain = Domain(
        region, entry["name"], entry["description"], entry["retention"], dict(entry["tags"])
    )
    domain.deprecated = entry["deprecated"]
    for index, one in enumerate(entry["types"]):
        registered = RegisteredType(
            one["kind"],
            one["name"],
            one["version"],
            one["description"],
            dict(one["defaults"]),
            one["createdMs"],
        )
        registered.deprecated_ms = one["deprecatedMs"]
        registered.deprecated_with_domain = one.get("deprecatedWithDomain", False)
        types, key = domain.types[one["kind"]], (one["name"], one["version"])
        _demand(key not in types, f"{place}.types[{index}]", "the type must occur once")
        types[key] = registered
    region.domains[domain.name] = domain
    return domain


def _restored_run(domain: Domain, entry: Any, now_ms: int, place: str) -> tuple[Run, Queued]:
    run = Run(domain, entry["workflowId"], entry["runId"], entry["sequence"])
    execution = run.execution
    for index, members in enumerate(entry["events"]):
        stored = to_keep(encode_json(members))
        event = decode_event(stored)
        try:
            _check_event(run, event, now_ms)
            fold(execution, event)
        except KeyError as error:
            raise ValueError(f"{place}.events[{index}]: {error} is missing") from None
        except ValueError as error:
            raise ValueError(f"{place}.events[{index}]: {error}") from None
        run.history.append(stored)
    _demand(execution.event_count > 0, place, "the execution must have events")
    if not execution.closed:
        _demand(not execution.decision_needed, place, "a decision task must be scheduled")
        others = domain.open_runs.setdefault(execution.workflow_id, run)
        _demand(others is run, place, "the workflow id must have one open run")
        for item in execution.open_items.values():
            if isinstance(item, Child) and item.initiated is not None:
                whole = resolve(item.initiated, {})[1] is None
                _demand(whole, place, f"the child {item.workflow_id} must have all settings")
    _note_heartbeats(run, entry["heartbeats"], now_ms, place)
    queued = {int(event_id): number for event_id, number in entry["queued"].items()}
    waiting = {item.event_id for item in _open(run) if item.queued() is not None}
    _demand(queued.keys() == waiting, f"{place}.queued", "must have all tasks that wait, no other")
    return run, queued


def _open(run: Run) -> list[OpenItem]:
    return [] if run.execution.closed else list(run.execution.open_items.values())


def _note_heartbeats(run: Run, beats: Any, now_ms: int, place: str) -> None:
    tasks = {item.event_id: item for item in _open(run)}
    for event_id, beat in beats.items():
        task = tasks.get(int(event_id))
        if not isinstance(task, ActivityTask) or not task.taken:
            raise ValueError(f"{place}.heartbeats: {event_id} must be a started activity task")
        inside = task.started_ms <= beat["atMs"] <= now_ms
        _demand(inside, f"{place}.heartbeats", "atMs must be between the start and nowMs")
        task.heartbeat_ms, task.heartbeat_details = beat["atMs"], beat["details"]


def _check_event(run: Run, event: Event, now_ms: int) -> None:
    """Raise ValueError unless the event may follow those before: all it names must be there."""
    execution, rule = run.execution, EVENTS[event.event_type]
    first = execution.event_count == 0
    late = event.timestamp_ms > execution.last_event_ms
    for holds, text in (
        (event.event_id == execution.event_count + 1, "eventId must be the next number"),
        (
            first == (event.event_type == "WorkflowExecutionStarted"),
            "WorkflowExecutionStarted must be the first event, and no other",
        ),
        (
            execution.last_event_ms <= event.timestamp_ms <= now_ms,
            "eventTimestamp must be between that of the event before and nowMs",
        ),
        (not execution.closed, "nothing may follow the close"),
        (not (execution.decision_needed and late), "a decision task must be scheduled before"),
    ):
        if not holds:
            raise ValueError(text)
    for name, value in event.attributes.items():
        if name.endswith("EventId") and name not in OF_OTHER_EXECUTIONS:
            _check_number(run, event, name, value)
    concept = rule.concept
    if rule.effect is Effect.OPENS:
        named = (concept.name, event.attributes[concept.key]) if concept.key else None
        if named in execution.named:
            raise ValueError(f"{concept.key} is in use already")
        if concept.name == "decision" and execution.decision_waiting is not None:
            raise ValueError("a decision task waits already")
    elif rule.link and (rule.effect is not Effect.REFUSES or concept.late):
        _check_subject(execution, event)


def _check_number(run: Run, event: Event, name: str, number: int) -> None:
    if number >= event.event_id:
        raise ValueError(f"{name} must be the number of an earlier event")
    if number and name == "decisionTaskCompletedEventId":
        named = decode_event(run.history[number - 1]).event_type
        if named != "DecisionTaskCompleted":
            raise ValueError(f"{name} must be that of a DecisionTaskCompleted, not of a {named}")


def _check_subject(execution: Execution, event: Event) -> None:
    """Raise ValueError unless the item that the event starts, changes or closes is as it must."""
    rule = EVENTS[event.event_type]
    reference = event.attributes[rule.link]
    if rule.effect is Effect.REFUSES and reference == 0:
        return
    if rule.link == rule.concept.key:
        reference = execution.named.get((rule.concept.name, reference), 0)
    item = execution.open_items.get(reference)
    if item is None or item.concept != rule.concept.name:
        raise ValueError(f"{rule.link} must name an open {rule.concept.name}")
    if isinstance(item, DecisionTask):
        turn = execution.decision_started or execution.decision_waiting
        if item is not turn:
            raise ValueError("another decision task is started")
    if rule.effect is Effect.STARTS:
        if item.taken:
            raise ValueError(f"the {rule.concept.name} is started already")
    elif rule.effect is not Effect.REQUESTS and hasattr(item, "started_event_id"):
        started = event.attributes.get("startedEventId", 0)
        if started != item.started_event_id or not (started or event.event_type in NEED_NO_START):
            raise ValueError(f"startedEventId must be that of the {rule.concept.name}")


def _check_together(runs: Restored) -> None:
    """Raise ValueError unless the executions agree with each other."""
    names = {(run.domain.region.scope, run.execution.run_id) for run, _ in runs}
    sequences = {run.sequence for run, _ in runs}
    places = [number for _, queued in runs for number in queued.values()]
    if len(names) != len(runs):
        raise ValueError("runId must differ from execution to execution of a region")
    if len(sequences) != len(runs):
        raise ValueError("sequence must differ from execution to execution")
    if len(set(places)) != len(places):
        raise ValueError("the numbers of queued tasks must differ")
    for run, _ in runs:
        if not run.execution.closed:
            _check_family(run)
    _check_order(runs)


def _check_family(run: Run) -> None:
    """Raise ValueError unless an open run, its open children and its parent know each other."""
    execution, open_runs = run.execution, run.domain.open_runs
    own = {"workflowId": execution.workflow_id, "runId": execution.run_id}
    for item in execution.open_items.values():
        if isinstance(item, Child) and item.taken:
            child = open_runs.get(item.workflow_id)
            if child is None or (
                child.execution.parent,
                child.execution.parent_initiated_event_id,
            ) != (own, item.event_id):
                raise ValueError(f"the open child {item.workflow_id} of {own} must be an execution")
    if execution.parent is None:
        return
    parent = open_runs.get(execution.parent["workflowId"])
    if parent is not None and parent.execution.run_id == execution.parent["runId"]:
        child_item = parent.execution.open_items.get(execution.parent_initiated_event_id)
        if not isinstance(child_item, Child) or child_item.workflow_id != execution.workflow_id:
            raise ValueError(f"the parent of {own} must have it as an open child")


def _check_order(runs: Restored) -> None:
    """Raise ValueError unless tasks of one list and priority are numbered as they came."""
    lists: dict[tuple[Domain, QueuedTask], list[tuple[int, int]]] = {}
    for run, queued in runs:
        for event_id, number in queued.items():
            item = run.execution.open_items[event_id]
            place, since_ms = item.queued(), item.since_ms
            assert place is not None
            assert since_ms is not None
            lists.setdefault((run.domain, place), []).append((number, since_ms))
    for (_, place), tasks in lists.items():
        times = [since_ms for _, since_ms in sorted(tasks)]
        if times != sorted(times):
            raise ValueError(f"the tasks of {place.task_list} must be numbered as they came")


def _reorder(runs: Restored, orders: dict[int, int]) -> None:
    """Give the tasks on their lists the orders of arrival that belong to their places."""
    TaskList.reorder(
        (ticket, orders[place])
        for run, queued in runs
        for event_id, place in queued.items()
        if (ticket := run.kept[event_id].ticket) is not None
    )
