"""Options of the HTTP server, and limits of what one client can use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..core.settings import check, setting
from .loop_watch import LoopWatch

try:
    import resource
except ImportError:  # Windows does not limit open files like this
    resource = None  # type: ignore[assignment]

RESERVED_FILES = 128
"""Open files that are not connections: listeners, logs, the event loop's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimits:
    """Limits of connections. `Settings` limits held polls and the size of requests."""

    max_connections: int = setting(
        12_000,
        "Connections open at the same time; further ones get ThrottlingException.",
        at_least=1,
    )
    max_header_bytes: int = setting(
        65_536, "Size of a request's first line and headers.", at_least=1024
    )
    request_timeout_seconds: float = setting(
        20.0,
        "Seconds a request may take to arrive, and an answer to be read.",
        at_least=0.1,
    )
    max_unread_bytes: int = setting(
        134_217_728,
        "Bytes of answers that clients have not read yet, over all connections; beyond it, the "
        "connections that have waited longest are closed.",
        at_least=1024,
    )
    idle_timeout_seconds: int = setting(
        75, "Seconds a connection is kept open between requests.", at_least=1
    )

    def __post_init__(self) -> None:
        """Raises ValueError for a value of the wrong type or out of bounds."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """Options of the HTTP server.

    ``control``: the paths below ``/_emulator``, except the health check, which is always there.
    ``console``: the pages for a browser.
    ``allowed_hosts``: names that a ``Host`` header may have, in addition to IP addresses,
    ``localhost`` and names without a dot.
    ``tls``: the files of a certificate and of its private key, to serve HTTPS.
    ``metrics``: returns body and content type of ``/metrics``; without it the path is not found.
    ``loop_watch`` measures the event loop.
    """

    control: bool = True
    console: bool = True
    allowed_hosts: tuple[str, ...] = ()
    limits: EdgeLimits = field(default_factory=EdgeLimits)
    tls: tuple[Path, Path] | None = None
    metrics: Callable[[], tuple[bytes, str]] | None = None
    loop_watch: LoopWatch = field(default_factory=LoopWatch)


DEFAULT_OPTIONS = EdgeOptions()


def raise_file_limit(connections: int) -> None:
    """Raise this process's soft limit of open files, often 1,024, to what connections need."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + RESERVED_FILES
    if _finite(soft) and soft < needed:
        allowed = min(needed, hard) if _finite(hard) else needed
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def within_file_limit(limits: EdgeLimits) -> EdgeLimits:
    """The limits, with no more connections than this process may open files."""
    if resource is None:
        return limits
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not _finite(soft):
        return limits
    possible = max(1, soft - RESERVED_FILES)
    return replace(limits, max_connections=min(limits.max_connections, possible))


def _finite(bound: int) -> bool:
    assert resource is not None
    return bound != resource.RLIM_INFINITY
