"""`replay` reports decisions that differ from the recorded ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from swf_emulator import Emulator
from swf_emulator.command.cli import main
from swf_emulator.testing import ExecutionResult, Mismatch, drive, replay

from . import shop

CHILD = {"workflowId": "kid", "workflowType": shop.TYPE}


def everything(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each type of decision once, some of which fail, then the close."""
    types = [event["eventType"] for event in task["events"]]
    if task["workflowExecution"]["workflowId"] == "kid":
        return [shop.decision("CompleteWorkflowExecution")]
    if types.count("DecisionTaskCompleted") == 0:
        return [
            shop.decision("RecordMarker", markerName="m", details="d"),
            shop.decision("StartTimer", timerId="t", startToFireTimeout="60", control="c"),
            shop.decision("CancelTimer", timerId="t"),
            shop.decision("CancelTimer", timerId="unknown"),
            shop.decision("ScheduleActivityTask", activityType=shop.WORK, activityId="a"),
            shop.decision("RequestCancelActivityTask", activityId="a"),
            shop.decision("RequestCancelActivityTask", activityId="unknown"),
            shop.decision(
                "ScheduleActivityTask",
                activityType={"name": "no", "version": "1"},
                activityId="b",
                input="unknown, because the decision fails",
            ),
            shop.decision("SignalExternalWorkflowExecution", workflowId="x", signalName="s"),
            shop.decision("RequestCancelExternalWorkflowExecution", workflowId="x"),
            shop.decision("StartChildWorkflowExecution", **CHILD, tagList=["t"]),
            shop.decision("ScheduleLambdaFunction", id="l", name="f", input="{}"),
        ]
    if "ChildWorkflowExecutionCompleted" not in types:
        return []
    return [shop.decision("CompleteWorkflowExecution", result="r")]


@pytest.fixture
def recorded(virtual: Emulator) -> ExecutionResult:
    shop.begin(virtual)
    return drive(virtual, everything, execution="job-1")


def test_a_decider_that_decides_as_recorded(recorded: ExecutionResult) -> None:
    types = {event["eventType"] for event in recorded.events}
    assert {"CancelTimerFailed", "SignalExternalWorkflowExecutionFailed"} <= types
    assert replay(recorded, everything) == 3
    assert replay(recorded.events, everything, workflow_id="job-1") == 3


def changed(place: int, **members: Any) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """Return `everything` with one decision of the first task changed."""

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        decisions = everything(task)
        if len(decisions) > 1:
            attributes = next(
                value for value in decisions[place].values() if isinstance(value, dict)
            )
            attributes.update(members)
        return decisions

    return decide


@pytest.mark.parametrize(
    ("place", "members", "told"),
    [
        (0, {"details": "other"}, 'details: "d" → "other"'),
        (1, {"startToFireTimeout": "61"}, 'startToFireTimeout: "60" → "61"'),
        (2, {"timerId": "u"}, 'timerId: "t" → "u"'),
        (3, {"timerId": "u"}, 'timerId: "unknown" → "u"'),
        (4, {"input": "more"}, 'input: absent → "more"'),
        (4, {"taskList": {"name": "other"}}, 'taskList: {"name": "work"} → {"name": "other"}'),
        (5, {"activityId": "z"}, 'activityId: "a" → "z"'),
        (8, {"signalName": "z"}, 'signalName: "s" → "z"'),
        (9, {"workflowId": "z"}, 'workflowId: "x" → "z"'),
        (10, {"tagList": ["u"]}, 'tagList: ["t"] → ["u"]'),
        (11, {"name": "g"}, 'name: "f" → "g"'),
    ],
)
def test_each_difference_is_told(
    recorded: ExecutionResult, place: int, members: dict[str, Any], told: str
) -> None:
    with pytest.raises(Mismatch) as caught:
        replay(recorded, changed(place, **members))
    assert caught.value.differences == [f"decision {place + 1}: {told}"]
    assert (caught.value.number, caught.value.started) == (1, 3)
    assert "WorkflowExecutionStarted" in str(caught.value)


@pytest.mark.parametrize(
    "members", [{"taskList": {"name": "work"}}, {"scheduleToStartTimeout": "600"}]
)
def test_settings_that_are_the_same_are_no_difference(
    recorded: ExecutionResult, members: dict[str, Any]
) -> None:
    assert replay(recorded, changed(4, **members)) == 3


