"""Fault injection: refusals such as permissions and request rates cause them.

The emulator has no IAM policies and no request rates. To test how a client reacts to a
ThrottlingException, or a decider to OPERATION_NOT_PERMITTED, a test asks for refusals:
always, or the next few times.

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
ALWAYS = -1


class Refusals:
    """Operations and decision types that are refused; at first none.

    To decide case by case, override `refuses_operation` and `refuses_decision`.
    """

    def __init__(self) -> None:
        self._operations: dict[str, tuple[str, int]] = {}
        self._decisions: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def refuse_operation(
        self, operation: str, code: str = THROTTLED, times: int | None = None
    ) -> None:
        """Answer the next ``times`` calls of an operation with a fault; None: all calls.

        ``code`` is ``ThrottlingException`` or ``OperationNotPermittedFault``. Raises ValueError.
        """
        if code not in (THROTTLED, NOT_PERMITTED):
            raise ValueError(f"code must be {THROTTLED} or {NOT_PERMITTED}, not {code!r}")
        with self._lock:
            self._operations[operation] = (code, _checked(times))

    def refuse_decision(self, decision_type: str, cause: str, times: int | None = None) -> None:
        """Refuse the next ``times`` decisions of a type; None: all of them.

        ``cause`` is a cause of its ``…Failed`` event. Raises ValueError.
        """
        with self._lock:
            self._decisions[decision_type] = (cause, _checked(times))

    def permit(self) -> None:
        """End all refusals."""
        with self._lock:
            self._operations.clear()
            self._decisions.clear()

    def refusals(self) -> dict[str, dict[str, tuple[str, int | None]]]:
        """Return by name what is refused, with what, and how often still (None: always)."""
        tables = {"operations": self._operations, "decisions": self._decisions}
        with self._lock:
            return {
                refused: {
                    name: (why, None if left == ALWAYS else left)
                    for name, (why, left) in table.items()
                }
                for refused, table in tables.items()
            }

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault | None:
        """Return the fault of a call, None to let it pass; the engine is not entered yet."""
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
        """Return the cause of a refusal, None to let the decision pass; it comes before all checks.

        It must be one that the model lists for the decision's ``…Failed`` event.
        """
        with self._lock:
            return _spent(self._decisions, decision_type)


class OwnRefusals(Refusals):
    """The refusals of one account; those of all accounts follow."""

    def __init__(self, shared: Refusals) -> None:
        super().__init__()
        self._shared = shared

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault | None:
        fault = super().refuses_operation(operation, parameters)
        return fault or self._shared.refuses_operation(operation, parameters)

    def refuses_decision(
        self, domain: str, decision_type: str, attributes: Attributes
    ) -> str | None:
        cause = super().refuses_decision(domain, decision_type, attributes)
        return cause or self._shared.refuses_decision(domain, decision_type, attributes)


def _checked(times: int | None) -> int:
    if times is None:
        return ALWAYS
    if times < 1:
        raise ValueError(f"times must be 1 or more, not {times}")
    return times


def _spent(table: dict[str, tuple[str, int]], name: str) -> str | None:
    """Return why this one is refused, if it is, and count it."""
    entry = table.get(name)
    if entry is None:
        return None
    why, left = entry
    if left == 1:
        del table[name]
    elif left != ALWAYS:
        table[name] = (why, left - 1)
    return why


Guard = Refusals
"""The name of `Refusals` in release 0.1.0."""
