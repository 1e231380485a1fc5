"""One account of an emulator as a world of its own."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .core.settings import Settings
from .engine.clock import Clock
from .engine.refusals import Refusals

if TYPE_CHECKING:
    from .emulator import Emulator, ExecutionKey


class Account:
    """An account with its own clock, settings, refusals, functions and reset.

    `Emulator.account` makes it. What the account does not change for itself it shares with the
    other accounts, except the clock. A context manager; `close` forgets the account.

    >>> with Emulator(clock="virtual") as emulator, emulator.account() as account:
    ...     swf = account.client()
    ...     account.clock.advance(3600)     # no other account's time moves
    """

    def __init__(self, emulator: Emulator, account: str) -> None:
        self.id = account
        """The 12 digits, which are the access key of its clients."""
        self._emulator = emulator
        world = emulator.accounts.own(account)
        self.clock: Clock = world.clock
        self.refusals: Refusals = world.refusals
        self._functions = world.functions

    def client(self, **arguments: Any) -> Any:
        """Return a boto3 SWF client of this account; see `Emulator.client`."""
        keys = {"aws_access_key_id": self.id, "aws_secret_access_key": "emulator"}
        return self._emulator.client(**{**arguments, **keys})

    @property
    def settings(self) -> Settings:
        """The account's quotas and switches; `configure` changes them."""
        return self._emulator.accounts.settings_of(self.id)

    def configure(self, **changes: Any) -> Settings:
        """Change settings of this account, by their names in `Settings`. Raises ValueError."""
        return self._emulator.configure(self.id, **changes)

    def register_lambda(
        self, name: str, function: Callable[[Any], Any], *, seconds: float = 0.0
    ) -> None:
        """Register a function for Lambda tasks of this account; see `Emulator.register_lambda`."""
        self._functions.register(name, function, seconds)

    def executions(self, domain: str | None = None) -> list[ExecutionKey]:
        """Return the account's executions, ordered by their starts."""
        return [each for each in self._emulator.executions(domain) if each.account == self.id]

    def history(
        self, workflow_id: str, run_id: str | None = None, domain: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the events of an execution of this account; see `Emulator.history`."""
        return self._emulator.history(workflow_id, run_id, domain, account=self.id)

    def reset(self) -> None:
        """Remove the account's state in all regions; clock and settings stay."""
        self._emulator.accounts.engine(self.id).reset()

    def close(self) -> None:
        """Forget the account: its state, clock, settings, refusals and functions."""
        self._emulator.accounts.forget(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
