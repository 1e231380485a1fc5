"""Accounts with something of their own: listed and forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator

from .api import START, ok, rejected, start

ONE, TWO = "111122223333", "444455556666"
LATER = "2026-01-03T00:00:00.000Z"
STUB = {"result": 1}
REFUSAL = {"operation": "ListDomains"}


def test_a_clock_of_an_account_moves_alone(http: Client, virtual: Emulator) -> None:
    for account in (ONE, TWO):
        start(virtual, "w", account=account)
    moved = ok(http.post(f"/_emulator/clock?account={ONE}", json={"advance": 2 * 86_400}))
    assert moved["now"] == LATER
    assert ok(http.get(f"/_emulator/clock?account={ONE}"))["now"] == LATER
    for query in ("", f"?account={TWO}", "?account="):
        assert ok(http.get(f"/_emulator/clock{query}"))["now"] == START
    found = ok(http.get("/_emulator/executions"))["executions"]
    assert {each["account"]: each["status"] for each in found} == {TWO: "OPEN"}
    # A retention of a day has passed for the other: it is forgotten.


def test_looking_at_an_account_changes_nothing(http: Client, virtual: Emulator) -> None:
    for path in ("clock", "settings", "refusals", "functions"):
        ok(http.get(f"/_emulator/{path}?account={ONE}"))
    ok(http.delete(f"/_emulator/refusals?account={ONE}"))
    assert virtual.accounts.find_own(ONE) is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clock", {"advance": -1}),
        ("POST", "clock", {"mode": "fast"}),
        ("POST", "settings", {"max_open_timers": -1}),
        ("POST", "refusals", {"operation": "Nothing"}),
        ("PUT", "functions/f", {"result": 1, "error": "x"}),
        ("POST", "clock", [1]),
    ],
)
def test_a_wrong_request_gives_an_account_nothing_of_its_own(
    http: Client, virtual: Emulator, method: str, path: str, body: Any
) -> None:
    rejected(http.open(f"/_emulator/{path}?account={ONE}", method=method, json=body))
    assert virtual.accounts.find_own(ONE) is None


@pytest.mark.parametrize("account", ["1", "11112222333x", "1111222233334"])
def test_an_account_is_12_digits(http: Client, account: str) -> None:
    message = f"account must be 12 digits, not {account!r}"
    assert rejected(http.get(f"/_emulator/clock?account={account}")) == message
    assert rejected(http.delete(f"/_emulator/accounts/{account}")) == message


def test_settings_refusals_and_functions_of_an_account(http: Client, virtual: Emulator) -> None:
    def shown(query: str) -> list[Any]:
        return [
            ok(http.get(f"/_emulator/settings{query}"))["max_open_timers"],
            ok(http.get(f"/_emulator/refusals{query}"))["operations"],
            ok(http.get(f"/_emulator/functions{query}"))["functions"],
        ]

    shared = shown("")
    own = f"?account={ONE}"
    ok(http.post(f"/_emulator/settings{own}", json={"max_open_timers": 3}))
    ok(http.post(f"/_emulator/refusals{own}", json=REFUSAL))
    ok(http.put(f"/_emulator/functions/f{own}", json=STUB))
    throttled = {"ListDomains": {"code": "ThrottlingException", "times": None}}
    assert shown(own) == [3, throttled, ["f"]]
    assert shown("") == shown(f"?account={TWO}") == shared
    ok(http.delete(f"/_emulator/refusals{own}"))
    ok(http.delete(f"/_emulator/functions/f{own}"))
    assert shown(own) == [3, {}, []]
    assert rejected(http.delete(f"/_emulator/functions/f?account={TWO}"), 404)


def test_a_reset_of_an_account_covers_all_its_regions(http: Client, virtual: Emulator) -> None:
    for region in ("us-east-1", "eu-west-1"):
        start(virtual, "w", region=region, account=ONE)
    start(virtual, "w", account=TWO)
    ok(http.post(f"/_emulator/reset?account={ONE}"))
    assert [each.account for each in virtual.executions()] == [TWO]
    both = http.post(f"/_emulator/reset?account={ONE}", json={"domain": "shop"})
    assert rejected(both) == "with ?account= there must be no body"


def test_a_forgotten_account_follows_the_shared_clock(http: Client, virtual: Emulator) -> None:
    start(virtual, "w", account=ONE)
    ok(http.post(f"/_emulator/clock?account={ONE}", json={"advance": 60}))
    assert ok(http.get("/_emulator/accounts")) == {"accounts": [ONE]}
    ok(http.delete(f"/_emulator/accounts/{ONE}"))
    assert virtual.executions() == []
    assert ok(http.get("/_emulator/accounts")) == {"accounts": []}
    assert ok(http.get(f"/_emulator/clock?account={ONE}"))["now"] == START
