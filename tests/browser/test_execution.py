"""The pages of one execution in a real browser: panel, payloads, timeline, narrow layouts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swf_emulator import Emulator

from .conftest import Call, playwright
from .test_steering import prepare, start

expect = playwright.expect
TABS = ("events", "events?view=raw", "timeline", "activities", "steps", "summary", "family")
WIDTHS = (1440, 1024, 390)


def decide(call: Call, *decisions: tuple[str, dict[str, Any]]) -> None:
    task = call("PollForDecisionTask", domain="d", taskList={"name": "l"}, identity="decider")
    call(
        "RespondDecisionTaskCompleted",
        taskToken=task["taskToken"],
        decisions=[
            {
                "decisionType": decision_type,
                f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes": attributes,
            }
            for decision_type, attributes in decisions
        ],
    )


def activity(activity_id: str, **more: Any) -> tuple[str, dict[str, Any]]:
    named = {"activityType": {"name": "a", "version": "1"}, "activityId": activity_id}
    return "ScheduleActivityTask", {**named, **more}


def story(call: Call) -> str:
    """An execution whose second activity fails and whose third one waits; its path."""
    prepare(call)
    path = start(call, "story", input=json.dumps({"order": 1, "items": [{"sku": "x"}]}))
    decide(call, activity("first", input="x" * 32_768), activity("second"))
    for fails in (False, True):
        token = call("PollForActivityTask", domain="d", taskList={"name": "l"}, identity="w")
        named = {"taskToken": token["taskToken"]}
        if fails:
            call("RespondActivityTaskFailed", **named, reason="no money")
        else:
            call("RespondActivityTaskCompleted", **named, result='{"paid": true}')
    decide(call, activity("third"), ("StartTimer", {"timerId": "t", "startToFireTimeout": "900"}))
    return path


def test_the_panel_follows_the_chosen_row(page: Any, call: Call) -> None:
    page.goto(f"{story(call)}/events")
    expect(page.locator(".side h2")).to_have_text("second")
    page.evaluate("window.sameDocument = true")
    page.locator(".ev", has_text="first").first.click()
    expect(page.locator(".side h2")).to_have_text("first")
    expect(page.locator(".side .facts")).to_contain_text("Decided in")
    page.locator(".side .facts a", has_text="event 4").click()
    expect(page.locator(".side h2")).to_have_text("Decision")
    assert page.evaluate("document.activeElement.dataset.ev") == "2"
    assert page.evaluate("window.sameDocument") is True
    page.reload()
    expect(page.locator(".side h2")).to_have_text("Decision")


def test_payloads_are_folded_shown_raw_and_copied(page: Any, call: Call) -> None:
    path = story(call)
    page.goto(f"{path}/events?event=1")
    tree = page.locator(".side .payload .json").first
    expect(tree.locator(".k").first).to_have_text('"order"')
    tree.locator("summary").nth(1).click()
    expect(tree.get_by_text('"sku"')).not_to_be_visible()
    page.get_by_role("button", name="Raw").click()
    expect(page.locator(".raw-text").first).to_have_text('{"order": 1, "items": [{"sku": "x"}]}')
    expect(tree).not_to_be_visible()
    page.goto(f"{path}/events?event=5")
    assert len(page.locator(".raw-text").first.text_content().strip()) == 32_768
    page.evaluate("window.copied = null")
    page.evaluate(
        """() => {
            document.execCommand = () => {
                window.copied = document.activeElement.value;
                return true;
            };
            Object.defineProperty(navigator, "clipboard", {
                value: { writeText: () => Promise.reject(new Error("denied")) },
            });
        }"""
    )
    page.get_by_role("button", name="Copy Input").click()
    expect(page.locator(".toast")).to_contain_text("Copied")
    assert page.evaluate("window.copied.trim().length") == 32_768
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy Input").click()
    expect(page.locator(".toast")).to_contain_text("Copying is not allowed here")


def test_the_timeline_is_walked_and_zoomed(page: Any, call: Call) -> None:
    page.goto(f"{story(call)}/timeline")
    chart, pane = page.locator("[data-chart]"), page.locator(".pane")
    expect(page.locator(".readout")).to_contain_text("third")
    page.get_by_role("button", name="Larger").click()
    expect(chart).to_have_attribute("width", "150%")
    page.keyboard.press("0")
    expect(chart).to_have_attribute("width", "100%")
    pane.focus()
    seen = set()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
        focused = page.evaluate("document.activeElement.dataset.span")
        chosen = page.locator(".pane [aria-current]")
        expect(chosen).to_have_attribute("data-span", focused)
        seen.add(focused)
    assert len(seen) > 3
    page.get_by_role("link", name="By worker").click()
    expect(page.locator(".tl .names")).to_contain_text("no worker")


def test_a_walk_by_keyboard_shows_where_one_is(page: Any, call: Call) -> None:
    """Every stop of the Tab key has a visible outline, or is marked otherwise."""
    path = story(call)
    for tab in (*TABS, "waiting", "decide", "compare"):
        page.goto(f"{path}/{tab}")
        for _ in range(45):
            page.keyboard.press("Tab")
            invisible = page.evaluate(
                """() => {
                    const at = document.activeElement;
                    if (!at || at === document.body) return "";
                    const style = getComputedStyle(at);
                    const mark = at.querySelector?.(".b, .tm, .w, path");
                    const drawn = mark && getComputedStyle(mark).strokeWidth === "3px";
                    return style.outlineStyle !== "none" || drawn ? "" : at.outerHTML.slice(0, 120);
                }"""
            )
            assert invisible == "", tab


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(page: Any, call: Call, width: int) -> None:
    path = story(call)
    page.set_viewport_size({"width": width, "height": 844})
    for tab in (*TABS, "waiting", "decide", "compare", "signal"):
        page.goto(f"{path}/{tab}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab


def test_a_phone_has_the_timeline_as_a_list_and_the_panel_as_a_sheet(page: Any, call: Call) -> None:
    path = story(call)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{path}/timeline")
    expect(page.locator(".tl")).not_to_be_visible()
    expect(page.locator(".tl-list")).to_contain_text("no money")
    page.goto(f"{path}/events")
    expect(page.locator(".side")).not_to_be_visible()
    page.locator(".ev", has_text="second").first.click()
    expect(page.locator(".side h2")).to_have_text("second")
    expect(page.locator(".side")).to_be_visible()
    page.get_by_role("button", name="Close the panel").click()
    expect(page.locator(".side")).not_to_be_visible()


def test_without_a_script_everything_essential_works(
    chromium: Any, url: str, call: Call, emulator: Emulator
) -> None:
    path = story(call)
    context = chromium.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{path}/events")
    page.locator(".ev", has_text="first").first.click()
    expect(page.locator(".side h2")).to_have_text("first")
    expect(page.locator(".side .raw-text").first).to_be_visible()
    page.get_by_role("link", name="Raw, ").click()
    expect(page.locator(".raw .ev").first).to_be_visible()
    page.goto(f"{path}/signal?signalName=go")
    page.get_by_role("button", name="Send the signal").click()
    expect(page.locator(".ev", has_text="go").first).to_be_visible()
    page.goto(f"{path}/decide")
    page.get_by_role("button", name="Marker", exact=True).click()
    page.get_by_label("Marker name").fill("m")
    page.get_by_role("button", name="Check", exact=True).last.click()
    expect(page.locator("[data-foretold]")).to_contain_text("MarkerRecorded m")
    page.get_by_role("button", name="Answer with 1 decision").click()
    expect(page.locator(".ev", has_text="Marker recorded")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, call: Call, scheme: str, width: int) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed (extra: browser)"
    ).Axe()
    path = story(call)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    for tab in (*TABS, "waiting", "decide", "compare", "signal", "activities/14/complete"):
        page.goto(f"{path}/{tab}")
        found = axe.run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, (tab, found.generate_report())


def test_after_a_reset_the_page_says_that_the_run_is_gone(
    page: Any, call: Call, emulator: Emulator, errors: list[str]
) -> None:
    page.goto(f"{story(call)}/events")
    expect(page.locator("body")).to_have_attribute("data-stream", "open")
    emulator.reset()
    expect(page.get_by_role("heading", name="This run is gone")).to_be_visible()
    assert all("404" in each for each in errors)
    errors.clear()
