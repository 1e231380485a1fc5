"""What one client can use up of the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of connections. Held polls are bounded by settings, not here.

    ``request_seconds`` is the time for a whole request to arrive, from its first byte to its
    last, and for the first byte of a new connection; ``idle_seconds`` the time for which a
    connection may be kept open after an answer; ``head_bytes`` the size of a request's line
    and headers; ``connections`` how many may be open at once.
    """

    connections: int = 12_000
    head_bytes: int = 65_536
    request_seconds: float = 20.0
    idle_seconds: float = 75.0
