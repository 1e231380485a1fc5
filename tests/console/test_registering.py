"""Domains and types through the forms."""

from __future__ import annotations

import pytest

from .conftest import DOMAIN, Browser, Call, Shop

COLLECTIONS = ("workflow-types", "activity-types")


def test_a_domain_is_registered_deprecated_and_undeprecated(browser: Browser, call: Call) -> None:
    form = browser.get("/domains/register").one("main").one("form")
    fields = {**form.fields(), "name": "d1", "description": "first", "tags": "team=a\nb ="}
    page = browser.act(form.attributes["action"], **fields)
    assert page.one("h1").text == "d1"
    described = browser.json("/domains/d1/overview.json")
    assert described["info"]["description"] == "first"
    assert described["tags"] == [{"key": "team", "value": "a"}, {"key": "b", "value": ""}]
    assert described["configuration"] == {"workflowExecutionRetentionPeriodInDays": "1"}
    browser.act("/domains/d1/deprecate")
    assert call("DescribeDomain", name="d1")["domainInfo"]["status"] == "DEPRECATED"
    assert "DomainDeprecatedFault" in browser.rejected("/domains/d1/deprecate").one("main").text
    browser.act("/domains/d1/undeprecate")
    assert call("DescribeDomain", name="d1")["domainInfo"]["status"] == "REGISTERED"


def test_tags_are_set_and_removed(browser: Browser, shop: Shop) -> None:
    browser.act(f"/domains/{DOMAIN}/tags", key="team", value="blue")
    tags = browser.json(f"/domains/{DOMAIN}/overview.json")["tags"]
    assert tags == [{"key": "team", "value": "blue"}]
    browser.act(f"/domains/{DOMAIN}/tags", key="team", remove="1")
    assert browser.json(f"/domains/{DOMAIN}/overview.json")["tags"] == []


def test_a_refusal_keeps_what_was_entered(browser: Browser, shop: Shop) -> None:
    fields = {"name": DOMAIN, "description": "again", "workflowExecutionRetentionPeriodInDays": "3"}
    page = browser.rejected("/domains/register", **fields)
    assert page.one(role="alert").text == f"DomainAlreadyExistsFault : {DOMAIN}"
    kept = page.one("main").one("form").fields()
    assert {name: kept[name] for name in fields} == fields
    page = browser.rejected("/domains/register", name="", description="x")
    assert "Member must not be null" in page.one(role="alert").text


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_type_lives(browser: Browser, shop: Shop, collection: str) -> None:
    """Registered with every default, deprecated, undeprecated, deleted."""
    at = f"/domains/{DOMAIN}/{collection}"
    form = browser.get(f"{at}/register").one("main").one("form")
    fields = {**form.fields(), "name": "New", "defaultTaskList": "l1", "defaultTaskPriority": "7"}
    page = browser.act(form.attributes["action"], **fields)
    assert page.one("h1").text == "New 1.0"
    again = browser.rejected(form.attributes["action"], **fields)
    assert "TypeAlreadyExistsFault" in again.one(role="alert").text
    assert again.one("main").one("form").fields() == fields
    configuration = browser.json(f"{at}/New/1.0/details.json")["configuration"]
    given = {name for name, value in fields.items() if value and name.startswith("default")}
    assert configuration.keys() == given
    assert configuration["defaultTaskList"] == {"name": "l1"}
    assert configuration["defaultTaskPriority"] == "7"
    assert "New" in browser.get(f"{at}/list").one("table").text
    browser.act(f"{at}/New/1.0/deprecate")
    assert not [
        each for each in browser.get(f"{at}/list").one("main").all("a") if each.text == "New"
    ]
    assert "New" in browser.get(f"{at}/list?status=DEPRECATED").one("table").text
    browser.act(f"{at}/New/1.0/undeprecate")
    refused = browser.rejected(f"{at}/New/1.0/delete")
    assert refused.one("h1").text == "TypeNotDeprecatedFault"
    browser.act(f"{at}/New/1.0/deprecate")
    browser.act(f"{at}/New/1.0/delete")
    browser.get(f"{at}/New/1.0/details", status=404)


def test_every_default_of_the_model_has_a_field(browser: Browser, shop: Shop) -> None:
    fields = (
        browser.get(f"/domains/{DOMAIN}/workflow-types/register").one("main").one("form").fields()
    )
    assert fields.keys() == {
        "name",
        "version",
        "description",
        "defaultTaskStartToCloseTimeout",
        "defaultExecutionStartToCloseTimeout",
        "defaultTaskList",
        "defaultTaskPriority",
        "defaultChildPolicy",
        "defaultLambdaRole",
    }


def test_types_are_paged(browser: Browser, call: Call, shop: Shop) -> None:
    for number in range(120):
        call("RegisterWorkflowType", domain=DOMAIN, name=f"T{number:03}", version="1")
    first = browser.get(f"/domains/{DOMAIN}/workflow-types/list")
    assert len(first.one("tbody").all("tr")) == 100
    following = first.one("a", rel="next").attributes["href"]
    second = browser.get(f"/domains/{DOMAIN}/workflow-types/list{following}")
    assert len(second.one("tbody").all("tr")) == 21
    assert not second.all("a", rel="next")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_quick_links_lead_to_a_domain(browser: Browser, call: Call, collection: str) -> None:
    assert browser.get(f"/{collection}").one("h1").text == "Domains"
    call("RegisterDomain", name="d1", workflowExecutionRetentionPeriodInDays="1")
    json_url = browser.get(f"/{collection}").one(rel="alternate").attributes["href"]
    assert json_url == f"/domains/d1/{collection}/list.json"
    assert browser.get(f"/{collection}?then=register").one("h1").text.startswith("Register a")
