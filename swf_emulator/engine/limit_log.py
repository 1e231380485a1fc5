"""Logs a quota once, when it is reached first, with the option that lifts it."""

from __future__ import annotations

import logging

from ..core.events import Event
from ..core.faults import Fault
from ..core.settings import QUOTA_OF_CAUSE, option_of

log = logging.getLogger(__name__)


class LimitLog:
    """Watches the faults and the events of one emulator."""

    def __init__(self) -> None:
        self._logged: set[str] = set()

    def failed(self, fault: Fault) -> None:
        """Note that a call has failed."""
        if fault.quota is not None:
            self._log(fault.quota)

    def recorded(self, run: object, events: list[Event]) -> None:
        """Note that events were recorded."""
        for event in events:
            if "cause" in event.attributes:
                quota = QUOTA_OF_CAUSE.get(event.attributes["cause"])
                if quota is not None:
                    self._log(quota)

    def _log(self, quota: str) -> None:
        if quota not in self._logged:
            self._logged.add(quota)
            log.warning(
                "the quota %s is reached: --%s raises it, --limits relaxed lifts all quotas",
                quota,
                option_of(quota),
            )
