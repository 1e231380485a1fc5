"""Write a screenshot of every page of the console, light and dark, into a folder.

    python tools/screenshots.py FOLDER [--chromium PATH] [--only NAME ...]

The emulator runs in this process, with samples and some executions in every state. A headless
Chromium takes the screenshots, through Playwright (extra: browser).
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from swf_emulator import Emulator
from swf_emulator.engine.domains import Scope
from swf_emulator.http.server import BackgroundServer

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
Calls = Callable[..., object]
SIZE: ViewportSize = {"width": 1366, "height": 820}
DOMAIN = "shop"
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    parser.add_argument("--only", nargs="*", default=[], help="names of screenshots")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with Emulator() as emulator, BackgroundServer(emulator) as server, sync_playwright() as play:
        calls = partial(emulator.service.call, Scope("123456789012", "us-east-1"))
        browser = play.chromium.launch(executable_path=arguments.chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport=SIZE)
        places = dict(_places(server.url, page, calls))
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=SIZE, color_scheme=scheme)
            page = context.new_page()
            for name, path in places.items():
                if not arguments.only or name in arguments.only:
                    page.goto(server.url + path)
                    _unfold(page, name)
                    page.evaluate("scrollTo(0, 0)")
                    target = arguments.folder / f"{name}-{scheme}.png"
                    page.screenshot(path=target, full_page=name not in ("clock", "help", "events"))
                    print(target)
        browser.close()


def _places(url: str, page: Page, calls: Calls) -> Iterator[tuple[str, str]]:
    """Bring executions into every state; yield the name of each screenshot with its path."""
    yield "error", "/no/such/page"
    _populate(calls)
    page.goto(url)
    page.get_by_role("button", name="Launch").nth(1).click()
    page.wait_for_selector("#status .st-COMPLETED")
    picture = page.url.removeprefix(url).rpartition("/")[0]
    page.goto(url)
    page.get_by_label("approval").select_option("automatic")
    page.get_by_role("button", name="Launch").first.click()
    page.wait_for_selector("#status .st-COMPLETED")
    order = page.url.removeprefix(url).rpartition("/")[0]
    page.goto(url)
    page.get_by_role("button", name="Launch").first.click()
    page.wait_for_selector(".ev:has-text('AskForApproval')")
    waiting = page.url.removeprefix(url).rpartition("/")[0]
    page.goto(f"{url}/executions?domain={DOMAIN}&workflowId=order-77")
    page.locator("td.name a").first.click()
    stuck = page.url.removeprefix(url).rpartition("/")[0]
    yield from {
        "dashboard": "/",
        "clock": "/?clock",
        "help": "/?help",
        "domains": "/domains",
        "domain": f"/domains/{DOMAIN}/overview",
        "register-domain": "/domains/register",
        "workflow-types": f"/domains/{DOMAIN}/workflow-types/list",
        "workflow-type": f"/domains/{DOMAIN}/workflow-types/Fulfilment/2.1/details",
        "register-activity-type": f"/domains/{DOMAIN}/activity-types/register",
        "task-lists": "/task-lists",
        "executions": f"/executions?domain={DOMAIN}",
        "start-type": "/executions/start",
        "start": f"/executions/start?domain={DOMAIN}&type=Fulfilment/2.1",
        "summary": f"{order}/summary",
        "events": f"{order}/events",
        "events-raw": f"{order}/events?view=raw",
        "family": f"{picture}/family",
        "compare": f"{order}/compare",
        "activities": f"{order}/activities",
        "timeline": f"{order}/timeline",
        "timeline-events": f"{order}/timeline?scale=events",
        "steps": f"{order}/steps?event=20",
        "picture-activities": f"{picture}/activities",
        "picture-timeline": f"{picture}/timeline",
        "waiting": f"{waiting}/waiting",
        "stuck": f"{stuck}/waiting",
        "decide": f"{stuck}/decide",
        "signal": f"{waiting}/signal",
        "terminate": f"{waiting}/terminate",
    }.items()


def _populate(calls: Calls) -> None:
    """Create a domain with types and executions, also with hostile input."""
    calls(
        "RegisterDomain",
        name=DOMAIN,
        description="Everything between the basket and the door",
        workflowExecutionRetentionPeriodInDays="7",
    )
    calls("RegisterDomain", name="archive", workflowExecutionRetentionPeriodInDays="NONE")
    calls("DeprecateDomain", name="archive")
    defaults: dict[str, Any] = {
        "defaultTaskList": {"name": "fulfilment"},
        "defaultTaskStartToCloseTimeout": "30",
        "defaultExecutionStartToCloseTimeout": "86400",
        "defaultChildPolicy": "TERMINATE",
    }
    for name, version in (("Fulfilment", "2.1"), ("Fulfilment", "2.0"), ("Refund", "1.0")):
        description = "Pick, pack, hand over"
        calls(
            "RegisterWorkflowType",
            domain=DOMAIN,
            name=name,
            version=version,
            description=description,
            **defaults,
        )
    workflow_type = {"name": "Fulfilment", "version": "2.1"}
    for number in range(60, 79):
        workflow_id = f"order-{number}"
        calls(
            "StartWorkflowExecution",
            domain=DOMAIN,
            workflowId=workflow_id,
            workflowType=workflow_type,
            tagList=["express"] if number % 3 else ["express", "gift"],
            input=json.dumps({"order": number, "note": HOSTILE}),
        )
        if number % 4 == 0:
            calls("TerminateWorkflowExecution", domain=DOMAIN, workflowId=workflow_id)
        if number % 7 == 0:
            calls(
                "SignalWorkflowExecution",
                domain=DOMAIN,
                workflowId=workflow_id,
                signalName="hurry",
            )
            calls("RequestCancelWorkflowExecution", domain=DOMAIN, workflowId=workflow_id)


def _unfold(page: Page, name: str) -> None:
    """Bring the page into the state for its screenshot."""
    if name == "clock":
        page.keyboard.press("c")
    elif name == "help":
        page.keyboard.press("?")
    elif name == "events":
        page.locator(".ev").nth(5).click()
        page.wait_for_selector("li:nth-child(6) .ev[aria-current]")
    elif name in ("activities", "picture-activities"):
        for summary in page.locator("details.activity summary").all()[:3]:
            summary.click()
    elif name == "decide":
        page.get_by_role("button", name="Activity", exact=True).click()
        page.wait_for_selector(".dcard")


if __name__ == "__main__":
    main()
