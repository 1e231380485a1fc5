"""Cases written in Python: concurrency, long polls, raw HTTP and the SDK.

A case is a function that takes a ``Context``; ``@case(...)`` puts it into the suite.
"""

from __future__ import annotations

import importlib

from conformance.case import Case
from conformance.procedures.registry import registered

_MODULES = ("wire_protocol", "concurrency", "sdk", "quotas")


def programmed() -> list[Case]:
    """All programmed cases."""
    for name in _MODULES:
        importlib.import_module(f"conformance.procedures.{name}")
    return list(registered)
