"""The own world of an account: a clock, settings, refusals and functions.

What it does not change for itself it shares with the others, except the clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..core.settings import Settings
from .clock import Clock
from .engine import Engine
from .followers import Followers
from .functions import LambdaInvoker, OwnFunctions
from .refusals import OwnRefusals, Refusals


class OwnWorld:
    """The world of one account. It starts no thread and needs no timer."""

    def __init__(self, followers: Followers, refusals: Refusals, invoker: LambdaInvoker) -> None:
        self.followers = followers
        self.refusals = OwnRefusals(refusals)
        self.functions = OwnFunctions(invoker)
        self.changes: dict[str, Any] = {}
        """The settings that differ from the shared ones, by name."""

    @property
    def clock(self) -> Clock:
        return self.followers.clock

    def settings(self, shared: Settings) -> Settings:
        """Return the account's settings; ``shared`` are those of all."""
        return replace(shared, **self.changes) if self.changes else shared

    def furnish(self, engine: Engine, shared: Settings) -> None:
        """Let the account's engine use this world."""
        engine.follow(self.clock)
        engine.settings = self.settings(shared)
        engine.refusals = self.refusals
        engine.invocations.invoker = self.functions
