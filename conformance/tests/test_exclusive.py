"""Cases that change the whole endpoint run alone, after the others, and leave it as it was."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conformance.case import Case, CaseResult
from conformance.context import Context
from conformance.endpoint.serving import free_port, served
from conformance.endpoint.target import Target
from conformance.run import runner
from conformance.run.peers import kept
from conformance.verdict import Grade, Verdict


class Emulated:
    """A server that has settings and refusals, and registers domains."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {"max_types": 10, "max_events": 20}
        self.refusals: list[Any] = []
        self.commands: list[str] = []
        self.health: dict[str, Any] = {}

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        name = path.removeprefix("/_emulator/")
        if name == "health":
            return 200, {"capabilities": ["settings", "refusals", "clock", "reset"], **self.health}
        if path.startswith("/_emulator/"):
            self.commands.append(f"{method} {name}")
        if name == "settings":
            changes = json.loads(body) if body else {}
            if not set(changes) <= set(self.settings):
                return 400, {"message": "no such setting"}
            self.settings.update(changes)
            return 200, self.settings
        if name == "refusals":
            self.refusals = [] if method == "DELETE" else [*self.refusals, body]
        return 200, {"now": "2030-01-01T00:00:00Z"}


@contextmanager
def emulated() -> Iterator[tuple[Emulated, str]]:
    state = Emulated()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, value = state.answer(self.command, self.path, content)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield state, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _case(name: str, needs: str, run: Any) -> Case:
    words = frozenset(needs.split())
    return Case(
        name=name,
        section="section",
        title=name,
        source="source",
        grade=Grade.RECORDED,
        run=run,
        given="nothing",
        needs=words,
    )


def test_they_run_last_in_their_order_and_are_taken_back() -> None:
    ran: list[str] = []
    with emulated() as (state, url):

        def tune(ctx: Context) -> None:
            ran.append("settings")
            ctx.target.set(max_types=1)
            ctx.target.set(max_types=2, max_events=3)
            assert state.settings == {"max_types": 2, "max_events": 3}

        def refuse(ctx: Context) -> None:
            ran.append("refusals")
            ctx.target.command("POST", "refusals", {"operation": "ListDomains"})
            assert len(state.refusals) == 1

        def clock(ctx: Context) -> None:
            ran.append("clock")

        def plain(ctx: Context) -> None:
            ran.append("plain")

        cases = [
            _case("c", "clock settings", clock),
            _case("s", "settings", tune),
            _case("r", "refusals", refuse),
            _case("p", "", plain),
        ]
        results = runner.run(Target(url), cases)
        assert [o.verdict for o in results[:4]] == [Verdict.PASSED] * 4
        assert ran == ["plain", "refusals", "settings", "clock"]
        assert state.settings == {"max_types": 10, "max_events": 20}
        assert state.refusals == []
        assert state.commands[-1] == "POST reset"


def test_a_command_that_is_offered_and_refused_fails_the_case() -> None:
    with emulated() as (state, url):
        case = _case("s", "settings", lambda ctx: ctx.target.set(colour=1))
        result = runner.run(Target(url), [case])[0]
        assert result.verdict is Verdict.FAILED
        assert result.differences[0].where == "POST /_emulator/settings"
        assert state.settings == {"max_types": 10, "max_events": 20}


def test_the_time_is_that_of_the_endpoint() -> None:
    with emulated() as (_, url):
        target = Target(url)
        assert target.now() == 1893456000.0
        target.wire.close_all()


def test_an_endpoint_is_started_and_ended() -> None:
    serve = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "{port}"]
    with served(serve) as url:
        target = Target(url)
        assert target.wire.request("GET", "/", timeout=5.0).status == 200
        target.wire.close_all()
    with pytest.raises(OSError, match="refused"):
        Target(url).wire.request("GET", "/", timeout=5.0)
    assert free_port() > 0


def test_an_endpoint_that_does_not_start() -> None:
    with (
        pytest.raises(RuntimeError, match="ended with status 3"),
        served([sys.executable, "-c", "raise SystemExit(3)"]),
    ):
        pytest.fail("it did not start")


@pytest.mark.parametrize(
    ("version", "differs", "verdict"),
    [
        ({"version": "1"}, True, Verdict.KNOWN),
        ({"version": "1"}, False, Verdict.FAILED),
        ({}, True, Verdict.FAILED),
        ({}, False, Verdict.PASSED),
    ],
)
def test_a_known_difference_of_the_emulator_must_be_there(
    version: dict[str, str], differs: bool, verdict: Verdict
) -> None:
    def run(ctx: Context) -> None:
        ctx.expect(not differs, "it", "one thing", "another")

    case = replace(_case("k", "", run), known_difference="it is another thing")
    with emulated() as (state, url):
        state.health = dict(version)
        result = runner.run(Target(url), [case])[0]
    assert result.verdict is verdict
    assert (result.reason == "it is another thing") == (verdict is Verdict.KNOWN)
    if verdict is Verdict.FAILED and version:
        assert "remove the entry" in result.differences[0].got


def test_columns_are_kept_with_their_date() -> None:
    case = _case("p", "", lambda ctx: None)
    bad = CaseResult(case, Verdict.FAILED)
    data = json.loads(kept({"one": [CaseResult(case, Verdict.PASSED), bad], "two": [bad]}))
    assert len(data["date"]) == len("2026-01-01")
    assert data["columns"][0] == {"name": "one", "sections": {"section": [1, 2], "all": [1, 2]}}
    assert data["columns"][1]["sections"]["all"] == [0, 1]
