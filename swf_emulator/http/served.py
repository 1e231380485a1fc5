"""What the HTTP edge needs of an emulator."""

from __future__ import annotations

from typing import Protocol

from ..protocol import dispatch


class Served(Protocol):
    """An emulator, as far as it is served over HTTP."""

    @property
    def protocol(self) -> dispatch.Protocol: ...

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None: ...
