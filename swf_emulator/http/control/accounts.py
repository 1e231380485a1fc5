"""Accounts that have a clock, settings, refusals and functions of their own."""

from __future__ import annotations

from flask import Blueprint, Response

from ...engine.accounts import is_account
from ..backend import Backend
from .requests import RequestError, json_response, query


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""

    @routes.get("/_emulator/accounts")
    def accounts() -> Response:
        """The accounts that have something of their own."""
        query()
        return json_response({"accounts": emulator.accounts.names_of_own()})

    @routes.delete("/_emulator/accounts/<account>")
    def forget_account(account: str) -> Response:
        """Forget an account: its state and all that it has of its own."""
        query()
        if not is_account(account):
            raise RequestError(f"account must be 12 digits, not {account!r}")
        emulator.accounts.forget(account)
        return json_response({"status": "ok"})

    return ["accounts"]
