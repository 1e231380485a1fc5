"""Domains and types: what is registered, deprecated and deleted.

Names are unique per account and region (domains) or per domain and kind (types). A domain
cannot be deleted; a type can, once it is deprecated.

Source: Developer Guide, "Domains", "Registering"; API Reference, RegisterDomain,
DeprecateDomain, DeleteWorkflowType. Undeprecating a domain leaves its types as they are
[inferred].
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from sortedcontainers import SortedDict

from ..core import faults
from ..core.activities import ActivityTask
from ..core.events import Event, NewEvents
from ..core.execution import Execution
from ..core.open_items import Deadline, OpenItem
from ..core.record import fold, record
from ..core.settings import Settings
from .history import decode_event, encode_event
from .task_lists import TaskList, Ticket
from .types import DEPRECATED, REGISTERED, RegisteredType
from .visibility import Visibility

DAY_MS = 86_400_000


class Scope(NamedTuple):
    """What a caller can see: one account in one region."""

    account: str
    region: str


class Domain:
    """One domain with its types, executions and task lists."""

    def __init__(
        self,
        region: Region,
        name: str,
        description: str | None,
        retention: str,
        tags: dict[str, str],
    ) -> None:
        self.region = region
        self.name = name
        self.description = description
        self.retention = retention
        self.tags = tags
        self.deprecated = False
        self.types: dict[str, Any] = {"WorkflowType": SortedDict(), "ActivityType": SortedDict()}
        self.open_runs: dict[str, Run] = {}
        self.visibility = Visibility()
        self.task_lists: dict[tuple[str, str], TaskList] = {}

    @property
    def status(self) -> str:
        return DEPRECATED if self.deprecated else REGISTERED

    @property
    def arn(self) -> str:
        scope = self.region.scope
        return f"arn:aws:swf:{scope.region}:{scope.account}:/domain/{self.name}"

    def find_type(self, kind: str, name: str, version: str) -> RegisteredType | None:
        found: RegisteredType | None = self.types[kind].get((name, version))
        return found

    def known_type(self, kind: str, name: str, version: str) -> RegisteredType:
        """Fault: UnknownResourceFault."""
        found = self.find_type(kind, name, version)
        if found is None:
            raise faults.unknown_type(kind, name, version)
        return found

    def register_type(self, registered: RegisteredType, settings: Settings) -> None:
        """Faults: DomainDeprecatedFault [inferred], TypeAlreadyExistsFault, LimitExceededFault."""
        types = self.types[registered.kind]
        key = (registered.name, registered.version)
        if self.deprecated:
            raise faults.domain_deprecated(self.name)
        if key in types:
            raise faults.type_already_exists(registered.kind, *key)
        if len(types) >= settings.max_types:
            raise faults.limit_exceeded(f"{registered.kind}s in a domain", settings.max_types)
        types[key] = registered

    def delete_type(self, registered: RegisteredType) -> None:
        """What the type has started goes on. Fault: TypeNotDeprecatedFault."""
        if not registered.deprecated:
            raise faults.type_not_deprecated()
        del self.types[registered.kind][registered.name, registered.version]

    def deprecate(self, now_ms: int) -> None:
        """Deprecate the domain and, with it, every registered type."""
        self.deprecated = True
        for types in self.types.values():
            for registered in types.values():
                if not registered.deprecated:
                    registered.deprecated_ms = now_ms

    def open_run(self, workflow_id: str, run_id: str | None) -> Run:
        """The open execution meant by a caller. Fault: UnknownResourceFault."""
        run = self.open_runs.get(workflow_id)
        if run is None or (run_id is not None and run.execution.run_id != run_id):
            raise faults.unknown_execution(workflow_id, run_id)
        return run

    def run(self, workflow_id: str, run_id: str) -> Run:
        """That very run, open or closed. Fault: UnknownResourceFault."""
        run = self.region.runs.get(run_id)
        if run is None or run.domain is not self or run.execution.workflow_id != workflow_id:
            raise faults.unknown_execution(workflow_id, run_id)
        return run

    def task_list(self, kind: str, name: str) -> TaskList:
        """The list of that name; naming it brings it into being."""
        found = self.task_lists.get((kind, name))
        if found is None:
            found = self.task_lists[kind, name] = TaskList(kind, name)
        return found

    def drop_if_idle(self, task_list: TaskList) -> None:
        """Forget a list on which nothing waits: it exists only by being named."""
        key = (task_list.kind, task_list.name)
        if task_list.idle and self.task_lists.get(key) is task_list:
            del self.task_lists[key]


class Region:
    """All that one account has in one region."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.domains: Any = SortedDict()
        self.runs: dict[str, Run] = {}

    def domain(self, name: str) -> Domain:
        """Fault: UnknownResourceFault."""
        found: Domain | None = self.domains.get(name)
        if found is None:
            raise faults.unknown_domain(name)
        return found

    def register_domain(
        self,
        name: str,
        description: str | None,
        retention: str,
        tags: dict[str, str],
        settings: Settings,
    ) -> None:
        """Faults: TooManyTagsFault, DomainAlreadyExistsFault, LimitExceededFault."""
        if len(tags) > settings.max_domain_tags:
            raise faults.too_many_tags(settings.max_domain_tags)
        if name in self.domains:
            raise faults.domain_already_exists(name)
        if len(self.domains) >= settings.max_domains:
            raise faults.limit_exceeded("Domains of an account", settings.max_domains)
        self.domains[name] = Domain(self, name, description, retention, tags)


