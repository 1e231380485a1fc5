"""The contents of a region of an account: domains with their types, runs and task lists.

Names are unique per account and region (domains) or per domain and kind (types). A domain
cannot be deleted; a type can, once it is deprecated. `Kept` holds the engine's marks on one
open item of a run.

Source: Developer Guide, "Domains", "Registering"; API Reference, RegisterDomain,
DeprecateDomain, UndeprecateDomain, DeleteWorkflowType.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from sortedcontainers import SortedDict

from ..core import faults
from ..core.activities import ActivityTask
from ..core.durations import NONE
from ..core.events import Event, NewEvents
from ..core.execution import Execution
from ..core.open_items import Deadline, OpenItem
from ..core.record import fold, record
from ..core.settings import Settings
from .history import decode_event, encode_event
from .recent_polls import RecentPolls
from .task_lists import Lists, TaskList, Ticket
from .types import DEPRECATED, REGISTERED, RegisteredType
from .visibility import Visibility

DAY_MS = 86_400_000


class Scope(NamedTuple):
    """One account in one region: everything that a caller can reach."""

    account: str
    region: str

    def domain_arn(self, name: str) -> str:
        """Return the ARN of the domain of that name."""
        return f"arn:aws:swf:{self.region}:{self.account}:/domain/{name}"


class Region:
    """Everything that one account holds in one region."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.domains: Any = SortedDict()
        self.runs: dict[str, Run] = {}

    def domain(self, name: str) -> Domain:
        """Return the domain of that name. Fault: UnknownResourceFault."""
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
            raise faults.limit_exceeded(
                "Domains of an account", "max_domains", settings.max_domains
            )
        self.domains[name] = Domain(self, name, description, retention, tags)


class Domain:
    """One domain with its types, runs and task lists."""

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
        self.visibility: Visibility[Run] = Visibility()
        self.task_lists: Lists[Kept] = {}
        self.recent_polls = RecentPolls()

    @property
    def status(self) -> str:
        return DEPRECATED if self.deprecated else REGISTERED

    @property
    def arn(self) -> str:
        return self.region.scope.domain_arn(self.name)

    def find_type(self, kind: str, name: str, version: str) -> RegisteredType | None:
        """Return the type, None if it is not registered."""
        found: RegisteredType | None = self.types[kind].get((name, version))
        return found

    def known_type(self, kind: str, name: str, version: str) -> RegisteredType:
        """Return the type. Fault: UnknownResourceFault."""
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
            name = f"{registered.kind}s in a domain"
            raise faults.limit_exceeded(name, "max_types", settings.max_types)
        types[key] = registered

    def delete_type(self, registered: RegisteredType) -> None:
        """Delete a type; what it has started continues. Fault: TypeNotDeprecatedFault."""
        if not registered.deprecated:
            raise faults.type_not_deprecated()
        del self.types[registered.kind][registered.name, registered.version]

    def deprecate(self, now_ms: int) -> None:
        """Deprecate the domain and all its registered types."""
        self.deprecated = True
        for types in self.types.values():
            for registered in types.values():
                if not registered.deprecated:
                    registered.deprecated_ms = now_ms
                    registered.deprecated_with_domain = True

    def undeprecate(self, settings: Settings) -> None:
        """Undeprecate the domain; its types too if ``undeprecate_types_with_domain`` is set.

        The documents say that the domain can then be used to start executions, and not whether
        the types return that DeprecateDomain deprecated. Others stay deprecated in any case.
        """
        self.deprecated = False
        for types in self.types.values():
            for registered in types.values():
                if registered.deprecated_with_domain and settings.undeprecate_types_with_domain:
                    registered.undeprecate()

    def open_run(self, workflow_id: str, run_id: str | None) -> Run:
        """Return the open run of a workflow id. Fault: UnknownResourceFault."""
        run = self.open_runs.get(workflow_id)
        if run is None or (run_id is not None and run.execution.run_id != run_id):
            raise faults.unknown_execution(workflow_id, run_id)
        return run

    def run(self, workflow_id: str, run_id: str) -> Run:
        """Return one run, open or closed. Fault: UnknownResourceFault."""
        run = self.region.runs.get(run_id)
        if run is None or run.domain is not self or run.execution.workflow_id != workflow_id:
            raise faults.unknown_execution(workflow_id, run_id)
        return run

    def task_list(self, list_kind: str, name: str) -> TaskList[Kept]:
        """Return the task list of that name; a new one is not remembered until it is used."""
        found = self.task_lists.get((list_kind, name))
        return TaskList(self.task_lists, list_kind, name) if found is None else found


class Run:
    """One run of a workflow: its history as bytes, and the live state folded from it.

    ``sequence`` orders runs by their starts. ``stalled``: an internal error occurred while a
    deadline of the run fired. Its overdue deadlines stay disarmed until the next event, so
    that they cannot block other runs.
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
        """Append the events of a decide function: all of them, or after an error none."""
        try:
            events = record(self.execution, new_events, now_ms, settings)
            stored = [encode_event(event) for event in events]
        except BaseException:
            self.refold()
            raise
        self.history.extend(stored)
        return events

    def refold(self) -> None:
        """Discard the live state and fold it again from the history and the heartbeats."""
        spoiled = self.execution
        self.execution = self.folded()
        before = {
            item.event_id: item for item in (*spoiled.changed_items, *spoiled.open_items.values())
        }
        for event_id, item in self.execution.open_items.items():
            noted = before.get(event_id)
            if isinstance(item, ActivityTask) and isinstance(noted, ActivityTask):
                item.heartbeat_ms = noted.heartbeat_ms
                item.heartbeat_details = noted.heartbeat_details

    def folded(self) -> Execution:
        """Return the state that the history alone gives."""
        execution = Execution(self.execution.workflow_id, self.execution.run_id)
        for stored in self.history:
            fold(execution, decode_event(stored))
        return execution

    def release(self) -> None:
        """Clear the open items of a closed run; its counts stay."""
        self.execution.open_items.clear()
        self.execution.named.clear()

    @property
    def deleted_ms(self) -> int | None:
        """When the retention of the closed run ends; None while it is open."""
        deadline = None if self.retention is None else self.retention.item.next_deadline()
        return None if deadline is None else deadline.at_ms

    def retain(self, grace_seconds: int) -> Kept:
        """Start the retention period of the domain, in days.

        NONE and 0 mean the same, as documented; the run stays readable for ``grace_seconds``
        [inferred].
        """
        period = self.domain.retention
        length_ms = (0 if period == NONE else int(period) * DAY_MS) or grace_seconds * 1000
        self.retention = Kept(self, Retention(self.execution.close_ms + length_ms))
        return self.retention


class Kept:
    """The engine's marks on one open item: its deadline, its place on a list, its effects.

    ``item`` is exchanged when the run is folded again; the marks stay.
    """

    __slots__ = ("armed_ms", "delivered", "item", "run", "ticket")

    def __init__(self, run: Run, item: OpenItem) -> None:
        self.run = run
        self.item = item
        self.armed_ms: int | None = None
        self.ticket: Ticket[Kept] | None = None
        self.delivered = False


class Retention(OpenItem):
    """The time for which a closed run stays readable. It ends without an event."""

    __slots__ = ("ends_ms",)
    concept: ClassVar[str] = "retention"

    def __init__(self, ends_ms: int) -> None:
        super().__init__(0)
        self.ends_ms = ends_ms

    def next_deadline(self) -> Deadline | None:
        return Deadline(self.ends_ms, "RETENTION")
