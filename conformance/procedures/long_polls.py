"""Long polls: held, woken, abandoned; the empty answer.

The service holds a poll for up to 60 seconds and answers as soon as there is a task (API
Reference, PollForActivityTask). An endpoint under test may hold it for less time.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from conformance import model
from conformance.case import Grade, Unavailable
from conformance.context import WORK, Context
from conformance.procedures.registry import case
from conformance.wire import Answer, NoAnswer

POLL_SOURCE = "API: PollForDecisionTask, PollForActivityTask; Developer Guide, swf-dev-comm-proto"
_HOLD_SECONDS = 0.6
_WOKEN_WITHIN_SECONDS = 2.0


class Poller(threading.Thread):
    """A poll in a thread of its own."""

    def __init__(self, ctx: Context, operation: str, task_list: str, timeout: float) -> None:
        super().__init__(daemon=True)
        self.ctx = ctx
        self.operation = operation
        self.body = {"taskList": {"name": task_list}}
        self.timeout = timeout
        self.answer: Answer | None = None
        self.answered_at = 0.0
        self.start()

    def run(self) -> None:
        """The poll itself; no answer in time leaves ``answer`` None."""
        try:
            self.answer = self.ctx.call(self.operation, self.body, timeout=self.timeout)
        except (NoAnswer, OSError):
            return
        self.answered_at = time.monotonic()


def _task(poller: Poller) -> dict[str, Any] | None:
    """The task that a poller got."""
    body = poller.answer.body if poller.answer else None
    return body if isinstance(body, dict) and body.get("taskToken") else None


@case(
    "long-polls",
    "a poll on an empty decision list is held, and woken by a start",
    POLL_SOURCE,
    Grade.DOCUMENTED,
    covers="long-poll/held long-poll/woken",
)
def decision_poll_is_woken(ctx: Context) -> None:
    poller = Poller(ctx, "PollForDecisionTask", "decisions", ctx.target.patience + 10)
    poller.join(_HOLD_SECONDS)
    ctx.expect(poller.is_alive(), "an idle poll", f"held for {_HOLD_SECONDS} s", poller.answer)
    started_at = time.monotonic()
    ctx.start()
    poller.join(ctx.target.patience)
    task = _task(poller)
    ctx.expect(task is not None, "the held poll", "answered with the task", poller.answer)
    if task is not None:
        taken = poller.answered_at - started_at
        ctx.expect(taken < _WOKEN_WITHIN_SECONDS, "the time to wake", "below 2 s", f"{taken:.2f} s")


@case(
    "long-polls",
    "a poll on an empty activity list is held, and woken by a scheduled task",
    POLL_SOURCE,
    Grade.DOCUMENTED,
    covers="long-poll/held long-poll/woken",
)
def activity_poll_is_woken(ctx: Context) -> None:
    poller = Poller(ctx, "PollForActivityTask", "activities", ctx.target.patience + 10)
    ctx.start()
    poller.join(_HOLD_SECONDS)
    ctx.expect(poller.is_alive(), "an idle poll", f"held for {_HOLD_SECONDS} s", poller.answer)
    ctx.decide(_schedule("a"))
    poller.join(ctx.target.patience)
    task = _task(poller)
    ctx.expect(
        task is not None and task["activityId"] == "a",
        "the held poll",
        "answered with activity a",
        poller.answer,
    )


@case(
    "long-polls",
    "of several held pollers exactly one gets a task",
    "Developer Guide, swf-dev-tasks: each task is given to one worker",
    Grade.DOCUMENTED,
    covers="long-poll/woken",
)
def one_task_wakes_one_poller(ctx: Context) -> None:
    ctx.start()
    hold = ctx.target.patience
    pollers = [Poller(ctx, "PollForActivityTask", "activities", hold) for _ in range(4)]
    ctx.decide(_schedule("a"))
    pollers[0].ctx.eventually(lambda: any(_task(p) for p in pollers))
    pollers[0].join(_HOLD_SECONDS)
    served = [p for p in pollers if _task(p)]
    ctx.expect(len(served) == 1, "pollers that got the task", 1, len(served))
    for name in ("b", "c", "d"):
        ctx.must("SignalWorkflowExecution", {"workflowId": "w", "signalName": name, "input": "i"})
        ctx.decide(_schedule(name))
    ctx.eventually(lambda: all(_task(p) for p in pollers))
    ids = sorted(task["activityId"] for p in pollers if (task := _task(p)))
    ctx.expect(ids == ["a", "b", "c", "d"], "activities handed out", "a b c d, each once", ids)


@case(
    "long-polls",
    "a poller that has left does not swallow the next task",
    "no document; the real service may lose such a task until it times out",
    Grade.INFERRED,
    covers="long-poll/abandoned",
)
def abandoned_poll_takes_nothing(ctx: Context) -> None:
    body = {"taskList": {"name": "decisions"}}
    try:
        answer = ctx.call("PollForDecisionTask", body, timeout=_HOLD_SECONDS)
    except NoAnswer:
        ctx.start()
        ctx.poll("Decision")
    else:
        raise Unavailable(f"the endpoint does not hold polls: {answer}")


@case(
    "long-polls",
    "an idle decision poll answers zero ids and no usable task token",
    "API: PollForDecisionTask (taskToken empty); clients of the service test for a missing token",
    Grade.DOCUMENTED,
    covers="long-poll/empty-answer",
)
def empty_decision_answer(ctx: Context) -> None:
    _empty_answer(ctx, "PollForDecisionTask", ("startedEventId", "previousStartedEventId"))


@case(
    "long-polls",
    "an idle activity poll answers a zero id and no usable task token",
    "API: PollForActivityTask (taskToken empty); clients of the service test for a missing token",
    Grade.DOCUMENTED,
    covers="long-poll/empty-answer",
)
def empty_activity_answer(ctx: Context) -> None:
    _empty_answer(ctx, "PollForActivityTask", ("startedEventId",))


def _empty_answer(ctx: Context, operation: str, zeros: tuple[str, ...]) -> None:
    wait = ctx.target.idle_wait
    try:
        answer = ctx.call(operation, {"taskList": {"name": "nothing-here"}}, timeout=wait)
    except NoAnswer:
        raise Unavailable(f"the poll is held for more than {wait} s") from None
    body = answer.body
    ctx.expect(answer.status == 200, "status", 200, answer)
    ctx.expect(not body.get("taskToken"), "taskToken", "absent or empty", body.get("taskToken"))
    with ctx.graded(Grade.INFERRED):
        expected = dict.fromkeys(zeros, 0)
        ctx.expect(body == expected, "the answer", expected, body)


@case(
    "long-polls",
    "a task that waits already is answered at once",
    "Developer Guide, swf-dg-dev-deciders",
    Grade.DOCUMENTED,
)
def waiting_task_is_answered_at_once(ctx: Context) -> None:
    ctx.start()
    began = time.monotonic()
    ctx.poll("Decision")
    taken = time.monotonic() - began
    ctx.expect(taken < _WOKEN_WITHIN_SECONDS, "the time of the poll", "below 2 s", f"{taken:.2f} s")


def _schedule(activity_id: str) -> dict[str, Any]:
    return {
        "decisionType": "ScheduleActivityTask",
        model.decision_member("ScheduleActivityTask"): {
            "activityId": activity_id,
            "activityType": WORK,
        },
    }
