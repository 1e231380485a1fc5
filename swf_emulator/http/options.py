"""What the HTTP edge offers besides the AWS calls, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """``control`` are the paths below ``/_emulator`` but for the health check; ``console`` the
    pages for a browser; ``allowed_hosts`` are names in a ``Host`` header that are answered
    besides addresses, ``localhost`` and names without a dot; ``limits`` bound what one client
    can use up; ``metrics`` makes the body and the content type of ``/metrics``, which without
    it is not there."""

    control: bool = True
    console: bool = True
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    metrics: Callable[[], tuple[bytes, str]] | None = None
