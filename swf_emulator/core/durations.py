"""Durations as SWF writes them: decimal strings of seconds, or ``NONE``.

Every layer passes the strings on unchanged, because the service echoes them as they came.
They become milliseconds where a deadline is computed.
"""

from __future__ import annotations

NONE = "NONE"
SECONDS_MAX = 31_536_000
"""One year, the longest duration that SWF accepts."""


def milliseconds(duration: str) -> int | None:
    """The length of a validated duration; None for ``NONE``, which means no limit."""
    return None if duration == NONE else int(duration) * 1000
