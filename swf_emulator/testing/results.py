"""One execution as a test looks at it: where it stands and what has happened."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS
from ..emulator import Emulator
from ..engine.domains import Run
from ..histories import events_of, format_timeline
from .diagnosis import Stuck

OPEN = "OPEN"


@dataclass(frozen=True)
class ExecutionResult:
    """An execution at the moment at which it was looked at.

    ``status`` is ``OPEN`` or the close status (``COMPLETED``, ``FAILED``, ``TIMED_OUT``…);
    ``events`` are as `Emulator.history` gives them; ``closing`` are the attributes of the
    event that closed it.
    """

    domain: str
    workflow_id: str
    run_id: str
    status: str
    events: list[dict[str, Any]]
    closing: dict[str, Any]

    @property
    def result(self) -> str | None:
        """What it has completed with."""
        return self.closing.get("result")

    @property
    def reason(self) -> str | None:
        """What it has failed with, or was terminated for."""
        return self.closing.get("reason")

    @property
    def details(self) -> str | None:
        """What it has failed or was canceled with."""
        return self.closing.get("details")

    def __str__(self) -> str:
        return f"{self.workflow_id} is {self.status}\n{format_timeline(self.events)}"


def outcome(
    emulator: Emulator, workflow_id: str, run_id: str | None = None, domain: str | None = None
) -> ExecutionResult:
    """Where an execution stands; without ``run_id``, its last run. Raises KeyError."""
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
    """Wait, in real time, until threads have brought an execution and its later runs to a close.

    Raises `Stuck`, which says what it waits for, and KeyError.
    """
    ends = time.monotonic() + timeout_seconds
    closed = threading.Event()

    def observe(run: Run, events: list[Event]) -> None:
        if run.execution.closed:
            closed.set()

    observers = emulator.accounts.observers
    observers.append(observe)
    try:
        while is_open(emulator, workflow_id, domain):
            if not closed.wait(max(0.0, ends - time.monotonic())):
                raise Stuck(
                    f"{workflow_id!r} is still open after {timeout_seconds:g} real seconds.",
                    emulator,
                )
            closed.clear()
    finally:
        observers.remove(observe)
    return outcome(emulator, workflow_id, domain=domain)


def is_open(emulator: Emulator, workflow_id: str, domain: str | None = None) -> bool:
    """Return whether an execution of this workflow id is open now."""
    return bool(
        emulator.accounts.collect(
            lambda view: view.executions(domain=domain, workflow_id=workflow_id, open_only=True)
        )
    )
