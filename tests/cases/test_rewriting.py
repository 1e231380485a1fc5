"""Rewriting changes the lines that do not hold, and no others."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from conformance import catalogue
from conformance.language import read
from conformance.run import cli, rewriting

from .inprocess import InProcessTarget

HEADER = "=== one\ntitle: t\nsource: s\ngrade: {grade}\nneeds: clock\n\n"


def rewritten(folder: Path, body: str, grade: str = "documented", recorded: bool = False) -> str:
    """The body of a case after it was rewritten."""
    path = folder / "some.txt"
    header = HEADER.format(grade=grade)
    path.write_text(header + textwrap.dedent(body).lstrip("\n"), encoding="utf-8")
    for line, stopped in rewriting.rewrite(InProcessTarget, folder, "*", recorded):
        assert not stopped, line
    return path.read_text(encoding="utf-8").removeprefix(header)


GOOD = """\
StartWorkflowExecution input="a text" as run
decide
  StartTimer timerId=t startToFireTimeout=100
  RecordMarker markerName=m
history
----
...
5 TimerStarted timerId=t startToFireTimeout=100 -control
6 MarkerRecorded only markerName=m decisionTaskCompletedEventId=4

# A comment stays.
DescribeWorkflowExecution
----
executionInfo.execution.runId: $run
executionInfo.startTimestamp: <timestamp>
(inferred) openCounts.openTimers: 1

pause 100
TerminateWorkflowExecution runId=unknown
----
fault UnknownResourceFault
text /Unknown execution/

events
----
w ...
w 7 TimerFired only +100 timerId=t startedEventId=5
w 8 DecisionTaskScheduled same-time taskList=decisions startToCloseTimeout=60
"""

SPOILT = [
    ("timerId=t startToFireTimeout=100 -c", "timerId=t startToFireTimeout=99 -c"),
    ("only markerName=m", "only markerName=other"),
    ("6 MarkerRecorded only markerName=m decisionTaskCompletedEventId=4\n", ""),
    ("openTimers: 1", "openTimers: 2"),
    ("fault UnknownResourceFault", "fault TypeDeprecatedFault"),
    ("+100", "+99"),
    ("w 7", "w 9"),
    ("w 8 Dec", "w 8 DecisionTaskStarted scheduledEventId=2\nw 9 Dec"),
    ("taskList=decisions", "taskList=others"),
]


def test_what_holds_stays(tmp_path: Path) -> None:
    assert rewritten(tmp_path, GOOD) == GOOD


@pytest.mark.parametrize(("good", "spoilt"), SPOILT)
def test_a_spoilt_line_comes_back(tmp_path: Path, good: str, spoilt: str) -> None:
    assert GOOD.count(good) == 1
    assert rewritten(tmp_path, GOOD.replace(good, spoilt)) == GOOD


def test_lines_without_expectations_are_filled(tmp_path: Path) -> None:
    body = """
        StartWorkflowExecution
        decide
        ----

        CountPendingDecisionTasks
        ----

        PollForDecisionTask
        ----

        DescribeDomain name=none
        ----

        DescribeWorkflowExecution
        ----

        events
        ----

        SignalWorkflowExecution
        PollForDecisionTask
        ----

        RespondDecisionTaskCompleted
        ----

        events
        ----

        events
        ----
        """
    assert rewritten(tmp_path, body) == textwrap.dedent("""\
        StartWorkflowExecution
        decide
        ----
        empty

        CountPendingDecisionTasks
        ----
        count: 0
        truncated: false

        PollForDecisionTask
        ----
        no task

        DescribeDomain name=none
        ----
        fault UnknownResourceFault
        text Unknown domain: none

        DescribeWorkflowExecution
        ----
        executionConfiguration.childPolicy: TERMINATE
        executionConfiguration.executionStartToCloseTimeout: 600
        executionConfiguration.taskList: decisions
        executionConfiguration.taskStartToCloseTimeout: 60
        executionInfo.cancelRequested: false
        executionInfo.execution.runId: <text>
        executionInfo.execution.workflowId: w
        executionInfo.executionStatus: OPEN
        executionInfo.startTimestamp: <timestamp>
        executionInfo.workflowType: flow
        openCounts.openActivityTasks: 0
        openCounts.openChildWorkflowExecutions: 0
        openCounts.openDecisionTasks: 0
        openCounts.openLambdaFunctions: 0
        openCounts.openTimers: 0

        events
        ----
        w 1 WorkflowExecutionStarted only executionStartToCloseTimeout=600 \
