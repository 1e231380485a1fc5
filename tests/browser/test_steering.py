"""Samples, answers by hand, the clock: what a person does in the console."""

from __future__ import annotations

from typing import Any

from .conftest import Call, playwright

expect = playwright.expect


def prepare(call: Call) -> None:
    """A domain with a workflow type and an activity type, without workers."""
    call("RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="1")
    call(
        "RegisterWorkflowType",
        domain="d",
        name="w",
        version="1",
        defaultTaskList={"name": "l"},
        defaultTaskStartToCloseTimeout="NONE",
        defaultExecutionStartToCloseTimeout="86400",
        defaultChildPolicy="TERMINATE",
    )
    call(
        "RegisterActivityType",
        domain="d",
        name="a",
        version="1",
        defaultTaskList={"name": "l"},
        defaultTaskScheduleToStartTimeout="NONE",
        defaultTaskStartToCloseTimeout="NONE",
        defaultTaskScheduleToCloseTimeout="NONE",
        defaultTaskHeartbeatTimeout="NONE",
    )


def start(call: Call, workflow_id: str, **more: Any) -> str:
    """Start an execution; its path."""
    workflow_type = {"name": "w", "version": "1"}
    run_id = call(
        "StartWorkflowExecution",
        domain="d",
        workflowId=workflow_id,
        workflowType=workflow_type,
        **more,
    )["runId"]
    return f"/executions/d/{workflow_id}/{run_id.replace('+', '-').replace('/', '_')}"


def test_an_order_is_approved_by_a_person(page: Any) -> None:
    page.goto("/")
    page.get_by_role("button", name="Launch").first.click()
    expect(
        page.locator(".ev .bad", has_text="the card was refused")
        .or_(page.locator(".ev .bad"))
        .first
    ).to_be_visible()
    page.locator("summary[title^='The clock']").click()
    page.get_by_role("button", name="Go to the next deadline").click()
    expect(page.locator(".toast")).to_contain_text("Timer retry-1 fires")
    page.locator("main").click(position={"x": 5, "y": 5})
    expect(page.locator(".clock .panel")).not_to_be_visible()
    expect(page.locator(".ev", has_text="Marker recorded")).to_be_visible()
    page.get_by_role("link", name="Signal").click()
    page.get_by_label("Signal name").fill("approval")
    page.get_by_label("Input").fill("yes")
    page.get_by_role("button", name="Send the signal").click()
    expect(page.locator("#status")).to_have_text("Completed")
    page.get_by_role("link", name="Summary").click()
    expect(page.locator("main")).to_contain_text("shipped")


def test_pictures_are_shown(page: Any) -> None:
    page.goto("/")
    page.get_by_role("button", name="Launch").nth(1).click()
    expect(page.locator("#status")).to_have_text("Completed")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Activities").click()
    page.locator("details.activity summary").first.click()
    picture = page.locator("details[open] img.picture").first
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.naturalWidth") == 192
    page.get_by_role("link", name="Family").click()
    page.get_by_role("link", name="picture-1-thumbnail").click()
    expect(page.locator("h1")).to_have_text("picture-1-thumbnail")


def test_a_whole_execution_by_hand(page: Any, call: Call) -> None:
    prepare(call)
    page.goto(f"{start(call, 'manual')}/waiting")
    page.get_by_role("main").get_by_role("link", name="Decide by hand").last.click()
    page.get_by_role("button", name="Activity", exact=True).click()
    page.get_by_label("Activity type").fill("a/1")
    page.get_by_label("Activity id").fill("first")
    expect(page.locator("[data-foretold]")).to_contain_text("5ActivityTaskScheduled first")
    page.get_by_role("button", name="Timer", exact=True).click()
    page.get_by_label("Timer id").fill("never")
    page.get_by_label("Start to fire timeout").fill("ten minutes")
    expect(page.get_by_label("Start to fire timeout")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Answer with")).to_have_attribute(
        "aria-disabled", "true"
    )
    page.get_by_role("button", name="Remove decision 2").click()
    expect(page.locator(".dcard")).to_have_count(1)
    expect(page.get_by_label("Activity id")).to_have_value("first")
    page.get_by_role("button", name="Answer with 1 decision").click()
    expect(page.locator(".ev", has_text="nobody takes it")).to_be_visible()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Activities").click()
    page.get_by_role("link", name="Complete", exact=True).click()
    page.get_by_label("Result").fill('{"a":1}')
    expect(page.get_by_text("valid JSON")).to_be_visible()
    page.get_by_role("button", name="Complete the activity").click()
    expect(page.locator("tbody tr")).to_contain_text("console")
    page.get_by_role("link", name="Decide by hand").click()
    page.get_by_role("button", name="Complete", exact=True).click()
    page.get_by_role("textbox", name="Result").fill("done by hand")
    page.get_by_role("button", name="Answer with 1 decision").click()
    expect(page.locator("#status")).to_have_text("Completed")


def test_a_rejected_decision_is_reported_and_kept(page: Any, call: Call, errors: list[str]) -> None:
    prepare(call)
    page.goto(f"{start(call, 'manual')}/decide")
    page.get_by_text("Execution context, and decisions as JSON").click()
    page.get_by_label("More decisions, as JSON").fill('[{"decisionType": "Nothing"}]')
    page.get_by_role("button", name="Answer with").click()
    expect(page.get_by_role("alert")).to_contain_text("ValidationException")
    expect(page.get_by_label("More decisions, as JSON")).to_have_value(
        '[\n  {\n    "decisionType": "Nothing"\n  }\n]'
    )
    assert [each for each in errors if "400" not in each] == []
    errors.clear()


def test_termination_from_the_page(page: Any, call: Call) -> None:
    prepare(call)
    page.goto(f"{start(call, 'short')}/events")
    page.get_by_role("link", name="Terminate").click()
    page.get_by_label("Reason").fill("because")
    page.get_by_label("Child policy").select_option("ABANDON")
    page.get_by_role("button", name="Terminate").click()
    expect(page.locator("#status")).to_have_text("Terminated")
    expect(page.locator(".ev", has_text="because")).to_be_visible()


def test_the_clock_stops_advances_and_skips(page: Any, call: Call) -> None:
    prepare(call)
    path = start(call, "timed", executionStartToCloseTimeout="7200")
    page.goto(f"{path}/events")
    page.keyboard.press("c")
    page.get_by_role("button", name="Stopped").click()
    expect(page.locator("#clock-mode")).to_have_text("stopped")
    before = page.locator("#now").inner_text()
    page.get_by_role("button", name="1 h", exact=True).click()
    expect(page.locator("#now")).not_to_have_text(before)
    expect(page.locator("#status")).to_have_text("Stuck")
    page.get_by_label("Time to advance").fill("1h")
    page.get_by_role("button", name="Advance").click()
    expect(page.locator("#status")).to_have_text("Timed out")
    page.get_by_role("button", name="Skips").click()
    expect(page.locator("#clock-mode")).to_have_text("skips")
    page.get_by_role("button", name="Real").click()
    expect(page.locator("#clock-mode")).to_have_text("real")
