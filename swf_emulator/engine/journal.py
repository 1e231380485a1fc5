"""The changes of a transaction, for a journal that keeps them.

The journal is a port: the engine submits a `Change` for each transaction that has changed
something, and an answer that rests on the change leaves when the change is committed. What
histories tell is not in it: a change has new events, and only such marks of open tasks as no
event has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from ..compact_json import encode_json
from .clock import ClockState
from .domains import Domain, Kept, Run
from .history import to_keep
from .types import RegisteredType

Settled = Callable[[bool], object]
"""Called once with whether a change is committed, from any thread: it must be quick."""


class DomainKey(NamedTuple):
    account: str
    region: str
    name: str


class TypeKey(NamedTuple):
    account: str
    region: str
    domain: str
    kind: str
    name: str
    version: str


class RunRow(NamedTuple):
    """A run; ``sequence`` identifies it over all accounts."""

    sequence: int
    account: str
    region: str
    domain: str
    workflow_id: str
    run_id: str


class Mark(NamedTuple):
    """The state of an open task that is in no event: order of arrival and last heartbeat."""

    order: int | None
    heartbeat_ms: int | None
    details: str | None


NO_MARK = Mark(None, None, None)


class Change:
    """The rows that one transaction has changed, and the promise that they are committed.

    They are applied in this order: everything of the account is removed if ``cleared``; then
    come domains and types (None: removed, a domain with its types), runs, events and marks
    (`NO_MARK`: removed); at last ``forgotten`` runs are removed, with their events and marks.
    """

    __slots__ = (
        "_lock",
        "_receivers",
        "account",
        "cleared",
        "clock",
        "domains",
        "events",
        "forgotten",
        "marks",
        "now_ms",
        "outcome",
        "runs",
        "types",
    )

    def __init__(self, account: str) -> None:
        self.account = account
        self.now_ms = 0
        self.clock: ClockState | None = None
        """The state of the clock, if it has changed."""
        self.cleared = False
        self.domains: dict[DomainKey, bytes | None] = {}
        self.types: dict[TypeKey, bytes | None] = {}
        self.runs: list[RunRow] = []
        self.events: list[tuple[int, int, bytes]] = []
        """Sequence of the run, event id, stored event."""
        self.marks: dict[tuple[int, int], Mark] = {}
        self.forgotten: list[int] = []
        self.outcome: bool | None = None
        """Whether it is committed; None while that is open."""
        self._lock = threading.Lock()
        self._receivers: list[Settled] = []

    def then(self, receive: Settled) -> None:
        """Call ``receive`` once the outcome is known: at once if it is."""
        with self._lock:
            outcome = self.outcome
            if outcome is None:
                self._receivers.append(receive)
        if outcome is not None:
            receive(outcome)

    def settle(self, outcome: bool) -> list[Settled]:
        """Set the outcome; return what must be called with it."""
        with self._lock:
            self.outcome = outcome
            receivers, self._receivers = self._receivers, []
        return receivers

    def wait(self) -> bool:
        """Wait in this thread for the outcome."""
        settled = threading.Event()
        self.then(lambda outcome: settled.set())
        settled.wait()
        return bool(self.outcome)


class Journal(Protocol):
    """Keeps changes, in the order in which they are submitted."""

    @property
    def generation(self) -> int:
        """A number that grows when changes are lost: memory is then read from the store again."""

    @property
    def failing(self) -> str | None:
        """Why changes cannot be kept at present, or None."""

    def submit(self, change: Change, generation: int) -> None:
        """Take a change, which fails if it rests on the state of an earlier generation."""

    def clock_changed(self) -> None:
        """Keep the state of the clock, if it has changed."""

    def flush(self) -> bool:
        """Wait until all that was submitted is settled; return whether it is committed."""

    def together(self) -> AbstractContextManager[None]:
        """Commit everything that is submitted within the block at once, or nothing of it."""


class Tracker:
    """Notes what the present transaction of one account changes. Requires the engine's lock."""

    def __init__(self, account: str, journal: Journal, generation: int) -> None:
        self._account = account
        self._journal = journal
        self.generation = generation
        """That of the journal when the state in memory was read."""
        self.change: Change | None = None
        """The change of the present transaction, once there is one."""
        self.submitted: Change | None = None
        """The change of the last transaction that had one."""
        self._domains: dict[Domain, None] = {}
        self._types: dict[tuple[Domain, RegisteredType], None] = {}
        self._grown: dict[Run, int] = {}
        self._marks: dict[Kept, None] = {}

    @property
    def present(self) -> Change:
        """The change of the present transaction."""
        if self.change is None:
            self.change = Change(self._account)
        return self.change

    def domain(self, domain: Domain, *, types: bool = False) -> None:
        """A domain was registered or changed, perhaps with its types."""
        assert self.present is not None
        self._domains[domain] = None
        if types:
            for registered in domain.types.values():
                for one in registered.values():
                    self._types[domain, one] = None

    def type(self, domain: Domain, registered: RegisteredType) -> None:
        """A type was registered, changed or deleted."""
        assert self.present is not None
        self._types[domain, registered] = None

    def started(self, run: Run) -> None:
        """A run is new, with all its events."""
        scope = run.domain.region.scope
        execution = run.execution
        self.present.runs.append(
            RunRow(run.sequence, *scope, run.domain.name, execution.workflow_id, execution.run_id)
        )
        self._grown[run] = 0

    def grown(self, run: Run, number: int) -> None:
        """A run has got that many events."""
        assert self.present is not None
        self._grown.setdefault(run, len(run.history) - number)

    def mark(self, kept: Kept) -> None:
        """The place or the heartbeat of an open item may have changed, or it was closed."""
        if kept.item.is_task:
            assert self.present is not None
            self._marks[kept] = None

    def forgotten(self, run: Run) -> None:
        self.present.forgotten.append(run.sequence)

    def domain_forgotten(self, domain: Domain) -> None:
        """A domain was removed, its runs have been forgotten."""
        self._domains.pop(domain, None)
        self._types = {key: None for key in self._types if key[0] is not domain}
        self.present.domains[DomainKey(*domain.region.scope, domain.name)] = None

    def cleared(self) -> None:
        """Everything was removed: what came before in this transaction does not count."""
        self.discard()
        self.present.cleared = True

    def discard(self) -> None:
        """Forget the present change: memory is as the store has it."""
        self.change = None
        for noted in (self._domains, self._types, self._grown, self._marks):
            noted.clear()

    def restored(self) -> None:
        """All state was read from the store."""
        self.discard()
        self.submitted = None
        self.generation = self._journal.generation

    def submit(self, now_ms: int) -> None:
        """Submit the change of the transaction that ends, if there is one."""
        change = self.change
        if change is None:
            return
        change.now_ms = now_ms
        for domain in self._domains:
            key = DomainKey(*domain.region.scope, domain.name)
            change.domains[key] = to_keep(encode_json(domain_members(domain)))
        for domain, one in self._types:
            registered = domain.find_type(one.kind, one.name, one.version) is one
            type_key = TypeKey(*domain.region.scope, domain.name, one.kind, one.name, one.version)
            if registered:
                change.types[type_key] = to_keep(encode_json(type_members(one)))
            else:
                change.types.setdefault(type_key, None)
        for run, first in self._grown.items():
            for event_id, stored in enumerate(run.history[first:], first + 1):
                change.events.append((run.sequence, event_id, stored))
        for kept in self._marks:
            change.marks[kept.run.sequence, kept.item.event_id] = _mark(kept)
        self.discard()
        self.submitted = change
        self._journal.submit(change, self.generation)


def _mark(kept: Kept) -> Mark:
    item = kept.item
    if kept.run.kept.get(item.event_id) is not kept:
        return NO_MARK
    return Mark(
        None if kept.ticket is None else kept.ticket.order,
        getattr(item, "heartbeat_ms", None),
        getattr(item, "heartbeat_details", None),
    )


def domain_members(domain: Domain) -> dict[str, Any]:
    """Return a domain as the export has it, without types and executions."""
    scope = domain.region.scope
    return {
        "account": scope.account,
        "region": scope.region,
        "name": domain.name,
        "description": domain.description,
        "retention": domain.retention,
        "deprecated": domain.deprecated,
        "tags": domain.tags,
    }


def type_members(registered: RegisteredType) -> dict[str, Any]:
    """Return a type as the export has it."""
    return {
        "kind": registered.kind,
        "name": registered.name,
        "version": registered.version,
        "description": registered.description,
        "defaults": registered.defaults,
        "createdMs": registered.created_ms,
        "deprecatedMs": registered.deprecated_ms,
        "deprecatedWithDomain": registered.deprecated_with_domain,
    }
