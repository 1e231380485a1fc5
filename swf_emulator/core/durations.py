"""Durations as SWF writes them: decimal strings of seconds, or ``NONE``.

The strings themselves travel through every floor, because the service echoes them as given;
they become milliseconds where a deadline is computed.
"""

from __future__ import annotations

NONE = "NONE"
SECONDS_MAX = 31_536_000
"""One year, the longest that SWF lets anything last."""


def milliseconds(duration: str) -> int | None:
    """The length of a validated duration, or None for ``NONE``: no limit of its own."""
    return None if duration == NONE else int(duration) * 1000
