"""A page of the console and a tab of an execution: one module and one template each."""

from __future__ import annotations

import pytest

from .repository import Repository

pytestmark = [pytest.mark.house, pytest.mark.timeout(600)]

CONSOLE = "swf_emulator/console"

PAGE = '''\
"""The page of counts."""

from __future__ import annotations

from .pages import Data, Entry, page
from .site import Site


@page("/counts", "counts.html", bar=Entry(9, "Counts", "n"))
def show_counts(site: Site) -> Data:
    return {"executions": len(site.read(lambda view, scope: view.executions(scope)))}
'''
PAGE_TEMPLATE = """\
{% extends "base.html" %}{% block title %}Counts{% endblock %}{% set place = '/counts' %}
{% block main %}
<div class="title"><h1 class="grow">Counts</h1></div>
<p id="executions">{{ executions }}</p>
{% endblock %}
"""
TAB = '''\
"""The tab of open timers."""

from __future__ import annotations

from .execution import execution_page
from .pages import Data, Entry
from .site import Shown, Site


@execution_page("timers", "execution_timers.html", tab=Entry(9, "Timers"))
def show_timers(site: Site, shown: Shown) -> Data:
    items = site.read(lambda view, scope: view.open_items(shown.record))
    return {"timers": [item.title for item in items if item.kind == "timer"]}
'''
TAB_TEMPLATE = """\
{% extends "execution.html" %}
{% block tab %}
<ul id="timers">{% for name in timers %}<li>{{ name }}</li>{% endfor %}</ul>
{% endblock %}
"""
FILES = {
    f"{CONSOLE}/counts.py": PAGE,
    f"{CONSOLE}/templates/counts.html": PAGE_TEMPLATE,
    f"{CONSOLE}/timers.py": TAB,
    f"{CONSOLE}/templates/execution_timers.html": TAB_TEMPLATE,
}


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("complete") / "copy")
    for path, text in FILES.items():
        repository.write(path, text)
    return repository


def test_nothing_else_is_touched(complete: Repository) -> None:
    assert complete.touched() == FILES.keys()


def test_they_are_reached_from_other_pages(complete: Repository) -> None:
    complete.test("tests/house/probes/page.py")


def test_the_copy_is_as_clean_as_the_repository(complete: Repository) -> None:
    modules = [path for path in FILES if path.endswith(".py")]
    complete.run("-m", "ruff", "check", *modules)
    complete.run("-m", "ruff", "format", "--check", *modules)
    complete.run("-m", "mypy", "swf_emulator/console")


def test_what_the_repository_tests_holds_in_the_copy(complete: Repository) -> None:
    complete.test("-n", "2", "tests/console", "tests/docs")
