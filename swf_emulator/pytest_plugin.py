"""Fixtures for pytest. The emulator is imported when one of them is first used.

===================  =====================================================================
``swf``              a boto3 SWF client with fresh state, in process
``swf_domain``       the name of a registered domain
``swf_emu``          its `Emulator`: clock, histories, settings, refusals
``swf_endpoint``     the URL of an HTTP server with the same state
``swf_config``       arguments of `Emulator`, to be overridden
===================  =====================================================================

The report of a failed test shows the timelines of its executions.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator
    from .http.server import BackgroundServer

TITLE = "SWF executions"
_EMULATOR = pytest.StashKey["Emulator"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("swf", "Amazon SWF emulator")
    group.addoption(
        "--swf-real-time",
        action="store_true",
        help="use the real clock in all tests, even in those that configure another one",
    )
    group.addoption(
        "--swf-show-history",
        action="store_true",
        help="show complete histories, also for tests that pass",
    )
    parser.addini("swf_clock", "clock of the tests: virtual, skip or real", default="virtual")
    parser.addini(
        "swf_region",
        "region of clients without one (default: AWS_DEFAULT_REGION, else us-east-1)",
        default="",
    )
    parser.addini("swf_domain", "name of the domain that swf_domain registers", default="test")
    parser.addini("swf_timeline_lines", "the most lines of a timeline in a report", default="40")


@pytest.fixture
def swf_config() -> dict[str, Any]:
    """Arguments of `Emulator`: ``settings``, ``clock``, ``refusals``… Override it."""
    return {}


@pytest.fixture
def swf_emu(request: pytest.FixtureRequest, swf_config: dict[str, Any]) -> Iterator[Emulator]:
    """A fresh emulator. It also answers SWF clients that the code under test creates."""
    from .testing.case import fresh_emulator

    config = request.config
    region = config.getini("swf_region") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    arguments = {"region": region, **swf_config}
    clock = config.getini("swf_clock")
    if config.getoption("swf_real_time"):
        arguments["clock"] = "real"
    elif clock != "virtual":
        arguments.setdefault("clock", clock)
    with fresh_emulator(**arguments) as emulator, emulator.redirect():
        request.node.stash[_EMULATOR] = emulator
        yield emulator
        del request.node.stash[_EMULATOR]


@pytest.fixture
def swf(swf_emu: Emulator) -> Any:
    """A boto3 SWF client, answered in process. A poll without a task returns at once."""
    return swf_emu.client()


@pytest.fixture
def swf_domain(swf: Any, pytestconfig: pytest.Config) -> str:
    """A registered domain."""
    from .testing.case import register_domain

    return register_domain(swf, pytestconfig.getini("swf_domain"))


@pytest.fixture(scope="session")
def _swf_server() -> Iterator[BackgroundServer]:
    """One server for all tests of the process, since a server costs more than a test."""
    from .testing.case import idle_server

    with idle_server() as server:
        yield server


@pytest.fixture
def swf_endpoint(swf_emu: Emulator, _swf_server: BackgroundServer) -> Iterator[str]:
    """The URL of an HTTP server with the state of ``swf_emu``, for code in other processes.

    All tests of the process share the URL. A program that outlives its test gets an
    OperationNotPermittedFault, never the state of another test.
    """
    idle, _swf_server.emulator = _swf_server.emulator, swf_emu
    swf_emu.served_at(_swf_server.url)
    yield _swf_server.url
    _swf_server.emulator = idle


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    emulator = item.stash.get(_EMULATOR, None)
    if emulator is not None:
        full = item.config.getoption("swf_show_history")
        if report.failed or (full and report.when == "call"):
            from .testing.case import histories

            lines = int(item.config.getini("swf_timeline_lines"))
            text = histories(emulator, full=full, lines=lines)
            if text:
                report.sections.append((TITLE, text))
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the histories of passed tests, whose reports pytest does not print."""
    if not config.getoption("swf_show_history"):
        return
    for report in terminalreporter.getreports("passed"):
        for title, text in report.sections:
            if title == TITLE:
                terminalreporter.section(f"{title} of {report.nodeid}", sep="-")
                terminalreporter.line(text)
