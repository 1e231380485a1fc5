"""A faithful local emulator of Amazon Simple Workflow Service (SWF)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .account import Account
    from .core.settings import Settings
    from .emulator import Emulator
    from .engine.clock import SystemClock, VirtualClock
    from .engine.refusals import Guard, Refusals
    from .http import create_app

_HOMES = {
    "Account": ".account",
    "Emulator": ".emulator",
    "Guard": ".engine.refusals",
    "Refusals": ".engine.refusals",
    "Settings": ".core.settings",
    "SystemClock": ".engine.clock",
    "VirtualClock": ".engine.clock",
    "create_app": ".http",
}

__all__ = [
    "Account",
    "Emulator",
    "Guard",
    "Refusals",
    "Settings",
    "SystemClock",
    "VirtualClock",
    "__version__",
    "create_app",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use, so that importing the package is fast."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)