class Retention(OpenItem):
    """The time for which a closed run stays readable. Not an event: the run just vanishes."""

    __slots__ = ("ends_ms",)
    kind: ClassVar[str] = "retention"

    def __init__(self, ends_ms: int) -> None:
        super().__init__(0)
        self.ends_ms = ends_ms

    def next_deadline(self) -> Deadline | None:
        return Deadline(self.ends_ms, "RETENTION")


class Kept:
    """Something open in the engine's care: when it is due, where it waits, what was done for it.

    ``item`` is replaced when the run is folded anew; the rest stays.
    """

    __slots__ = ("armed_ms", "counted", "delivered", "item", "run", "ticket")

    def __init__(self, run: Run, item: OpenItem) -> None:
        self.run = run
        self.item = item
        self.armed_ms: int | None = None
        self.ticket: Ticket | None = None
        self.counted = False
        self.delivered = False


class Run:
    """A run in the engine's care. ``sequence`` orders runs by their starts.

    ``stalled`` says that a deadline of it failed by a fault of ours: what is overdue rests
    until something is recorded again, lest it stop the deadlines of all others for ever.
    """

    __slots__ = ("domain", "execution", "history", "kept", "retention", "sequence", "stalled")

    def __init__(self, domain: Domain, workflow_id: str, run_id: str, sequence: int) -> None:
        self.domain = domain
        self.sequence = sequence
        self.execution = Execution(workflow_id, run_id)
        self.history: list[bytes] = []
        self.kept: dict[int, Kept] = {}
        self.retention: Kept | None = None
        self.stalled = False

    def record(self, new_events: NewEvents, now_ms: int, settings: Settings) -> list[Event]:
        """Append what a decide function yields: all of it, or after an error nothing."""
        try:
            events = record(self.execution, new_events, now_ms, settings)
            stored = [encode_event(event) for event in events]
        except BaseException:
            self.refold()
            raise
        self.history.extend(stored)
        return events

    def refold(self) -> None:
        """Throw the live state away and fold it anew from the history and the notes."""
        spoiled = self.execution
        self.execution = self.folded()
        before = {
            thing.event_id: thing
            for thing in (*spoiled.changed_items, *spoiled.open_items.values())
        }
        for event_id, pending in self.execution.open_items.items():
            noted = before.get(event_id)
            if isinstance(pending, ActivityTask) and isinstance(noted, ActivityTask):
                pending.heartbeat_ms = noted.heartbeat_ms
                pending.heartbeat_details = noted.heartbeat_details

    def folded(self) -> Execution:
        """The state that the history alone gives."""
        execution = Execution(self.execution.workflow_id, self.execution.run_id)
        for stored in self.history:
            fold(execution, decode_event(stored))
        return execution

    def release(self) -> None:
        """A closed run, once everything has followed from its close, needs only its counts."""
        self.execution.open_items.clear()
        self.execution.named.clear()

    def retain(self, grace_seconds: int) -> None:
        """Start the retention period of the domain: days, or NONE for ever.

        A period of 0 days leaves the run readable for a short grace [inferred].
        """
        period = self.domain.retention
        if period != "NONE":
            length_ms = int(period) * DAY_MS or grace_seconds * 1000
            self.retention = Kept(self, Retention(self.execution.close_ms + length_ms))
