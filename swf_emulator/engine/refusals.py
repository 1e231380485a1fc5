"""Where the account's own rules would refuse: permissions and rates.

The emulator has no IAM and no rates of its own. A test that wants to see how a client takes
a ThrottlingException, or a decider OPERATION_NOT_PERMITTED, says so here: for good, or for
the next few times.

Source: Developer Guide, "IAM" and "quotas" (throttling).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ..core import faults
from ..core.events import Attributes
from ..core.faults import Fault

THROTTLED = "ThrottlingException"
NOT_PERMITTED = "OperationNotPermittedFault"
FOR_GOOD = -1


class Refusals:
    """Permits everything but what it is told to refuse.

    A subclass may decide by itself: override `refuses_operation` and `refuses_decision`.
    """

    def __init__(self) -> None:
        self._operations: dict[str, tuple[str, int]] = {}
        self._decisions: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def refuse_operation(
        self, operation: str, code: str = THROTTLED, times: int | None = None
    ) -> None:
        """Answer the next calls of an operation with a fault.

        ``code`` is ``ThrottlingException`` or ``OperationNotPermittedFault``; ``times`` is how
        often, None for good. Raises ValueError.
        """
        if code not in (THROTTLED, NOT_PERMITTED):
            raise ValueError(f"an operation is refused with {THROTTLED} or {NOT_PERMITTED}")
        with self._lock:
            self._operations[operation] = (code, _checked(times))

    def refuse_decision(self, decision_type: str, cause: str, times: int | None = None) -> None:
        """Refuse the next decisions of a type with a cause of its ``…Failed`` event.

        Raises ValueError.
        """
        with self._lock:
            self._decisions[decision_type] = (cause, _checked(times))

    def permit(self) -> None:
        """Refuse nothing any more."""
        with self._lock:
            self._operations.clear()
            self._decisions.clear()

    def refusals(self) -> dict[str, dict[str, tuple[str, int | None]]]:
        """What is refused now: by name, with what, and how often still (None: for good)."""
        tables = {"operations": self._operations, "decisions": self._decisions}
        with self._lock:
            return {
                kind: {
                    name: (why, None if left == FOR_GOOD else left)
                    for name, (why, left) in table.items()
                }
                for kind, table in tables.items()
            }

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault with which a call is refused before any state is looked at."""
        if not self._operations:
            return None
        with self._lock:
            code = _spent(self._operations, operation)
        if code is None:
            return None
        return (
            faults.throttled() if code == THROTTLED else faults.operation_not_permitted(operation)
        )

    def refuses_decision(
        self, domain: str, decision_type: str, attributes: Attributes
    ) -> str | None:
        """The cause with which a decision is refused before anything else is looked at.

        It must be one that the model lists for the decision's ``…Failed`` event.
        """
        with self._lock:
            return _spent(self._decisions, decision_type)


def _checked(times: int | None) -> int:
    if times is None:
        return FOR_GOOD
    if times < 1:
        raise ValueError(f"refused at least once, not {times} times")
    return times


def _spent(table: dict[str, tuple[str, int]], name: str) -> str | None:
    """Why this one is refused, if it is; one time less is left then."""
    entry = table.get(name)
    if entry is None:
        return None
    why, left = entry
    if left == 1:
        del table[name]
    elif left != FOR_GOOD:
        table[name] = (why, left - 1)
    return why
