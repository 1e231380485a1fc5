"""Workflow types and activity types as they are registered in a domain."""

from __future__ import annotations

from ..core.events import Attributes

REGISTERED, DEPRECATED = "REGISTERED", "DEPRECATED"


class RegisteredType:
    """A workflow or activity type. ``kind`` is ``WorkflowType`` or ``ActivityType``."""

    __slots__ = (
        "created_ms",
        "defaults",
        "deprecated_ms",
        "deprecated_with_domain",
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
        self.deprecated_with_domain = False
        """Whether DeprecateDomain deprecated it."""
        self.identity: Attributes = {"name": name, "version": version}
        """The type as histories name it; all executions of the type share it."""

    @property
    def deprecated(self) -> bool:
        return self.deprecated_ms is not None

    def undeprecate(self) -> None:
        self.deprecated_ms = None
        self.deprecated_with_domain = False

    @property
    def status(self) -> str:
        return DEPRECATED if self.deprecated else REGISTERED
