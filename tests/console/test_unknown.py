"""Unknown event types, concepts and decisions are shown generically."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.core.events import attributes_name
from swf_emulator.core.open_items import Deadline, OpenItem
from swf_emulator.core.registry import DECISIONS, EVENTS, Concept
from swf_emulator.engine.view import View

from .conftest import DOMAIN, SCOPE, Browser, Shop
from .test_pages import EXECUTION_FORMS, TABS


class Lock(OpenItem):
    """An open item that only these tests know."""

    concept = "lock"

    def next_deadline(self) -> Deadline:
        return Deadline(1_900_000_000_000, "LEASE")

    @property
    def title(self) -> str:
        return "door"


@pytest.fixture
def lock() -> Iterator[None]:
    """A concept that only these tests know, with its events."""
    known = set(EVENTS)
    concept = Concept("lock", "locks", link="takenEventId", key="lockId")
    concept.opens("LockTaken", lambda event: Lock(event.event_id))
    concept.changes("LockRenewed", lambda run, event: None)
    concept.closes("LockReleased")
    yield
    for event_type in EVENTS.keys() - known:
        del EVENTS[event_type]


def append(emulator: Emulator, event_type: str, **attributes: Any) -> int:
    """Append an event to the stored history of the only execution; return its id."""

    def stored(view: View) -> Any:
        (execution,) = view.executions(SCOPE, DOMAIN)
        return view.history(execution)

    history = emulator.service.engine.read(stored)
    event = {
        "eventId": len(history) + 1,
        "eventTimestamp": emulator.clock.now_ms() / 1000,
        "eventType": event_type,
        attributes_name(event_type, "Event"): attributes,
    }
    history.append(json.dumps(event, separators=(",", ":")).encode())
    return len(history)


def every_page(browser: Browser, at: str) -> None:
    for path in (*(f"{at}/{tab}" for tab in (*TABS, *EXECUTION_FORMS)), "/", "/task-lists"):
        page = browser.get(path)
        browser.json(page.one(rel="alternate").attributes["href"])


def test_an_event_of_an_unknown_type_is_shown(
    browser: Browser, emulator: Emulator, shop: Shop
) -> None:
    at = shop.start()
    event_id = append(emulator, "SomethingNew", lockId="door", startedEventId=1)
    every_page(browser, at)
    row = browser.json(f"{at}/events.json?view=raw&text=door")["events"]["rows"][0]
    assert (row["event_id"], row["event_type"], row["span_id"]) == (event_id, "SomethingNew", 0)
    assert row["attributes"] == {"lockId": "door", "startedEventId": 1}
    step = browser.json(f"{at}/steps.json?event={event_id}")["step"]
    assert (step["event_type"], len(step["open"]), step["closed"]) == ("SomethingNew", 2, [])
    (lane,) = [
        each
        for each in browser.json(f"{at}/timeline.json")["timeline"]["lanes"]
        if each["label"] == "Signals, markers"
    ]
    assert [mark["span_id"] for mark in lane["bars"]] == [event_id]
    compact = browser.json(f"{at}/events.json")["events"]["rows"][-2]
    assert (compact["event_id"], compact["title"]) == (event_id, "SomethingNew")
    panel = browser.client.get(f"{at}/events/{event_id}/panel").text
    assert "SomethingNew" in panel


@pytest.mark.usefixtures("lock")
def test_the_events_of_an_unknown_concept_make_a_span(
    browser: Browser, emulator: Emulator, shop: Shop
) -> None:
    at = shop.start()
    taken = append(emulator, "LockTaken", lockId="door")
    every_page(browser, at)
    renewed = append(emulator, "LockRenewed", takenEventId=taken)
    released = append(emulator, "LockReleased", takenEventId=taken)
    every_page(browser, at)
    events = browser.json(f"{at}/events.json?view=raw&kind=locks")["events"]
    assert [(row["event_id"], row["span_id"]) for row in events["rows"]] == [
        (taken, taken),
        (renewed, taken),
        (released, taken),
    ]
    (lane,) = [
        each
        for each in browser.json(f"{at}/timeline.json")["timeline"]["lanes"]
        if each["label"] == "door"
    ]
    (bar,) = lane["bars"]
    assert (bar["concept"], bar["tone"], bar["start"]) == ("lock", "", bar["begin"])
    step = browser.json(f"{at}/steps.json?event={taken}")["step"]
    opened = step["open"][-1]
    assert (opened["concept"], opened["name"], opened["change"]) == ("lock", "door", "opened")
    assert [each["name"] for each in browser.json(f"{at}/steps.json")["step"]["closed"]] == ["door"]


def test_an_open_item_of_an_unknown_concept_is_a_reason(
    browser: Browser, emulator: Emulator, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = shop.start()
    timeout = emulator.service.engine.read(lambda view: view.next_due())
    assert timeout is not None
    item = timeout.item._replace(kind="lock", title="door", timeout_type="LEASE")
    monkeypatch.setattr(View, "open_items", lambda view, execution: [item])
    monkeypatch.setattr(View, "next_due", lambda view, **options: timeout._replace(item=item))
    every_page(browser, at)
    (reason,) = browser.json(f"{at}/waiting.json")["reasons"]
    assert (reason["concept"], reason["name"], reason["text"]) == ("lock", "door", "It is open.")
    assert browser.json("/clock.json")["next"]["effect"] == "lock door times out (LEASE)"
    waiting = item._replace(task_list="keys")
    monkeypatch.setattr(View, "open_items", lambda view, execution: [waiting])
    (reason,) = browser.json(f"{at}/waiting.json")["reasons"]
    assert reason["text"] == "No worker polls the task list “keys”."


def test_a_decision_without_a_structure_has_no_form(
    browser: Browser, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = shop.start()
    monkeypatch.setitem(DECISIONS, "TakeLock", DECISIONS["StartTimer"])
    kinds = browser.json(f"{at}/decide.json")["kinds"]
    assert {each[0] for each in kinds} == set(DECISIONS) - {"TakeLock"}
