"""A page of counts and a tab of timers, reached from the other pages."""

from __future__ import annotations

from flask.testing import FlaskClient

from swf_emulator import Emulator
from swf_emulator.http import create_app
from tests.testing.shop import decision

from .conftest import Get, Workflow


def json_of(emulator: Emulator, path: str) -> object:
    client: FlaskClient = create_app(emulator).test_client()
    return client.get(path).get_json()


def test_the_bar_leads_to_the_page(get: Get, emulator: Emulator, workflow: Workflow) -> None:
    (link,) = (each for each in get("/").all("a") if each.text == "Counts")
    page = get(link.attributes["href"])
    assert page.one(id="executions").text == "1"
    twin = page.one(rel="alternate").attributes["href"]
    assert json_of(emulator, twin) == {"executions": 1}


def test_the_help_lists_its_key(get: Get) -> None:
    assert "Counts" in get("/").one("dialog", id="help").text


def test_the_tab_is_among_the_others(get: Get, emulator: Emulator, workflow: Workflow) -> None:
    workflow.decide(decision("StartTimer", timerId="nap", startToFireTimeout="60"))
    tabs = get(f"{workflow.path}/events").one("nav", class_="tabs").all("a")
    (link,) = (each for each in tabs if each.text == "Timers")
    page = get(link.attributes["href"])
    assert page.one(id="timers").text == "nap"
