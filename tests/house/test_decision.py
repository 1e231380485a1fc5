"""A fourteenth decision: RestartTimer, with the events TimerRestarted and RestartTimerFailed.

It touches the module of its concept, one case file and two lines of the grammar's table. The
service model and the tables in the documents are generated. If one of them is left out, a check
names it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .repository import MODEL, Repository

pytestmark = [pytest.mark.house, pytest.mark.timeout(600)]

CONCEPT = "swf_emulator/core/timers.py"
CASES = "conformance/cases/restarted_timers.txt"
GRAMMAR = "conformance/grammar/events.txt"
README, FIDELITY = "README.md", "docs/fidelity.md"

CHANGE = {
    "shapes.DecisionType.enum": ["RestartTimer"],
    "shapes.EventType.enum": ["TimerRestarted", "RestartTimerFailed"],
    "shapes.Decision.members": {
        "restartTimerDecisionAttributes": {"shape": "RestartTimerDecisionAttributes"}
    },
    "shapes.HistoryEvent.members": {
        "timerRestartedEventAttributes": {"shape": "TimerRestartedEventAttributes"},
        "restartTimerFailedEventAttributes": {"shape": "RestartTimerFailedEventAttributes"},
    },
}
SHAPES = {
    "RestartTimerDecisionAttributes": {
        "type": "structure",
        "required": ["timerId", "startToFireTimeout"],
        "members": {
            "timerId": {"shape": "TimerId"},
            "control": {"shape": "Data"},
            "startToFireTimeout": {"shape": "DurationInSeconds"},
        },
    },
    "TimerRestartedEventAttributes": {
        "type": "structure",
        "required": [
            "timerId",
            "startToFireTimeout",
            "startedEventId",
            "decisionTaskCompletedEventId",
        ],
        "members": {
            "timerId": {"shape": "TimerId"},
            "control": {"shape": "Data"},
            "startToFireTimeout": {"shape": "DurationInSeconds"},
            "startedEventId": {"shape": "EventId"},
            "decisionTaskCompletedEventId": {"shape": "EventId"},
        },
    },
    "RestartTimerFailedEventAttributes": {
        "type": "structure",
        "required": ["timerId", "cause", "decisionTaskCompletedEventId"],
        "members": {
            "timerId": {"shape": "TimerId"},
            "cause": {"shape": "RestartTimerFailedCause"},
            "decisionTaskCompletedEventId": {"shape": "EventId"},
        },
    },
    "RestartTimerFailedCause": {
        "type": "string",
        "enum": ["TIMER_ID_UNKNOWN", "OPERATION_NOT_PERMITTED"],
    },
}

DECIDE = '''

def restart_timer(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Restart an open timer. Cause of a refusal: TIMER_ID_UNKNOWN."""
    started_event_id = run.named.get((TIMER.name, attributes["timerId"]))
    if started_event_id is None:
        yield refusal(run, "RestartTimer", attributes, "TIMER_ID_UNKNOWN")
    else:
        yield NewEvent(
            "TimerRestarted",
            {
                **pick(attributes, "timerId", "control", "startToFireTimeout"),
                "startedEventId": started_event_id,
                "decisionTaskCompletedEventId": run.decision_completed_event_id,
            },
        )


def _restarted(run: Execution, event: Event) -> None:
    timer = run.open_items[event.attributes["startedEventId"]]
    assert isinstance(timer, Timer)
    timer.started_ms = event.timestamp_ms
    timer.length_ms = milliseconds(event.attributes["startToFireTimeout"])
    run.mark_changed(timer)


