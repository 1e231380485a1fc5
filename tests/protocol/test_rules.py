"""The rules that the documentation states and the model lacks: names, durations, numbers.

Source: API Reference, the members' descriptions; the message for a type name is recorded, the
others are inferred. Which members the rule for names holds for is read from botocore's copy of
those descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.shapes import service

from .caller import (
    Caller,
    invalid,
    length_at_most,
    matching,
    problem,
    refused,
    value_at_least,
    value_at_most,
)
from .test_constraints_of_the_model import minimal

DURATION = matching("NONE|[0-9]{1,8}")
SECONDS = matching("[0-9]{1,8}")
PRIORITY = matching("-?[0-9]{1,10}")
TAG = matching(r"[\p{L}\p{N}\s_.:/=+\-@]*")

YEAR = 31_536_000
SHAPES = service()["shapes"]
INPUT_OF = {entry["input"]["shape"]: name for name, entry in service()["operations"].items()}

UNDOCUMENTED_NAMES = {
    ("ContinueAsNewWorkflowExecutionDecisionAttributes", "taskList"),
    ("RegisterActivityTypeInput", "defaultTaskList"),
    ("RegisterWorkflowTypeInput", "defaultTaskList"),
    ("RespondDecisionTaskCompletedInput", "taskList"),
}
"""Task lists are named by the same rule wherever a name is given."""


def documented(words: str) -> set[tuple[str, str]]:
    """The members whose description has these words."""
    return {
        (shape_name, name)
        for shape_name, shape in SHAPES.items()
        for name, member in shape.get("members", {}).items()
        if words in member.get("documentation", "")
    }


NOT_ENFORCED = {
    ("StartWorkflowExecutionInput", "workflowId"),
    ("ScheduleActivityTaskDecisionAttributes", "activityId"),
    ("StartTimerDecisionAttributes", "timerId"),
    ("StartChildWorkflowExecutionDecisionAttributes", "workflowId"),
}
"""The service accepts any character in ids, as recorded in 2016."""

NAMED = documented("must not contain a") - NOT_ENFORCED | UNDOCUMENTED_NAMES
TRIMMED_TOO = documented("must not start or end with whitespace")


def request_with(shape_name: str, member: str, text: str) -> tuple[str, dict[str, Any]]:
    """Operation and parameters, with a name put into a member of an input or a decision."""
    shape = SHAPES[SHAPES[shape_name]["members"][member]["shape"]]
    value: Any = text if shape["type"] == "string" else {"name": text}
    structure = minimal(shape_name) | {member: value}
    if shape_name in INPUT_OF:
        return INPUT_OF[shape_name], structure
    decision_type = shape_name.removesuffix("DecisionAttributes")
    name = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    decisions = [{"decisionType": decision_type, name: structure}]
    parameters = {"taskToken": "x", "decisions": decisions}
    return "RespondDecisionTaskCompleted", parameters


def noun(shape_name: str, member: str) -> str:
    """What a message calls a name."""
    if shape_name == "RegisterDomainInput":
        return "domain"
    return "task list" if member.lower().endswith("tasklist") else member


def rejected(caller: Caller, operation: str, parameters: dict[str, Any]) -> bool:
    """Whether a request is rejected for a name."""
    body = caller.ask(operation, parameters).body
    return b"Invalid " in body and b"Invalid token" not in body


def test_the_documentation_names_the_members() -> None:
    assert len(NAMED) == 15 - len(NOT_ENFORCED) + len(UNDOCUMENTED_NAMES)
    assert len(TRIMMED_TOO) >= 3
    assert TRIMMED_TOO <= NAMED


@pytest.mark.parametrize(("shape_name", "member"), sorted(NAMED))
def test_forbidden_names(stateless: Caller, shape_name: str, member: str) -> None:
    for text in ("a:b", "a/b", "|", "a\u0000", "\u001f", "\u007f", "b\u009f", "arn"):
        operation, parameters = request_with(shape_name, member, text)
        expected = refused(f"Invalid {noun(shape_name, member)}: {text}")
        assert stateless.error(operation, parameters) == expected


@pytest.mark.parametrize(("shape_name", "member"), sorted(NOT_ENFORCED))
def test_ids_may_have_any_character(caller: Caller, shape_name: str, member: str) -> None:
    for text in ("a:b", "a/b", "|", "a\u0000", "arn", " x "):
        operation, parameters = request_with(shape_name, member, text)
        assert not rejected(caller, operation, parameters)


def test_violated_constraints_come_before_names(stateless: Caller) -> None:
    parameters = {"domain": "d", "name": "a:b", "version": "v" * 65}
    assert stateless.error("RegisterWorkflowType", parameters) == invalid(
        problem("v" * 65, "version", length_at_most(64))
    )
    parameters = {"domain": "d", "name": "a:b", "version": "1:2"}
    assert stateless.error("RegisterWorkflowType", parameters) == refused("Invalid name: a:b")


@pytest.mark.parametrize(("shape_name", "member"), sorted(NAMED))
def test_allowed_names(caller: Caller, shape_name: str, member: str) -> None:
    for text in ("learning", "ARN", "arn2", "a b", "ä", "x\u2028y", "😀", "a.b,c;d\\e"):
        operation, parameters = request_with(shape_name, member, text)
        assert not rejected(caller, operation, parameters)


@pytest.mark.parametrize(("shape_name", "member"), sorted(NAMED))
def test_white_space_at_the_ends(caller: Caller, shape_name: str, member: str) -> None:
    for text in (" a", "a ", "\u2003a", " "):
        operation, parameters = request_with(shape_name, member, text)
        assert rejected(caller, operation, parameters) == ((shape_name, member) in TRIMMED_TOO)


@pytest.mark.parametrize("name", ["a:b", "arn", " x ", "a/b|c", "\u0001"])
def test_signals_and_markers_have_no_such_rule(caller: Caller, name: str) -> None:
    signal = {"domain": "d", "workflowId": "w", "signalName": name}
    assert caller.error("SignalWorkflowExecution", signal)["__type"].endswith("ResourceFault")
    marker = {
        "decisionType": "RecordMarker",
        "recordMarkerDecisionAttributes": {"markerName": name},
    }
    body = caller.error("RespondDecisionTaskCompleted", {"taskToken": "x", "decisions": [marker]})
    assert body["message"] == "Invalid token"


# Durations, days, priorities.

REGISTER = {"domain": "d", "name": "n", "version": "v"}
START = {"domain": "d", "workflowId": "w", "workflowType": {"name": "n", "version": "v"}}
TIMER = "decisions.1.member.startTimerDecisionAttributes.startToFireTimeout"
LAMBDA = "decisions.1.member.scheduleLambdaFunctionDecisionAttributes.startToCloseTimeout"


def responding(decision_type: str, **attributes: Any) -> dict[str, Any]:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    decisions = [{"decisionType": decision_type, member: attributes}]
    return {"taskToken": "x", "decisions": decisions}


def timer(seconds: str) -> dict[str, Any]:
    return responding("StartTimer", timerId="t", startToFireTimeout=seconds)


def function(seconds: str) -> dict[str, Any]:
    return responding("ScheduleLambdaFunction", id="l", name="f", startToCloseTimeout=seconds)


def activity(seconds: str) -> dict[str, Any]:
    kind = {"name": "n", "version": "v"}
    return responding(
        "ScheduleActivityTask", activityId="a", activityType=kind, heartbeatTimeout=seconds
    )


def continuing(seconds: str) -> dict[str, Any]:
    return responding("ContinueAsNewWorkflowExecution", executionStartToCloseTimeout=seconds)


def child(seconds: str) -> dict[str, Any]:
    kind = {"name": "n", "version": "v"}
    return responding(
        "StartChildWorkflowExecution",
        workflowId="c",
        workflowType=kind,
        executionStartToCloseTimeout=seconds,
    )


@pytest.mark.parametrize("parameters", [continuing("NONE"), child("NONE")])
def test_an_execution_of_a_decision_may_have_no_timeout(
    stateless: Caller, parameters: dict[str, Any]
) -> None:
    body = stateless.error("RespondDecisionTaskCompleted", parameters)
    assert body["message"] == "Invalid token"


ACTIVITY = "decisions.1.member.scheduleActivityTaskDecisionAttributes.heartbeatTimeout"
CHILD = "decisions.1.member.startChildWorkflowExecutionDecisionAttributes"
MALFORMED = ["none", "-1", "+5", "1.5", " 5", "5s", "0x1", "1e3", "\u0663", "NONE "]


def duration_cases() -> Iterator[tuple[str, dict[str, Any], str, str, str]]:
    """Operation, parameters, path, the value at the path, the constraint that it breaks."""
    for text in MALFORMED:
        yield (
            "StartWorkflowExecution",
            START | {"taskStartToCloseTimeout": text},
            "taskStartToCloseTimeout",
            text,
            DURATION,
        )
        yield "RespondDecisionTaskCompleted", activity(text), ACTIVITY, text, DURATION
        yield (
            "RespondDecisionTaskCompleted",
            continuing(text),
            "decisions.1.member.continueAsNewWorkflowExecutionDecisionAttributes"
            ".executionStartToCloseTimeout",
            text,
            DURATION,
        )
        yield (
            "RespondDecisionTaskCompleted",
            child(text),
            f"{CHILD}.executionStartToCloseTimeout",
            text,
            DURATION,
        )
    for text in (*MALFORMED, "NONE"):
        yield "RespondDecisionTaskCompleted", timer(text), TIMER, text, SECONDS
        yield (
            "StartWorkflowExecution",
            START | {"executionStartToCloseTimeout": text},
            "executionStartToCloseTimeout",
            text,
            SECONDS,
        )
        yield (
            "RegisterWorkflowType",
            REGISTER | {"defaultExecutionStartToCloseTimeout": text},
            "defaultExecutionStartToCloseTimeout",
            text,
            SECONDS,
        )
    for text in ("none", "-1", "1.5", "x"):
        yield "RespondDecisionTaskCompleted", function(text), LAMBDA, text, DURATION
    too_long = str(YEAR + 1)
    for operation, parameters, path in (
        ("RespondDecisionTaskCompleted", timer(too_long), TIMER),
        ("RespondDecisionTaskCompleted", activity(too_long), ACTIVITY),
        (
            "RegisterActivityType",
            REGISTER | {"defaultTaskHeartbeatTimeout": too_long},
            "defaultTaskHeartbeatTimeout",
        ),
        (
            "RegisterWorkflowType",
            REGISTER | {"defaultExecutionStartToCloseTimeout": too_long},
            "defaultExecutionStartToCloseTimeout",
        ),
        (
            "RespondDecisionTaskCompleted",
            {"taskToken": "x", "taskListScheduleToStartTimeout": too_long},
            "taskListScheduleToStartTimeout",
        ),
    ):
        yield operation, parameters, path, too_long, value_at_most(YEAR)
    yield "RespondDecisionTaskCompleted", function("0"), LAMBDA, "0", value_at_least(1)
    yield "RespondDecisionTaskCompleted", function("901"), LAMBDA, "901", value_at_most(900)


@pytest.mark.parametrize(
    ("operation", "parameters", "path", "text", "constraint"), list(duration_cases())
)
def test_refused_durations(
    stateless: Caller,
    operation: str,
    parameters: dict[str, Any],
    path: str,
    text: str,
    constraint: str,
) -> None:
    assert stateless.error(operation, parameters) == invalid(problem(text, path, constraint))


@pytest.mark.parametrize("text", ["0", "00000007", str(YEAR)])
def test_accepted_durations(stateless: Caller, text: str) -> None:
    for parameters in (timer(text), activity(text)):
        body = stateless.error("RespondDecisionTaskCompleted", parameters)
        assert body["message"] == "Invalid token"


@pytest.mark.parametrize("text", ["NONE", "1", "900", ""])
def test_accepted_lambda_durations(stateless: Caller, text: str) -> None:
    body = stateless.error("RespondDecisionTaskCompleted", function(text))
    assert body["message"] == "Invalid token"


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("91", value_at_most(90)),
        ("99999999", value_at_most(90)),
        ("-1", DURATION),
        ("none", DURATION),
        ("7 ", DURATION),
        ("7.0", DURATION),
    ],
)
def test_refused_retention(stateless: Caller, text: str, constraint: str) -> None:
    parameters = {"name": "n", "workflowExecutionRetentionPeriodInDays": text}
    path = "workflowExecutionRetentionPeriodInDays"
    assert stateless.error("RegisterDomain", parameters) == invalid(problem(text, path, constraint))


@pytest.mark.parametrize("text", ["0", "90", "NONE", "007"])
def test_accepted_retention_is_echoed(caller: Caller, text: str) -> None:
    caller.call("RegisterDomain", name="n", workflowExecutionRetentionPeriodInDays=text)
    described = caller.call("DescribeDomain", name="n")
    assert described["configuration"] == {"workflowExecutionRetentionPeriodInDays": text}


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("2147483648", value_at_most(2147483647)),
        ("-2147483649", value_at_least(-2147483648)),
        ("12345678901", PRIORITY),
        ("+1", PRIORITY),
        ("1.0", PRIORITY),
        ("high", PRIORITY),
        ("", PRIORITY),
        ("\u0661", PRIORITY),
    ],
)
def test_refused_priorities(stateless: Caller, text: str, constraint: str) -> None:
    parameters = REGISTER | {"defaultTaskPriority": text}
    expected = invalid(problem(text, "defaultTaskPriority", constraint))
    assert stateless.error("RegisterActivityType", parameters) == expected


@pytest.mark.parametrize("text", ["2147483647", "-2147483648", "0", "-0", "007"])
def test_accepted_priorities(caller: Caller, text: str) -> None:
    caller.call("RegisterActivityType", **REGISTER, defaultTaskPriority=text)
    kind = {"name": "n", "version": "v"}
    described = caller.call("DescribeActivityType", domain="d", activityType=kind)
    assert described["configuration"] == {"defaultTaskPriority": text}


@pytest.mark.parametrize("text", ["a#b", "x*", "(", "\u0000", "ok😀"])
def test_refused_tags(stateless: Caller, text: str) -> None:
    retention = {"workflowExecutionRetentionPeriodInDays": "1"}
    parameters = {"name": "n", **retention, "tags": [{"key": "k"}, {"key": text, "value": text}]}
    assert stateless.error("RegisterDomain", parameters) == invalid(
        problem(text, "tags.2.member.value", TAG), problem(text, "tags.2.member.key", TAG)
    )


def test_accepted_tags(caller: Caller) -> None:
    key = "Grün 9_.:/=+-@"
    arn = "arn:aws:swf:us-east-1:123456789012:/domain/d"
    caller.call("TagResource", resourceArn=arn, tags=[{"key": key, "value": key}])
    tags = caller.call("ListTagsForResource", resourceArn=arn)["tags"]
    assert tags == [{"key": key, "value": key}]
