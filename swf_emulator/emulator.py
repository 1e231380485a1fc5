"""The emulator as one object: engines, service, clock, and the ways to reach them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from weakref import WeakSet

from .account import Account
from .core.settings import DEFAULTS, Settings
from .engine.accounts import Accounts, is_account
from .engine.clock import Clock
from .engine.domains import Scope
from .engine.engine import Engine
from .engine.functions import LambdaInvoker, RegisteredFunctions
from .engine.ids import Ids, Starts
from .engine.recording import Observer
from .engine.refusals import Refusals
from .engine.snapshot import export_state, import_state
from .engine.ticker import Ticker
from .engine.view import View
from .http.limits import EdgeOptions
from .inprocess import Transport, make_client, redirected
from .lambda_endpoint import LambdaEndpoint
from .protocol.service import Service
from .protocol.state_document import checked_state

if TYPE_CHECKING:
    from .store.writer import Writer


class ExecutionKey(NamedTuple):
    """Identifies an execution."""

    account: str
    region: str
    domain: str
    workflow_id: str
    run_id: str


_emulators: WeakSet[Emulator] = WeakSet()
"""The emulators of this process."""


class Emulator:
    """An Amazon SWF in memory, or with its state in a file.

    A context manager; `close` ends held polls and threads.

    Args:
        settings: quotas and switches; the service's own values by default.
        clock: ``"real"`` (default), ``"virtual"`` (stopped until moved), ``"skip"`` (jumps to
            the next deadline when every client is waiting), or a `Clock`.
        seed: makes run ids reproducible.
        account: account id of callers whose access key is not a 12-digit account id.
        region: region of requests that are not signed.
        refusals: refuses operations and decisions, as IAM and throttling would; ``guard`` is
            its name in release 0.1.0.
        lambda_endpoint_url: endpoint at which Lambda functions are invoked (needs the
            ``boto3`` extra); without it, the functions are those of `register_lambda`. Raises
            ValueError for an invalid URL.
        data: file that keeps all state, which then survives a restart. Raises `StoreError` if
            it cannot be used. The clock of a file that has state goes on as it was.

    >>> with Emulator(clock="virtual") as emulator:
    ...     swf = emulator.client()
    ...     swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    ...     emulator.clock.advance(3600)
    """

    def __init__(
        self,
        settings: Settings = DEFAULTS,
        *,
        clock: Clock | str = "real",
        seed: int | None = None,
        account: str = "123456789012",
        region: str = "us-east-1",
        refusals: Refusals | None = None,
        guard: Refusals | None = None,
        lambda_endpoint_url: str | None = None,
        data: str | os.PathLike[str] | None = None,
    ) -> None:
        self.clock = Clock(clock) if isinstance(clock, str) else clock
        self.functions = RegisteredFunctions()
        self.refusals = refusals or guard or Refusals()
        self.invoker: LambdaInvoker = self.functions
        if lambda_endpoint_url is not None:
            self.invoker = LambdaEndpoint(lambda_endpoint_url)
        starts, observers = Starts(), list[Observer]()

        def make(name: str) -> Engine:
            ids = Ids(seed if seed is None or name == account else f"{seed}/{name}")
            return Engine(settings, self.clock, ids, self.refusals, self.invoker, starts, observers)

        self.accounts = Accounts(make, self.clock, settings, observers)
        self.service = Service(self.accounts, account, region)
        self._ticker = Ticker(self.accounts)
        self._writer: Writer | None = None
        if data is not None:
            from .store import open_store

            self._writer = open_store(data, self.accounts)
        self._transports: list[Transport] = []
        self._urls: set[str] = set()
        _emulators.add(self)

    @property
    def settings(self) -> Settings:
        """Quotas and switches; `configure` changes them."""
        return self.accounts.settings

    @property
    def guard(self) -> Refusals:
        """The name of ``refusals`` in release 0.1.0."""
        return self.refusals

    def account(self, account: str | None = None) -> Account:
        """Return an account as a world of its own, by default one that nobody uses yet.

        From now on it has a clock of its own, which begins as a copy of this object's.
        ``account`` is a 12-digit id. Raises ValueError.
        """
        if account is None:
            account = f"{secrets.randbelow(9 * 10**11) + 10**11}"
            while self.accounts.find_own(account) or account in self.accounts.in_use():
                account = f"{secrets.randbelow(9 * 10**11) + 10**11}"
        elif not is_account(account):
            raise ValueError(f"account must be 12 digits, not {account!r}")
        return Account(self, account)

    # Ways in.

    def client(
        self, *, hold_seconds: float | None = None, transport: str = "direct", **arguments: Any
    ) -> Any:
        """Return a real boto3 SWF client, answered in this process without a socket.

        boto3 itself validates, serializes and retries. A poll without a task is held for
        ``hold_seconds`` (real seconds). By default it is answered at once, except under a
        clock that skips, where it is held. ``arguments`` are those of ``boto3.client``.

        A call is answered before botocore signs and prepares a request, unless other code
        has registered hooks for that, or botocore may retry the call. With ``transport="full"``
        every call is signed, prepared and parsed by botocore. Raises ValueError.
        """
        if transport not in ("direct", "full"):
            raise ValueError(f"transport must be one of: direct, full; not {transport!r}")
        return make_client(self._transport(hold_seconds, transport == "full"), **arguments)

    @contextmanager
    def redirect(self, *, hold_seconds: float | None = None) -> Iterator[Self]:
        """Answer every SWF client that is created inside the block, anywhere in the process.

        Clients of other services, SWF clients created before (see `attached`) and clients of
        a server of this object are not affected. After the block its clients raise
        `EmulatorClosed`.
        """
        transport = self._transport(hold_seconds)
        try:
            with redirected(transport, lambda client: client.meta.endpoint_url in self._urls):
                yield self
        finally:
            transport.closed = True

    @contextmanager
    def attached(self, client: Any, *, hold_seconds: float | None = None) -> Iterator[Self]:
        """Answer an existing SWF client within the block, for example one that a module keeps."""
        with self._transport(hold_seconds).attached(client):
            yield self

    def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, options: EdgeOptions | None = None
    ) -> Any:
        """Return an HTTP server in the background: a context manager with ``.url``.

        Port 0 means a free port. The server shares its state with the clients of this object.
        """
        from .http.server import BackgroundServer

        server = BackgroundServer(self, host, port, options or EdgeOptions())
        self.served_at(server.url)
        return server

    def served_at(self, url: str) -> None:
        """Note the URL of a server of this object: `redirect` does not affect its clients."""
        self._urls.add(url)

    def _transport(self, hold_seconds: float | None, full: bool = False) -> Transport:
        transport = Transport(self.service, hold_seconds, full=full)
        self._transports.append(transport)
        return transport

    # State and behavior.

    def register_lambda(
        self, name: str, function: Callable[[Any], Any], *, seconds: float = 0.0
    ) -> None:
        """Register a function for the Lambda tasks of this name; it gets their parsed input.

        What it returns or raises is the result, recorded ``seconds`` later by this object's
        clock.
        """
        self.functions.register(name, function, seconds)

    def configure(self, account: str | None = None, /, **changes: Any) -> Settings:
        """Change settings from now on, by their names in `Settings`. Raises ValueError.

        With an account, of that account only.
        """
        try:
            return self.accounts.configure(account, **changes)
        except TypeError as error:
            raise ValueError(f"unknown setting: {error}") from error

    def executions(self, domain: str | None = None) -> list[ExecutionKey]:
        """Return all executions, open and closed, ordered by their starts."""
        found = self.accounts.collect(lambda view: view.executions(domain=domain))
        return [
            ExecutionKey(*each.scope, each.domain, each.workflow_id, each.run_id)
            for each in sorted(found, key=lambda each: each.sequence)
        ]

    def history(
        self,
        workflow_id: str,
        run_id: str | None = None,
        domain: str | None = None,
        *,
        account: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the events of an execution as the service writes them: timestamps are numbers.

        Without ``run_id``, of the last run of that workflow id; without ``account``, in any
        account. Raises KeyError.
        """

        def last(view: View) -> list[tuple[int, list[bytes]]]:
            found = [
                each
                for each in view.executions(domain=domain, workflow_id=workflow_id)
                if run_id in (None, each.run_id) and account in (None, each.scope.account)
            ]
            return [(each.sequence, list(view.history(each))) for each in found[-1:]]

        found = self.accounts.collect(last)
        if not found:
            raise KeyError(f"no execution of the workflow id {workflow_id!r}")
        return [json.loads(event) for event in max(found)[1]]

    def export_state(self) -> dict[str, Any]:
        """Return all state as one JSON-compatible document, for `import_state`."""
        return export_state(self.accounts)

    def import_state(self, document: Any) -> None:
        """Replace all state by an exported one, which continues exactly.

        Raises ValueError for any other document, and then nothing has changed.
        """
        import_state(self.accounts, checked_state(document))
        self._committed()

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None:
        """Remove all state, or that of an account in a region, or that of one domain there.

        If one of the three is given, the others default to those of this object, and to all
        domains. Held polls are answered as empty.
        """
        if account is None and region is None and domain is None:
            self.accounts.reset()
        else:
            scope = Scope(account or self.service.account, region or self.service.region)
            self.accounts.engine(scope.account).reset(scope, domain)
        self._committed()

    def _committed(self) -> None:
        """Wait until all changes are committed. Raises StoreError if some are not."""
        if self._writer is not None:
            self._writer.require()

    def close(self) -> None:
        """Answer held polls, stop all threads and disable the clients. May be repeated."""
        for transport in self._transports:
            transport.closed = True
        self._ticker.stop()
        self.accounts.close()
        if self._writer is not None:
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _disown() -> None:
    for emulator in _emulators:
        emulator._ticker.disown()
        emulator.accounts.disown()
        if emulator._writer is not None:
            emulator._writer.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown)
