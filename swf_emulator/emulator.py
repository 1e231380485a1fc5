"""The emulator as one object: engine, protocol and the thread that watches the clock."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from .core.settings import DEFAULTS, Settings
from .engine.clock import Clock
from .engine.engine import Engine
from .engine.guard import Guard
from .engine.ids import Ids
from .engine.lambdas import LambdaEndpoint, LambdaInvoker, RegisteredFunctions
from .engine.ticker import Ticker
from .protocol.dispatch import Protocol


class Emulator:
    """An Amazon SWF of one's own: all state in memory, gone with the object.

    Args:
        settings: quotas and switches; the service's own values by default.
        clock: the machine's clock by default; a `VirtualClock` moves only when told to.
        seed: makes run ids reproducible.
        account: the account id of callers whose access key is not one (12 digits).
        region: the region of requests that are not signed.
        guard: refuses operations and decisions, as IAM and throttling would.
        lambda_endpoint_url: where Lambda functions are invoked (needs the ``boto3`` extra);
            without it, functions are those given to `register_lambda`.
    """

    def __init__(
        self,
        settings: Settings = DEFAULTS,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        account: str = "123456789012",
        region: str = "us-east-1",
        guard: Guard | None = None,
        lambda_endpoint_url: str | None = None,
    ) -> None:
        self.functions = RegisteredFunctions()
        invoker: LambdaInvoker = self.functions
        if lambda_endpoint_url is not None:
            invoker = LambdaEndpoint(lambda_endpoint_url)
        self.engine = Engine(settings, clock, Ids(seed), guard, invoker)
        self.protocol = Protocol(self.engine, account, region)
        self._ticker = Ticker(self.engine)

    @property
    def settings(self) -> Settings:
        return self.engine.settings

    @property
    def clock(self) -> Clock:
        return self.engine.clock

    def register_lambda(self, name: str, function: Callable[[Any], Any]) -> None:
        """Let Lambda tasks of this name call ``function`` with their input, parsed from JSON."""
        self.functions.register(name, function)

    def reset(self) -> None:
        """Forget all state; held polls are answered as empty."""
        self.engine.reset()

    def close(self) -> None:
        """Answer held polls and stop watching the clock."""
        self._ticker.stop()
        self.engine.release_polls()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
