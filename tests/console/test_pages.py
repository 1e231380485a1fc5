"""All pages: headers, JSON versions, text that stays text, clear errors."""

from __future__ import annotations

import json
from functools import partial

import pytest

from swf_emulator import Emulator
from swf_emulator.engine.view import View
from swf_emulator.http import EdgeOptions, create_app

from .conftest import DOMAIN, SCOPE, Browser, Call, Shop
from .html import Element, parse

TABS = (
    "events",
    "events?view=raw",
    "timeline",
    "waiting",
    "activities",
    "steps",
    "summary",
    "family",
    "compare",
)
PAGES = (
    "/",
    "/domains",
    "/task-lists",
    "/executions",
    f"/executions?domain={DOMAIN}&state=open&workflowId=o1",
    f"/domains/{DOMAIN}/overview",
    f"/domains/{DOMAIN}/workflow-types/list",
    f"/domains/{DOMAIN}/activity-types/list",
    f"/domains/{DOMAIN}/workflow-types/Order/1/details",
    f"/domains/{DOMAIN}/activity-types/Charge/1/details",
)
FORMS = (
    "/domains/register",
    f"/domains/{DOMAIN}/workflow-types/register",
    f"/domains/{DOMAIN}/activity-types/register",
    "/executions/start",
    f"/executions/start?domain={DOMAIN}&type=Order/1",
)
EXECUTION_FORMS = ("signal", "cancel", "terminate", "decide")
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def scripts_and_styles(page: Element) -> list[Element]:
    """Elements that a strict policy forbids: inline scripts, styles and handlers."""
    inline = [each for each in page.all("script") if "src" not in each.attributes]
    styled = [each for each in page.all() if "style" in each.attributes] + page.all("style")
    handled = [each for each in page.all() if any(name[:2] == "on" for name in each.attributes)]
    return inline + styled + handled


def test_every_page_has_a_strict_policy_and_a_json_version(browser: Browser, shop: Shop) -> None:
    at = shop.start(input='{"a": 1}', tagList=["t"])
    shop.decide(shop.charge(), ("StartTimer", {"timerId": "t", "startToFireTimeout": "5"}))
    for path in (*PAGES, *(f"{at}/{tab}" for tab in TABS)):
        response = browser.client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == 200, (path, response.text)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        page = parse(response.text)
        assert not scripts_and_styles(page), path
        json_url = page.one("link", rel="alternate").attributes["href"]
        answer = browser.client.get(json_url)
        assert answer.status_code == 200, json_url
        assert isinstance(answer.json, dict), json_url


