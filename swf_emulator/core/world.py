"""Data outside its execution that a decision can look up."""

from __future__ import annotations

from typing import Protocol

from .events import Attributes
from .settings import Settings


class RegisteredType(Protocol):
    """A registered workflow or activity type."""

    @property
    def deprecated(self) -> bool: ...

    @property
    def defaults(self) -> Attributes:
        """The ``default…`` members of the registration, those that were present."""


class World(Protocol):
    """The domain of an execution, read-only."""

    @property
    def settings(self) -> Settings: ...

    def workflow_type(self, name: str, version: str) -> RegisteredType | None: ...

    def activity_type(self, name: str, version: str) -> RegisteredType | None: ...

    def open_executions(self) -> int:
        """The number of open executions in the domain."""

    def new_run_id(self) -> str:
        """A run id that no execution has had."""

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        """The cause for which a decision fails before any other check; None if there is none.

        For what the account determines: permissions (OPERATION_NOT_PERMITTED), rates
        (…_RATE_EXCEEDED), and whether Lambda exists in the region.
        """
