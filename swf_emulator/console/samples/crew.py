"""Who does a sample's work: a decider and a worker, each a thread that polls and answers.

They use the operations that any program would use. A crew is there as long as an execution
of its sample is open; it ends when its polls are released, since then the emulator stops.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.faults import Fault
from ...engine.domains import Scope
from ..calls import Calls, Waiting
from .reading import fail

log = logging.getLogger("swf_emulator.samples")

PACE_SECONDS = 0.8
"""How long the work of an activity seems to take while time passes by itself."""

Event = dict[str, Any]
Decision = dict[str, Any]
ALREADY_THERE = ("DomainAlreadyExistsFault", "TypeAlreadyExistsFault")


class ActivityFailed(Exception):
    """The activity gives up; the reason and the details go into the history."""

    def __init__(self, reason: str, details: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True)
class Job:
    """What an activity is given: its input, read from JSON, and a way to call the service."""

    calls: Calls
    domain: str
    execution: Mapping[str, str]
    input: Any


Activity = Callable[[Job], Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A workflow that can be launched.

    ``deciders`` are its workflow types by name, the first of which is launched; each decides
    from the whole history. ``activities`` are its activity types by name. ``choices`` are
    offered at the launch, by the name of a form field: value and text.
    """

    name: str
    title: str
    text: str
    domain: str
    task_list: str
    deciders: Mapping[str, Callable[[Sequence[Event]], list[Decision]]]
    activities: Mapping[str, Activity]
    make_input: Callable[[int, Mapping[str, str]], Any]
    tags: Sequence[str]
    choices: Mapping[str, Sequence[tuple[str, str]]]

    def register(self, calls: Calls) -> None:
        """Register the domain and the types, those that are not there yet."""
        task_list = {"name": self.task_list}
        _register(
            calls,
            "RegisterDomain",
            name=self.domain,
            description="Sample workflows of the console",
            workflowExecutionRetentionPeriodInDays="1",
        )
        for name in self.deciders:
            _register(
                calls,
                "RegisterWorkflowType",
                domain=self.domain,
                name=name,
                version="1",
                description=self.text,
                defaultTaskList=task_list,
                defaultTaskStartToCloseTimeout="30",
                defaultExecutionStartToCloseTimeout="86400",
                defaultChildPolicy="TERMINATE",
            )
        for name in self.activities:
            _register(
                calls,
                "RegisterActivityType",
                domain=self.domain,
                name=name,
                version="1",
                defaultTaskList=task_list,
                defaultTaskScheduleToStartTimeout="300",
                defaultTaskStartToCloseTimeout="60",
                defaultTaskScheduleToCloseTimeout="360",
                defaultTaskHeartbeatTimeout="NONE",
            )


def _register(calls: Calls, operation: str, **parameters: Any) -> None:
    try:
        calls(operation, **parameters)
    except Fault as fault:
        if fault.code not in ALREADY_THERE:
            raise


