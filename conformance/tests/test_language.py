"""Values and case files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance import catalogue
from conformance.language import check, read, values
from conformance.language.values import Pattern, Variable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("word", "word"),
        ("12", 12),
        ('"12"', "12"),
        ("-3", -3),
        ("true", True),
        ("null", None),
        ("a:b", "a:b"),
        ("{name: a, list: [x, 2]}", {"name": "a", "list": ["x", 2]}),
        ("{}", {}),
        ("[]", []),
        ('"with space, and \\u00e4"', "with space, and ä"),
        ("repeat(ab, 3)", "ababab"),
        ("$run", Variable("run")),
        ("$t+0.5", Variable("t", 0.5)),
        ("<any>", Pattern("any")),
        ("<re:^a>", Pattern("re", "^a")),
        ("<at least 3>", Pattern("at least", "3")),
        ("${domain}-2", "${domain}-2"),
    ],
)
def test_values_are_read(text: str, value: Any) -> None:
    assert values.parse(text) == value


@pytest.mark.parametrize("text", ["", "{a 1}", "[1", "<nonsense>", "a b"])
def test_bad_values_are_refused(text: str) -> None:
    with pytest.raises(values.ValueSyntaxError):
        values.parse(text)


def test_an_unbound_variable_is_told() -> None:
    with pytest.raises(values.Unbound, match="run"):
        values.substitute({"a": [Variable("run")]}, {})
    assert values.substitute("${a}-1", {"a": "x"}) == "x-1"


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (Pattern("timestamp"), 1326592619.474, True),
        (Pattern("timestamp"), 1326592619.4744, False),
        (Pattern("timestamp"), "1326592619.474", False),
        (Pattern("text"), "", False),
        (Pattern("int"), True, False),
        (Pattern("one of", "a|b"), "b", True),
        (Pattern("length", "2"), [1, 2], True),
        (Pattern("not", "x"), "x", False),
    ],
)
def test_patterns(pattern: Pattern, value: Any, fits: bool) -> None:
    assert values.pattern_accepts(pattern, value) is fits


def _read(tmp_path: Path, text: str) -> list[read.Script]:
    path = tmp_path / "cases.txt"
    path.write_text(text, encoding="utf-8")
    return read.read_file(path)


_HEADER = "=== one\ntitle: t\nsource: s\ngrade: recorded\n\n"


def test_a_case_is_read(tmp_path: Path) -> None:
    (script,) = _read(
        tmp_path,
        _HEADER + "decide executionContext=c -identity as x\n"
        "  StartTimer timerId=t startToFireTimeout=1\n----\n(inferred) fault X\n",
    )
    (step,) = script.commands
    assert step.name == "decide"
    assert step.members == {"executionContext": "c"}
    assert step.omitted == {"identity"}
    assert step.words == ["as", "x"]
    assert step.decisions[0].members == {"timerId": "t", "startToFireTimeout": 1}
    assert step.expectations[0].text == "fault X"
    assert step.expectations[0].grade is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("RegisterDomain name=x\n", "must begin with"),
        ("=== one\ntitle: t\n\n", "grade, source"),
        (_HEADER + "----\nempty\n", "a command must come before"),
        (_HEADER + "  StartTimer timerId=t\n", "a command must come before"),
        (_HEADER + "decide\n  StartTimer t\n", "members only"),
        (_HEADER + "decide a={\n", "value"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(read.CaseSyntaxError, match=told) as problem:
        _read(tmp_path, text)
    assert str(problem.value).startswith("cases.txt:")


@pytest.mark.parametrize(
    "step",
    [
        "BrewCoffee",
        "StartWorkflowExecution colour=red",
        "StartWorkflowExecution workflowType={nam: x}",
        "decide\n  StartTimer id=t",
        "decide\nStartTimer timerId=t",
        "PollForDecisionTask\n  StartTimer timerId=t",
        "hold one StartWorkflowExecution",
        "hold PollForDecisionTask",
        "got one",
        "leave one",
        "set max_types=1",
        "refuse StartTimer CAUSE",
        "permit",
        "pause",
        "replay nothing-like-this",
        "events\n----\n1 WorkflowExecutionStarted",
        "events\n----\nw 1 WorkflowExecutionStarted later",
        "StartWorkflowExecution\n----\nno task",
        "PollForDecisionTask\n----\nno colour",
        "StartWorkflowExecution\n----\nrunId: 22AbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ=",
        "decide\n  MakeCoffee",
        "wait CoffeeMade",
        "history\n----\n1 CoffeeMade",
        "history\n----\n1 TimerFired colour=red",
        "DescribeDomain name=x\n----\ndomainInfo.colour: red",
        "DescribeDomain name=x\n----\nfault TypeDeprecatedFault",
        "ListDomains\n----\nlike no-such-recording response",
    ],
)
def test_mistakes_in_names_are_told(tmp_path: Path, step: str) -> None:
    (script,) = _read(tmp_path, _HEADER + step + "\n")
    assert list(check.problems(script))


def test_the_cases_have_no_mistakes() -> None:
    assert [p for _, script in catalogue.scripts() for p in check.problems(script)] == []


def test_every_case_names_its_title_and_source() -> None:
    for case in catalogue.all_cases():
        assert case.title
        assert case.source
        assert case.origin


def test_selection() -> None:
    cases = catalogue.all_cases()
    timers = catalogue.select(cases, ["timers"])
    assert {c.section for c in timers} == {"timers"}
    assert [c.id for c in catalogue.select(cases, ["timers/fires"])] == ["timers/fires"]
    assert len(catalogue.select(cases, ["timers/*"])) == len(timers)
    assert catalogue.select(cases, []) == cases
