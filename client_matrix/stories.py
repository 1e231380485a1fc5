"""The small workflows that every client runs, and what must come of them.

The decider is one function from history to decisions; the story is the input of the workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Event = dict[str, Any]
Decision = dict[str, Any]
Decider = Callable[[Sequence[Event]], list[Decision]]

FLOW = {"name": "flow", "version": "1"}
WORK = {"name": "work", "version": "1"}
DECISIONS = "decisions"
ACTIVITIES = "activities"


class WorkFailed(Exception):
    """The activity reports a failure; the text is the reason."""


class Client(Protocol):
    """What a client library has to do here."""

    def register(self, domain: str) -> None:
        """Register the domain, the workflow type and the activity type; keep the domain."""

    def start(self, workflow_id: str, input: str) -> str:
        """Start an execution; returns its run id."""

    def signal(self, workflow_id: str, name: str, input: str) -> None:
        """Signal an execution."""

    def cancel(self, workflow_id: str) -> None:
        """Ask an execution to cancel."""

    def decide(self, decider: Decider) -> None:
        """Take one decision task and answer it."""

    def work(self, worker: Callable[[str], str]) -> None:
        """Take one activity task and answer it; ``WorkFailed`` becomes a failure."""

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """The whole history."""

    def error_code(self, call: Callable[[], object]) -> str:
        """The code of the fault that a call raises, as the client types it; '' for none."""

    def describe_unknown_domain(self) -> None:
        """Describe a domain that does not exist."""


def decide(events: Sequence[Event]) -> list[Decision]:
    """The next decisions of any of the stories."""
    story = _attributes(events[0]).get("input", "")
    kinds = [event["eventType"] for event in events]
    last = next(e for e in reversed(events) if not e["eventType"].startswith("DecisionTask"))
    kind = last["eventType"]
    if kind == "WorkflowExecutionStarted":
        return _first(story)
    if kind in ("ActivityTaskFailed", "ActivityTaskTimedOut"):
        return [_schedule(f"attempt-{kinds.count(kind) + 1}", story)]
    if kind == "ActivityTaskCompleted":
        return [_complete(_attributes(last).get("result", ""))]
    if kind == "TimerFired":
        return [_complete("the timer fired")]
    if kind == "WorkflowExecutionSignaled":
        return [_complete(_attributes(last)["input"])]
    if kind == "ChildWorkflowExecutionCompleted":
        return [_complete(_attributes(last)["result"])]
    if kind == "WorkflowExecutionCancelRequested":
        return [_decision("CancelWorkflowExecution", details="as asked")]
    return []


def _first(story: str) -> list[Decision]:
    if story == "timer":
        return [_decision("StartTimer", timerId="t", startToFireTimeout="1")]
    if story == "child":
        return [
            _decision(
                "StartChildWorkflowExecution",
                workflowId="the-child",
                workflowType=FLOW,
                input="grown",
            )
        ]
    if story == "grown":
        return [_complete("from the child")]
    if story in ("hello", "retry"):
        return [_schedule("attempt-1", story)]
    return []


def _schedule(activity_id: str, input: str) -> Decision:
    return _decision("ScheduleActivityTask", activityId=activity_id, activityType=WORK, input=input)


def _complete(result: str) -> Decision:
    return _decision("CompleteWorkflowExecution", result=result)


def _decision(kind: str, **attributes: Any) -> Decision:
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    return {"decisionType": kind, member: attributes}


def _attributes(event: Event) -> dict[str, Any]:
    kind = event["eventType"]
    found: dict[str, Any] = event[kind[0].lower() + kind[1:] + "EventAttributes"]
    return found


class _Worker:
    """Fails the first attempt of the story ``retry``."""

    def __init__(self) -> None:
        self.attempts = 0

    def __call__(self, input: str) -> str:
        self.attempts += 1
        if input == "retry" and self.attempts == 1:
            raise WorkFailed("not yet")
        return f"{input} after {self.attempts}"


@dataclass(frozen=True, slots=True)
class Story:
    """One workflow: what happens to it and how it ends."""

    name: str
    steps: str
    """``d`` decide, ``w`` work, ``s`` signal, ``c`` cancel."""
    closing: str
    outcome: dict[str, str]


STORIES = (
    Story("hello", "dwd", "WorkflowExecutionCompleted", {"result": "hello after 1"}),
    Story("timer", "dd", "WorkflowExecutionCompleted", {"result": "the timer fired"}),
    Story("signal", "dsd", "WorkflowExecutionCompleted", {"result": "payload"}),
    Story("child", "ddddd", "WorkflowExecutionCompleted", {"result": "from the child"}),
    Story("cancel", "dcd", "WorkflowExecutionCanceled", {"details": "as asked"}),
    Story("retry", "dwdwd", "WorkflowExecutionCompleted", {"result": "retry after 2"}),
)


def run_story(client: Client, story: Story) -> str:
    """'' when the workflow ended as it should, else what came instead."""
    run_id = client.start(story.name, story.name)
    worker = _Worker()
    for step in story.steps:
        if step == "d":
            client.decide(decide)
        elif step == "w":
            client.work(worker)
        elif step == "s":
            client.signal(story.name, "go", "payload")
        else:
            client.cancel(story.name)
        last = client.history(story.name, run_id)[-1]
        if last["eventType"] == story.closing:
            break
    got = {name: _attributes(last).get(name) for name in story.outcome}
    if last["eventType"] == story.closing and got == story.outcome:
        return ""
    return f"expected {story.closing} {story.outcome}, got {last['eventType']} {got}"


def run_errors(client: Client, domain: str) -> dict[str, str]:
    """Faults by what brings them about: the code that the client told."""
    client.start("twice", "signal")
    return {
        "UnknownResourceFault": client.error_code(client.describe_unknown_domain),
        "DomainAlreadyExistsFault": client.error_code(lambda: client.register(domain)),
        "WorkflowExecutionAlreadyStartedFault": client.error_code(
            lambda: client.start("twice", "signal")
        ),
    }
