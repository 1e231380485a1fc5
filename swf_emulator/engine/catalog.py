"""Domains and types: what is registered, deprecated and deleted.

Names are unique per account and region (domains) or per domain and kind (types). A domain
cannot be deleted; a type can, once it is deprecated.

Source: Developer Guide, "Domains", "Registering"; API Reference, RegisterDomain,
DeprecateDomain, DeleteWorkflowType. Undeprecating a domain leaves its types as they are
[inferred].
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sortedcontainers import SortedDict

from ..core import faults
from ..core.events import Attributes
from ..core.settings import Settings
from .runs import Run
from .task_lists import TaskList
from .visibility import Visibility

REGISTERED, DEPRECATED = "REGISTERED", "DEPRECATED"


class Scope(NamedTuple):
    """What a caller can see: one account in one region."""

    account: str
    region: str


class RegisteredType:
    """A workflow or activity type. ``kind`` is ``WorkflowType`` or ``ActivityType``."""

    __slots__ = (
        "created_ms",
        "defaults",
        "deprecated_ms",
        "description",
        "identity",
        "kind",
        "name",
        "version",
    )

    def __init__(
        self,
        kind: str,
        name: str,
        version: str,
        description: str | None,
        defaults: Attributes,
        created_ms: int,
    ) -> None:
        self.kind = kind
        self.name = name
        self.version = version
        self.description = description
        self.defaults = defaults
        self.created_ms = created_ms
        self.deprecated_ms: int | None = None
        self.identity: Attributes = {"name": name, "version": version}
        """As histories name it; shared by all executions of the type."""

    @property
    def deprecated(self) -> bool:
        return self.deprecated_ms is not None

    @property
    def status(self) -> str:
        return DEPRECATED if self.deprecated else REGISTERED


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
