"""For unittest and for plain code: an emulator for each test, and failures that show histories."""

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
RETENTION_DAYS = "NONE"
"""Histories stay, however far a test moves the clock."""
EXECUTIONS_MAX = 20


def fresh_emulator(**configuration: Any) -> Emulator:
    """An emulator as tests want it: a clock that stands still, the same run ids every time."""
    made = {"clock": VirtualClock(), "seed": SEED, **configuration}
    return Emulator(**made)


class _BetweenTests(Refusals):
    """Refuses every operation."""

    def refuses_operation(self, operation: str, parameters: Mapping[str, Any]) -> Fault:
        return Fault(NOT_PERMITTED, "No test is running")


def idle_server() -> BackgroundServer:
    """A server for the emulators of tests, one after the other; between tests it refuses."""
    idle = Emulator(refusals=_BetweenTests())
    server: BackgroundServer = idle.serve(options=EdgeOptions(console=False))
    return server


def register_domain(swf: Any, name: str = DOMAIN) -> str:
    """Register a domain and return its name."""
    swf.register_domain(name=name, workflowExecutionRetentionPeriodInDays=RETENTION_DAYS)
    return name


def histories(emulator: Emulator, *, full: bool = False, lines: int = TIMELINE_LINES) -> str:
    """The histories of all executions: timelines of ``lines`` lines at most, or in full."""
    keys = emulator.executions()
    texts = []
    for key in keys[:EXECUTIONS_MAX]:
        events = events_of(emulator.history(key.workflow_id, key.run_id, key.domain))
        written = format_history(events) if full else format_timeline(events, lines=lines)
        texts.append(f"{key.workflow_id} in {key.domain}, run {key.run_id}\n{written}")
    if len(keys) > EXECUTIONS_MAX:
        texts.append(f"and {len(keys) - EXECUTIONS_MAX} executions more")
    return "\n\n".join(texts)


@contextmanager
def explained(emulator: Emulator) -> Iterator[Emulator]:
    """Add the histories of all executions, as notes, to an exception that leaves the block."""
    try:
        yield emulator
    except Exception as error:
        told = histories(emulator)
        if told:
            error.add_note(f"The executions of this test:\n{told}")
        raise


class EmulatorCase(unittest.TestCase):
    """A test case whose tests have each an emulator of their own.

    ``self.emulator`` and a client ``self.swf``; SWF clients that the code under test makes are
    answered by it, too. A failure shows what has happened in the executions. `configuration`
    are arguments of `Emulator`; a subclass that overrides `setUp` calls this one first.
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
        """The test method, so that what it raises carries the histories."""

        @functools.wraps(test)
        def run() -> Any:
            with explained(self.emulator):
                return test()

        @functools.wraps(test)
        async def run_async() -> Any:
            with explained(self.emulator):
                return await test()

        return run_async if inspect.iscoroutinefunction(test) else run
