"""uvicorn around the application: in the foreground for the command, in a thread for tests."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

import uvicorn

from .asgi import Application
from .backend import Served
from .connections import limited, sweep
from .limits import allow_files, within_files
from .options import EdgeOptions
from .wsgi import DEFAULT_OPTIONS

BACKLOG = 4096
TICKS_PER_SWEEP = 5
"""How often connections are looked at, in uvicorn's ticks of 0.1 seconds."""


class Server(uvicorn.Server):
    """A server that answers held polls before it stops, and says when it is ready."""

    def __init__(
        self,
        emulator: Served,
        on_ready: Callable[[], None],
        options: EdgeOptions = DEFAULT_OPTIONS,
    ) -> None:
        limits = within_files(options.limits)
        self.application = Application(emulator, options)
        super().__init__(
            uvicorn.Config(
                self.application,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                http=limited(limits),
                loop="auto",
                backlog=BACKLOG,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=round(limits.idle_seconds),
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_SWEEP == 0:
            sweep(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let held polls go with an empty answer, close."""
        for server in self.servers:
            server.close()
        self.application.closing = True
        self.application.service.accounts.release_polls()
        self.application.end_streams()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End cleanly, with status 0, on SIGINT and SIGTERM; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            self.should_exit = True

        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, stop) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class NotAsked(ValueError):
    """A host that would open the emulator to other machines without saying so."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises OSError; `NotAsked` for an empty host, which would be all addresses, and for a name
    that leads to anything but this machine. An address is taken at its word.
    """
    address = _address(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _address(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host:
        raise NotAsked("the host is empty; 0.0.0.0 asks for all addresses of this machine")
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])]
    for address in addresses:
        if not ipaddress.ip_address(address).is_loopback:
            raise NotAsked(f"{host} is {address}, which others can reach; if so wanted, say that")
    return addresses[0]


def url_of(listener: socket.socket) -> str:
    """Where a client on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    emulator: Served,
    listener: socket.socket,
    on_ready: Callable[[], None],
    options: EdgeOptions = DEFAULT_OPTIONS,
) -> None:
    """Serve in this thread until SIGINT or SIGTERM."""
    allow_files(options.limits.connections)
    Server(emulator, on_ready, options).run(sockets=[listener])


class BackgroundServer:
    """The emulator on a port of this machine, served by a thread.

    A context manager; ``url`` is what SDKs take as ``endpoint_url``.
    """

    def __init__(
        self,
        emulator: Served,
        host: str = "127.0.0.1",
        port: int = 0,
        options: EdgeOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._listener = bind(host, port)
        self.url = url_of(self._listener)
        self._ready = threading.Event()
        self._server = Server(emulator, self._ready.set, options)
        self._thread = threading.Thread(target=self._run, name="swf-server", daemon=True)

    @property
    def emulator(self) -> Served:
        """The emulator that answers; another one may be set while the server runs."""
        return self._server.application.emulator

    @emulator.setter
    def emulator(self, emulator: Served) -> None:
        self._server.application.emulator = emulator

    def start(self) -> Self:
        """Return once requests are answered."""
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        """Answer held polls as empty, close all connections, end the thread."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        factory = self._server.config.get_loop_factory()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._server.serve(sockets=[self._listener]))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
