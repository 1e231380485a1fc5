# mypy: ignore-errors
"""The stories through simpleflow: its decider and worker processes, its models and query sets.

simpleflow writes every text as JSON. Types are not checked, since it has none.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import flows
from simpleflow.swf.mapper import exceptions
from simpleflow.swf.mapper.models import Domain, WorkflowExecution, WorkflowType
from simpleflow.swf.mapper.querysets import DomainQuerySet, WorkflowTypeQuerySet

SECONDS_MAX = 60
DOMAIN = Domain(os.environ["SWF_DOMAIN"], description="simpleflow", retention_period="1")


def workflow_type(name, task_list=flows.TASKS):
    """Return the model of a type."""
    return WorkflowType(
        DOMAIN,
        name=name,
        version="1",
        task_list=task_list,
        execution_timeout="300",
        decision_tasks_timeout="60",
        description="simpleflow",
    )


def start(flow, *arguments):
    """Start an execution by the model of its type, which it registers."""
    kind = workflow_type(flow.name)
    if not kind.exists:
        kind.save()
    return kind.start_execution(workflow_id=flow.name, input={"args": arguments, "kwargs": {}})


def outcome(execution):
    """Return the status of an execution and the attributes of its last event once it is closed."""
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        last = execution.history().events[-1].raw
        kind = last["eventType"]
        if kind in CLOSING:
            attributes = last[kind[0].lower() + kind[1:] + "EventAttributes"]
            return kind.removeprefix("WorkflowExecution"), attributes
        if time.monotonic() > deadline:
            raise AssertionError(f"open after {SECONDS_MAX} s")
        time.sleep(0.2)


def expect(expected, got):
    """Raise AssertionError unless the two are equal."""
    if expected != got:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


def expect_result(execution, result):
    """Expect an execution to complete with this result, which is JSON."""
    status, attributes = outcome(execution)
    expect(("Completed", result), (status, json.loads(attributes.get("result", "null"))))


def completes(flow, result, *arguments):
    """Start a workflow and expect it to complete with this result."""
    expect_result(start(flow, *arguments), result)


def retry():
    """Expect the second call of an activity to succeed."""
    with tempfile.TemporaryDirectory() as folder:
        completes(flows.Retry, "done on the second call", str(Path(folder) / "called"))


def signal_by_model():
    """Signal a workflow by its model."""
    execution = start(flows.Signal)
    execution.signal("go", input="payload")
    expect_result(execution, "payload")


def cancel():
    """Ask a workflow to cancel by its model."""
    execution = start(flows.Cancel)
    execution.request_cancel()
    expect("Canceled", outcome(execution)[0])


def continue_as_new():
    """Expect a second run with the result."""
    first = start(flows.ContinueAsNew, 1)
    status, attributes = outcome(first)
    expect("ContinuedAsNew", status)
    run_id = attributes["newExecutionRunId"]
    expect_result(WorkflowExecution(DOMAIN, first.workflow_id, run_id=run_id), 2)


def models():
    """Compare models and query sets with what the endpoint has."""
    expect([True, False], [DOMAIN.exists, Domain("no-such-domain").exists])
    changed = Domain(DOMAIN.name, description="changed", retention_period="1")
    expect(["description"], changed.changes.differing_fields())
    expect(DOMAIN.name, changed.upstream().name)
    expect(True, DOMAIN.name in [domain.name for domain in DomainQuerySet().all()])
    retired = workflow_type("retired")
    retired.save()
    retired.delete()
    expect("DEPRECATED", retired.upstream().status)
    types = WorkflowTypeQuerySet(DOMAIN).filter(registration_status="DEPRECATED")
    expect(["retired"], [kind.name for kind in types])


def errors():
    """Expect the exceptions that the mapper has for faults."""
    nobody = workflow_type("nobody", task_list="nobody")
    nobody.save()
    nobody.start_execution(workflow_id="twice")
    for error, call in (
        (exceptions.DoesNotExistError, lambda: DomainQuerySet().get("no-such-domain")),
        (exceptions.AlreadyExistsError, DOMAIN.save),
        (exceptions.AlreadyExistsError, nobody.save),
        (
            exceptions.WorkflowExecutionAlreadyStartedError,
            lambda: nobody.start_execution(workflow_id="twice"),
        ),
    ):
        try:
            call()
        except error:
            continue
        raise AssertionError(f"no {error.__name__}")


CLOSING = {
    f"WorkflowExecution{status}"
    for status in ("Completed", "Failed", "Canceled", "TimedOut", "Terminated", "ContinuedAsNew")
}

STORIES = {
    "hello": lambda: completes(flows.Hello, "hello, world", "world"),
    "split-merge": lambda: completes(flows.SplitMerge, 55, 5),
    "retry": retry,
    "timer": lambda: completes(flows.Timer, "the timer fired", 1),
    "signal": signal_by_model,
    "cancel": cancel,
    "child": lambda: completes(flows.Child, "hello, child", "child"),
    "continue-as-new": continue_as_new,
    "marker": lambda: completes(flows.Marker, "details", "details"),
    "models": models,
    "errors": errors,
}


def processes():
    """Start a decider and a worker with the command of simpleflow, each the head of a group."""
    workflows = [f"flows.{kind.__name__}" for kind in flows.Story.__subclasses__()]
    where = ["--domain", DOMAIN.name, "--task-list", flows.TASKS, "--nb-processes", "1"]
    command = str(Path(sys.executable).with_name("simpleflow"))
    for arguments in (["decider.start", *where, *workflows], ["worker.start", *where]):
        yield subprocess.Popen(
            [command, *arguments], stdout=subprocess.DEVNULL, start_new_session=True
        )


def main():
    """Play all stories; the exit status is 1 if one ended wrongly."""
    print("version:", version("simpleflow"))
    DOMAIN.save()
    started = list(processes())
    failed = False
    for name, story in STORIES.items():
        problem = "ok"
        try:
            story()
        except Exception as failure:
            problem = " ".join(f"{type(failure).__name__}: {failure}".split())
            failed = True
        print(f"{name}: {problem}", flush=True)
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
