"""The two-task workflow from an empty emulator to its end, all of it in the browser, while its
decider and its worker run as programs of their own."""

from __future__ import annotations

from typing import Any

from .conftest import playwright

expect = playwright.expect


def register_activity(page: Any, name: str) -> None:
    page.goto("/activity-types?then=register")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Version").fill("1.0")
    page.get_by_label("Default task list").fill("TestTasks")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("h1")).to_have_text(f"{name} 1.0")


def test_the_two_task_workflow(page: Any, program: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="Register a domain").click()
    page.get_by_label("Name").fill("TEST_SWF")
    page.get_by_label("Description").fill("A test")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("h1")).to_have_text("TEST_SWF")

    page.goto("/")
    page.get_by_role("link", name="Register a workflow type").click()
    page.get_by_label("Name").fill("TestWorkflow")
    page.get_by_label("Default task list").fill("TestTasks")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("h1")).to_have_text("TestWorkflow 1.0")
    register_activity(page, "Test_Task_A")
    register_activity(page, "Test_Task_B")

    page.goto("/")
    page.get_by_role("link", name="Start an execution").click()
    page.get_by_role("link", name="TestWorkflow").click()
    expect(page.get_by_label("Task list")).to_have_value("TestTasks")
    page.get_by_label("Workflow id").fill("Demo")
    page.get_by_role("button", name="Review").click()
    expect(page.locator("main")).to_contain_text("default of the type")
    page.get_by_role("button", name="Start", exact=True).click()

    expect(page.locator("h1")).to_have_text("Demo")
    expect(page.locator(".ev")).to_have_count(2)
    page.get_by_role("link", name="Why is it waiting?").click()
    expect(page.locator(".why.urgent")).to_contain_text("No decider polls the task list")
    page.get_by_role("link", name="Events").click()
    page.get_by_role("link", name="Raw, 2 events").click()
    page.evaluate("window.sameDocument = true")

    decider = program("examples.two_tasks.decider", "--until-closed")
    expect(page.locator(".ev")).to_have_count(5)
    worker = program("examples.two_tasks.worker", "--letter", "K", "--count", "2")
    expect(page.locator("#status")).to_have_text("Completed")
    assert page.evaluate("window.sameDocument") is True
    types = page.locator(".ev > .cut:not(.gist)").all_inner_texts()
    expected = ["Scheduled", "Started", "Completed"]
    assert [each for each in types if each.startswith("Activity")] == [
        f"ActivityTask{phase}" for phase in expected * 2
    ]
    assert types[-1] == "WorkflowExecutionCompleted"
    assert decider.wait() == 0
    assert worker.wait() == 0

    page.get_by_role("navigation", name="Views").get_by_role("link", name="Activities").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    for row, result in ((0, "kiwi"), (1, "K")):
        expect(rows.nth(row)).to_contain_text("worker")
        rows.nth(row).locator("details.activity > summary").click()
        expect(rows.nth(row).locator(".json").last).to_contain_text(result)
    page.get_by_role("link", name="Summary").click()
    expect(page.locator("main")).to_contain_text("kiwi")
    page.get_by_role("link", name="Timeline").click()
    expect(page.locator(".tl .names > [data-rows]")).to_have_count(3)
