"""The samples, run by their crews inside the emulator, in every clock mode."""

from __future__ import annotations

import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from swf_emulator import Emulator, Settings
from swf_emulator.engine.clock import Clock
from swf_emulator.http import create_app

from .conftest import SCOPE, Browser

DEADLINE_SECONDS = 20


@pytest.fixture
def at_pace() -> Iterator[Callable[[str], tuple[Emulator, Browser]]]:
    """Makes an emulator with a clock mode; afterwards its crews have ended."""
    running: list[Emulator] = []

    def make(mode: str) -> tuple[Emulator, Browser]:
        clock = Clock(mode, speed=100.0 if mode == "real" else 1.0)
        emulator = Emulator(Settings(poll_hold_seconds=1.0), clock=clock, seed=1)
        running.append(emulator)
        return emulator, Browser(create_app(emulator).test_client())

    yield make
    for emulator in running:
        emulator.close()
    wait(lambda: not crews())


def crews() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("swf-sample")]


def wait(happened: Callable[[], Any]) -> Any:
    """Wait until `happened` returns a true value, and return it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (result := happened()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return result


def launch(browser: Browser, name: str, **choices: str) -> str:
    """Launch a sample; the path of its execution."""
    response = browser.post(f"/samples/{name}", **choices)
    assert response.status_code == 303, response.text
    return response.headers["Location"].rpartition("/")[0]


def closed(browser: Browser, at: str) -> Any:
    """The summary once the execution has closed."""

    def look() -> Any:
        summary = browser.json(f"{at}/summary.json")
        return summary if summary["closed_ms"] else None

    return wait(look)


def event_types(browser: Browser, at: str) -> list[str]:
    return [
        row["event_type"] for row in browser.json(f"{at}/events.json?view=raw")["events"]["rows"]
    ]


@pytest.mark.parametrize("mode", ["real", "skip"])
def test_an_order_is_processed(at_pace: Any, mode: str) -> None:
    _, browser = at_pace(mode)
    at = launch(browser, "order", approval="automatic")
    summary = closed(browser, at)
    assert summary["info"]["closeStatus"] == "COMPLETED"
    assert '"outcome": "shipped"' in summary["last"]["result"]
    types = event_types(browser, at)
    for expected in ("ActivityTaskFailed", "TimerFired", "MarkerRecorded", "TimerCanceled"):
        assert expected in types


def test_an_order_waits_for_a_person(at_pace: Any) -> None:
    _, browser = at_pace("virtual")
    at = launch(browser, "order", approval="person")
    wait(lambda: "TimerStarted" in event_types(browser, at))
    assert "timer retry-1 fires" in browser.get("/").text
    browser.act("/clock/next")
    wait(lambda: "ask" in str(browser.json(f"{at}/activities.json")["activities"][0]))
    wait(lambda: browser.json("/clock.json")["next"]["effect"] == "timer answer-in-time fires")
    browser.act(f"{at}/signal", signalName="approval", input="yes")
    assert '"outcome": "shipped"' in closed(browser, at)["last"]["result"]


@pytest.mark.parametrize(("answer", "outcome"), [("no", "declined"), (None, "not answered")])
def test_an_order_is_refunded(at_pace: Any, answer: str | None, outcome: str) -> None:
    _, browser = at_pace("virtual")
    at = launch(browser, "order")
    wait(lambda: "TimerStarted" in event_types(browser, at))
    browser.act("/clock/next")
    wait(lambda: "MarkerRecorded" in event_types(browser, at))
    if answer is None:
        wait(lambda: event_types(browser, at)[-1] == "DecisionTaskCompleted")
        browser.act("/clock/next")
    else:
        browser.act(f"{at}/signal", signalName="approval", input=answer)
    assert f'"outcome": "{outcome}"' in closed(browser, at)["last"]["result"]


def test_an_order_is_canceled(at_pace: Any) -> None:
    _, browser = at_pace("virtual")
    at = launch(browser, "order")
    browser.act(f"{at}/cancel")
    assert closed(browser, at)["info"]["closeStatus"] == "CANCELED"


def test_pictures_are_made_and_shown(at_pace: Any) -> None:
    _, browser = at_pace("skip")
    at = launch(browser, "picture")
    summary = closed(browser, at)
    assert summary["info"]["closeStatus"] == "COMPLETED"
    (child,) = browser.json(f"{at}/family.json")["tree"]["children"]
    assert (child["workflow_id"], child["status"]) == ("picture-1-thumbnail", "COMPLETED")
    sources = [each.attributes["src"] for each in browser.get(f"{at}/activities").all("img")]
    drawings = [b64decode(each.rpartition(",")[2]).decode() for each in sources]
    assert 'type="saturate"' in "".join(drawings)


def test_one_crew_serves_all_and_ends_when_no_execution_is_open(at_pace: Any) -> None:
    _, browser = at_pace("virtual")
    first, second = launch(browser, "order"), launch(browser, "order")
    assert len(crews()) == 2
    assert first != second
    for at in (first, second):
        browser.act(f"{at}/terminate")
    wait(lambda: not crews())
    at = launch(browser, "picture")
    assert closed(browser, at)
    wait(lambda: not crews())


def test_a_crew_ends_with_a_reset(at_pace: Any) -> None:
    emulator, browser = at_pace("virtual")
    launch(browser, "order")
    wait(lambda: len(browser.json("/task-lists.json")["queues"]) == 2)
    emulator.reset()
    wait(lambda: not crews())
    assert emulator.service.call(SCOPE, "ListDomains", registrationStatus="REGISTERED") == {
        "domainInfos": []
    }


def test_there_is_no_other_sample(at_pace: Any) -> None:
    _, browser = at_pace("virtual")
    assert browser.post("/samples/other").status_code == 404


def test_a_foreign_input_fails_the_execution_and_not_the_crew(at_pace: Any) -> None:
    emulator, browser = at_pace("virtual")
    first = launch(browser, "order")
    call = partial(emulator.service.call, SCOPE)
    run_id = call(
        "StartWorkflowExecution",
        domain="samples",
        workflowId="foreign",
        workflowType={"name": "OrderProcessing", "version": "1"},
        input="no JSON",
    )["runId"]
    at = f"/executions/samples/foreign/{run_id.replace('+', '-').replace('/', '_')}"
    summary = closed(browser, at)
    assert summary["last"]["reason"] == "the sample cannot decide"
    browser.act(f"{first}/cancel")
    assert closed(browser, first)["info"]["closeStatus"] == "CANCELED"
