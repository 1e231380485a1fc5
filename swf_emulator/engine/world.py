"""The domain of a decision, as `core.world` requires it."""

from __future__ import annotations

from ..core.events import Attributes
from .domains import Domain
from .engine import Engine
from .types import RegisteredType


class DomainWorld:
    """A `core.world.World` of one domain."""

    def __init__(self, engine: Engine, domain: Domain) -> None:
        self._engine = engine
        self._domain = domain
        self.settings = engine.settings

    def workflow_type(self, name: str, version: str) -> RegisteredType | None:
        return self._domain.find_type("WorkflowType", name, version)

    def activity_type(self, name: str, version: str) -> RegisteredType | None:
        return self._domain.find_type("ActivityType", name, version)

    def open_executions(self) -> int:
        return len(self._domain.open_runs)

    def new_run_id(self) -> str:
        return self._engine.ids.run_id()

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        return self._engine.refusals.refuses_decision(self._domain.name, decision_type, attributes)
