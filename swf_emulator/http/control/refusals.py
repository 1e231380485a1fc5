"""Refusals: calls and decisions that fail although nothing is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from ...core.settings import NUMBER_MAX
from ...engine.refusals import NOT_PERMITTED, THROTTLED, Refusals
from ...protocol.model import service_model
from ..backend import Backend
from .requests import (
    ACCOUNT,
    RequestError,
    account_wanted,
    check_members,
    json_object,
    json_response,
    one_of,
)

OPERATION_MEMBERS = ("operation", "code", "times")
DECISION_MEMBERS = ("decision", "cause", "times")


def register(routes: Blueprint, emulator: Backend) -> list[str]:
    """Add the routes; return the capabilities."""

    @routes.get("/_emulator/refusals")
    def refusals() -> Response:
        """The refusals, each with its fault or cause and the number of times left."""
        return _described(_shown(emulator, account_wanted()))

    @routes.post("/_emulator/refusals")
    def refuse() -> Response:
        """Make an operation or a decision fail, permanently or a number of times."""
        account = account_wanted()
        body = json_object(*OPERATION_MEMBERS, *DECISION_MEMBERS, parameters=ACCOUNT)
        changes = _changes(body)
        refusals = emulator.refusals if account is None else emulator.accounts.own(account).refusals
        changes(refusals)
        return _described(refusals)

    @routes.delete("/_emulator/refusals")
    def permit() -> Response:
        """Remove all refusals."""
        refusals = _shown(emulator, account_wanted())
        refusals.permit()
        return _described(refusals)

    return ["refusals"]


def _shown(emulator: Backend, account: str | None) -> Refusals:
    """The refusals of all accounts, or the account's own: none if it has no world of its own."""
    if account is None:
        return emulator.refusals
    world = emulator.accounts.find_own(account)
    return Refusals() if world is None else world.refusals


def _described(refusals: Refusals) -> Response:
    current = refusals.refusals()
    shown = {
        table: {name: {label: why, "times": left} for name, (why, left) in current[table].items()}
        for table, label in (("operations", "code"), ("decisions", "cause"))
    }
    return json_response(shown)


def _changes(body: dict[str, Any]) -> Callable[[Refusals], None]:
    """The change that the body describes, as a function of the refusals. Raises RequestError."""
    if ("operation" in body) == ("decision" in body):
        raise RequestError("the body must have either an operation or a decision")
    times = body.get("times")
    if times is not None and (type(times) is not int or not 1 <= times <= NUMBER_MAX):
        raise RequestError(f"times must be a whole number from 1 to {NUMBER_MAX}, or null")
    model = service_model()
    if "operation" in body:
        check_members(body, OPERATION_MEMBERS)
        operation = one_of("operation", body["operation"], model.operations)
        code = one_of("code", body.get("code", THROTTLED), (THROTTLED, NOT_PERMITTED))
        return lambda refusals: refusals.refuse_operation(operation, code, times)
    check_members(body, DECISION_MEMBERS)
    decision = one_of("decision", body["decision"], model.shapes["DecisionType"]["enum"])
    cause = one_of("cause", body.get("cause"), _causes(decision))
    return lambda refusals: refusals.refuse_decision(decision, cause, times)


def _causes(decision: str) -> list[str]:
    """The causes of the decision's ``…Failed`` event."""
    shapes = service_model().shapes
    attributes = shapes[f"{decision}FailedEventAttributes"]
    causes: list[str] = shapes[attributes["members"]["cause"]]["enum"]
    return causes
