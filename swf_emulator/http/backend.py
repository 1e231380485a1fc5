"""An emulator, as the HTTP layer uses it."""

from __future__ import annotations

from typing import Any, Protocol

from ..core.settings import Settings
from ..engine.accounts import Accounts
from ..engine.clock import Clock
from ..engine.functions import LambdaInvoker, RegisteredFunctions
from ..engine.refusals import Refusals
from ..protocol.service import Service


class Backend(Protocol):
    """`swf_emulator.Emulator`, which this layer must not import."""

    accounts: Accounts
    clock: Clock
    functions: RegisteredFunctions
    invoker: LambdaInvoker
    refusals: Refusals
    service: Service

    @property
    def settings(self) -> Settings: ...

    def configure(self, account: str | None = None, /, **changes: Any) -> Settings: ...

    def export_state(self) -> dict[str, Any]: ...

    def import_state(self, document: Any) -> None: ...

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None: ...
