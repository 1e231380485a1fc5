"""The way from the requests of botocore clients to an emulator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..protocol.answers import Answer, HeldPoll
from ..protocol.service import Request, Service
from .wire import wire_of


class EmulatorClosed(RuntimeError):
    """A client was used after its emulator was closed, or after its block ended."""

    def __init__(self) -> None:
        super().__init__(
            "the emulator that answered this client is closed, or its redirect() has ended: "
            "make a new client, or wire this one to another emulator with attached(client)"
        )


class Transport:
    """Answers the requests of botocore clients in place of the network.

    ``hold_seconds`` is how long a poll waits for a task, in real seconds; with 0 it is
    answered at once, so that a single-threaded test never hangs. None means the emulator's
    setting under a clock that skips time, and 0 under every other clock. With ``full``, every
    request is signed, prepared and parsed by botocore as if it was sent.
    """

    def __init__(
        self, service: Service, hold_seconds: float | None = None, *, full: bool = False
    ) -> None:
        self._service = service
        self._hold_seconds = hold_seconds
        self.full = full
        self.closed = False

    @property
    def region(self) -> str:
        """The region of clients that name none."""
        return self._service.region

    def attach(self, client: Any) -> None:
        """Answer this client's requests from now on."""
        wire_of(client).transport = self

    @contextmanager
    def attached(self, client: Any) -> Iterator[None]:
        """Answer this client's requests within the block; afterwards they go where they did."""
        wire = wire_of(client)
        before, wire.transport = wire.transport, self
        try:
            yield
        finally:
            wire.transport = before

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, when it is there. Raises EmulatorClosed."""
        if self.closed:
            raise EmulatorClosed
        answer = self._service.handle(request, self._hold(request))
        if isinstance(answer, HeldPoll):
            if self.closed:
                answer.expire()  # it was closed, and held polls let go, before this one was held
            answer = answer.wait()
        return answer

    def _hold(self, request: Request) -> float:
        if self._hold_seconds is not None:
            return self._hold_seconds
        service = self._service
        engine = service.accounts.engine(service.scope_of(request.authorization).account)
        return engine.settings.poll_hold_seconds if engine.clock.mode == "skip" else 0.0
