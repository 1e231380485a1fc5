"""A poll that waits, in its own thread: answered when a task comes, or when its time is over."""

from __future__ import annotations

import json
import threading

from swf_emulator.protocol.service import Answer, HeldPoll, Request

from .situation import AMZ_JSON, DOMAIN, TARGET, Situation

ORDER = {
    "workflowType": {"name": "W", "version": "1"},
    "executionStartToCloseTimeout": "60",
    "taskStartToCloseTimeout": "NONE",
    "taskList": {"name": "L"},
    "childPolicy": "ABANDON",
}


def held_poll(situation: Situation, seconds: float) -> HeldPoll:
    body = json.dumps({"domain": DOMAIN, "taskList": {"name": "L"}}).encode()
    request = Request(f"{TARGET}PollForDecisionTask", AMZ_JSON, "", body, len(body))
    held = situation.emulator.service.handle(request, seconds)
    assert isinstance(held, HeldPoll)
    return held


def test_a_task_comes_while_it_waits() -> None:
    situation = Situation(0.0)
    situation.register(DOMAIN, {"W": "1"})
    held = held_poll(situation, 30.0)
    answers: list[Answer] = []
    waiting = threading.Thread(target=lambda: answers.append(held.wait()))
    waiting.start()
    situation.start(DOMAIN, "w", **ORDER)
    waiting.join(30)
    assert json.loads(answers[0].body)["startedEventId"] == 3


def test_its_time_is_over() -> None:
    situation = Situation(0.0)
    situation.register(DOMAIN, {})
    held = held_poll(situation, 0.01)
    assert json.loads(held.wait().body) == {"previousStartedEventId": 0, "startedEventId": 0}
    lists = situation.emulator.accounts.collect(lambda view: view.task_lists())
    assert lists == []


def test_a_task_that_is_on_its_way_when_the_time_is_over_is_not_lost() -> None:
    situation = Situation(0.0)
    situation.register(DOMAIN, {"W": "1"})
    held = held_poll(situation, 0.01)
    situation.start(DOMAIN, "w", **ORDER)
    held.expire()
    assert json.loads(held.wait().body)["startedEventId"] == 3


def test_resetting_ends_it() -> None:
    situation = Situation(0.0)
    situation.register(DOMAIN, {})
    held = held_poll(situation, 30.0)
    situation.emulator.reset()
    assert json.loads(held.wait().body)["startedEventId"] == 0
