# mypy: ignore-errors
"""The stories as botoflow has workflows: coroutines that are replayed from the history.

Types are not checked, since botoflow has none.
"""

from __future__ import annotations

import os
import sys
import traceback

import botocore.session
import pkg_resources
from botoflow import (
    ActivityWorker,
    Future,
    WorkflowDefinition,
    WorkflowWorker,
    activities,
    activity,
    execute,
    return_,
    signal,
    workflow_starter,
    workflow_time,
)
from botoflow.exceptions import ActivityTaskFailedError, ActivityTaskTimedOutError
from botoflow.swf_exceptions import (
    DomainAlreadyExistsError,
    SWFResponseError,
    UnknownResourceError,
    WorkflowExecutionAlreadyStartedError,
    swf_exception_wrapper,
)
from botoflow.workers import activity_worker

TASKS = "tasks"
DOMAIN = os.environ["SWF_DOMAIN"]
REGION = os.environ["AWS_REGION"]


class Tuples:
    """Tracebacks as Python 2 had them: botoflow cannot write those of Python 3 as JSON."""

    @staticmethod
    def extract_tb(tb):
        """Each frame as a tuple."""
        return [tuple(frame) for frame in traceback.extract_tb(tb)]


activity_worker.traceback = Tuples


class NotYet(Exception):
    """What the first attempt of the story ``retry`` raises."""


@activities(schedule_to_start_timeout=60, start_to_close_timeout=60)
class Work:
    """The activity of the stories."""

    attempts = 0

    @activity(version="1")
    def work(self, story):
        """Fail the first attempt of ``retry``."""
        Work.attempts += 1
        if story == "retry" and Work.attempts == 1:
            raise NotYet("not yet")
        return f"{story} after {Work.attempts}"


@activities(schedule_to_start_timeout=1, start_to_close_timeout=60)
class Nowhere:
    """An activity that has no worker."""

    @activity(version="1")
    def work_nowhere(self):
        """Do nothing."""


class Grown(WorkflowDefinition):
    """The child of the story ``child``."""

    @execute(version="1", execution_start_to_close_timeout=600)
    def grow(self):
        """Wait for a moment, since a workflow has to wait for something."""
        yield workflow_time.sleep(0)
        return_("from the child")


class Flow(WorkflowDefinition):
    """Each story is one way through it."""

    def __init__(self, workflow_execution):
        super().__init__(workflow_execution)
        self.arrived = Future()

    @execute(version="1", execution_start_to_close_timeout=600)
    def play(self, story):
        """What the story is about."""
        if story == "timer":
            yield workflow_time.sleep(1)
            return_("the timer fired")
        if story == "child":
            child = yield Grown.grow()
            result = yield child.workflow_result
            return_(result)
        if story == "continue-as-new":
            self.play("hello")
            return
        if story == "timeout":
            try:
                yield Nowhere.work_nowhere()
            except ActivityTaskTimedOutError:
                return_("timed out")
        if story in ("signal", "cancel"):
            payload = yield self.arrived
            return_(payload)
        try:
            result = yield Work.work(story)
        except ActivityTaskFailedError:
            result = yield Work.work(story)
        return_(result)

    @signal()
    def go(self, payload):
        """The signal of the story ``signal``."""
        self.arrived.set_result(payload)


class EndpointSession(botocore.session.Session):
    """A session whose clients reach one endpoint."""

    def create_client(self, service_name, **arguments):
        """A client of the endpoint."""
        url = os.environ["AWS_ENDPOINT_URL_SWF"]
        return super().create_client(service_name, endpoint_url=url, **arguments)


STORIES = (
    ("hello", "dwd", "COMPLETED", "hello after 1"),
    ("timer", "dd", "COMPLETED", "the timer fired"),
    ("signal", "dsd", "COMPLETED", "payload"),
    ("child", "dddddd", "COMPLETED", "from the child"),
    ("cancel", "dcd", "CANCELED", None),
    ("retry", "dwdwd", "COMPLETED", "retry after 2"),
    ("timeout", "dd", "COMPLETED", "timed out"),
    ("continue-as-new", "d", "CONTINUED_AS_NEW", None),
)


class Stage:
    """A domain with a decider and a worker."""

    def __init__(self):
        self.session = EndpointSession()
        self.client = self.session.create_client("swf", region_name=REGION)
        self.register(DOMAIN)
        self.decider = WorkflowWorker(self.session, REGION, DOMAIN, TASKS, Flow, Grown)
        self.worker = ActivityWorker(self.session, REGION, DOMAIN, TASKS, Work(), Nowhere())

    def register(self, name):
        """Register a domain."""
        with swf_exception_wrapper():
            self.client.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1")

    def describe(self, execution):
        """What SWF says of an execution."""
        return self.client.describe_workflow_execution(
            domain=DOMAIN,
            execution={"workflowId": execution.workflow_id, "runId": execution.run_id},
        )["executionInfo"]

    def play(self, name, steps, status, result):
        """'' when the workflow ended as it should, else what came instead."""
        Work.attempts = 0
        with workflow_starter(self.session, REGION, DOMAIN, TASKS) as starter:
            instance = Flow.play(name)
            execution = instance.workflow_execution
            for step in steps:
                if step == "d":
                    self.decider.run_once()
                elif step == "w":
                    self.worker.run_once()
                elif step == "s":
                    instance.go("payload")
                else:
                    self.client.request_cancel_workflow_execution(
                        domain=DOMAIN, workflowId=execution.workflow_id
                    )
                info = self.describe(execution)
                if info["executionStatus"] == "CLOSED":
                    break
            got = info.get("closeStatus", "OPEN")
            if got == status == "COMPLETED":
                value = starter.wait_for_completion(instance, 0, 1)
                return "" if value == result else f"expected {result}, got {value}"
        return "" if got == status else f"expected {status}, got {got}"

    def start(self, workflow_id):
        """Start an execution of a chosen id with a plain call."""
        with swf_exception_wrapper():
            self.client.start_workflow_execution(
                domain=DOMAIN,
                workflowId=workflow_id,
                workflowType={"name": "Flow", "version": "1"},
                taskList={"name": "nobody"},
            )

    def describe_unknown(self):
        """Describe a domain that does not exist."""
        with swf_exception_wrapper():
            self.client.describe_domain(name="no-such-domain")

    def errors(self):
        """'' if calls raise the errors that botoflow has for faults, else what came instead."""
        self.start("twice")
        for error, call in (
            (UnknownResourceError, self.describe_unknown),
            (DomainAlreadyExistsError, lambda: self.register(DOMAIN)),
            (WorkflowExecutionAlreadyStartedError, lambda: self.start("twice")),
        ):
            try:
                call()
            except SWFResponseError as got:
                if type(got) is not error:
                    return f"expected {error.__name__}, got {got!r}"
            else:
                return f"no {error.__name__}"
        return ""


def main():
    """Play all stories; the exit status is 1 if one ended wrongly."""
    print("version:", pkg_resources.get_distribution("botoflow").version)
    stage = Stage()
    outcomes = [(story[0], stage.play(*story)) for story in STORIES]
    outcomes.append(("errors", stage.errors()))
    for name, problem in outcomes:
        print(f"{name}: {problem or 'ok'}")
    sys.exit(1 if any(problem for _, problem in outcomes) else 0)


if __name__ == "__main__":
    main()
