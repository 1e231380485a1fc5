"""The stories, on the few methods that a client has to have."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from client_matrix.python.decider import FLOW, WORK, Event, attributes, decide

DECISIONS = {"name": "decisions"}
ACTIVITIES = {"name": "activities"}
BARE = {"name": "bare", "version": "1"}
SINCE_1970 = {"oldestDate": 0}

Value = TypeVar("Value")


class Swf(Protocol):
    """A client library."""

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Call an operation, named as in ``register_domain``."""

    def pages(self, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
        """Call a paged operation until there is no further page."""

    def fault(self, call: Callable[[], object]) -> str:
        """Return the name of the fault that a call raises, as the client types it."""


class Stage:
    """A domain in which one story is played."""

    def __init__(self, swf: Swf, domain: str) -> None:
        self.swf = swf
        self.domain = domain
        self.attempts = 0

    def register(self) -> None:
        """Register the domain and both types."""
        self.swf.call(
            "register_domain", name=self.domain, workflowExecutionRetentionPeriodInDays="1"
        )
        self.swf.call(
            "register_workflow_type",
            domain=self.domain,
            **FLOW,
            defaultTaskList=DECISIONS,
            defaultTaskStartToCloseTimeout="60",
            defaultExecutionStartToCloseTimeout="600",
            defaultChildPolicy="TERMINATE",
        )
        self.swf.call(
            "register_activity_type",
            domain=self.domain,
            **WORK,
            defaultTaskList=ACTIVITIES,
            defaultTaskStartToCloseTimeout="60",
            defaultTaskScheduleToStartTimeout="60",
            defaultTaskScheduleToCloseTimeout="60",
            defaultTaskHeartbeatTimeout="NONE",
        )

    def steps(self, story: str, steps: str, result: str) -> None:
        """Play a workflow by single steps: (d)ecide, (w)ork, (s)ignal."""
        run_id = self.start(story)
        for step in steps:
            if step == "d":
                self.decide()
            elif step == "w":
                self.work()
            else:
                self.signal(story, "payload")
        self.expect_completed(story, run_id, result)

    def cancel(self) -> None:
        """Ask an execution to cancel, which it does."""
        run_id = self.start("cancel")
        self.decide()
        self.swf.call("request_cancel_workflow_execution", domain=self.domain, workflowId="cancel")
        self.decide()
        last = self.history("cancel", run_id)[-1]
        expect("WorkflowExecutionCanceled", last["eventType"])
        expect("as asked", attributes(last)["details"])

    def child(self) -> None:
        """Start a child on the same task list; the order of their decisions is not given."""
        run_id = self.start("child")
        execution = {"workflowId": "child", "runId": run_id}
        status = "OPEN"
        while status == "OPEN":
            self.decide()
            described = self.swf.call(
                "describe_workflow_execution", domain=self.domain, execution=execution
            )
            status = described["executionInfo"]["executionStatus"]
        self.expect_completed("child", run_id, "from the child")

    def continue_as_new(self) -> None:
        """Continue as a new execution, which names the one before."""
        first = self.start("continue-as-new")
        self.decide()
        last = self.history("continue-as-new", first)[-1]
        expect("WorkflowExecutionContinuedAsNew", last["eventType"])
        second = attributes(last)["newExecutionRunId"]
        self.decide()
        self.expect_completed("continue-as-new", second, "from the second run")
        started = self.history("continue-as-new", second)[0]
        expect(first, attributes(started)["continuedExecutionRunId"])

    def long_poll(self) -> None:
        """Poll before there is work: the poll is held, and gets the task when it comes."""
        with ThreadPoolExecutor(1) as pool:
            decision = pool.submit(self.decide)
            try:
                decision.result(2)
            except TimeoutError:
                run_id = self.start("long-poll")
                decision.result(20)
                self.expect_completed("long-poll", run_id, "the poll woke up")
            else:
                raise AssertionError("the poll was not held")

    def heartbeat(self) -> None:
        """Let an attempt fall silent after one heartbeat: it times out and its token is void."""
        run_id = self.start("heartbeat")
        self.decide()
        silent = self.take_activity()["taskToken"]
        beat = self.swf.call("record_activity_task_heartbeat", taskToken=silent, details="halfway")
        expect(False, beat["cancelRequested"])
        self.decide()
        events = self.history("heartbeat", run_id)
        timeout = next(attributes(e) for e in events if e["eventType"] == "ActivityTaskTimedOut")
        expect("HEARTBEAT", timeout["timeoutType"])
        expect("halfway", timeout["details"])
        late = self.swf.fault(
            lambda: self.swf.call("respond_activity_task_completed", taskToken=silent)
        )
        expect("UnknownResourceFault", late)
        self.work()
        self.decide()
        self.expect_completed("heartbeat", run_id, "heartbeat after 1")

    def paging(self) -> None:
        """Read lists and a history page by page."""
        ids = [f"paging-{number}" for number in range(5)]
        for workflow_id in ids:
            self.start(workflow_id)
        opened = self.swf.pages(
            "list_open_workflow_executions",
            domain=self.domain,
            startTimeFilter=SINCE_1970,
            tagFilter={"tag": "paging"},
            maximumPageSize=2,
            reverseOrder=True,
        )
        infos = [info for page in opened for info in page["executionInfos"]]
        expect(ids, [info["execution"]["workflowId"] for info in infos])
        for workflow_id in ids:
            self.swf.call(
                "terminate_workflow_execution", domain=self.domain, workflowId=workflow_id
            )
        closed = self.swf.pages(
            "list_closed_workflow_executions",
            domain=self.domain,
            closeTimeFilter=SINCE_1970,
            closeStatusFilter={"status": "TERMINATED"},
            maximumPageSize=2,
        )
        expect(len(ids), sum(len(page["executionInfos"]) for page in closed))

        run_id = self.start("paging")
        for workflow_id in ids:
            self.signal("paging", workflow_id)
        self.decide()
        event_ids = [event["eventId"] for event in self.history("paging", run_id)]
        expect(list(range(1, 11)), event_ids)

    def errors(self) -> None:
        """Bring about six faults."""
        self.expect_fault("UnknownResourceFault", "describe_domain", name="no-such-domain")
        expect("DomainAlreadyExistsFault", self.swf.fault(self.register))
        bare: dict[str, Any] = {"domain": self.domain, "workflowType": BARE}
        self.expect_fault(
            "TypeAlreadyExistsFault", "register_workflow_type", domain=self.domain, **FLOW
        )
        self.swf.call("register_workflow_type", domain=self.domain, **BARE)
        start = "start_workflow_execution"
        self.expect_fault("DefaultUndefinedFault", start, **bare, workflowId="bare")
        self.swf.call("deprecate_workflow_type", **bare)
        self.expect_fault("TypeDeprecatedFault", start, **bare, workflowId="bare")
        self.start("twice")
        again = self.swf.fault(lambda: self.start("twice"))
        expect("WorkflowExecutionAlreadyStartedFault", again)

    def start(self, workflow_id: str) -> str:
        """Start an execution; return its run id. The part of its id before a dash is its tag."""
        started = self.swf.call(
            "start_workflow_execution",
            domain=self.domain,
            workflowId=workflow_id,
            workflowType=FLOW,
            tagList=[workflow_id.partition("-")[0]],
            input=workflow_id,
        )
        return str(started["runId"])

    def signal(self, workflow_id: str, input: str) -> None:
        """Signal an execution."""
        self.swf.call(
            "signal_workflow_execution",
            domain=self.domain,
            workflowId=workflow_id,
            signalName="go",
            input=input,
        )

    def decide(self) -> None:
        """Take one decision task, its history page by page, and answer it."""
        pages = self.swf.pages(
            "poll_for_decision_task", domain=self.domain, taskList=DECISIONS, maximumPageSize=3
        )
        events: list[Event] = []
        for page in pages:
            token = page["taskToken"]
            events += page["events"]
        self.swf.call("respond_decision_task_completed", taskToken=token, decisions=decide(events))

    def take_activity(self) -> dict[str, Any]:
        """Take one activity task."""
        return self.swf.call("poll_for_activity_task", domain=self.domain, taskList=ACTIVITIES)

    def work(self) -> None:
        """Take one activity task and answer it; the first attempt of ``retry`` fails."""
        task = self.take_activity()
        self.attempts += 1
        token = task["taskToken"]
        if task["input"] == "retry" and self.attempts == 1:
            self.swf.call("respond_activity_task_failed", taskToken=token, reason="not yet")
        else:
            result = f"{task['input']} after {self.attempts}"
            self.swf.call("respond_activity_task_completed", taskToken=token, result=result)

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """Return the whole history, read page by page."""
        pages = self.swf.pages(
            "get_workflow_execution_history",
            domain=self.domain,
            execution={"workflowId": workflow_id, "runId": run_id},
            maximumPageSize=3,
        )
        return [event for page in pages for event in page["events"]]

    def expect_completed(self, workflow_id: str, run_id: str, result: str) -> None:
        """Raise AssertionError unless the execution completed with this result."""
        last = self.history(workflow_id, run_id)[-1]
        expect("WorkflowExecutionCompleted", last["eventType"])
        expect(result, attributes(last)["result"])

    def expect_fault(self, fault: str, operation: str, **members: Any) -> None:
        """Raise AssertionError unless the call raises this fault."""
        expect(fault, self.swf.fault(lambda: self.swf.call(operation, **members)))


def expect(expected: Value, got: Value) -> None:
    """Raise AssertionError unless the two are equal."""
    if expected != got:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


STORIES: dict[str, Callable[[Stage], None]] = {
    "hello": lambda stage: stage.steps("hello", "dwd", "hello after 1"),
    "retry": lambda stage: stage.steps("retry", "dwdwd", "retry after 2"),
    "timer": lambda stage: stage.steps("timer", "dd", "the timer fired"),
    "signal": lambda stage: stage.steps("signal", "dsd", "payload"),
    "cancel": Stage.cancel,
    "child": Stage.child,
    "continue-as-new": Stage.continue_as_new,
    "long-poll": Stage.long_poll,
    "heartbeat": Stage.heartbeat,
    "paging": Stage.paging,
    "errors": Stage.errors,
}


def play_all(swf: Swf, version: str) -> None:
    """Play every story in a domain of its own; exit with status 1 if one failed."""
    print(f"version: {version}")
    results = [_play(swf, name, story) for name, story in STORIES.items()]
    sys.exit(0 if all(results) else 1)


def _play(swf: Swf, name: str, story: Callable[[Stage], None]) -> bool:
    problem = "ok"
    try:
        stage = Stage(swf, f"{os.environ['SWF_DOMAIN']}-{name}")
        stage.register()
        story(stage)
    except Exception as failure:
        problem = " ".join(f"{type(failure).__name__}: {failure}".split())
    print(f"{name}: {problem}", flush=True)
    return problem == "ok"
