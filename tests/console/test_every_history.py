"""Every page is shown for every recorded history and for every event type."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.core.events import Event
from swf_emulator.core.registry import EVENTS

from .conftest import DOMAIN, TYPE, Browser, Shop
from .histories import every_type, put, recorded
from .test_pages import scripts_and_styles

PAGES = (
    "events",
    "events?view=raw",
    "events?kind=problems",
    "events?order=newest",
    "timeline",
    "timeline?by=type&scale=events",
    "timeline?by=worker&hide=fold,deadlines,notes",
    "waiting",
    "activities",
    "steps",
    "summary",
    "family",
    "compare",
)
RECORDED = dict(recorded())


def shown(browser: Browser, at: str, total: int, pages: Sequence[str] = PAGES) -> None:
    """Every page, and the panel of every event."""
    for path in pages:
        page = browser.get(f"{at}/{path}")
        assert not scripts_and_styles(page), path
        browser.json(page.one("link", rel="alternate").attributes["href"])
    for event_id in range(1, total + 1):
        assert browser.client.get(f"{at}/events/{event_id}/panel").status_code == 200, event_id


def test_there_are_recordings() -> None:
    assert len(RECORDED) > 30


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_history_is_shown(
    browser: Browser, emulator: Emulator, shop: Shop, name: str
) -> None:
    events = RECORDED[name]
    other = shop.start("other", input="x")
    at = shop.start()
    put(emulator, "o1", events)
    shown(browser, at, len(events))
    raw = browser.json(f"{at}/events.json?view=raw")["events"]["rows"]
    assert [row["event_type"] for row in raw] == [event.event_type for event in events][:200]
    compact = browser.json(f"{at}/events.json")["events"]["rows"]
    assert len(compact) <= len(raw)
    run_id = browser.json(f"{other}/summary.json")["run_id"].replace("+", "%2B")
    for level in ("happened", "payloads", "times"):
        browser.get(f"{at}/compare?with={run_id}&level={level}")
    for event_id in range(1, len(events) + 1, 7):
        browser.get(f"{at}/steps?event={event_id}")


def test_every_event_type_is_shown(browser: Browser, emulator: Emulator, shop: Shop) -> None:
    at = shop.start()
    events = every_type()
    put(emulator, "o1", events)
    assert {event.event_type for event in events} == set(EVENTS)
    foldable = [path for path in PAGES if path != "steps"]
    shown(browser, at, len(events), foldable)
    found = browser.json(f"{at}/events.json")["events"]
    assert found["matching"] > 20
    page = browser.get(f"{at}/events")
    for text in ("Started", "Decision", "Signaled", "Cancel requested", "Completed"):
        assert text in page.text, text


@pytest.mark.parametrize("kind", ["activities", "timers"])
def test_a_long_history_is_shown_in_parts(
    browser: Browser, emulator: Emulator, shop: Shop, kind: str
) -> None:
    """25,000 events: no page is large, whatever is in it."""
    at = shop.start()
    put(emulator, "o1", long_history(kind))
    for path in (*PAGES, "decide", "signal"):
        response = browser.client.get(f"{at}/{path}", headers={"Accept": "text/html"})
        assert response.status_code == 200, path
        assert len(response.data) < 400_000, (path, len(response.data))
    timeline = browser.json(f"{at}/timeline.json")["timeline"]
    assert timeline["dense"] is True
    part = browser.json(f"{at}/timeline.json?from=1000&to=9000")["timeline"]
    assert part["dense"] is False
    assert 0 < part["bars"] < 2000


def long_history(kind: str, length: int = 25_000) -> list[Event]:
    """A history of a decision task after each ten activities or timers."""
    chance = random.Random(1)
    first = {
        "workflowType": TYPE,
        "taskList": {"name": "orders"},
        "taskStartToCloseTimeout": "30",
        "executionStartToCloseTimeout": "3600",
        "childPolicy": "TERMINATE",
        "parentInitiatedEventId": 0,
    }
    events = [Event(1, 0, "WorkflowExecutionStarted", first)]

    def add(event_type: str, later_ms: int = 0, **attributes: object) -> int:
        at_ms = events[-1].timestamp_ms + later_ms
        events.append(Event(len(events) + 1, at_ms, event_type, attributes))
        return len(events)

    number = 0
    while len(events) < length - 40:
        scheduled = add(
            "DecisionTaskScheduled", 1, taskList={"name": "orders"}, startToCloseTimeout="30"
        )
        started = add("DecisionTaskStarted", 5, scheduledEventId=scheduled, identity="d")
        decided = add(
            "DecisionTaskCompleted", 20, scheduledEventId=scheduled, startedEventId=started
        )
        opened = []
        for _ in range(10):
            number += 1
            if kind == "timers":
                opened.append(
                    add(
                        "TimerStarted",
                        timerId=f"t{number}",
                        startToFireTimeout="1",
                        decisionTaskCompletedEventId=decided,
                    )
                )
                continue
            opened.append(
                add(
                    "ActivityTaskScheduled",
                    activityId=f"a{number}",
                    activityType={"name": "Charge", "version": "1"},
                    taskList={"name": "work"},
                    scheduleToStartTimeout="60",
                    scheduleToCloseTimeout="120",
                    startToCloseTimeout="60",
                    heartbeatTimeout="NONE",
                    decisionTaskCompletedEventId=decided,
                )
            )
        for opening in opened:
            if kind == "timers":
                name = events[opening - 1].attributes["timerId"]
                add("TimerFired", 100, timerId=name, startedEventId=opening)
                continue
            taken = add(
                "ActivityTaskStarted",
                chance.randrange(50),
                scheduledEventId=opening,
                identity=f"w{opening % 4}",
            )
            ends = "Failed" if chance.random() < 0.05 else "Completed"
            add(
                f"ActivityTask{ends}",
                chance.randrange(900),
                scheduledEventId=opening,
                startedEventId=taken,
            )
    return events


def test_a_closed_execution_has_no_open_deadline(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    """Stepping to the end shows the state at that event, not what would have come."""
    at = shop.start()
    shop.decide(("StartTimer", {"timerId": "t", "startToFireTimeout": "60"}))
    clock.advance(10)
    before = browser.json(f"{at}/steps.json")["step"]
    assert [item["left_ms"] for item in before["open"]] == [3_600_000, 60_000]
    shop.call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="o1")
    step = browser.json(f"{at}/steps.json")["step"]
    assert step["status"] == "TERMINATED"
    assert [item["phase"] for item in step["open"]] == ["left open", "left open"]
    assert [item["deadline_ms"] for item in step["open"]] == [None, None]
    table = browser.get(f"{at}/steps").one("main").one("table")
    assert " in " not in table.text
    assert step["decider"] == "is done"
