"""The error of a store."""

from __future__ import annotations


class StoreError(Exception):
    """State cannot be kept or read. The message says why, and where."""
