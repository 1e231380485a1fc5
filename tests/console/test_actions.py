"""Signals, termination, answers by hand, the clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swf_emulator import VirtualClock
from swf_emulator.core.registry import DECISIONS

from .conftest import Browser, Shop
from .html import Element, parse


def events(browser: Browser, at: str) -> list[tuple[str, dict[str, Any]]]:
    rows = browser.json(f"{at}/events.json?view=raw")["events"]["rows"]
    return [(row["event_type"], row["attributes"]) for row in rows]


def test_signal_cancel_terminate(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    browser.act(f"{at}/signal", signalName="go", input="<now>")
    browser.act(f"{at}/cancel")
    browser.act(f"{at}/terminate", reason="enough", details="d", childPolicy="ABANDON")
    found = dict(events(browser, at))
    assert found["WorkflowExecutionSignaled"]["signalName"] == "go"
    assert found["WorkflowExecutionSignaled"]["input"] == "<now>"
    assert "WorkflowExecutionCancelRequested" in found
    terminated = found["WorkflowExecutionTerminated"]
    assert (terminated["reason"], terminated["childPolicy"]) == ("enough", "ABANDON")
    assert "Unknown execution" in browser.rejected(f"{at}/signal", signalName="go").text
    links = [each.text for each in browser.get(f"{at}/summary").one("main").all("a")]
    assert "Terminate" not in links


def test_a_signal_needs_a_name(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    page = browser.rejected(f"{at}/signal", input="kept")
    assert "signalName" in page.one(role="alert").text
    assert page.one("main").one("form").fields()["input"] == "kept"


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    ("action", "fields", "event"),
    [
        ("complete", {"result": "42"}, "ActivityTaskCompleted"),
        ("fail", {"reason": "r", "details": "d"}, "ActivityTaskFailed"),
        ("cancel", {"details": "d"}, "ActivityTaskCanceled"),
    ],
)
def test_an_activity_is_answered_by_hand(
    browser: Browser, shop: Shop, taken: bool, action: str, fields: dict[str, str], event: str
) -> None:
    at = shop.start()
    shop.decide(shop.charge("first"), shop.charge("second"))
    if taken:
        shop.take("anna")
        shop.take("bert")
    form = browser.get(f"{at}/activities/6/{action}").one("main")
    assert ("bert" in form.text) == taken
    browser.act(f"{at}/activities/6/{action}", **fields)
    names = [name for name, _ in events(browser, at)]
    assert names[-2:] == [event, "DecisionTaskScheduled"]
    answered = dict(events(browser, at))[event]
    assert answered["scheduledEventId"] == 6
    assert fields.items() <= answered.items()
    identities = [
        a.get("identity") for name, a in events(browser, at) if name == "ActivityTaskStarted"
    ]
    assert identities == (["anna", "bert"] if taken else ["console"])
    assert "Unknown activity" in browser.rejected(f"{at}/activities/6/{action}", **fields).text


def test_a_heartbeat_is_recorded_by_hand(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.decide(shop.charge())
    browser.act(f"{at}/activities/5/heartbeat", details="half way")
    assert "half way" in browser.get(f"{at}/waiting").text
    assert browser.get(f"{at}/activities/2/complete", status=400)


def test_a_decision_task_is_answered_by_hand_from_forms(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    form = browser.get(f"{at}/decide").one("form", class_="desk")
    added = {each.attributes["value"] for each in form.one(role="group").all("button")}
    assert added == {f"add:{name}" for name in DECISIONS}
    fields = {
        "d0.decisionType": "ScheduleActivityTask",
        "d0.activityType": "Charge/1",
        "d0.activityId": "c1",
        "d0.input": '{"a": 1}',
        "d0.taskList": "other",
        "d3.decisionType": "StartTimer",
        "d3.timerId": "t",
        "d3.startToFireTimeout": "60",
        "json": json.dumps(
            [
                {
                    "decisionType": "RecordMarker",
                    "recordMarkerDecisionAttributes": {"markerName": "m"},
                }
            ]
        ),
        "executionContext": "step 1",
    }
    browser.act(f"{at}/decide", **fields)
    found = dict(events(browser, at))
    assert found["DecisionTaskStarted"]["identity"] == "console"
    assert found["ActivityTaskScheduled"]["taskList"] == {"name": "other"}
    assert found["ActivityTaskScheduled"]["input"] == '{"a": 1}'
    assert found["TimerStarted"]["timerId"] == "t"
    assert found["MarkerRecorded"]["markerName"] == "m"
    summary = browser.json(f"{at}/summary.json")
    assert summary["description"]["latestExecutionContext"] == "step 1"
    assert "Unknown decision task" in browser.rejected(f"{at}/decide").text


def changed(browser: Browser, at: str, do: str, **fields: str) -> Element:
    """The form after one of its buttons; nothing is recorded."""
    response = browser.post(f"{at}/decide", **fields, do=do)
    assert response.status_code == 200, response.text
    return parse(response.text)


def test_decisions_are_added_moved_and_removed_without_a_script(
    browser: Browser, shop: Shop
) -> None:
    at = shop.start()
    page = changed(browser, at, "add:StartTimer")
    fields = page.one("form", class_="desk").fields()
    fields |= {"d0.timerId": "t", "d0.startToFireTimeout": "60", "executionContext": "c"}
    page = changed(browser, at, "add:RecordMarker", **fields)
    fields = page.one("form", class_="desk").fields() | {"d1.markerName": "m"}
    page = changed(browser, at, "up:1", **fields)
    fields = page.one("form", class_="desk").fields()
    assert (fields["d0.markerName"], fields["d1.timerId"]) == ("m", "t")
    assert fields["executionContext"] == "c"
    records = page.one(class_="desk").one("aside").text
    for number, event_type in enumerate(("DecisionTaskStarted", "DecisionTaskCompleted"), 3):
        assert f"{number} {event_type}" in records
    assert "5 MarkerRecorded m 6 TimerStarted t" in records
    assert "Then it waits for t" in records
    page = changed(browser, at, "down:0", **fields)
    assert page.one("form", class_="desk").fields()["d1.markerName"] == "m"
    page = changed(browser, at, "remove:0", **fields)
    assert "d1.decisionType" not in page.one("form", class_="desk").fields()
    for odd in ("remove:9", "up:0", "add:Nothing", "check"):
        page = changed(browser, at, odd, **fields)
        assert page.one("form", class_="desk").fields()["d1.timerId"] == "t"
    assert len(events(browser, at)) == 2
    browser.act(f"{at}/decide", **fields)
    assert [name for name, _ in events(browser, at)][-2:] == ["MarkerRecorded", "TimerStarted"]


def test_a_dry_run_tells_what_is_wrong(browser: Browser, shop: Shop) -> None:
    at = shop.start()

    def checked(**fields: str) -> Any:
        return browser.post(f"{at}/decide/check", **fields).json

    timer = {"d0.decisionType": "StartTimer", "d0.timerId": "t"}
    found = checked(**timer)
    problem = "Start to fire timeout must be given."
    assert found["problems"] == {"d0.startToFireTimeout": problem}
    found = checked(**timer, **{"d0.startToFireTimeout": "ten minutes"})
    assert list(found["problems"]) == ["d0.startToFireTimeout"]
    found = checked(**timer, **{"d0.startToFireTimeout": "5"})
    assert found["problems"] == {}
    assert [each[1] for each in found["events"]][-1] == "TimerStarted"
    assert "must be JSON" in checked(json="[")["problem"]
    charge = {"d0.decisionType": "ScheduleActivityTask", "d0.activityId": "c"}
    found = checked(**charge, **{"d0.activityType": "Nothing/1"})
    assert "will fail: activity type does not exist" in found["html"]
    found = checked(**charge, **{"d0.activityType": "Charge/1"})
    assert "Nobody polls <b>work</b>" in found["html"]
    found = checked(**{"d0.decisionType": "CompleteWorkflowExecution"})
    assert "the execution is closed: completed" in found["html"]
    assert len(events(browser, at)) == 2
    shop.decide()
    assert checked()["problem"] == "There is no decision task to answer."


def test_what_the_last_run_decided_is_taken_over(browser: Browser, shop: Shop) -> None:
    shop.start("o1")
    shop.decide(shop.charge(input="x"), ("StartTimer", {"timerId": "t", "startToFireTimeout": "9"}))
    at = shop.start("o2")
    page = browser.get(f"{at}/decide")
    assert "made 2 decisions here, first: schedule activity task c1" in page.text
    (link,) = [each for each in page.all("a") if each.text == "Decide as it did"]
    fields = browser.get(link.attributes["href"]).one("form", class_="desk").fields()
    assert fields["d0.activityType"] == "Charge/1"
    assert (fields["d0.input"], fields["d0.taskList"]) == ("x", "work")
    assert (fields["d1.timerId"], fields["d1.startToFireTimeout"]) == ("t", "9")
    browser.act(f"{at}/decide", **fields)
    assert [name for name, _ in events(browser, at)][-2:] == [
        "ActivityTaskScheduled",
        "TimerStarted",
    ]
    assert "Decide as it did" not in browser.get(f"{at}/decide").text
    gone = browser.get(f"{shop.start('o3')}/decide?like=unknown")
    assert "d0.decisionType" not in gone.one("form", class_="desk").fields()


def test_a_signal_is_filled_in_from_the_address(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    form = browser.get(f"{at}/signal?signalName=approval&input=yes").one("main").one("form")
    assert form.fields() == {"signalName": "approval", "input": "yes"}


def test_a_malformed_decision_takes_no_task(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    page = browser.rejected(f"{at}/decide", **{"d0.decisionType": "StartTimer", "d0.timerId": "t"})
    assert "startToFireTimeout" in page.one(role="alert").text
    wrong = page.one(aria_invalid="true")
    assert wrong.attributes["name"] == "d0.startToFireTimeout"
    reason = page.one(id=wrong.attributes["aria-describedby"])
    assert reason.text == "Start to fire timeout must be given."
    assert page.one("form", class_="desk").fields()["d0.timerId"] == "t"
    assert "must be JSON" in browser.rejected(f"{at}/decide", json="[").text
    close = [{"decisionType": "CompleteWorkflowExecution"}] * 2
    page = browser.rejected(f"{at}/decide", json=json.dumps(close))
    assert "Close must be last decision in list" in page.text
    assert [name for name, _ in events(browser, at)] == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
    ]


def test_the_clock_is_advanced_and_switched(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start()
    shop.decide(("StartTimer", {"timerId": "t", "startToFireTimeout": "90"}))
    before = clock.now_ms()
    assert "timer t fires" in browser.get("/").one("details", class_="clock").text
    browser.act("/clock/advance", by="1m")
    assert clock.now_ms() - before == 60_000
    page = browser.act("/clock/next", back=f"{at}/events")
    assert page.one("h1").text == "o1"
    assert dict(events(browser, at))["TimerFired"]["timerId"] == "t"
    assert clock.now_ms() - before == 90_000
    for mode, speed in (("skip", 0), ("real", 60.0), ("virtual", 0)):
        browser.act("/clock/mode", mode=mode, speed="60")
        assert browser.json("/clock.json")["mode"] == mode
        assert browser.json("/clock.json")["speed"] == speed


def test_no_deadline_in_an_empty_emulator(browser: Browser) -> None:
    answer = browser.client.post("/clock/next", headers={"Accept": "application/json"})
    assert answer.json == {"location": "/", "message": "No deadline is scheduled"}


@pytest.mark.parametrize("by", ["", "x", "-1", "nan", "inf", "1e300d", "5w"])
def test_an_invalid_time_is_rejected(browser: Browser, clock: VirtualClock, by: str) -> None:
    before = clock.now_ms()
    assert browser.rejected("/clock/advance", by=by).one("h1").text == "Invalid input"
    assert clock.now_ms() == before


def test_an_invalid_clock_mode_is_rejected(browser: Browser) -> None:
    page = browser.rejected("/clock/mode", mode="slow")
    assert "The mode must be one of: real, virtual, skip" in page.text
    for speed in ("0", "-1"):
        page = browser.rejected("/clock/mode", mode="real", speed=speed)
        assert "The speed must be greater than 0" in page.text


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil", "x"])
def test_no_form_leads_elsewhere(browser: Browser, path: str) -> None:
    response = browser.post("/clock/advance", by="1", back=path)
    assert response.headers["Location"] == "/"


def test_programs_get_answers_and_faults_as_json(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    headers = {"Accept": "application/json"}
    answer = browser.client.post(f"{at}/signal", data={"signalName": "s"}, headers=headers)
    assert answer.json is not None
    assert answer.json["message"] == "The signal s was sent to o1"
    fault = browser.client.post(f"{at}/signal", data={}, headers=headers)
    assert fault.json is not None
    assert fault.json["__type"].endswith("#ValidationException")


@pytest.mark.parametrize(
    "decision",
    [
        {"decisionType": []},
        {"decisionType": "StartTimer", "startTimerDecisionAttributes": "t"},
        {"decisionType": "StartTimer", "startTimerDecisionAttributes": {"timerId": ["t"]}},
        7,
    ],
    ids=str,
)
def test_decisions_of_wrong_json_types_are_rejected(
    browser: Browser, shop: Shop, decision: Any
) -> None:
    """The fields of the form cannot hold them; the task is not taken."""
    at = shop.start()
    browser.rejected(f"{at}/decide", json=json.dumps([decision]))
    assert [name for name, _ in events(browser, at)][-1] == "DecisionTaskScheduled"
