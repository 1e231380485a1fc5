"""What the HTTP edge offers besides the AWS calls, and to whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """``control`` are the paths below ``/_emulator`` but for the health check; ``console`` the
    pages for a browser; ``allowed_hosts`` are names in a ``Host`` header that are answered
    besides addresses, ``localhost`` and names without a dot."""

    control: bool = True
    console: bool = True
    allowed_hosts: tuple[str, ...] = ()
