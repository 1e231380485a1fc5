"""What the HTTP edge needs of an emulator."""

from __future__ import annotations

from typing import Any, Protocol

from ..core.settings import Settings
from ..engine.functions import RegisteredFunctions
from ..engine.refusals import Refusals
from ..protocol.service import Service


class Served(Protocol):
    """An emulator, as far as it is served over HTTP."""

    @property
    def service(self) -> Service: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def refusals(self) -> Refusals: ...

    @property
    def functions(self) -> RegisteredFunctions: ...

    def configure(self, **changes: Any) -> Settings: ...

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None: ...