def test_more_fewer_and_other_decisions(recorded: ExecutionResult) -> None:
    with pytest.raises(Mismatch, match="was recorded, the decider now returns none here"):
        replay(recorded, lambda task: everything(task)[:-1])
    with pytest.raises(Mismatch, match=r"no decision was recorded here, .* RecordMarker"):
        replay(recorded, lambda task: [*everything(task), shop.decision("RecordMarker")])
    with pytest.raises(Mismatch, match=r"RecordMarker was recorded, .* returns Schedule"):
        replay(recorded, lambda task: everything(task)[::-1])


def test_a_planted_source_of_chance_is_found(virtual: Emulator) -> None:
    """The timer's length is random, so that two runs decide differently."""
    dice = random.Random(7)

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        decisions = shop.decide(task)
        for decision in decisions:
            if decision["decisionType"] == "StartTimer":
                seconds = str(dice.randrange(10_000))
                decision["startTimerDecisionAttributes"]["startToFireTimeout"] = seconds
        return decisions

    shop.begin(virtual)
    done = drive(virtual, decide, {"work": lambda task: "done"})
    assert done.status == "COMPLETED"
    with pytest.raises(Mismatch, match="startToFireTimeout") as caught:
        replay(done, decide)
    assert caught.value.number == 1


def test_the_context_is_compared_if_it_is_given(virtual: Emulator) -> None:
    shop.begin(virtual)
    close = [shop.decision("CompleteWorkflowExecution")]
    done = drive(virtual, lambda task: {"decisions": close, "executionContext": "one"})
    assert replay(done, lambda task: close) == 1
    with pytest.raises(Mismatch, match="executionContext: 'one' → 'two'"):
        replay(done, lambda task: {"decisions": close, "executionContext": "two"})


def test_what_a_decider_raises_carries_its_place(recorded: ExecutionResult) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        replay(recorded, lambda task: 1 // 0)
    assert caught.value.__notes__[0] == "In decision task 1, after these events:"


def test_tasks_are_as_the_service_gives_them(recorded: ExecutionResult) -> None:
    seen = []

    def decide(task: dict[str, Any]) -> list[dict[str, Any]]:
        seen.append((task["previousStartedEventId"], task["startedEventId"]))
        assert task["events"][-1]["eventType"] == "DecisionTaskStarted"
        assert task["events"][-1]["eventId"] == task["startedEventId"]
        assert task["events"][0]["eventTimestamp"].tzinfo is not None
        decisions = everything(task)
        task["events"].clear()
        return decisions

    replay(recorded, decide)
    assert [previous for previous, _ in seen] == [0, *(started for _, started in seen[:-1])]


# The command.


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: ExecutionResult) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "history.json").write_text(json.dumps({"events": recorded.events}))
    (tmp_path / "old_decider.py").write_text(
        "from tests.testing.test_replaying import everything as decide\nnumber = 1\n"
    )
    (tmp_path / "new_decider.py").write_text("def decide(task):\n    return []\n")
    (tmp_path / "needy_decider.py").write_text("import nothing_of_the_kind\n")
    (tmp_path / "broken.json").write_text('{"events": [')
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["replay", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_command_is_content(files: Path) -> None:
    status, output = run("history.json", "old_decider:decide", "--workflow-id", "job-1")
    assert status == 0
    assert output.startswith("3 decision tasks: ")


def test_the_command_reports_the_first_difference(files: Path) -> None:
    status, output = run("history.json", "new_decider:decide")
    assert status == 1
    assert output.startswith("Decision task 1 (events 1–3, answered by event 4)")
    assert "Returned now:\n  no decisions" in output


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("nowhere.json", "old_decider:decide"), 2, "does not exist"),
        (("broken.json", "old_decider:decide"), 3, "must be a JSON file"),
        (("deep.json", "old_decider:decide"), 3, "must be a recorded history"),
        (("binary.json", "old_decider:decide"), 3, "must be a recorded history"),
        (("history.json", "old_decider"), 2, "must have the form module:function"),
        (("history.json", "no_module:decide"), 2, "unknown module 'no_module'"),
        (("history.json", "old_decider:nothing"), 2, "has no 'nothing'"),
        (("history.json", "old_decider:number"), 2, "must be a function"),
    ],
)
def test_the_command_says_what_is_wrong(
    files: Path, arguments: tuple[str, str], status: int, told: str
) -> None:
    (files / "deep.json").write_text("[" * 100_000)
    (files / "binary.json").write_bytes(b"\xff\xfe\x00")
    ended, output = run(*arguments)
    assert ended == status
    assert told in output
    assert "Traceback" not in output


def test_what_is_missing_inside_a_module_is_not_hidden(files: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing_of_the_kind"):
        run("history.json", "needy_decider:decide")
