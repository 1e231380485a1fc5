"""No request yields a 5xx or a page, and no refused request changes state.

The same requests go to the ASGI server over sockets and to the WSGI application.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from werkzeug.test import Client

from swf_emulator import Emulator, Settings, create_app
from swf_emulator.http.server import BackgroundServer

from .mutations import Case, cases
from .watched import Watched
from .wire import Reply, Wire, http_request

pytestmark = pytest.mark.usefixtures("way")

EXAMPLES = {"dev": 150, "ci": 2_000, "nightly": 20_000}
SETTINGS = Settings(poll_hold_seconds=0.005, max_request_bytes=200_000)

fuzzing = settings(
    max_examples=EXAMPLES[os.environ.get("SWF_SIM_PROFILE", "dev")],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with Emulator(SETTINGS) as emulator, Watched(emulator).watching() as state:
        yield state


@pytest.fixture(scope="module")
def url(watched: Watched) -> Iterator[str]:
    with BackgroundServer(watched.emulator) as server:
        yield server.url


@pytest.fixture(scope="module")
def client(watched: Watched) -> Client:
    return create_app(watched.emulator).test_client()


@pytest.mark.timeout(3600)
def test_over_sockets(watched: Watched, url: str) -> None:
    connections = [Wire(url)]

    @fuzzing
    @given(cases())
    def fuzz(case: Case) -> None:
        before = watched.state()
        data = http_request(case.headers, case.body, f"POST {case.path} HTTP/1.1")
        try:
            reply = connections[0].send(data).receive()
        except ConnectionError:
            connections[0].close()
            connections[0] = Wire(url)
            reply = connections[0].send(data).receive()
        watched.check(before, reply)

    try:
        fuzz()
    finally:
        connections[0].close()


@pytest.mark.timeout(3600)
def test_in_a_wsgi_host(watched: Watched, client: Client) -> None:
    @fuzzing
    @given(cases())
    def fuzz(case: Case) -> None:
        before = watched.state()
        answer = client.post(case.path, headers=case.headers, data=case.body)
        reply = Reply(answer.status_code, answer.content_type or "", answer.data)
        watched.check(before, reply)

    fuzz()
