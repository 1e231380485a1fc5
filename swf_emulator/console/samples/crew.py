"""The crew of a sample: a decider and a worker, each a thread that polls and answers.

They use the operations that any program would use. A crew exists as long as an execution of
its sample is open. It also ends when its polls are released: then the emulator stops or was
reset.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...core.faults import Fault
from ...engine.domains import Scope
from ...protocol.answers import HeldCall
from ...protocol.service import Service
from .reading import Decision, Event, fail

log = logging.getLogger("swf_emulator.samples")

PACE_SECONDS = 0.8
"""The duration of an activity in a clock mode in which time passes."""

ALREADY_THERE = ("DomainAlreadyExistsFault", "TypeAlreadyExistsFault")

Call = Callable[..., dict[str, Any]]
"""Calls an operation with its members and returns the answer. Raises `Fault`."""


class ActivityFailed(Exception):
    """The activity fails; the reason and the details are recorded in the history."""

    def __init__(self, reason: str, details: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True)
class Job:
    """The arguments of an activity: its input, parsed from JSON, and a way to call the service."""

    call: Call
    domain: str
    execution: Mapping[str, str]
    input: Any


@dataclass(frozen=True, slots=True)
class Sample:
    """A workflow that can be launched.

    ``deciders`` are its workflow types by name; the first is launched. A decider returns
    decisions for a whole history. ``activities`` are its activity types by name. ``choices``
    are offered at the launch: values and labels by the name of a form field.
    """

    name: str
    title: str
    text: str
    task_list: str
    deciders: Mapping[str, Callable[[Sequence[Event]], list[Decision]]]
    activities: Mapping[str, Callable[[Job], Any]]
    make_input: Callable[[int, Mapping[str, str]], Any]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    domain: str = "samples"

    @property
    def type_filter(self) -> dict[str, Any]:
        """Members of a call that mean the executions of the launched type."""
        launched = next(iter(self.deciders))
        times = {"startTimeFilter": {"oldestDate": 0}}
        return {"domain": self.domain, "typeFilter": {"name": launched}, **times}

    def register(self, call: Call) -> None:
        """Register the domain and the types that do not exist yet."""
        shared = {
            "domain": self.domain,
            "version": "1",
            "defaultTaskList": {"name": self.task_list},
        }
        _register(
            call,
            "RegisterDomain",
            name=self.domain,
            description="Sample workflows of the console",
            workflowExecutionRetentionPeriodInDays="1",
        )
        for name in self.deciders:
            _register(
                call,
                "RegisterWorkflowType",
                **shared,
                name=name,
                description=self.text,
                defaultTaskStartToCloseTimeout="30",
                defaultExecutionStartToCloseTimeout="86400",
                defaultChildPolicy="TERMINATE",
            )
        for name in self.activities:
            _register(
                call,
                "RegisterActivityType",
                **shared,
                name=name,
                defaultTaskScheduleToStartTimeout="300",
                defaultTaskStartToCloseTimeout="60",
                defaultTaskScheduleToCloseTimeout="360",
                defaultTaskHeartbeatTimeout="NONE",
            )

    def start(self, call: Call, choices: Mapping[str, str]) -> tuple[str, str]:
        """Start the next execution; return its workflow id and run id."""
        counts = [
            call(f"Count{state}WorkflowExecutions", **self.type_filter)["count"]
            for state in ("Open", "Closed")
        ]
        number = 1 + sum(counts)
        workflow_id = f"{self.name}-{number}"
        answer = call(
            "StartWorkflowExecution",
            domain=self.domain,
            workflowType={"name": next(iter(self.deciders)), "version": "1"},
            workflowId=workflow_id,
            input=json.dumps(self.make_input(number, choices)),
            tagList=["sample", self.name],
        )
        return workflow_id, answer["runId"]


def _register(call: Call, operation: str, **members: Any) -> None:
    try:
        call(operation, **members)
    except Fault as fault:
        if fault.code not in ALREADY_THERE:
            raise


class Crews:
    """At most one crew for each sample in each account and region."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._crews: dict[tuple[Scope, str], Crew] = {}

    def launch(self, scope: Scope, sample: Sample, choices: Mapping[str, str]) -> tuple[str, str]:
        """Start an execution of the sample, and a crew unless one is at work."""
        call = partial(self._service.call, scope)
        sample.register(call)
        with self._lock:
            started = sample.start(call, choices)
            crew = self._crews.get((scope, sample.name))
            if crew is None or crew.stopped.is_set():
                self._crews[scope, sample.name] = Crew(self._service, scope, sample, self._lock)
        return started


