"""The list of executions and the way to a new one."""

from __future__ import annotations

import json

import pytest

from swf_emulator import VirtualClock

from .conftest import DOMAIN, TYPE, Browser, Call, Shop

AT = f"/executions?domain={DOMAIN}"


def listed(browser: Browser, query: str = "") -> list[str]:
    page = browser.json(f"/executions.json?domain={DOMAIN}{query}")
    assert page["problem"] is None
    return [each["execution"]["workflowId"] for each in page["executions"]]


def test_all_states_come_together_newest_first_in_pages(
    browser: Browser, call: Call, clock: VirtualClock, shop: Shop
) -> None:
    for number in range(130):
        shop.start(f"o{number}")
        if number % 3 == 0:
            call("TerminateWorkflowExecution", domain=DOMAIN, workflowId=f"o{number}")
        clock.advance(1)
    seen: list[str] = []
    path = AT
    sizes = []
    while path:
        page = browser.get(path)
        rows = page.one("tbody").all("tr")
        sizes.append(len(rows))
        seen += [row.one("a").text for row in rows]
        following = page.all("a", rel="next")
        path = f"/executions{following[0].attributes['href']}" if following else ""
    assert seen == [f"o{number}" for number in reversed(range(130))]
    assert sizes == [50, 50, 30]
    assert "of 130 matching" in page.text


def test_the_filters_are_those_of_the_service(
    browser: Browser, call: Call, clock: VirtualClock, shop: Shop
) -> None:
    shop.start("plain")
    clock.advance(100)
    shop.start("tagged", tagList=["gift"])
    call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="tagged")
    shop.start("late")
    assert listed(browser, "&state=open") == ["late", "plain"]
    assert listed(browser, "&state=closed") == ["tagged"]
    assert listed(browser, "&closeStatus=TERMINATED") == ["tagged"]
    assert listed(browser, "&closeStatus=FAILED") == []
    assert listed(browser, "&tag=gift") == ["tagged"]
    assert listed(browser, "&workflowId=plain") == ["plain"]
    assert listed(browser, "&type=Order/1") == ["late", "tagged", "plain"]
    assert listed(browser, "&type=Order/2") == []
    assert listed(browser, "&type=Order") == ["late", "tagged", "plain"]
    assert listed(browser, "&latest=2026-01-01T00:00:30") == ["plain"]
    assert listed(browser, "&oldest=2026-01-01T00:00:30Z&by=close") == ["tagged"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("&tag=a&workflowId=b", "Cannot specify more than one exclusive filters"),
        ("&oldest=yesterday", "'yesterday' must be a time"),
        ("&after=nonsense", "another list"),
        ("&state=open&after=nonsense", "Invalid token"),
        ("&closeStatus=GONE", "enum value set"),
    ],
)
def test_invalid_filters_are_reported(
    browser: Browser, shop: Shop, query: str, problem: str
) -> None:
    assert problem in browser.get(AT + query).one(role="alert").text


def test_the_wizard_starts_with_the_defaults_of_the_type(browser: Browser, shop: Shop) -> None:
    choice = browser.get("/executions/start").one("main").one("table")
    form = browser.get(choice.one("a").attributes["href"]).one("main").one("form")
    fields = form.fields()
    assert fields["taskList"] == "orders"
    assert fields["executionStartToCloseTimeout"] == "3600"
    assert fields["childPolicy"] == "TERMINATE"
    fields |= {"workflowId": "Demo", "input": '{"a": "é<b>"}', "taskStartToCloseTimeout": "NONE"}
    review = browser.post("/executions/start", **{**fields, "step": "review"})
    assert "default of the type" in review.text
    assert "aws swf start-workflow-execution" in review.text
    edited = browser.post("/executions/start", **{**fields, "step": "edit"})
    assert "Demo" in edited.text
    page = browser.act("/executions/start", **{**fields, "step": "start"})
    assert page.one("h1").text == "Demo"
    (started,) = browser.json(f"/executions.json?domain={DOMAIN}")["executions"]
    execution = started["execution"]
    described = shop.call("DescribeWorkflowExecution", domain=DOMAIN, execution=execution)
    assert described["executionConfiguration"]["taskStartToCloseTimeout"] == "NONE"
    history = shop.call("GetWorkflowExecutionHistory", domain=DOMAIN, execution=execution)
    first = history["events"][0]["workflowExecutionStartedEventAttributes"]
    assert json.loads(first["input"]) == {"a": "é<b>"}
    again = browser.post("/executions/start", **{**fields, "step": "start"})
    assert again.status_code == 400
    assert "WorkflowExecutionAlreadyStartedFault" in again.text


def test_an_execution_is_started_again_with_what_it_had(browser: Browser, shop: Shop) -> None:
    at = shop.start("o1", input="x", tagList=["a", "b"], taskPriority="5")
    shop.call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="o1")
    summary = browser.get(f"{at}/summary")
    (link,) = [each for each in summary.all("a") if each.text == "Start again"]
    fields = browser.get(link.attributes["href"]).one("main").one("form").fields()
    assert fields["workflowId"] == "o1"
    assert fields["input"] == "x"
    assert fields["tagList"] == "a\nb"
    assert fields["taskPriority"] == "5"
    page = browser.act("/executions/start", **{**fields, "step": "start"})
    json_url = page.one(rel="alternate").attributes["href"].replace("/events.", "/summary.")
    runs = browser.json(json_url)
    assert [each["status"] for each in runs["runs"]] == ["OPEN", "TERMINATED"]
    assert runs["info"]["tagList"] == ["a", "b"]


def test_a_deprecated_type_is_not_offered(browser: Browser, call: Call, shop: Shop) -> None:
    call("DeprecateWorkflowType", domain=DOMAIN, workflowType=TYPE)
    assert "No workflow type is registered" in browser.get("/executions/start").text


def test_without_a_domain_pages_lead_to_registration(browser: Browser) -> None:
    assert "There is no domain yet" in browser.get("/executions").text
    assert "Register a domain" in browser.get("/executions/start").text
    assert "No domain yet" in browser.get("/").text


def test_a_list_that_has_ended_does_not_begin_again(
    browser: Browser, call: Call, clock: VirtualClock, shop: Shop
) -> None:
    for number in range(110):
        shop.start(f"o{number}")
        if number >= 107:
            call("TerminateWorkflowExecution", domain=DOMAIN, workflowId=f"o{number}")
        clock.advance(1)
    seen = 0
    after = ""
    while after is not None:
        page = browser.json(f"/executions.json?domain={DOMAIN}&after={after}")
        seen += len(page["executions"])
        after = page["after"]
    assert seen == 110
