"""The emulator as one object: engine, protocol, clock, and the ways to reach it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, NamedTuple, Self

from .core.settings import DEFAULTS, Settings
from .engine.accounts import Accounts
from .engine.clock import Clock
from .engine.domains import Run, Scope
from .engine.engine import Engine
from .engine.functions import LambdaInvoker, RegisteredFunctions
from .engine.ids import Ids
from .engine.refusals import Refusals
from .engine.snapshot import export_state, import_state
from .engine.ticker import Ticker
from .http.options import EdgeOptions
from .inprocess import Transport, make_client, redirected
from .lambda_endpoint import LambdaEndpoint
from .protocol.service import Service


class ExecutionKey(NamedTuple):
    """Which execution, of whom."""

    account: str
    region: str
    domain: str
    workflow_id: str
    run_id: str


class Emulator:
    """An Amazon SWF of one's own: all state in memory, gone with the object.

    A context manager; `close` releases held polls and ends its threads.

    Args:
        settings: quotas and switches; the service's own values by default.
        clock: ``"real"`` (default), ``"virtual"`` (stands still until moved), ``"skip"``
            (jumps to the next deadline when everybody waits), or a `Clock`.
        seed: makes run ids reproducible.
        account: the account id of callers whose access key is not one (12 digits).
        region: the region of requests that are not signed.
        refusals: refuses operations and decisions, as IAM and throttling would.
        lambda_endpoint_url: where Lambda functions are invoked (needs the ``boto3`` extra);
            without it, functions are those given to `register_lambda`.

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
    ) -> None:
        self.functions = RegisteredFunctions()
        invoker: LambdaInvoker = self.functions
        if lambda_endpoint_url is not None:
            invoker = LambdaEndpoint(lambda_endpoint_url)
        made = Clock(clock) if isinstance(clock, str) else clock
        refused = refusals or guard or Refusals()
        default = account

        def make(account: str) -> Engine:
            own = seed if seed is None or account == default else f"{seed}/{account}"
            return Engine(settings, made, Ids(own), refused, invoker)

        self.accounts = Accounts(make, made)
        self.engine = self.accounts.engine(account)
        self.service = Service(self.accounts, account, region)
        self._ticker = Ticker(self.accounts)
        self._transports: list[Transport] = []
        self._urls: set[str] = set()

    @property
    def settings(self) -> Settings:
        return self.engine.settings

    @property
    def clock(self) -> Clock:
        return self.engine.clock

    # Ways in.

    def client(self, *, hold_seconds: float | None = None, **arguments: Any) -> Any:
        """A real boto3 SWF client, answered in this process without a socket.

        Serialising, signing and retries are boto3's own. A poll for which there is no task
        is answered at once, except under a clock that skips, where it is held; or as long
        as ``hold_seconds`` says (real seconds). ``arguments`` are those of ``boto3.client``.
        """
        return make_client(self._transport(hold_seconds), **arguments)

    @contextmanager
    def redirect(self, *, hold_seconds: float | None = None) -> Iterator[Self]:
        """Answer every SWF client that is made inside the block, by whatever code.

        Left alone are clients of other services, SWF clients made before (see `attached`), and
        those that are given the address of a server of this object. After the block its
        clients raise `EmulatorClosed`.
        """
        transport = self._transport(hold_seconds)
        try:
            with redirected(transport, lambda client: client.meta.endpoint_url in self._urls):
                yield self
        finally:
            transport.closed = True

    @contextmanager
    def attached(self, client: Any, *, hold_seconds: float | None = None) -> Iterator[Self]:
        """Answer an existing SWF client within the block: one that a module keeps, say."""
        with self._transport(hold_seconds).attached(client):
            yield self

    def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, options: EdgeOptions | None = None
    ) -> Any:
        """A real HTTP server in the background: a context manager with ``.url``.

        Port 0 takes a free one. It shares its state with the clients of this object.
        """
        from .http.server import BackgroundServer

        server = BackgroundServer(self, host, port, options or EdgeOptions())
        self.served_at(server.url)
        return server

    def served_at(self, url: str) -> None:
        """A server with this URL answers from this object: `redirect` spares its clients."""
        self._urls.add(url)

    def _transport(self, hold_seconds: float | None) -> Transport:
        transport = Transport(self.service, hold_seconds)
        self._transports.append(transport)
        return transport

    # What a test wants to know and to change.

    def register_lambda(
        self, name: str, function: Callable[[Any], Any], *, seconds: float = 0.0
    ) -> None:
        """Let Lambda tasks of this name call ``function`` with their input, parsed from JSON.

        What it returns or raises is told ``seconds`` later, by the clock of this object.
        """
        self.functions.register(name, function, seconds)

    @property
    def refusals(self) -> Refusals:
        """What is refused as permissions and rates would: nothing until told to."""
        return self.engine.refusals

    def configure(self, **changes: Any) -> Settings:
        """Change settings from now on, by their names in `Settings`. Raises ValueError."""
        try:
            settings = replace(self.engine.settings, **changes)
        except TypeError as error:
            raise ValueError(f"no such setting: {error}") from error
        self.engine.settings = settings
        return settings

    def executions(self, domain: str | None = None) -> list[ExecutionKey]:
        """All executions, open and closed, in the order of their starts."""
        return self.engine.transact(
            lambda: [_key(run) for run in self._runs() if domain in (None, run.domain.name)]
        )

    def history(
        self, workflow_id: str, run_id: str | None = None, domain: str | None = None
    ) -> list[dict[str, Any]]:
        """The events of an execution as the service writes them: timestamps are numbers.

        Without ``run_id`` the last run of that workflow id. Raises KeyError.
        """

        def stored() -> list[bytes]:
            found = [run for run in self._runs() if _is_meant(run, workflow_id, run_id, domain)]
            if not found:
                raise KeyError(f"no execution of the workflow id {workflow_id!r}")
            return list(found[-1].history)

        return [json.loads(event) for event in self.engine.transact(stored)]

    def export_state(self) -> dict[str, Any]:
        """All state as one JSON-compatible document, for `import_state`."""
        return export_state(self.engine)

    def import_state(self, document: Any) -> None:
        """Replace all state by an exported one, which goes on exactly. Raises ValueError."""
        import_state(self.engine, document)

    def reset(
        self, *, account: str | None = None, region: str | None = None, domain: str | None = None
    ) -> None:
        """Forget all state, or that of an account and region, or of one domain there.

        If one of the three is given, the others default to those of this object, and all
        domains. Held polls are answered as empty.
        """
        if account is None and region is None and domain is None:
            self.engine.reset()
        else:
            scope = Scope(account or self.service.account, region or self.service.region)
            self.engine.reset(scope, domain)

    def close(self) -> None:
        """End: held polls are answered, clients made here work no more. May be repeated."""
        for transport in self._transports:
            transport.closed = True
        self._ticker.stop()
        self.clock.detach(self.engine)
        self.engine.release_polls()

    def _runs(self) -> list[Run]:
        regions = self.engine.regions.values()
        runs = [run for region in regions for run in region.runs.values()]
        return sorted(runs, key=lambda run: run.sequence)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _key(run: Run) -> ExecutionKey:
    scope = run.domain.region.scope
    execution = run.execution
    return ExecutionKey(
        scope.account, scope.region, run.domain.name, execution.workflow_id, execution.run_id
    )


def _is_meant(run: Run, workflow_id: str, run_id: str | None, domain: str | None) -> bool:
    return (
        run.execution.workflow_id == workflow_id
        and run_id in (None, run.execution.run_id)
        and domain in (None, run.domain.name)
    )