'''
DECISION_LINE = (
    'TIMER.decision("RestartTimer", restart_timer, repeats=("timerId",), beside_close=False)\n'
)
EVENT_LINE = 'TIMER.changes("TimerRestarted", _restarted, by="RestartTimer", told=True)\n'

GRAMMAR_LINES = """\
TimerRestarted timer changes startedEventId by=RestartTimer excludes-close inferred
RestartTimerFailed timer refuses - triggers excludes-close inferred
"""

CASE = """\
# Restarted timers.

=== restarted
title: a restarted timer fires after its new time
source: the experiment of tests/house
grade: inferred
needs: clock

StartWorkflowExecution
decide
  StartTimer timerId=t startToFireTimeout=100
  StartTimer timerId=u startToFireTimeout=100
  RestartTimer timerId=t startToFireTimeout=300 control=mine
  RestartTimer timerId=u startToFireTimeout=200
  RestartTimer timerId=v startToFireTimeout=200
pause 250
pause 50
history
----
...
7 TimerRestarted timerId=t startToFireTimeout=300 control=mine startedEventId=5
8 TimerRestarted timerId=u startToFireTimeout=200 -control decisionTaskCompletedEventId=4
9 RestartTimerFailed only timerId=v cause=TIMER_ID_UNKNOWN decisionTaskCompletedEventId=4
10 DecisionTaskScheduled same-time
11 TimerFired +200 only timerId=u startedEventId=6
12 TimerFired +100 only timerId=t startedEventId=5
"""


def describe(repository: Repository) -> None:
    repository.replace(CONCEPT, "import ExecutionView\n", "import Execution, ExecutionView\n")
    head, line, table = repository.text(CONCEPT).partition("\n\nTIMER.decision(")
    repository.write(
        CONCEPT, f"{head.rstrip()}\n{DECIDE}{line.strip()}{table}{DECISION_LINE}{EVENT_LINE}"
    )


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The service model has the decision, the emulator does not."""
    repository = Repository(tmp_path_factory.mktemp("modelled") / "copy")
    repository.amend_model(CHANGE, SHAPES)
    return repository


@pytest.fixture(scope="module")
def complete(modelled: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Everything is done that is to be done."""
    repository = modelled.copy(tmp_path_factory.mktemp("complete") / "copy")
    describe(repository)
    repository.write(CASES, CASE)
    repository.append(GRAMMAR, GRAMMAR_LINES)
    repository.make_docs()
    return repository


@pytest.fixture
def incomplete(complete: Repository, tmp_path: Path) -> Repository:
    """A copy from which a test takes something away."""
    return complete.copy(tmp_path / "copy")


def test_nothing_else_is_touched(complete: Repository) -> None:
    assert complete.touched() == {CONCEPT, CASES, GRAMMAR, MODEL, README, FIDELITY}


def test_it_works_wherever_a_decision_shows(complete: Repository) -> None:
    complete.test("tests/house/probes/decision.py")


def test_the_copy_is_as_clean_as_the_repository(complete: Repository) -> None:
    complete.run("-m", "ruff", "check", CONCEPT)
    complete.run("-m", "ruff", "format", "--check", CONCEPT)
    complete.run("-m", "mypy", "swf_emulator/core")


@pytest.mark.parametrize(
    "tests",
    [
        ("tests/core", "tests/test_completeness.py", "tests/docs", "tests/protocol"),
        ("tests/console", "tests/testing/test_replaying.py"),
        ("tests/conformance/test_fidelity.py", "tests/conformance/test_event_table.py"),
        ("conformance/tests",),
        ("tests/cases", "-m", "not generated"),
    ],
    ids=" ".join,
)
def test_what_the_repository_tests_holds_in_the_copy(
    complete: Repository, tests: tuple[str, ...]
) -> None:
    complete.test("-n", "2", *tests)


# What is left out is named.


def test_without_any_line_the_completeness_tests_print_the_lines(modelled: Repository) -> None:
    output = modelled.failing_test("tests/test_completeness.py")
    assert f"RestartTimer is not described. Add to {CONCEPT}:" in output
    assert 'TIMER.decision("RestartTimer", restart_timer, repeats=("timerId",))' in output
    assert f"TimerRestarted is not described. Add to {CONCEPT}" in output
    assert 'TIMER.changes("TimerRestarted", ..., by="RestartTimer")' in output


@pytest.mark.parametrize(
    ("file", "text", "check", "message"),
    [
        (
            CONCEPT,
            DECISION_LINE,
            "tests/test_completeness.py",
            f"RestartTimer is not described. Add to {CONCEPT}:",
        ),
        (
            CONCEPT,
            EVENT_LINE,
            "tests/test_completeness.py",
            f"TimerRestarted is not described. Add to {CONCEPT}",
        ),
        (
            CONCEPT,
            ', by="RestartTimer"',
            "tests/test_completeness.py",
            "test_one_event_records_each_decision[RestartTimer]",
        ),
        (
            GRAMMAR,
            GRAMMAR_LINES,
            "tests/conformance/test_event_table.py",
            f"add to {GRAMMAR}, each with a grade:\n"
            "E         RestartTimerFailed timer refuses - triggers excludes-close\n"
            "E         TimerRestarted timer changes startedEventId by=RestartTimer exc",
        ),
        (
            CASES,
            CASE,
            "conformance/tests/test_coverage.py",
            "add cases to conformance/cases:\nE         decision/RestartTimer\n",
        ),
    ],
)
def test_what_is_left_out_is_named(
    incomplete: Repository, file: str, text: str, check: str, message: str
) -> None:
    incomplete.replace(file, text, "")
    assert message in incomplete.failing_test(check)


@pytest.mark.parametrize(
    ("file", "check", "message"),
    [
        (MODEL, "tests/test_completeness.py", "run tools/build_model.py"),
        (README, "tests/docs", "run make docs"),
        (FIDELITY, "tests/conformance/test_fidelity.py", "run make docs"),
    ],
)
def test_a_file_that_was_not_generated_is_named(
    incomplete: Repository, file: str, check: str, message: str
) -> None:
    incomplete.write(file, Repository.original(file))
    assert f"AssertionError: {message}" in incomplete.failing_test(check)
