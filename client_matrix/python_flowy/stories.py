# mypy: ignore-errors
"""The stories as flowy has workflows: plain functions whose calls become tasks.

flowy has no signals and no cancellation. Types are not checked, since flowy has none.
"""

import os
import sys
import threading
import time

import flowy
import pkg_resources
from flowy import (
    SWFActivityConfig,
    SWFActivityWorker,
    SWFClient,
    SWFWorkflowConfig,
    SWFWorkflowStarter,
    SWFWorkflowWorker,
    restart,
    wait,
)

DOMAIN = os.environ["SWF_DOMAIN"]
TASKS = "tasks"
SECONDS_MAX = 30

activity = SWFActivityConfig(TASKS, 10, 60, 60, 60)


@activity(version=1)
def greet(heartbeat, name):
    """Greet, after a heartbeat."""
    heartbeat()
    return f"hello, {name}"


@activity(version=1)
def square(heartbeat, number):
    """Multiply a number with itself."""
    return number * number


@activity(version=1)
def fail(heartbeat):
    """Raise an exception."""
    raise RuntimeError("as intended")


def workflow():
    """Return the defaults of a workflow."""
    return SWFWorkflowConfig(
        default_task_list=TASKS,
        default_workflow_duration=300,
        default_decision_duration=60,
        default_child_policy="TERMINATE",
    )


with_activities = workflow()
with_activities.conf_activity("greet", 1)
with_activities.conf_activity("square", 1)
with_activities.conf_activity("fail", 1)
with_activities.conf_activity("later", 1, "greet", retry=(1,))
with_activities.conf_activity(
    "nowhere", 1, "greet", task_list="none", schedule_to_start=1, retry=(0,)
)
with_children = workflow()
with_children.conf_workflow("child", 1, "Child")
childless = workflow()


@with_activities(version=1)
class Flow:
    """Each story is one way through it."""

    def __init__(self, greet, square, fail, later, nowhere):
        self.greet, self.square, self.fail = greet, square, fail
        self.later, self.nowhere = later, nowhere

    def __call__(self, story):
        """Return what the story is about."""
        if story == "hello":
            return self.greet("world")
        if story == "split-merge":
            squares = [self.square(number) for number in range(1, 31)]
            return sum(square + 0 for square in squares)
        if story == "timer":
            return self.later("later")
        task = self.fail() if story == "failure" else self.nowhere("nobody")
        try:
            wait(task)
        except flowy.TaskError as error:
            return f"{type(error).__name__}: {error}"


@with_children(version=1)
class Parent:
    """Start a child."""

    def __init__(self, child):
        self.child = child

    def __call__(self, name):
        """Return what the child returns."""
        return self.child(name)


@childless(version=1)
class Child:
    """Work without tasks."""

    def __call__(self, name):
        """Return a text."""
        return f"from {name}"


@childless(version=1)
class Again:
    """Continue as a new execution, once."""

    def __call__(self, run):
        """Return the number of the run."""
        return restart(run + 1) if run < 2 else run


def client():
    """Return flowy's client for the endpoint."""
    return SWFClient(kwargs={"endpoint_url": os.environ["AWS_ENDPOINT_URL_SWF"]})


SWF = client().client


def work(worker):
    """Run a worker in a thread until the program ends."""
    worker.scan(package=sys.modules["__main__"])
    worker.register_remote(client(), DOMAIN)
    arguments = {"swf_client": client(), "setup_log": False, "register_remote": False}
    threading.Thread(
        target=worker.run_forever, args=(DOMAIN, TASKS), kwargs=arguments, daemon=True
    ).start()


def play(name, argument, result, workflow_id):
    """Return '' if the workflow completed with this result, else what came instead."""
    SWFWorkflowStarter(DOMAIN, name, 1, swf_client=client(), wid=workflow_id)(argument)
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        closed = SWF.list_closed_workflow_executions(
            domain=DOMAIN,
            startTimeFilter={"oldestDate": 0},
            executionFilter={"workflowId": workflow_id},
        )["executionInfos"]
        last = [info for info in closed if info["closeStatus"] != "CONTINUED_AS_NEW"]
        if last:
            events = SWF.get_workflow_execution_history(
                domain=DOMAIN, execution=last[0]["execution"], reverseOrder=True
            )["events"]
            kind = events[0]["eventType"]
            got = events[0][kind[0].lower() + kind[1:] + "EventAttributes"]
            return "" if got.get("result") == result else f"expected {result}, got {kind} {got}"
        time.sleep(0.1)
    return f"open after {SECONDS_MAX} s"


STORIES = (
    ("hello", "Flow", "hello", '"hello, world"'),
    ("split-merge", "Flow", "split-merge", "9455"),
    ("failure", "Flow", "failure", '"TaskError: as intended"'),
    ("timeout", "Flow", "timeout", '"TaskTimedout: A task has timedout"'),
    ("timer", "Flow", "timer", '"hello, later"'),
    ("child", "Parent", "the child", '"from the child"'),
    ("continue-as-new", "Again", 1, "2"),
)


def main():
    """Play all stories; the exit status is 1 when one ended wrongly."""
    print("version:", pkg_resources.get_distribution("flowy").version)
    SWF.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
    work(SWFWorkflowWorker())
    work(SWFActivityWorker())
    failed = False
    for story, name, argument, result in STORIES:
        problem = play(name, argument, result, story)
        failed = failed or bool(problem)
        print(f"{story}: {problem or 'ok'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
