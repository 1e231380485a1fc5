"""Behavior of the pages: live without flicker, safe with hostile data, fast with much data."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.http.server import BackgroundServer

from .conftest import Call, playwright
from .test_steering import prepare, start

expect = playwright.expect
HOSTILE = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
QUICK_SECONDS = 3.0


def signal(call: Call, workflow_id: str, name: str, **more: Any) -> None:
    call("SignalWorkflowExecution", domain="d", workflowId=workflow_id, signalName=name, **more)


def test_hostile_input_stays_text(page: Any, call: Call) -> None:
    prepare(call)
    path = start(call, "hostile", input=HOSTILE, tagList=[HOSTILE])
    signal(call, "hostile", HOSTILE, input=HOSTILE)
    tabs = ("summary", "events", "activities", "timeline", "waiting", "steps", "family")
    for tab in (*tabs, "decide", "compare", "events?view=raw"):
        page.goto(f"{path}/{tab}")
        assert page.evaluate("window.pwned") is None, tab
        assert page.locator("img").count() == 0, tab
    page.goto(f"{path}/events")
    expect(page.locator(".side .json pre").first).to_have_text(HOSTILE)
    signal(call, "hostile", f"later {HOSTILE}")
    expect(page.locator(".ev", has_text=f"later {HOSTILE}").first).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_scripts_in_the_page_are_blocked_anyway(page: Any, errors: list[str]) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.pwned = 1";
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.pwned") is None
    assert "Content Security Policy" in errors.pop()


@pytest.fixture
def other_site(url: str) -> Iterator[str]:
    """A page of another site that sends a form to the console as soon as it is opened."""
    body = f"""<form method="post" action="{url}/domains/register">
        <input name="name" value="stolen">
        <input name="workflowExecutionRetentionPeriodInDays" value="1"></form>
        <script>document.forms[0].submit()</script>""".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_another_site_cannot_act(page: Any, call: Call, other_site: str, errors: list[str]) -> None:
    with page.expect_response("**/domains/register") as sent:
        page.goto(other_site)
    assert sent.value.status == 403
    assert call("ListDomains", registrationStatus="REGISTERED") == {"domainInfos": []}
    page.wait_for_load_state()
    errors.clear()


def test_live_pages_keep_their_place(page: Any, call: Call) -> None:
    prepare(call)
    path = start(call, "live")
    for number in range(60):
        signal(call, "live", f"s{number}")
    page.goto(f"{path}/events?view=raw")
    page.locator("#e30 .ev").click()
    expect(page.locator(".side h2")).to_have_text("s27")
    page.locator("#e30").scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    page.evaluate("window.row = document.getElementById('e30')")
    signal(call, "live", "the latest")
    expect(page.locator(".ev").last).to_contain_text("the latest")
    assert page.evaluate("scrollY") == scrolled
    assert page.evaluate("window.row === document.getElementById('e30')")
    expect(page.locator("#e30 .ev")).to_have_attribute("aria-current", "true")
    page.goto("/executions?domain=d")
    start(call, "another")
    expect(page.locator("tbody tr").first).to_contain_text("another")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_what_is_being_typed_is_left_alone(page: Any, call: Call) -> None:
    prepare(call)
    page.goto("/executions?domain=d")
    page.keyboard.press("/")
    page.keyboard.type("half a wor")
    start(call, "another")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("Workflow id")).to_have_value("half a wor")


def test_a_stopped_emulator_is_noticed_and_found_again(
    page: Any, emulator: Emulator, call: Call, errors: list[str]
) -> None:
    with BackgroundServer(emulator) as server:
        page.goto(server.url)
        expect(page.locator("body")).to_have_attribute("data-stream", "open")
    expect(page.get_by_text("no connection")).to_be_visible()
    prepare(call)
    with BackgroundServer(emulator, port=int(server.url.rpartition(":")[2])):
        expect(page.locator("[data-live=domains] td.name")).to_have_text("d")
        expect(page.get_by_text("no connection")).not_to_be_visible()
    assert all("ERR_" in each for each in errors)
    errors.clear()


def test_the_keyboard_is_enough(page: Any, call: Call) -> None:
    prepare(call)
    path = start(call, "keys")
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#help")).not_to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.locator("h1")).to_have_text("Workflow executions")
    page.goto(f"{path}/summary")
    page.keyboard.press("1")
    expect(page.locator(".ev")).to_have_count(2)
    page.keyboard.press("j")
    expect(page.locator(".side h2")).to_have_text("Decision")
    assert page.evaluate("document.activeElement.dataset.ev") == "2"
    page.keyboard.press("v")
    expect(page.locator(".raw .ev")).to_have_count(2)
    page.keyboard.press("5")
    expect(page).to_have_url(f"{page.url.partition('/exec')[0]}{path}/steps")
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("main")).to_contain_text("1 / 2")
    page.keyboard.press("s")
    expect(page.locator("h1")).to_have_text("Start an execution")


def test_light_and_dark(page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("l")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_much_is_quick(page: Any, call: Call, emulator: Emulator) -> None:
    prepare(call)
    for number in range(10_000):
        start(call, f"many-{number}")
    long = start(call, "long", taskList={"name": "long"})
    emulator.clock.set_mode("virtual")
    for number in range(14):
        task = call("PollForDecisionTask", domain="d", taskList={"name": "long"})
        timers = [
            {
                "decisionType": "StartTimer",
                "startTimerDecisionAttributes": {
                    "timerId": f"t{number}-{index}",
                    "startToFireTimeout": "1",
                },
            }
            for index in range(890)
        ]
        call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=timers)
        emulator.clock.advance(1)
    paths = ("/", "/executions?domain=d", *(f"{long}/{tab}" for tab in ("events", "timeline")))
    for path in paths:
        page.goto(path)
        began = time.monotonic()
        page.goto(path)
        assert time.monotonic() - began < QUICK_SECONDS, path
    page.goto(f"{long}/events?view=raw")
    expect(page.locator(".ev")).to_have_count(200)
    page.get_by_role("link", name="Last").click()
    expect(page.locator(".ev .num").last).to_have_text("24964")
