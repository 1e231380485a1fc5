"""A hello workflow over HTTP, compared with constant answers and with moto's server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import boto3

from . import servers, workflows
from .measure import Costs, Scale, take_turns
from .report import Figure
from .servers import ServerProcess
from .wire import Connection, request

TARGET = 4.0
ROUNDS = 21
BY_WIRE, BY_BOTO3 = 20, 3

CPU, WALL = "server CPU", "elapsed"


def run(scale: Scale) -> list[Figure]:
    return [_by_wire(scale), *_by_boto3(scale)]


def _by_wire(scale: Scale) -> Figure:
    with (
        servers.apart(),
        servers.constant() as floor,
        servers.emulator() as ours,
        Connection(floor.port) as to_floor,
        Connection(ours.port) as to_ours,
    ):
        workflows.register(to_ours.call)
        workflows.check(to_ours.call)
        constant = request(
            "SignalWorkflowExecution", domain="bench", workflowId="hello", signalName="news"
        )

        def calls() -> None:
            for _ in range(workflows.CALLS):
                to_floor.send(constant)

        turns = take_turns(
            {
                "constant": _turn(floor, calls, BY_WIRE),
                "emulator": _turn(ours, lambda: workflows.hello(to_ours.call), BY_WIRE),
            },
            scale.rounds(ROUNDS),
        )
    hello, seven = (turns.median(name, CPU) * 1e6 for name in ("emulator", "constant"))
    return Figure(
        "hello: 7 calls, 11 events, server CPU",
        turns.ratio("emulator", "constant", CPU),
        "x",
        TARGET,
        f"{hello:.0f} µs next to {seven:.0f} of 7 constants",
    )


def _by_boto3(scale: Scale) -> list[Figure]:
    with servers.emulator() as ours, servers.moto() as moto:
        operate = workflows.by_client(client(ours.url))
        operate_moto = workflows.by_client(client(moto.url))
        workflows.register(operate)
        workflows.register(operate_moto)
        turns = take_turns(
            {
                "emulator": _turn(ours, lambda: workflows.hello(operate), BY_BOTO3),
                "moto": _turn(moto, lambda: workflows.hello(operate_moto), BY_BOTO3),
            },
            scale.rounds(ROUNDS),
        )
    cpu = {name: turns.median(name, CPU) * 1000 for name in ("emulator", "moto")}
    return [
        Figure("hello: boto3 over HTTP", 1 / turns.median("emulator", WALL), "/s"),
        Figure("hello: the same, moto's server", 1 / turns.median("moto", WALL), "/s"),
        Figure(
            "hello: server CPU next to moto's server",
            turns.ratio("emulator", "moto", CPU),
            "x",
            note=f"{cpu['emulator']:.1f} ms next to {cpu['moto']:.1f}",
        ),
    ]


def client(url: str) -> Any:
    """Return a boto3 client of an endpoint."""
    return boto3.client(
        "swf",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    )


def _turn(server: ServerProcess, work: Callable[[], object], times: int) -> Callable[[], Costs]:
    """Return the seconds of one run of ``work``."""

    def turn() -> Costs:
        cpu, started = server.cpu_seconds(), time.perf_counter()
        for _ in range(times):
            work()
        elapsed = time.perf_counter() - started
        return {CPU: (server.cpu_seconds() - cpu) / times, WALL: elapsed / times}

    return turn
