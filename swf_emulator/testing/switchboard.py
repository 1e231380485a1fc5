"""One server for many emulators, one after the other: a server costs more than a test.

Who asks while none is connected is refused: a program that outlives its test gets an error,
and never the state of the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from ..emulator import Emulator
from ..http.backend import Served
from ..http.options import EdgeOptions
from ..http.server import BackgroundServer
from ..protocol.service import AMZ_JSON, Answer, HeldPoll, Request, Service

REFUSAL = {
    "__type": "com.amazonaws.swf.base.model#OperationNotPermittedFault",
    "message": "No test is running",
}


class Switchboard:
    """Stands where an emulator stands for a server, and passes on to the connected one."""

    def __init__(self) -> None:
        self._idle = Emulator()
        self._current: Emulator | None = None
        self._protocol = cast(Service, _Passed(self))

    @property
    def protocol(self) -> Service:
        return self._protocol

    @property
    def connected(self) -> Emulator | None:
        return self._current

    @contextmanager
    def connecting(self, emulator: Emulator) -> Iterator[None]:
        """Answer from this emulator within the block."""
        before, self._current = self._current, emulator
        try:
            yield
        finally:
            self._current = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._current or self._idle, name)


class _Passed:
    """The protocol of whichever emulator is connected."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def handle(self, request: Request, hold_seconds: float | None = None) -> Answer | HeldPoll:
        emulator = self._board.connected
        if emulator is None:
            body = json.dumps(REFUSAL).encode()
            return Answer(400, AMZ_JSON, "none", body, "OperationNotPermittedFault")
        return emulator.service.handle(request, hold_seconds)

    def __getattr__(self, name: str) -> Any:
        emulator = self._board.connected or self._board._idle
        return getattr(emulator.service, name)


@contextmanager
def served() -> Iterator[tuple[Switchboard, str]]:
    """A switchboard behind a server on a free port, and its URL."""
    board = Switchboard()
    options = EdgeOptions(console=False)
    with BackgroundServer(cast(Served, board), options=options) as server:
        yield board, server.url
