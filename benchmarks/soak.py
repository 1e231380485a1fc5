"""The memory growth over a million calls.

Complete workflows run over HTTP, with rejected calls, abandoned polls and metrics. Executions are
deleted a second after their end, so the state has a constant size and growth would be a leak.

Usage: python -m benchmarks.soak [--calls N]
The exit status is 1 if the memory at the end exceeds that of the first fifth by over 10 %.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from .servers import announced
from .wire import Connection, request

SAMPLES = 20
GROWTH_MAX = 1.10
DOMAIN = "soak"
RETENTION = "workflowExecutionRetentionPeriodInDays"
SERVER = [
    *(sys.executable, "-m", "swf_emulator", "serve", "--port", "0"),
    *("--retention-grace", "1", "--metrics"),
]


def prepare(swf: Connection) -> None:
    swf.call("RegisterDomain", name=DOMAIN, **{RETENTION: "0"})
    swf.call(
        "RegisterWorkflowType",
        domain=DOMAIN,
        name="w",
        version="1",
        defaultTaskList={"name": "t"},
        defaultTaskStartToCloseTimeout="60",
        defaultExecutionStartToCloseTimeout="600",
        defaultChildPolicy="TERMINATE",
    )
    swf.call(
        "RegisterActivityType",
        domain=DOMAIN,
        name="a",
        version="1",
        defaultTaskList={"name": "t"},
        defaultTaskHeartbeatTimeout="60",
        defaultTaskScheduleToStartTimeout="60",
        defaultTaskScheduleToCloseTimeout="60",
        defaultTaskStartToCloseTimeout="60",
    )


def one_workflow(swf: Connection, number: int) -> int:
    """Run one execution; return the number of calls."""

    def decide(*decisions: dict[str, Any]) -> None:
        task = swf.call("PollForDecisionTask", domain=DOMAIN, taskList={"name": "t"})
        swf.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=list(decisions),
        )

    workflow_id = f"w{number}"
    swf.call(
        "StartWorkflowExecution",
        domain=DOMAIN,
        workflowId=workflow_id,
        workflowType={"name": "w", "version": "1"},
        input="x" * 1000,
    )
    scheduled = {"activityType": {"name": "a", "version": "1"}, "activityId": "a"}
    timer = {"timerId": "t", "startToFireTimeout": "600"}
    decide(
        {
            "decisionType": "ScheduleActivityTask",
            "scheduleActivityTaskDecisionAttributes": scheduled,
        },
        {"decisionType": "StartTimer", "startTimerDecisionAttributes": timer},
    )
    task = swf.call("PollForActivityTask", domain=DOMAIN, taskList={"name": "t"})
    swf.call("RecordActivityTaskHeartbeat", taskToken=task["taskToken"], details="half")
    swf.call("SignalWorkflowExecution", domain=DOMAIN, workflowId=workflow_id, signalName="s")
    swf.call("RespondActivityTaskCompleted", taskToken=task["taskToken"], result="y" * 1000)
    decide({"decisionType": "CompleteWorkflowExecution"})
    refused = swf.send(request("SignalWorkflowExecution", domain=DOMAIN, workflowId=workflow_id))
    assert refused.status == 400
    return 10


def abandoned_poll(port: int, number: int) -> int:
    """Poll a separate list and disconnect before the answer."""
    with Connection(port) as connection:
        poll = request("PollForActivityTask", domain=DOMAIN, taskList={"name": f"gone-{number}"})
        connection.socket.sendall(poll)
    return 1


def soak(calls: int) -> list[float]:
    """Make ``calls`` calls; return the resident MiB after each part."""
    samples: list[float] = []
    with announced(SERVER) as server, Connection(server.port) as swf:
        prepare(swf)
        done = number = 0
        began = time.monotonic()
        while done < calls:
            done += one_workflow(swf, number)
            if number % 100 == 0:
                done += abandoned_poll(server.port, number)
            number += 1
            if done * SAMPLES >= calls * (len(samples) + 1):
                samples.append(server.resident_mib())
                rate = done / (time.monotonic() - began)
                print(f"{done:>9,} calls {samples[-1]:7.1f} MiB {rate:6,.0f} calls/s")
    return samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    samples = soak(parser.parse_args().calls)
    growth = samples[-1] / max(samples[: len(samples) // 5])
    print(f"the end over the first fifth: {growth:.3f}")
    return 0 if growth <= GROWTH_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
