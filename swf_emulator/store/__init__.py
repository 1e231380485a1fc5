"""Stores that keep the state of an emulator: see "The store" in the design document.

`writer` is the journal: one thread that commits what the engines submit, many changes at once.
A store holds rows; `sqlite` keeps them in a file.
"""

from __future__ import annotations

import os

from ..engine.accounts import Accounts
from .sqlite import SqliteStore
from .writer import Writer


def open_store(data: str | os.PathLike[str], accounts: Accounts) -> Writer:
    """Open a file and let the engines go on with its state. Raises StoreError."""
    return Writer(SqliteStore(data), accounts)
