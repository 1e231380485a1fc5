"""What a decision may ask about the world outside its execution."""

from __future__ import annotations

from typing import Protocol

from .events import Attributes
from .settings import Settings


class RegisteredType(Protocol):
    """A registered workflow or activity type, as far as a decision needs it."""

    @property
    def deprecated(self) -> bool: ...

    @property
    def defaults(self) -> Attributes:
        """The ``default…`` members given at registration, and only those."""


class World(Protocol):
    """The domain around an execution, read-only."""

    @property
    def settings(self) -> Settings: ...

    def workflow_type(self, name: str, version: str) -> RegisteredType | None: ...

    def activity_type(self, name: str, version: str) -> RegisteredType | None: ...

    def open_executions(self) -> int:
        """How many executions are open in the domain."""

    def new_run_id(self) -> str:
        """A run id that no execution has had."""

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        """The cause for which a decision is refused before anything else is looked at.

        The place for what the account decides: permissions (OPERATION_NOT_PERMITTED), rates
        (…_RATE_EXCEEDED), and whether Lambda exists in the region.
        """
