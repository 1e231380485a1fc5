"""Where the account's own rules would refuse: permissions and rates.

The emulator has no IAM and by default no rates. A test that wants to see how a decider
takes OPERATION_NOT_PERMITTED or …_RATE_EXCEEDED gives the engine a guard of its own.

Source: Developer Guide, "IAM" and "quotas" (throttling).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.events import Attributes
from ..core.faults import Fault


class Guard:
    """Permits everything. Override what shall be refused."""

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault with which a call is refused before any state is looked at.

        `faults.operation_not_permitted` and `faults.throttled` make the service's own.
        """
        return None

    def refuses_decision(
        self, domain: str, decision_type: str, attributes: Attributes
    ) -> str | None:
        """The cause with which a decision is refused before anything else is looked at.

        It must be one that the model lists for the decision's ``…Failed`` event.
        """
        return None