def test_every_form_has_a_strict_policy_and_a_json_version(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.decide(shop.charge())
    forms = (*EXECUTION_FORMS, "activities/5/complete", "activities/5/fail")
    for path in (*FORMS, *(f"{at}/{form}" for form in forms)):
        page = browser.get(path)
        assert not scripts_and_styles(page), path
        assert browser.json(page.one("link", rel="alternate").attributes["href"]), path


def test_what_users_wrote_stays_text(browser: Browser, call: Call, shop: Shop) -> None:
    name = HOSTILE.replace("/", "").replace(":", "")[:60]
    call(
        "RegisterDomain",
        name=name,
        description=HOSTILE,
        workflowExecutionRetentionPeriodInDays="1",
    )
    named = {"name": name, "version": "<b>1"}
    call("RegisterWorkflowType", domain=DOMAIN, **named, description=HOSTILE)
    at = shop.start(input=HOSTILE, tagList=[HOSTILE])
    named = {"domain": DOMAIN, "workflowId": "o1"}
    call("SignalWorkflowExecution", **named, signalName=HOSTILE, input=HOSTILE)
    shop.decide(
        shop.charge(activity_id=name, input=json.dumps({"x": HOSTILE}), control=HOSTILE),
        ("RecordMarker", {"markerName": HOSTILE, "details": HOSTILE}),
        ("StartTimer", {"timerId": name, "startToFireTimeout": "5", "control": HOSTILE}),
    )
    token = shop.take(identity=HOSTILE)
    call("RespondActivityTaskFailed", taskToken=token, reason=HOSTILE, details=HOSTILE)
    pages = [*PAGES, *FORMS, *(f"{at}/{tab}" for tab in (*TABS, *EXECUTION_FORMS))]
    pages += [f"{at}/steps?event={event_id}" for event_id in range(1, 13)]
    pages += [f"{at}/events?text=%3Cscript%3E", f"/executions?workflowId={HOSTILE}"]
    for path in pages:
        page = browser.get(path)
        assert not scripts_and_styles(page), path
        assert not page.all("img"), path
        assert len(page.all("script")) in (1, 2), path
        assert "49" not in page.one("head").one("title").text, path
    assert browser.get(f"{at}/summary").all("pre", class_="raw-text")[0].text == HOSTILE


def test_a_picture_is_shown_only_if_it_is_nothing_else(browser: Browser, shop: Shop) -> None:
    at = shop.start("o1", input='data:image/png;base64,AAAA" onerror="alert(1)')
    assert not browser.get(f"{at}/summary").all("img")
    at = shop.start("o2", input="data:image/png;base64,AAAA")
    source = browser.get(f"{at}/summary").one("img").attributes["src"]
    assert source == "data:image/png;base64,AAAA"
    at = shop.start("o3", input="data:image/svg+xml,<svg onload='alert(1)'/>")
    assert not browser.get(f"{at}/summary").all("img")


@pytest.mark.parametrize(
    "name", ["a b", "ünïcode", "..", ".", "~x", "50%", "a?b#c&d", "x.json", "a+b=c", "{{x}}"]
)
def test_any_name_has_a_page(browser: Browser, call: Call, shop: Shop, name: str) -> None:
    call("RegisterDomain", name=name, workflowExecutionRetentionPeriodInDays="1")
    links = [a.attributes["href"] for a in browser.get("/domains").all("a") if a.text == name]
    page = browser.get(links[0])
    assert page.one("h1").text == name
    json_url = page.one("link", rel="alternate").attributes["href"]
    assert browser.json(json_url)["domain"] == name
    shop.start(name)
    listed = browser.get(f"/executions?domain={DOMAIN}")
    (link,) = [a.attributes["href"] for a in listed.one("main").all("a") if a.text == name]
    assert browser.get(link).one("h1").text == name


def test_errors_are_pages_for_people_and_faults_for_programs(browser: Browser, shop: Shop) -> None:
    missing = "/domains/nowhere/overview"
    page = browser.get(missing, status=404)
    assert page.one("h1").text == "UnknownResourceFault"
    assert "Unknown domain: nowhere" in page.text
    assert browser.json(f"{missing}.json", 404)["message"] == "Unknown domain: nowhere"
    assert browser.get("/no/such/page", status=404).one("h1").text == "Not Found"
    assert "UnknownOperationException" in browser.json("/no/such/page", 405)["__type"]
    at = shop.start()
    assert "not 'x'" in browser.get(f"{at}/steps?event=x", status=400).text
    assert "not 'x'" in browser.json(f"{at}/steps.json?event=x", 400)["message"]
    assert browser.client.get("/console/static/x/nothing.css").status_code == 404


def test_an_internal_error_is_a_page_and_a_fault(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(emulator)
    monkeypatch.setattr(View, "domains", lambda view, scope: 1 // 0)
    browser = Browser(app.test_client())
    assert browser.get("/domains", status=500).one("h1").text == "Internal Server Error"
    assert browser.json("/domains.json", 500)["__type"].endswith("#InternalFailure")


def test_a_form_that_is_too_large_is_a_page(browser: Browser) -> None:
    response = browser.post("/domains/register", description="x" * 2_000_000)
    assert response.status_code == 413
    assert parse(response.text).one("h1").text == "Request Entity Too Large"


def test_other_sites_are_refused(browser: Browser, shop: Shop) -> None:
    path, fields = "/domains/register", {"name": "evil"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ):
        response = browser.client.post(path, data=fields, headers=headers)
        assert response.status_code == 403, headers
    rebound = browser.client.get("/", headers={"Host": "evil.example"})
    assert rebound.status_code == 403
    same = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.client.post(path, data=fields, headers=same).status_code == 400


def test_the_service_is_at_the_same_place(browser: Browser) -> None:
    headers = {"X-Amz-Target": "SimpleWorkflowService.ListDomains"}
    body = {"registrationStatus": "REGISTERED"}
    answer = browser.client.post("/", json=body, headers=headers)
    assert answer.json == {"domainInfos": []}


def test_programs_may_ask_any_page_for_json(browser: Browser, shop: Shop) -> None:
    for path in ("/", "/domains", f"/domains/{DOMAIN}/overview"):
        answer = browser.client.get(path, headers={"Accept": "application/json"})
        assert isinstance(answer.json, dict), path


def test_the_console_can_be_turned_off(emulator: Emulator) -> None:
    client = create_app(emulator, EdgeOptions(console=False)).test_client()
    for path in ("/", "/domains", "/console/changes"):
        assert client.get(path, headers={"Accept": "text/html"}).status_code in (404, 405)


def test_static_files_are_kept_by_the_browser(browser: Browser) -> None:
    page = browser.get("/")
    for element, attribute in (("script", "src"), ("link", "href")):
        for each in page.all(element):
            path = each.attributes[attribute]
            if path.startswith("/console/static"):
                response = browser.client.get(path)
                assert response.status_code == 200
                assert "max-age=31536000" in response.headers["Cache-Control"]


def test_the_theme_is_rendered_from_its_cookie(browser: Browser) -> None:
    assert "data-theme" not in browser.get("/").one("html").attributes
    browser.client.set_cookie("swf-theme", "dark")
    assert browser.get("/").one("html").attributes["data-theme"] == "dark"
    browser.client.set_cookie("swf-theme", '"><script>')
    assert "data-theme" not in browser.get("/").one("html").attributes


def test_regions_are_chosen(browser: Browser, emulator: Emulator, shop: Shop) -> None:
    other = SCOPE._replace(region="eu-west-1")
    emulator.service.call(
        other, "RegisterDomain", name="elsewhere", workflowExecutionRetentionPeriodInDays="1"
    )
    shown = [
        row["name"] for row in browser.json("/domains.json?scope=123456789012/us-east-1")["domains"]
    ]
    assert shown == [DOMAIN]
    page = browser.act("/console/scope", scope="123456789012/eu-west-1")
    assert "elsewhere" in page.text
    assert [row["name"] for row in browser.json("/domains.json")["domains"]] == ["elsewhere"]
    browser.client.set_cookie("swf-scope", "nobody/nowhere")
    assert browser.get("/domains").one("h1").text == "Domains"


def test_an_account_has_its_own_pages(browser: Browser, emulator: Emulator, shop: Shop) -> None:
    other = SCOPE._replace(account="210987654321")
    at = Shop(partial(emulator.service.call, other)).start("theirs")
    ours, theirs = "?scope=123456789012/us-east-1", "?scope=210987654321/us-east-1"
    assert browser.json(f"/dashboard.json{ours}")["recent"] == []
    (recent,) = browser.json(f"/dashboard.json{theirs}")["recent"]
    assert recent["execution"]["workflowId"] == "theirs"
    page = browser.act(f"{at}/signal", signalName="go")
    assert "go Signaled" in page.text
    assert browser.json("/clock.json")["next"]["workflow_id"] == "theirs"
    browser.act(f"{at}/decide")
    assert browser.json(f"{at}/summary.json")["decision_open"] is False
    browser.get(f"{at}/summary{ours}", status=404)
