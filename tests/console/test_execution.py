"""The tabs of one execution."""

from __future__ import annotations

from typing import Any

import pytest

from swf_emulator import Emulator, VirtualClock
from swf_emulator.console.formats import duration, iso

from .conftest import DOMAIN, SCOPE, TYPE, Browser, Call, Shop, path_of


def rows(browser: Browser, at: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.json(f"{at}/events.json?{query}")["events"]["rows"]
    return found


def test_the_events_of_a_task_share_a_span(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.decide(shop.charge())
    shop.call("RespondActivityTaskCompleted", taskToken=shop.take(), result="done")
    raw = rows(browser, at, "view=raw")
    assert [row["span_id"] for row in raw] == [0, 2, 2, 2, 5, 5, 5, 8]
    compact = [(row["ids"], row["kid"], row["title"]) for row in rows(browser, at)]
    assert compact == [
        ("1", False, "Started"),
        ("2–4", False, "Decision"),
        ("5–7", True, "c1"),
        ("8", False, "Decision"),
    ]
    one = browser.json(f"{at}/events/7.json")
    assert one["activityTaskCompletedEventAttributes"]["result"] == "done"


def test_a_turn_tells_cause_decision_and_effect(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start()
    shop.decide(shop.charge(), ("StartTimer", {"timerId": "t", "startToFireTimeout": "10"}))
    shop.call("RespondActivityTaskFailed", taskToken=shop.take(), reason="no money")
    shop.call("SignalWorkflowExecution", domain=DOMAIN, workflowId="o1", signalName="go")
    shop.decide(("CancelTimer", {"timerId": "t"}), ("CancelTimer", {"timerId": "x"}))
    shop.call("RequestCancelWorkflowExecution", domain=DOMAIN, workflowId="o1")
    shop.decide()
    found = [
        (row["title"], row["about"].replace("\u00a0", " "), row["says"], row["kid"])
        for row in rows(browser, at)
    ]
    assert found == [
        ("Started", "Order 1", "", False),
        ("Decision", "after the start", "", False),
        ("c1", "Charge 1", "no money", True),
        ("t", "Timer, 10 s", "canceled", True),
        ("go", "Signaled", "", False),
        ("Decision", "after c1 failed, the signal go", "", False),
        ("t", "Timer canceled", "", True),
        ("x", "CancelTimer was refused", "TIMER_ID_UNKNOWN", True),
        ("Cancel requested", "", "", False),
        (
            "Decision",
            "after CancelTimer was refused (x), the cancel request · decided to wait",
            "",
            False,
        ),
    ]
    panel = browser.client.get(f"{at}/events/{rows(browser, at)[5]['event_id']}/panel").text
    assert "Because" in panel
    assert ">c1 failed</a>" in panel
    problems = rows(browser, at, "kind=problems")
    assert [row["title"] for row in problems] == ["c1", "x"]


def test_the_panel_shows_all_of_a_payload(browser: Browser, shop: Shop) -> None:
    """The whole text, however long; JSON as a tree and as it was sent."""
    text = '{"n": 1.50, "list": [true, null], "text": "' + "x" * 32_000 + '"}'
    at = shop.start(input=text)
    page = browser.get(f"{at}/events?event=1").one("aside", class_="side")
    assert page.one("pre", class_="raw-text").raw.removeprefix("\n") == text
    tree = page.one(class_="payload").one(class_="json")
    assert [each.text for each in tree.all(class_="k")] == ['"n"', '"list"', '"text"']
    assert [each.text for each in tree.all(class_="n")] == ["1.50"]
    assert [each.text for each in tree.all(class_="l")] == ["true", "null"]
    assert len(tree.all("details")) == 2
    assert "32,0" in page.one(class_="payload").text


def test_directions_of_text_are_marked(browser: Browser, shop: Shop) -> None:
    at = shop.start("a\u202eb", input="c\u202ed", tagList=["e\u2066f"])
    for tab in ("events", "summary", "family", "waiting"):
        text = browser.get(f"{at}/{tab}").one("main").text
        assert "a[RLO]b" in text, tab
    page = browser.get(f"{at}/summary")
    assert "e[LRI]f" in page.text
    assert page.one(id="input").one("pre", class_="s").text == "c[RLO]d"


def test_a_cancel_request_belongs_to_its_activity(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.decide(shop.charge())
    shop.take()
    shop.call("SignalWorkflowExecution", domain=DOMAIN, workflowId="o1", signalName="stop")
    shop.decide(("RequestCancelActivityTask", {"activityId": "c1"}))
    requested = [
        row
        for row in rows(browser, at, "view=raw")
        if row["event_type"] == "ActivityTaskCancelRequested"
    ]
    assert [row["span_id"] for row in requested] == [5]
    (activity,) = browser.json(f"{at}/activities.json")["activities"]
    assert activity["span"]["cancel_requested"] is True
    assert "Cancellation was requested" in browser.get(f"{at}/waiting").text


def test_events_are_filtered_ordered_and_paged(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start(input="needle é")
    for number in range(3):
        timers = ((f"t{number}-{index}", "1") for index in range(90))
        shop.decide(
            *(("StartTimer", {"timerId": name, "startToFireTimeout": s}) for name, s in timers)
        )
        clock.advance(1)
    events = browser.json(f"{at}/events.json?view=raw")["events"]
    assert (len(events["rows"]), events["pages"]) == (200, 3)
    total = events["total"]
    last = browser.json(f"{at}/events.json?view=raw&page=3")["events"]["rows"]
    assert last[-1]["event_id"] == total
    newest = browser.json(f"{at}/events.json?view=raw&order=newest")["events"]["rows"]
    assert newest[0]["event_id"] == total
    timers_only = browser.json(f"{at}/events.json?view=raw&kind=timers")["events"]
    assert timers_only["matching"] == 540
    assert browser.json(f"{at}/events.json?kind=timers")["events"]["matching"] == 270
    for view in ("", "&view=raw"):
        found = browser.json(f"{at}/events.json?text=NEEDLE %C3%89{view}")["events"]
        assert found["matching"] == 1
        jumped = browser.get(f"{at}/events?event=450{view}")
        assert "450" in jumped.one(aria_current="true", class_="ev").text
        assert "event 450" in jumped.one("aside", class_="side").text
        newest_page = browser.get(f"{at}/events?order=newest{view}")
        assert newest_page.one("main").all("a", class_="ev")
    assert "No event matches" in browser.get(f"{at}/events?text=absent").text
    assert browser.json(f"{at}/events.json?view=raw&page=99")["events"]["page"] == 3
    assert len(browser.json(f"{at}/history.json")["events"]) == total


def test_activities_show_waiting_and_running_times(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start()
    shop.decide(shop.charge(input="in"))
    clock.advance(3)
    token = shop.take("anna")
    clock.advance(4)
    shop.call("RespondActivityTaskFailed", taskToken=token, reason="no money", details="at all")
    shop.decide(shop.charge())
    clock.advance(2)
    second, first = browser.json(f"{at}/activities.json")["activities"]
    assert (first["waited"], first["ran"], first["span"]["identity"]) == (3000, 4000, "anna")
    assert first["span"]["outcome"] == "Failed"
    assert (second["waited"], second["ran"], second["span"]["attempt"]) == (2000, None, 2)
    page = browser.get(f"{at}/activities").text
    assert "no money" in page
    assert "at all" in page


def test_the_family_leads_to_relatives(browser: Browser, call: Call, shop: Shop) -> None:
    at = shop.start()
    shop.decide(("StartChildWorkflowExecution", {"workflowType": TYPE, "workflowId": "kid"}))
    family = browser.get(f"{at}/family")
    (child,) = [each for each in family.all("a", class_="n") if "kid" in each.text]
    page = browser.get(child.attributes["href"])
    (parent,) = [each for each in page.one("main").all("a", class_="n") if "o1" in each.text]
    assert parent.attributes["href"] == f"{at}/family"
    summary = browser.get(child.attributes["href"].replace("/family", "/summary"))
    assert [each for each in summary.one("main").all("a") if each.text == "o1"]
    tree = browser.json(f"{at}/family.json")["tree"]
    assert (tree["this"], tree["status"], tree["children"][0]["status"]) == (True, "STUCK", "STUCK")
    reasons = browser.json(f"{at}/waiting.json")["reasons"]
    assert [reason["name"] for reason in reasons if reason["child"]] == ["kid"]
    call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="kid")
    shop.decide(("ContinueAsNewWorkflowExecution", {}))
    old = browser.json(f"{at}/summary.json")
    new = browser.get(f"{at}/summary").one("main")
    (link,) = [each for each in new.all("a") if each.text == old["continued_to"]]
    continued = browser.json(link.attributes["href"] + ".json")
    assert continued["continued_from"] == old["run_id"]
    for path in (f"{at}/family.json", link.attributes["href"].replace("/summary", "/family.json")):
        chain = browser.json(path)["chain"]
        assert [each["run_id"] for each in chain] == [old["run_id"], continued["run_id"]]


def test_what_is_forgotten_stays_in_the_family(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start(executionStartToCloseTimeout="2592000")
    shop.decide(("StartChildWorkflowExecution", {"workflowType": TYPE, "workflowId": "kid"}))
    shop.call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="kid")
    clock.advance(8 * 86_400)
    (child,) = browser.json(f"{at}/family.json")["tree"]["children"]
    assert (child["workflow_id"], child["status"]) == ("kid", "GONE")
    assert "is no longer kept" in browser.get(f"{at}/family").text


def test_the_timeline_separates_waiting_and_running(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start()
    shop.decide(
        shop.charge(),
        ("StartTimer", {"timerId": "t", "startToFireTimeout": "8"}),
        ("RecordMarker", {"markerName": "m"}),
    )
    clock.advance(2)
    token = shop.take()
    clock.advance(6)
    shop.call("RespondActivityTaskCompleted", taskToken=token)
    timeline = browser.json(f"{at}/timeline.json")["timeline"]
    lanes = {lane["label"]: lane for lane in timeline["lanes"]}
    (bar,) = lanes["c1"]["bars"]
    assert bar["end"] - bar["start"] == pytest.approx(3 * (bar["start"] - bar["begin"]), abs=0.1)
    (timer,) = lanes["Timers"]["bars"]
    assert (bar["tone"], timer["fired"]) == ("", True)
    assert len(lanes["Signals, markers"]["bars"]) == 1
    by_event = browser.get(f"{at}/timeline?scale=events")
    assert len(by_event.one("svg", class_="chart").all("a")) == 5
    for by, label in (("type", "Charge 1"), ("worker", "worker"), ("task", "c1")):
        found = browser.json(f"{at}/timeline.json?by={by}")["timeline"]
        assert (found["by"], label in [lane["label"] for lane in found["lanes"]]) == (by, True)
    hidden = browser.json(f"{at}/timeline.json?hide=notes,deadlines,fold")["timeline"]
    assert "Signals, markers" not in [lane["label"] for lane in hidden["lanes"]]
    assert hidden["folds"] == []
    part = browser.json(f"{at}/timeline.json?from=1000&to=3000")
    assert part["window"] == {"from_ms": 1000, "to_ms": 3000, "whole": False}
    drawn = {lane["label"]: lane for lane in part["timeline"]["lanes"]}
    assert drawn["c1"]["bars"][0]["start"] == 50


def test_why_it_waits(browser: Browser, clock: VirtualClock, shop: Shop) -> None:
    at = shop.start()
    first = browser.get(f"{at}/waiting").one("main").text
    assert "No decider polls the task list “orders”" in first
    shop.decide(shop.charge(), ("StartTimer", {"timerId": "t", "startToFireTimeout": "30"}))
    reasons = {each["name"]: each for each in browser.json(f"{at}/waiting.json")["reasons"]}
    assert reasons["c1"]["urgent"] is True
    assert reasons["c1"]["task_list"] == "work"
    assert reasons["c1"]["effect"] == "activity c1 times out (SCHEDULE_TO_START)"
    assert reasons["t"]["effect"] == "timer t fires"
    assert reasons["Execution"]["effect"] == "the execution times out"
    token = shop.take("anna")
    shop.call("RecordActivityTaskHeartbeat", taskToken=token, details="half way")
    text = browser.get(f"{at}/waiting").one("main").text
    assert "The worker anna has the task. Its last heartbeat: half way." in text
    assert "the clock is stopped" in text
    shop.call("RespondActivityTaskCompleted", taskToken=token)
    clock.advance(30)
    shop.decide()
    text = browser.get(f"{at}/waiting").one("main").text
    assert "The last decision scheduled nothing" in text
    shop.call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="o1")
    closed = browser.get(f"{at}/waiting")
    assert "The execution is closed" in closed.text
    tabs = [each.text for each in closed.one("nav", class_="tabs").all("a")]
    assert "Why is it waiting?" not in tabs


def test_a_list_of_the_same_name_is_part_of_the_advice(
    browser: Browser, emulator: Emulator, shop: Shop
) -> None:
    at = shop.start(taskList={"name": "work"})

    def advice() -> str:
        return str(browser.json(f"{at}/waiting.json")["reasons"][0]["advice"])

    work = {"domain": DOMAIN, "taskList": {"name": "work"}}
    poll = emulator.service.hold(SCOPE, "PollForActivityTask", 60.0, **work)
    assert "(there is a list of this name for activity tasks)" in advice()
    poll.expire()
    assert "(" not in advice()


def test_a_second_decision_task_waits_for_the_first(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.call("PollForDecisionTask", domain=DOMAIN, taskList={"name": "orders"}, identity="bert")
    shop.call("SignalWorkflowExecution", domain=DOMAIN, workflowId="o1", signalName="s")
    text = browser.get(f"{at}/waiting").one("main").text
    assert "The decider bert has the task" in text
    assert "This task comes after the decision task that a decider has now" in text


def test_stepping_shows_what_each_event_does(browser: Browser, shop: Shop) -> None:
    at = shop.start()
    shop.decide(shop.charge())
    shop.call("RespondActivityTaskCompleted", taskToken=shop.take(), result="r")
    steps = [browser.json(f"{at}/steps.json?event={number}")["step"] for number in range(1, 9)]
    changes = [
        {
            each["concept"]: each["change"]
            for each in step["open"] + step["closed"]
            if each["change"]
        }
        for step in steps
    ]
    assert changes == [
        {"execution": "opened"},
        {"decision": "opened"},
        {"decision": "changed"},
        {"decision": "closed"},
        {"activity": "opened"},
        {"activity": "changed"},
        {"activity": "closed"},
        {"decision": "opened"},
    ]
    assert steps[4]["open_counts"]["openActivityTasks"] == 1
    assert steps[2]["decider"] == "works on task 2"
    page = browser.get(f"{at}/steps?event=5")
    assert page.one("a", rel="next").attributes["href"].endswith("event=6")
    assert browser.json(f"{at}/steps.json?event=999")["step"]["event_id"] == 8


def test_times_beyond_the_calendar_are_its_end() -> None:
    assert iso(1e18).startswith("9999-12-31T23:59:59")


def test_lengths_of_time_are_short() -> None:
    lengths = (0, 999, 1000, 12_500, 200_000, 3_600_000, 187_200_000)
    texts = ["0 ms", "999 ms", "1 s", "12 s", "3 min 20 s", "1 h", "2 d 4 h"]
    assert [duration(length).replace("\u00a0", " ") for length in lengths] == texts


def test_requests_and_functions_are_shown(browser: Browser, emulator: Emulator, shop: Shop) -> None:
    emulator.register_lambda("double", lambda number: 2 * number)
    at = shop.start(lambdaRole="arn:aws:iam::123456789012:role/r")
    shop.decide(
        ("ScheduleLambdaFunction", {"id": "f1", "name": "double", "input": "21"}),
        ("SignalExternalWorkflowExecution", {"workflowId": "o2", "signalName": "s"}),
        ("RequestCancelExternalWorkflowExecution", {"workflowId": "o3"}),
    )
    drawn = browser.json(f"{at}/timeline.json")["timeline"]
    tones = {lane["label"]: lane["bars"][-1]["tone"] for lane in drawn["lanes"]}
    assert tones["f1"] == ""
    assert tones["Signals sent"] == "no"
    assert tones["o3"] == "no"
    total = browser.json(f"{at}/events.json")["events"]["total"]
    for event_id in range(1, total + 1):
        browser.get(f"{at}/steps?event={event_id}")
    assert browser.json(f"{at}/events.json?view=raw&kind=lambda")["events"]["matching"] == 3
    assert browser.json(f"{at}/events.json?view=raw&kind=signals")["events"]["matching"] == 4


def test_a_run_in_its_grace_says_when_it_is_deleted(
    browser: Browser, clock: VirtualClock, shop: Shop
) -> None:
    at = shop.start(tagList=[None, "a"])
    assert "is deleted at" not in browser.get(f"{at}/summary").text
    shop.call("TerminateWorkflowExecution", domain=DOMAIN, workflowId="o1")
    page = browser.get(f"{at}/summary")
    assert "is deleted at" not in page.text, "the domain retains it for days"
    shop.call("RegisterDomain", name="none", workflowExecutionRetentionPeriodInDays="NONE")
    shop.call("RegisterWorkflowType", domain="none", **TYPE)
    run_id = shop.call(
        "StartWorkflowExecution",
        domain="none",
        workflowId="o1",
        workflowType=TYPE,
        taskList={"name": "t"},
        executionStartToCloseTimeout="60",
        taskStartToCloseTimeout="60",
        childPolicy="ABANDON",
    )["runId"]
    shop.call("TerminateWorkflowExecution", domain="none", workflowId="o1")
    brief = path_of("o1", run_id).replace(f"/{DOMAIN}/", "/none/")
    page = browser.get(f"{brief}/summary")
    assert "The domain retains no closed executions. This one is deleted at" in page.text
    clock.advance(30)
    browser.get(f"{brief}/summary", status=404)


def test_a_run_that_is_gone_leads_to_the_newest_one(
    browser: Browser, emulator: Emulator, shop: Shop
) -> None:
    at = shop.start()
    gone = at[:-10] + "AAAAAAAAA="
    page = browser.get(f"{gone}/events", status=404)
    assert page.one("h1").text == "This run is gone"
    (link,) = [each for each in page.all("a") if each.text == "The newest run of o1"]
    assert link.attributes["href"] == f"{at}/events"
    assert "UnknownResourceFault" in browser.json(f"{gone}/events.json", 404)["__type"]
    other = gone.replace("/o1/", "/o2/")
    assert "There is no run of o2" in browser.get(f"{other}/timeline", status=404).text
    emulator.reset()
    assert "There is no run of o1" in browser.get(f"{at}/waiting", status=404).text
