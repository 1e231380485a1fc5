"""Settings of the emulated service: shown, and changed while it runs."""

from __future__ import annotations

import threading
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response

from ...core.settings import Settings
from ..backend import Backend
from .requests import ACCOUNT, RequestError, account_wanted, json_object, json_response

NAMES = tuple(field.name for field in fields(Settings))
FIXED = tuple(field.name for field in fields(Settings) if field.metadata["fixed"])


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""
    changing = threading.Lock()

    @routes.get("/_emulator/settings")
    def settings() -> Response:
        """All settings, by name."""
        return json_response(asdict(emulator.accounts.settings_of(account_wanted())))

    @routes.post("/_emulator/settings")
    def change_settings() -> Response:
        """Change those that are named: all of them, or none if one is invalid."""
        account = account_wanted()
        changes = json_object(*NAMES, parameters=ACCOUNT)
        with changing:
            return json_response(asdict(_change(emulator, account, changes)))

    return ["settings"]


def _change(emulator: Backend, account: str | None, changes: dict[str, Any]) -> Settings:
    for name in FIXED:
        if changes.get(name) not in (None, getattr(emulator.settings, name)):
            raise RequestError(f"{name} cannot be changed while the server runs")
    try:
        return emulator.configure(account, **changes)
    except ValueError as error:
        raise RequestError(str(error)) from None
