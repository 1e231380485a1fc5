"""Real threads that make the same call at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.grammar import check_history
from swf_emulator import Emulator, Settings, SystemClock
from tests.sim.obligations import check_obligations

from . import wire, workload
from .conftest import Serve
from .wire import Reply
from .workload import DOMAIN, TYPE

THREADS = 12
ROUNDS = 5

Parameters = Callable[[int], dict[str, Any]]


def race(url: str, operation: str, parameters: Any) -> list[Reply]:
    """The replies to calls that are made at once, with parameters by the thread's number."""
    made: Parameters = parameters
    return workload.at_once(THREADS, lambda thread: wire.call(url, operation, **made(thread)))


def test_one_activity_task_is_completed_by_exactly_one(patient: tuple[Emulator, str]) -> None:
    _, url = patient
    for number in range(ROUNDS):
        run_id = workload.start(url, f"w{number}")
        decision = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
        workload.decide(url, decision["taskToken"], workload.schedule_activity())
        task = wire.succeed(url, "PollForActivityTask", **workload.poll_parameters())
        token = task["taskToken"]
        replies = race(
            url,
            "RespondActivityTaskCompleted",
            lambda thread, token=token: {"taskToken": token, "result": f"by {thread}"},
        )
        winners = [thread for thread, reply in enumerate(replies) if reply.status == 200]
        assert len(winners) == 1
        faults = {reply.fault for reply in replies if reply.status != 200}
        assert faults == {"UnknownResourceFault"}
        events = workload.history(url, f"w{number}", run_id)
        assert workload.types_of(events)[-2:] == ["ActivityTaskCompleted", "DecisionTaskScheduled"]
        attributes = events[-2]["activityTaskCompletedEventAttributes"]
        assert attributes["result"] == f"by {winners[0]}"
        done = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
        workload.decide(url, done["taskToken"])


def test_one_decision_task_is_completed_by_exactly_one(patient: tuple[Emulator, str]) -> None:
    _, url = patient
    for number in range(ROUNDS):
        run_id = workload.start(url, f"w{number}")
        decision = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters())
        token = decision["taskToken"]
        replies = race(
            url,
            "RespondDecisionTaskCompleted",
            lambda thread, token=token: {
                "taskToken": token,
                "decisions": [workload.start_timer(f"by {thread}", "100")],
            },
        )
        assert sorted(reply.status for reply in replies) == [200, *[400] * (THREADS - 1)]
        types = workload.types_of(workload.history(url, f"w{number}", run_id))
        assert types[-2:] == ["DecisionTaskCompleted", "TimerStarted"]


def test_one_workflow_id_is_started_by_exactly_one(patient: tuple[Emulator, str]) -> None:
    _, url = patient
    for number in range(ROUNDS):
        asked = {"domain": DOMAIN, "workflowId": f"w{number}", "workflowType": TYPE}
        replies = race(url, "StartWorkflowExecution", lambda _, asked=asked: asked)
        assert sorted(reply.status for reply in replies) == [200, *[400] * (THREADS - 1)]
        faults = {reply.fault for reply in replies if reply.status != 200}
        assert faults == {"WorkflowExecutionAlreadyStartedFault"}
    count = wire.succeed(
        url, "CountOpenWorkflowExecutions", domain=DOMAIN, startTimeFilter={"oldestDate": 0}
    )
    assert count["count"] == ROUNDS


@pytest.mark.parametrize("speed", [10.0])
def test_timers_fire_while_calls_come_in(serve: Serve, speed: float) -> None:
    """Each timer fires once, also if signals arrive at that moment, and all histories agree."""
    emulator, url = serve(Settings(poll_hold_seconds=30.0), SystemClock(speed))
    timers, signals = 20, 15
    run_ids = {}
    for number in range(THREADS):
        name = f"w{number}"
        run_ids[name] = workload.start(url, name, taskList={"name": name})
        decision = wire.succeed(url, "PollForDecisionTask", **workload.poll_parameters(name))
        workload.decide(
            url,
            decision["taskToken"],
            *(workload.start_timer(f"t{index}", str(1 + index % 4)) for index in range(timers)),
        )

    def signal(number: int) -> None:
        for _ in range(signals):
            wire.succeed(
                url,
                "SignalWorkflowExecution",
                domain=DOMAIN,
                workflowId=f"w{number}",
                signalName="go",
            )

    workload.at_once(THREADS, signal)
    for name, run_id in run_ids.items():
        _await_timers(url, name, run_id, timers)
        events = workload.history(url, name, run_id)
        assert workload.types_of(events).count("WorkflowExecutionSignaled") == signals
        check_history(events, closed=False)
    for engine in emulator.accounts.engines():
        with engine.transaction.lock:
            check_obligations(engine)


def _await_timers(url: str, workflow_id: str, run_id: str, count: int) -> None:
    """Return once that many timers have fired."""

    def all_fired() -> bool:
        types = workload.types_of(workload.history(url, workflow_id, run_id))
        return types.count("TimerFired") == count

    workload.await_that(all_fired, f"{count} timers of {workflow_id} fire")
