"""The state of an execution, for tests: its status, its events and how it was closed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from ..core.registry import EVENTS
from ..emulator import Emulator
from ..histories import events_of, format_timeline
from .diagnosis import Stuck

OPEN = "OPEN"


@dataclass(frozen=True)
class ExecutionResult:
    """The state of an execution at one moment.

    ``status`` is ``OPEN`` or the close status (``COMPLETED``, ``FAILED``, ``TIMED_OUT``…).
    ``events`` has the format of `Emulator.history`. ``closing`` holds the attributes of the
    event that closed the execution.
    """

    domain: str
    workflow_id: str
    run_id: str
    status: str
    events: list[dict[str, Any]]
    closing: dict[str, Any]

    @property
    def result(self) -> str | None:
        """The result of a completed execution."""
        return self.closing.get("result")

    @property
    def reason(self) -> str | None:
        """The reason of a failed or terminated execution."""
        return self.closing.get("reason")

    @property
    def details(self) -> str | None:
        """The details of a failed, canceled or terminated execution."""
        return self.closing.get("details")

    def __str__(self) -> str:
        return f"{self.workflow_id} is {self.status}\n{format_timeline(self.events)}"


def outcome(
    emulator: Emulator, workflow_id: str, run_id: str | None = None, domain: str | None = None
) -> ExecutionResult:
    """Return the state of an execution; without ``run_id``, of its last run. Raises KeyError."""
    key = [
        key
        for key in emulator.executions(domain)
        if key.workflow_id == workflow_id and run_id in (None, key.run_id)
    ][-1:]
    if not key:
        raise KeyError(f"no execution of the workflow id {workflow_id!r}")
    events = emulator.history(workflow_id, key[0].run_id, key[0].domain)
    last = events_of(events[-1:])[0]
    status = EVENTS[last.event_type].close_status
    closing = {} if status is None else last.attributes
    return ExecutionResult(
        key[0].domain, workflow_id, key[0].run_id, status or OPEN, events, closing
    )


def wait_closed(
    emulator: Emulator,
    workflow_id: str,
    *,
    domain: str | None = None,
    timeout_seconds: float = 10.0,
) -> ExecutionResult:
    """Wait until other threads have closed an execution and all runs that continue it.

    Returns its state. ``timeout_seconds`` is real time. Raises `Stuck` and KeyError.
    """
    ends = time.monotonic() + timeout_seconds
    changed = threading.Event()

    def observe(*_: object) -> None:
        changed.set()

    emulator.accounts.observers.append(observe)
    try:
        while is_open(emulator, workflow_id, domain):
            if not changed.wait(max(0.0, ends - time.monotonic())):
                raise Stuck(
                    f"{workflow_id!r} is still open after {timeout_seconds:g} real seconds.",
                    emulator,
                )
            changed.clear()
    finally:
        emulator.accounts.observers.remove(observe)
    return outcome(emulator, workflow_id, domain=domain)


def is_open(emulator: Emulator, workflow_id: str, domain: str | None = None) -> bool:
    """Return whether an execution of this workflow id is open now."""
    return bool(
        emulator.accounts.collect(
            lambda view: view.executions(domain=domain, workflow_id=workflow_id, open_only=True)
        )
    )
