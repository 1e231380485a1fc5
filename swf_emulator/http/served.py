"""What the HTTP edge needs of an emulator."""

from __future__ import annotations

from typing import Any, Protocol

from ..core.settings import Settings
from ..engine.guard import Guard
from ..engine.lambdas import RegisteredFunctions
from ..protocol import dispatch


class Served(Protocol):
    """An emulator, as far as it is served over HTTP."""

    @property
    def protocol(self) -> dispatch.Protocol: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def guard(self) -> Guard: ...

    @property
    def functions(self) -> RegisteredFunctions: ...

    def configure(self, **changes: Any) -> Settings: ...

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None: ...
