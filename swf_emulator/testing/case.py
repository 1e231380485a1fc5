"""Support for unittest and plain code: an emulator per test, and failures with histories."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from ..core.faults import Fault
from ..emulator import Emulator
from ..engine.clock import VirtualClock
from ..engine.refusals import NOT_PERMITTED, Refusals
from ..histories import TIMELINE_LINES, events_of, format_history, format_timeline
from ..http.limits import EdgeOptions

if TYPE_CHECKING:
    from ..http.server import BackgroundServer

DOMAIN = "test"
SEED = 1
RETENTION_DAYS = "90"
"""The longest period that SWF has: closed executions stay readable when a test moves the clock."""
EXECUTIONS_MAX = 20


def fresh_emulator(**configuration: Any) -> Emulator:
    """Return an emulator with a stopped clock and the same run ids in every run."""
    made = {"clock": VirtualClock(), "seed": SEED, **configuration}
    return Emulator(**made)


class _BetweenTests(Refusals):
    """Rejects every operation."""

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault:
        return Fault(NOT_PERMITTED, "No test is running")


def idle_server() -> BackgroundServer:
    """Return a server for the emulators of tests; until it gets one, it rejects every call."""
    idle = Emulator(refusals=_BetweenTests())
    server: BackgroundServer = idle.serve(options=EdgeOptions(console=False))
    return server


def register_domain(swf: Any, name: str = DOMAIN) -> str:
    """Register a domain and return its name."""
    swf.register_domain(name=name, workflowExecutionRetentionPeriodInDays=RETENTION_DAYS)
    return name


def histories(emulator: Emulator, *, full: bool = False, lines: int = TIMELINE_LINES) -> str:
    """Return the histories of all executions: in full, or as timelines of up to ``lines`` lines."""
    keys = emulator.executions()
    texts = []
    for key in keys[:EXECUTIONS_MAX]:
        events = events_of(emulator.history(key.workflow_id, key.run_id, key.domain))
        written = format_history(events) if full else format_timeline(events, lines=lines)
        texts.append(f"{key.workflow_id} in {key.domain}, run {key.run_id}\n{written}")
    if len(keys) > EXECUTIONS_MAX:
        texts.append(f"{len(keys) - EXECUTIONS_MAX} more executions are not shown")
    return "\n\n".join(texts)


@contextmanager
def explained(emulator: Emulator) -> Iterator[Emulator]:
    """Add the histories of all executions as a note to an exception that leaves the block."""
    try:
        yield emulator
    except Exception as error:
        text = histories(emulator)
        if text:
            error.add_note(f"The executions of this test:\n{text}")
        raise


class EmulatorCase(unittest.TestCase):
    """A test case with a new emulator for each test.

    ``self.emulator`` is the emulator and ``self.swf`` a client. The emulator also answers SWF
    clients that the code under test creates. A failure shows the histories of all executions.
    `configuration` holds arguments of `Emulator`. A subclass that overrides `setUp` must call
    this one first.
    """

    configuration: ClassVar[dict[str, Any]] = {}
    emulator: Emulator
    swf: Any

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        test = getattr(self, methodName, None)
        if test is not None:
            setattr(self, methodName, self._explained(test))

    def setUp(self) -> None:
        super().setUp()
        self.emulator = self.enterContext(fresh_emulator(**self.configuration))
        self.enterContext(self.emulator.redirect())
        self.swf = self.emulator.client()

    def register_domain(self, name: str = DOMAIN) -> str:
        """Register a domain and return its name."""
        return register_domain(self.swf, name)

    def _explained(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a test method, so that its exceptions carry the histories."""

        @functools.wraps(test)
        def run() -> Any:
            with explained(self.emulator):
                return test()

        @functools.wraps(test)
        async def run_async() -> Any:
            with explained(self.emulator):
                return await test()

        return run_async if inspect.iscoroutinefunction(test) else run
