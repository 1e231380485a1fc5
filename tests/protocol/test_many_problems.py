"""Several problems at once: all are reported, ten at most.

Those of a structure come in reverse order of the model's members, those of a list in its order.

Source: observed: "2 validation errors detected: …; …" (getmoto/moto 10262, checked in 2026). Ten:
other services on the same framework.
"""

from __future__ import annotations

from .caller import Caller, invalid, length_at_most, missing, one_of, problem, value_at_most


def test_two_problems(stateless: Caller) -> None:
    parameters = {"domain": "d", "execution": {}}
    assert stateless.error("DescribeWorkflowExecution", parameters) == invalid(
        missing("execution.runId"), missing("execution.workflowId")
    )


def test_problems_of_different_kinds(stateless: Caller) -> None:
    long = "x" * 257
    parameters = {"registrationStatus": "OLD", "maximumPageSize": 1001, "name": long}
    assert stateless.error("ListWorkflowTypes", parameters) == invalid(
        problem("1001", "maximumPageSize", value_at_most(1000)),
        problem("OLD", "registrationStatus", one_of("REGISTERED", "DEPRECATED")),
        problem(long, "name", length_at_most(256)),
        missing("domain"),
    )


def test_problems_of_several_decisions(stateless: Caller) -> None:
    decisions = [
        {"decisionType": "StartTimer", "startTimerDecisionAttributes": {"timerId": "t"}},
        {"decisionType": "RecordMarker"},
        {},
    ]
    assert stateless.error("RespondDecisionTaskCompleted", {"decisions": decisions}) == invalid(
        missing("decisions.1.member.startTimerDecisionAttributes.startToFireTimeout"),
        missing("decisions.3.member.decisionType"),
        missing("taskToken"),
    )


def test_missing_elements(stateless: Caller) -> None:
    parameters = {"taskToken": "x", "decisions": [None]}
    assert stateless.error("RespondDecisionTaskCompleted", parameters) == invalid(
        missing("decisions.1.member")
    )


def test_no_more_than_ten_are_told(stateless: Caller) -> None:
    decisions = [{"decisionType": "CancelTimer", "cancelTimerDecisionAttributes": {}}] * 11
    expected = [
        missing(f"decisions.{index}.member.cancelTimerDecisionAttributes.timerId")
        for index in range(1, 11)
    ]
    parameters = {"taskToken": "x", "decisions": decisions}
    assert stateless.error("RespondDecisionTaskCompleted", parameters) == invalid(*expected)


def test_ten_are_all_told(stateless: Caller) -> None:
    parameters = {"taskToken": "x", "decisions": [{}] * 10}
    body = stateless.error("RespondDecisionTaskCompleted", parameters)
    assert body["message"].startswith("10 validation errors detected: ")
    assert body["message"].count("must not be null") == 10


def test_structures_of_other_types_are_validated_too(stateless: Caller) -> None:
    """Source: moto."""
    decisions = [
        {
            "decisionType": "CompleteWorkflowExecution",
            "startTimerDecisionAttributes": {"startToFireTimeout": "1"},
        }
    ]
    parameters = {"taskToken": "x", "decisions": decisions}
    path = "decisions.1.member.startTimerDecisionAttributes.timerId"
    assert stateless.error("RespondDecisionTaskCompleted", parameters) == invalid(missing(path))