class Crew:
    """The decider and the worker of one sample, at work until ``stopped`` is set.

    While ``launching`` is held, no execution of the sample is launched.
    """

    def __init__(
        self, service: Service, scope: Scope, sample: Sample, launching: threading.Lock
    ) -> None:
        self._clock = service.accounts.clock
        self._call: Call = partial(service.call, scope)
        self._hold = partial(service.hold, scope)
        self._sample = sample
        self._launching = launching
        self._lock = threading.Lock()
        self._polls: set[HeldCall] = set()
        self.stopped = threading.Event()
        for work in (self._decide, self._work):
            name = f"swf-sample-{sample.name}"
            threading.Thread(target=self._run, args=(work,), name=name, daemon=True).start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            while not self.stopped.is_set():
                work()
        except Fault as fault:
            log.warning("the sample %s stops: %s", self._sample.name, fault)
        finally:
            self._stop()

    def _stop(self) -> None:
        with self._lock:
            self.stopped.set()
        for poll in list(self._polls):
            poll.expire()

    def _poll(self, operation: str, role: str) -> dict[str, Any] | None:
        """The next task, or None; a poll that is released stops the crew."""
        with self._lock:
            if self.stopped.is_set():
                return None
            poll = self._hold(
                operation,
                None,
                domain=self._sample.domain,
                taskList={"name": self._sample.task_list},
                identity=f"{self._sample.name} {role}",
            )
            self._polls.add(poll)
        task = poll.wait()
        self._polls.discard(poll)
        if "taskToken" in task:
            return task
        if poll.expired:
            self._stop_if_idle()
        else:
            self._stop()
        return None

    def _stop_if_idle(self) -> None:
        """Stop unless an execution of the sample is open."""
        with self._launching:
            if not self._call("CountOpenWorkflowExecutions", **self._sample.type_filter)["count"]:
                self._stop()

    def _decide(self) -> None:
        task = self._poll("PollForDecisionTask", "decider")
        if task is None:
            return
        try:
            decisions = self._sample.deciders[task["workflowType"]["name"]](task["events"])
        except Exception as error:
            # A user has started the sample's type with another input.
            log.warning("the sample %s cannot decide", self._sample.name, exc_info=True)
            decisions = fail("the sample cannot decide", repr(error))
        self._answer(task, "RespondDecisionTaskCompleted", decisions=decisions)
        self._stop_if_idle()

    def _work(self) -> None:
        task = self._poll("PollForActivityTask", "worker")
        if task is None:
            return
        clock = self._clock
        if clock.mode == "real":
            self.stopped.wait(PACE_SECONDS / max(clock.speed, 1.0))
        try:
            task_input = json.loads(task.get("input", "null"))
            job = Job(self._call, self._sample.domain, task["workflowExecution"], task_input)
            result = self._sample.activities[task["activityType"]["name"]](job)
        except Exception as error:
            if not isinstance(error, ActivityFailed):
                log.warning("the sample %s cannot do its work", self._sample.name, exc_info=True)
                error = ActivityFailed("the sample cannot do its work", repr(error))
            failure = {"reason": error.reason, "details": error.details}
            self._answer(task, "RespondActivityTaskFailed", **failure)
        else:
            text = result if isinstance(result, str) else json.dumps(result)
            self._answer(task, "RespondActivityTaskCompleted", result=text)

    def _answer(self, task: Mapping[str, Any], operation: str, **members: Any) -> None:
        """Answer a task, unless it is no longer open."""
        try:
            self._call(operation, taskToken=task["taskToken"], **members)
        except Fault as fault:
            if fault.code != "UnknownResourceFault":
                raise
            log.info("the sample %s is too late: %s", self._sample.name, fault.message)