taskStartToCloseTimeout=60 childPolicy=TERMINATE taskList=decisions workflowType=flow \
parentInitiatedEventId=0
        w 2 DecisionTaskScheduled only taskList=decisions startToCloseTimeout=60 \
scheduleToStartTimeout=NONE
        w 3 DecisionTaskStarted only scheduledEventId=2
        w 4 DecisionTaskCompleted only scheduledEventId=2 startedEventId=3

        SignalWorkflowExecution
        PollForDecisionTask
        ----
        previousStartedEventId: 3
        startedEventId: 7
        workflowExecution.runId: <text>
        workflowExecution.workflowId: w
        workflowType: flow
        events
        1 WorkflowExecutionStarted only executionStartToCloseTimeout=600 \
taskStartToCloseTimeout=60 childPolicy=TERMINATE taskList=decisions workflowType=flow \
parentInitiatedEventId=0
        2 DecisionTaskScheduled only taskList=decisions startToCloseTimeout=60 \
scheduleToStartTimeout=NONE
        3 DecisionTaskStarted only scheduledEventId=2
        4 DecisionTaskCompleted only scheduledEventId=2 startedEventId=3
        5 WorkflowExecutionSignaled only signalName=signal input=more externalInitiatedEventId=0
        6 DecisionTaskScheduled only taskList=decisions startToCloseTimeout=60 \
scheduleToStartTimeout=NONE
        7 DecisionTaskStarted only scheduledEventId=6

        RespondDecisionTaskCompleted
        ----
        empty

        events
        ----
        w 5 WorkflowExecutionSignaled only signalName=signal input=more externalInitiatedEventId=0
        w 6 DecisionTaskScheduled only taskList=decisions startToCloseTimeout=60 \
scheduleToStartTimeout=NONE
        w 7 DecisionTaskStarted only scheduledEventId=6
        w 8 DecisionTaskCompleted only scheduledEventId=6 startedEventId=7

        events
        ----
        nothing
        """)


def test_an_answer_in_place_of_a_fault(tmp_path: Path) -> None:
    refused = "StartWorkflowExecution\nSignalWorkflowExecution\n----\nfault LimitExceededFault\n"
    assert rewritten(tmp_path, refused).endswith("----\nempty\n")
    granted = "SignalWorkflowExecution\n----\nempty\n"
    assert "----\nfault UnknownResourceFault\ntext Unknown " in rewritten(tmp_path, granted)


@pytest.mark.parametrize("recorded", [False, True])
def test_recorded_lines_change_only_on_request(tmp_path: Path, recorded: bool) -> None:
    spoilt = GOOD.replace("markerName=m d", "markerName=x d").replace("Timers: 1", "Timers: 2")
    expected = GOOD if recorded else GOOD.replace("markerName=m d", "markerName=x d")
    assert rewritten(tmp_path, spoilt, "recorded", recorded) == expected


def test_the_command_rewrites_what_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.txt"
    case = "title: t\nsource: s\ngrade: inferred\n\nCountPendingDecisionTasks\n----\ncount: 3\n"
    path.write_text(f"=== one\n{case}\n=== two\n{case}", encoding="utf-8")
    assert cli.main(["--cases", str(tmp_path), "--rewrite", "some/two"]) == 0
    assert capsys.readouterr().out == "some/two: 1 lines changed, 0 added, 0 dropped\n"
    assert re.findall(r"count: (\d)", path.read_text(encoding="utf-8")) == ["3", "0"]
    assert cli.main(["--cases", str(tmp_path), "--in-process", "--quiet"]) == 0
    path.write_text(f"=== one\n{case}\nStartWorkflowExecution\nwait TimerFired\n", encoding="utf-8")
    assert cli.main(["--cases", str(tmp_path), "--rewrite"]) == 1
    assert "stopped: history of w" in capsys.readouterr().out


def test_the_cases_of_the_suite_hold_as_they_are() -> None:
    """A rewriting changes nothing: what every line says is how it would be written, or a choice."""
    folder = catalogue.FOLDER
    assert list(rewriting.rewrite(InProcessTarget, folder, "timers")) == []
    assert read.read_file(folder / "timers.txt")
