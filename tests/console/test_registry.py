"""A page is one module and one template: its route, JSON version and entries follow."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader

from swf_emulator import Emulator, console
from swf_emulator.http import create_app

from .conftest import Browser, Shop

MODULE = """
from swf_emulator.console.execution import execution_page
from swf_emulator.console.pages import Entry, page


@page("/regions", "regions.html", bar=Entry(7, "Regions", "r"))
def show_regions(site):
    return {"regions": [scope.region for scope in site.scopes]}


@execution_page("first-event", "execution_first_event.html", tab=Entry(7, "First event"))
def show_first_event(site, shown):
    return {"first": site.spans(shown).first.event_type}
"""
TEMPLATES = {
    "regions.html": '{% extends "base.html" %}{% set place = "/regions" %}'
    "{% block main %}<h1>{{ regions|join }}</h1>{% endblock %}",
    "execution_first_event.html": '{% extends "execution.html" %}'
    "{% block tab %}<h2>{{ first }}</h2>{% endblock %}",
}


@pytest.fixture
def extended(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A console with one more module."""
    (tmp_path / "regions.py").write_text(MODULE)
    monkeypatch.setattr(console, "__path__", [*console.__path__, str(tmp_path)])
    app = create_app(emulator)
    monkeypatch.delitem(sys.modules, "swf_emulator.console.regions")
    app.jinja_loader = DictLoader(TEMPLATES)
    return Browser(app.test_client())


def test_a_page_is_a_module_and_a_template(extended: Browser) -> None:
    page = extended.get("/regions")
    assert page.one("h1").text == "us-east-1"
    (entry,) = page.one("nav").all("a", data_key="r")
    assert (entry.text, entry.attributes["aria-current"]) == ("Regions", "page")
    assert "Task lists, Regions" in page.one("dialog").text
    json_url = page.one("link", rel="alternate").attributes["href"]
    assert extended.json(json_url) == {"regions": ["us-east-1"]}


def test_a_tab_is_a_module_and_a_template(extended: Browser, shop: Shop) -> None:
    at = shop.start()
    links = extended.get(f"{at}/summary").one("nav", class_="tabs").all("a")
    tabs = {link.text: link.attributes["href"] for link in links}
    assert list(tabs)[:7] == [
        "Events 2",
        "Timeline",
        "Why is it waiting?",
        "Activities",
        "Step through",
        "Summary",
        "Family",
    ]
    page = extended.get(tabs["First event"])
    assert "WorkflowExecutionStarted" in page.one("main").text
    assert extended.json(f"{at}/first-event.json")["first"] == "WorkflowExecutionStarted"


def test_the_bar_lists_the_pages(browser: Browser) -> None:
    entries = browser.get("/").one("nav").all("a")
    assert [(entry.text, entry.attributes["data-key"]) for entry in entries[:6]] == [
        ("Dashboard", "d"),
        ("Executions", "e"),
        ("Workflow types", "w"),
        ("Activity types", "a"),
        ("Domains", "o"),
        ("Task lists", "t"),
    ]
