"""boto3 in process, compared with a stubbed transport and with moto's ``mock_aws``."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse

from swf_emulator import Emulator

from . import workflows
from .hello import client
from .measure import Scale, cpu_microseconds, take_turns
from .report import Figure

CALL_TARGET = 0.3
FRESH_TARGET_MS = 2.0
ROUNDS = 21
CALLS, HELLOS, FRESH = 20, 3, 3
NOWHERE = "http://127.0.0.1:9"
AWS = "https://swf.us-east-1.amazonaws.com"


def run(scale: Scale) -> list[Figure]:
    rounds = scale.rounds(ROUNDS)
    with Emulator() as emulator:
        ours = emulator.client()
        operate = workflows.by_client(ours)
        workflows.register(operate)
        workflows.check(operate)
        call = _call(ours, rounds)
        # Imported only now: clients made after it carry moto's hook.
        from moto import mock_aws

        return [call, *_hellos(operate, mock_aws, rounds), *_fresh(mock_aws, rounds)]


class _Raw(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


def _call(ours: Any, rounds: int) -> Figure:
    body = b'{"count":0,"truncated":false}'
    headers = {
        "x-amzn-RequestId": "8e2d5b57-2a3c-4a5f-9b1e-6f1f1c8d2a10",
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(body)),
    }

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, headers, _Raw(body))

    stubbed = client(NOWHERE)
    stubbed.meta.events.register_first("before-send.swf", answer)
    turns = take_turns({"stub": _counts(stubbed), "emulator": _counts(ours)}, rounds)
    return Figure(
        "inprocess: call next to a stubbed transport",
        turns.ratio("emulator", "stub"),
        "x",
        CALL_TARGET,
        f"{turns.median('emulator'):.0f} µs next to {turns.median('stub'):.0f}",
    )


def _counts(swf: Any) -> Callable[[], float]:
    def count() -> None:
        swf.count_open_workflow_executions(
            domain=workflows.DOMAIN, startTimeFilter={"oldestDate": 0}
        )

    return lambda: cpu_microseconds(count, CALLS)


MockAws = Callable[[], AbstractContextManager[Any]]


def _hellos(operate: workflows.Operate, mock_aws: MockAws, rounds: int) -> list[Figure]:
    with mock_aws():
        operate_moto = workflows.by_client(client(AWS))
        workflows.register(operate_moto)
        turns = take_turns({"emulator": _seconds(operate), "moto": _seconds(operate_moto)}, rounds)
    return [
        Figure("inprocess: hello workflows", 1 / turns.median("emulator"), "/s"),
        Figure("inprocess: the same, moto's mock_aws", 1 / turns.median("moto"), "/s"),
    ]


def _seconds(operate: workflows.Operate) -> Callable[[], float]:
    def turn() -> float:
        started = time.perf_counter()
        for _ in range(HELLOS):
            workflows.hello(operate)
        return (time.perf_counter() - started) / HELLOS

    return turn


def _fresh(mock_aws: MockAws, rounds: int) -> list[Figure]:
    """Measure an emulator and a client for each test."""

    def emulator() -> None:
        with Emulator() as fresh:
            fresh.client()

    def moto() -> None:
        with mock_aws():
            client(AWS)

    ways: dict[str, Callable[[], object]] = {
        "emulator": emulator,
        "moto": moto,
        "boto3": lambda: client(AWS),
    }
    turns = take_turns({name: _cpu(way) for name, way in ways.items()}, rounds)
    ms = {name: turns.median(name) / 1000 for name in ways}
    return [
        Figure(
            "inprocess: fresh emulator, beyond boto3's client",
            ms["emulator"] - ms["boto3"],
            "ms",
            FRESH_TARGET_MS,
            f"{ms['emulator']:.1f} ms with a client; boto3.client alone {ms['boto3']:.1f}",
        ),
        Figure("inprocess: mock_aws with a client", ms["moto"], "ms"),
    ]


def _cpu(way: Callable[[], object]) -> Callable[[], float]:
    return lambda: cpu_microseconds(way, FRESH)
