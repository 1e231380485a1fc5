"""uvicorn with the application: in the foreground for the command, in a thread for tests."""

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
from .backend import Backend
from .connections import limited, sweep
from .limits import DEFAULT_OPTIONS, EdgeOptions, raise_file_limit, within_file_limit

BACKLOG = 4096
STOP_SECONDS = 2.0
"""The grace for requests and answers on their way when the server stops."""

TICK_SECONDS = 0.1
"""The time between two of uvicorn's ticks."""

TICKS_PER_SWEEP = 5
"""How often the time limits of connections are checked, in ticks."""


class Server(uvicorn.Server):
    """A server that answers held polls before it stops, and reports when it is ready."""

    def __init__(
        self,
        emulator: Backend,
        on_ready: Callable[[], None],
        options: EdgeOptions = DEFAULT_OPTIONS,
    ) -> None:
        limits = within_file_limit(options.limits)
        certificate, key = options.tls or (None, None)
        self.application = Application(emulator, options)
        super().__init__(
            uvicorn.Config(
                self.application,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                http=limited(limits, self.application),
                loop="auto",
                backlog=BACKLOG,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=limits.idle_timeout_seconds,
                ssl_certfile=certificate,
                ssl_keyfile=key,
            )
        )
        self._on_ready = on_ready
        self._loop_watch = options.loop_watch

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        now = asyncio.get_running_loop().time()
        self._loop_watch.ticked(now, TICK_SECONDS)
        if counter % TICKS_PER_SWEEP == 0:
            sweep(self.server_state.connections, now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, answer held polls as empty, close all connections."""
        for server in self.servers:
            server.close()
        self.application.closing = True
        self.application.emulator.accounts.release_polls()
        self.application.end_streams()
        asyncio.get_running_loop().call_later(STOP_SECONDS, self._abort_all)
        await super().shutdown(sockets)
        self.application.close()

    def _abort_all(self) -> None:
        """End the connections whose clients still send a request or do not read an answer."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, with status 0; only the main thread can handle signals."""
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


class NonLoopbackHostError(ValueError):
    """The host name would open the emulator to other machines; only an address may do that."""


def bind(host: str, port: int) -> socket.socket:
    """Open a listening socket; port 0 picks a free one.

    An IP address is used as it is. A host name must resolve to loopback addresses only, so that
    a name never exposes the emulator unintentionally; nor does an empty host, which would mean
    all addresses. Raises NonLoopbackHostError, OSError.
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
        raise NonLoopbackHostError("the host must not be empty; 0.0.0.0 means all addresses")
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])]
    for address in addresses:
        if not ipaddress.ip_address(address).is_loopback:
            raise NonLoopbackHostError(
                f"{host} resolves to {address}, which other machines can reach; to allow this, "
                "pass the address itself"
            )
    return addresses[0]


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """The URL under which a client on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def run(
    emulator: Backend,
    listener: socket.socket,
    on_ready: Callable[[], None],
    options: EdgeOptions = DEFAULT_OPTIONS,
) -> None:
    """Serve in this thread until SIGINT or SIGTERM."""
    raise_file_limit(options.limits.max_connections)
    Server(emulator, on_ready, options).run(sockets=[listener])


class BackgroundServer:
    """An emulator on a port of this machine, served by a thread.

    A context manager; ``url`` is the ``endpoint_url`` for SDKs.
    """

    def __init__(
        self,
        emulator: Backend,
        host: str = "127.0.0.1",
        port: int = 0,
        options: EdgeOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._listener = bind(host, port)
        self.url = url_of(self._listener, "http" if options.tls is None else "https")
        self._ready = threading.Event()
        self._server = Server(emulator, self._ready.set, options)
        self._thread = threading.Thread(target=self._run, name="swf-server", daemon=True)

    @property
    def emulator(self) -> Backend:
        """The emulator that answers; another one may be set while the server runs."""
        return self._server.application.emulator

    @emulator.setter
    def emulator(self, emulator: Backend) -> None:
        self._server.application.emulator = emulator

    def start(self) -> Self:
        """Start the thread, and return once requests are answered."""
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        """Answer held polls as empty, close all connections and end the thread."""
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
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
