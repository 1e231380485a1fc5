"""What one client can use up of the server."""

from __future__ import annotations

from dataclasses import dataclass, replace

try:
    import resource
except ImportError:  # Windows has no such bounds
    resource = None  # type: ignore[assignment]


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


RESERVED_FILES = 128
"""Open files that are not connections: listeners, logs, the loop's own."""


def allow_files(connections: int) -> None:
    """Raise this process's soft bound of open files, often 1,024, as far as needed and allowed."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + RESERVED_FILES
    if _finite(soft) and soft < wanted:
        allowed = min(wanted, hard) if _finite(hard) else wanted
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def within_files(limits: Limits) -> Limits:
    """The limits with no more connections than this process may open files."""
    if resource is None:
        return limits
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not _finite(soft):
        return limits
    return replace(limits, connections=min(limits.connections, max(1, soft - RESERVED_FILES)))


def _finite(bound: int) -> bool:
    assert resource is not None
    return bound != resource.RLIM_INFINITY
