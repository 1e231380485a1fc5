# mypy: ignore-errors
"""The stories as garcon has workflows: activities that require others, or a custom decider.

garcon has no timers, signals, children or cancellation. Types are not checked, since garcon has
none.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from importlib.metadata import version
from types import SimpleNamespace

import boto3
from garcon import activity, decider, runner, task

DOMAIN = os.environ["SWF_DOMAIN"]
SECONDS_MAX = 30
SWF = boto3.client("swf")
ATTEMPTS = {}


@task.decorate(timeout=60, heartbeat=30)
def greet(activity, name):
    """Return the first part of a greeting."""
    return {"greeting": f"hello, {name}"}


@task.decorate(timeout=60, heartbeat=30)
def shout(activity, greeting):
    """Return the greeting in capital letters."""
    return {"shout": greeting.upper()}


@task.decorate(timeout=60, heartbeat=30)
def square(activity, number):
    """Return the square of a number under its name."""
    return {f"square.{number}": number * number}


@task.decorate(timeout=60, heartbeat=30)
def second_time(activity, name):
    """Fail on the first call for a name."""
    ATTEMPTS[name] = ATTEMPTS.get(name, 0) + 1
    if ATTEMPTS[name] == 1:
        raise RuntimeError("not yet")
    return {"attempts": ATTEMPTS[name]}


@task.decorate(timeout=60, heartbeat=30)
def fail(activity):
    """Fail on every call."""
    raise RuntimeError("as intended")


def numbers(context):
    """Generate an instance of the activity for each number."""
    return [{"number": number} for number in range(1, 6)]


def flow(name, **members):
    """Return a flow, for which garcon uses a module."""
    made = SimpleNamespace(client=SWF, domain=DOMAIN, name=name, version="1", **members)
    made.create = activity.create(SWF, DOMAIN, name, version="1")
    return made


def filled(function, **requirements):
    """Return the task with its parameters filled from the context."""
    return runner.Sync(function.fill(**requirements))


hello = flow("hello")
hello.greet = hello.create(name="greet", run=filled(greet, name="name"))
hello.shout = hello.create(
    name="shout", requires=[hello.greet], run=filled(shout, greeting="greeting")
)

split_merge = flow("split-merge")
split_merge.square = split_merge.create(
    name="square", generators=[numbers], run=filled(square, number="number")
)

retry = flow("retry")
retry.attempt = retry.create(name="attempt", retry=2, run=filled(second_time, name="name"))

failure = flow("failure")
failure.fail = failure.create(name="fail", retry=1, run=filled(fail))

custom = flow("custom-decider")
custom.first = custom.create(name="first", run=filled(greet, name="name"))
custom.second = custom.create(name="second", run=filled(shout, greeting="greeting"))


def decide(schedule):
    """Schedule one activity after the other, the second with the result of the first."""
    first = schedule("first", custom.first)
    first.wait()
    schedule("second", custom.second, input={"greeting": first.result["greeting"]}).wait()


custom.decider = decide


def forever(worker):
    """Run a worker in a thread until the program ends."""

    def run():
        while worker.run():
            pass

    threading.Thread(target=run, daemon=True).start()


def play(flow, status, results):
    """Return '' if the workflow closed with this status and these results, else what came."""
    SWF.start_workflow_execution(
        domain=DOMAIN,
        workflowId=flow.name,
        workflowType={"name": flow.name, "version": "1"},
        taskList={"name": flow.name},
        executionStartToCloseTimeout="300",
        taskStartToCloseTimeout="60",
        childPolicy="TERMINATE",
        input=json.dumps({"name": flow.name}),
    )
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        closed = SWF.list_closed_workflow_executions(
            domain=DOMAIN,
            startTimeFilter={"oldestDate": 0},
            executionFilter={"workflowId": flow.name},
        )["executionInfos"]
        if closed:
            events = SWF.get_workflow_execution_history(
                domain=DOMAIN, execution=closed[0]["execution"]
            )["events"]
            got = {}
            for event in events:
                completed = event.get("activityTaskCompletedEventAttributes", {})
                got.update(json.loads(completed.get("result", "{}")))
            if (closed[0]["closeStatus"], got) == (status, results):
                return ""
            return f"expected {status} {results}, got {closed[0]['closeStatus']} {got}"
        time.sleep(0.1)
    return f"open after {SECONDS_MAX} s"


STORIES = (
    (hello, "COMPLETED", {"greeting": "hello, hello", "shout": "HELLO, HELLO"}),
    (split_merge, "COMPLETED", {f"square.{number}": number**2 for number in range(1, 6)}),
    (retry, "COMPLETED", {"attempts": 2}),
    (failure, "FAILED", {}),
    (
        custom,
        "COMPLETED",
        {"greeting": "hello, custom-decider", "shout": "HELLO, CUSTOM-DECIDER"},
    ),
)


def main():
    """Play all stories; the exit status is 1 when one ended wrongly."""
    print("version:", version("garcon"))
    failed = False
    for flow, status, results in STORIES:
        forever(decider.DeciderWorker(flow))
        for found in activity.find_workflow_activities(flow):
            forever(found)
        problem = play(flow, status, results)
        failed = failed or bool(problem)
        print(f"{flow.name}: {problem or 'ok'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