class Crews:
    """At most one crew for each sample in each scope."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crews: dict[tuple[Scope, str], Crew] = {}

    def launch(
        self, calls: Calls, scope: Scope, sample: Sample, choices: Mapping[str, str]
    ) -> tuple[str, str]:
        """Start an execution of the sample and see to it that somebody works on it."""
        sample.register(calls)
        name = next(iter(sample.deciders))
        asked = {"domain": sample.domain, "workflowType": {"name": name, "version": "1"}}
        with self._lock:
            number = self._number(calls, sample, name)
            workflow_id = f"{sample.name}-{number}"
            run_id = calls(
                "StartWorkflowExecution",
                **asked,
                workflowId=workflow_id,
                input=json.dumps(sample.make_input(number, choices)),
                tagList=list(sample.tags),
            )["runId"]
            crew = self._crews.get((scope, sample.name))
            if crew is None or not crew.goes_on():
                self._crews[scope, sample.name] = Crew(calls, sample).start()
        return workflow_id, run_id

    @staticmethod
    def _number(calls: Calls, sample: Sample, name: str) -> int:
        """One more than there are executions of the sample."""
        counts: list[int] = [
            calls(
                f"Count{state}WorkflowExecutions",
                domain=sample.domain,
                startTimeFilter={"oldestDate": 0},
                typeFilter={"name": name},
            )["count"]
            for state in ("Open", "Closed")
        ]
        return 1 + sum(counts)


class Crew:
    """The decider and the worker of one sample."""

    def __init__(self, calls: Calls, sample: Sample) -> None:
        self._calls = calls
        self._sample = sample
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._polls: set[Waiting] = set()

    def start(self) -> Crew:
        for work in (self._decide, self._work):
            name = f"swf-sample-{self._sample.name}"
            threading.Thread(
                target=self._until_stopped, args=(work,), name=name, daemon=True
            ).start()
        return self

    def goes_on(self) -> bool:
        """Whether it will look for tasks again; one that has ended never does."""
        with self._lock:
            return not self._stopped.is_set()

    def _until_stopped(self, work: Callable[[], None]) -> None:
        try:
            while not self._stopped.is_set():
                work()
        except Fault as fault:
            log.warning("the sample %s stops: %s", self._sample.name, fault)
        finally:
            self._stop()

    def _stop(self) -> None:
        with self._lock:
            self._stopped.set()
            polls = list(self._polls)
        for poll in polls:
            poll.end()

    def _poll(self, operation: str, role: str) -> dict[str, Any] | None:
        """The next task, or None; a poll that is released ends the crew."""
        hold_seconds = self._calls.service.engine.settings.poll_hold_seconds
        poll = self._calls.poll(
            operation,
            hold_seconds,
            domain=self._sample.domain,
            taskList={"name": self._sample.task_list},
            identity=f"{self._sample.name} {role}",
        )
        with self._lock:
            self._polls.add(poll)
            if self._stopped.is_set():
                poll.end()
        task = poll.wait()
        with self._lock:
            self._polls.discard(poll)
        if "taskToken" in task:
            return task
        if poll.released or not self._open_executions():
            self._stop()
        return None

    def _open_executions(self) -> int:
        count: int = self._calls(
            "CountOpenWorkflowExecutions",
            domain=self._sample.domain,
            startTimeFilter={"oldestDate": 0},
            typeFilter={"name": next(iter(self._sample.deciders))},
        )["count"]
        return count

    def _decide(self) -> None:
        task = self._poll("PollForDecisionTask", "decider")
        if task is None:
            return
        try:
            decide = self._sample.deciders[task["workflowType"]["name"]]
            decisions = decide(task["events"])
        except Exception as error:
            # Somebody has started the sample's type with an input that is none of its own.
            log.warning("the sample %s cannot decide", self._sample.name, exc_info=True)
            decisions = fail("the sample cannot decide", repr(error))
        token = task["taskToken"]
        self._answer("RespondDecisionTaskCompleted", taskToken=token, decisions=decisions)
        if not self._open_executions():
            self._stop()

    def _work(self) -> None:
        task = self._poll("PollForActivityTask", "worker")
        if task is None:
            return
        clock = self._calls.service.engine.clock
        if clock.mode == "real":
            self._stopped.wait(PACE_SECONDS / max(clock.speed, 1.0))
        token = task["taskToken"]
        try:
            given = json.loads(task.get("input", "null"))
            job = Job(self._calls, self._sample.domain, task["workflowExecution"], given)
            result = self._sample.activities[task["activityType"]["name"]](job)
        except ActivityFailed as failure:
            self._fail(token, failure.reason, failure.details)
        except Exception as error:
            log.warning("the sample %s cannot do its work", self._sample.name, exc_info=True)
            self._fail(token, "the sample cannot do its work", repr(error))
        else:
            text = result if isinstance(result, str) else json.dumps(result)
            self._answer("RespondActivityTaskCompleted", taskToken=token, result=text)

    def _fail(self, token: str, reason: str, details: str) -> None:
        self._answer("RespondActivityTaskFailed", taskToken=token, reason=reason, details=details)

    def _answer(self, operation: str, **parameters: Any) -> None:
        """Answer a task; if it is no longer open, somebody else has acted meanwhile."""
        try:
            self._calls(operation, **parameters)
        except Fault as fault:
            if fault.code != "UnknownResourceFault":
                raise
            log.info("the sample %s comes too late: %s", self._sample.name, fault.message)
