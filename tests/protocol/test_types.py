"""Wrong JSON types: the first one ends the request with a SerializationException.

Source: other services on the same framework; the form of the messages: moto.
"""

from __future__ import annotations

from typing import Any

import pytest

from .caller import SERIALIZATION, Caller

NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
STRUCTURE = "Start of structure or map found where not expected."
LIST = "Start of list found where not expected"

START: dict[str, Any] = {
    "domain": "d",
    "workflowId": "w",
    "workflowType": {"name": "n", "version": "v"},
}

CASES = [
    # A string is expected.
    ("DescribeDomain", {"name": 1}, f"{NUMBER} can not be converted to an String"),
    ("DescribeDomain", {"name": 1.5}, f"{NUMBER} can not be converted to an String"),
    ("DescribeDomain", {"name": True}, "class java.lang.Boolean can not be converted to an String"),
    ("DescribeDomain", {"name": {}}, STRUCTURE),
    ("DescribeDomain", {"name": []}, LIST),
    ("StartWorkflowExecution", START | {"childPolicy": 1}, f"{NUMBER} can not be converted to an "
     "String"),
    ("StartWorkflowExecution", START | {"taskStartToCloseTimeout": 60}, f"{NUMBER} can not be "
     "converted to an String"),
    ("StartWorkflowExecution", START | {"tagList": [1]}, f"{NUMBER} can not be converted to an "
     "String"),
    # An integer is expected.
    ("ListDomains", {"registrationStatus": "REGISTERED", "maximumPageSize": "5"},
     "class java.lang.String can not be converted to an Integer"),
    ("ListDomains", {"registrationStatus": "REGISTERED", "maximumPageSize": False},
     "class java.lang.Boolean can not be converted to an Integer"),
    ("ListDomains", {"registrationStatus": "REGISTERED", "maximumPageSize": [5]}, LIST),
    # A boolean is expected.
    ("ListDomains", {"registrationStatus": "REGISTERED", "reverseOrder": "true"},
     "class java.lang.String can not be converted to an Boolean"),
    ("ListDomains", {"registrationStatus": "REGISTERED", "reverseOrder": 1},
     f"{NUMBER} can not be converted to an Boolean"),
    ("ListDomains", {"registrationStatus": "REGISTERED", "reverseOrder": {}}, STRUCTURE),
    # A timestamp is expected.
    ("CountOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": "2012"}},
     "class java.lang.String can not be converted to an Date"),
    ("CountOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": True}},
     "class java.lang.Boolean can not be converted to an Date"),
    ("CountOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": {}}},
     STRUCTURE),
    # A structure is expected.
    ("StartWorkflowExecution", START | {"workflowType": "n/v"}, "Expected null"),
    ("StartWorkflowExecution", START | {"taskList": 1}, "Expected null"),
    ("StartWorkflowExecution", START | {"taskList": []}, LIST),
    ("RespondDecisionTaskCompleted", {"taskToken": "t", "decisions": ["x"]}, "Expected null"),
    # A list is expected.
    ("StartWorkflowExecution", START | {"tagList": "x"}, "Expected list or null"),
    ("StartWorkflowExecution", START | {"tagList": 1}, "Expected list or null"),
    ("StartWorkflowExecution", START | {"tagList": {}}, STRUCTURE),
    ("RespondDecisionTaskCompleted", {"taskToken": "t", "decisions": {}}, STRUCTURE),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "parameters", "text"), CASES)
def test_wrong_type(stateless: Caller, operation: str, parameters: Any, text: str) -> None:
    expected = {"__type": SERIALIZATION, "message": text}
    assert stateless.error(operation, parameters) == expected


def test_a_wrong_type_comes_before_any_broken_constraint(stateless: Caller) -> None:
    body = stateless.error("RegisterDomain", {"name": "", "description": 1})
    assert body["__type"] == SERIALIZATION


def test_null_members_are_absent(caller: Caller) -> None:
    caller.call(
        "RegisterDomain", name="n", description=None, workflowExecutionRetentionPeriodInDays="1"
    )
    assert "description" not in caller.call("DescribeDomain", name="n")["domainInfo"]


def test_null_elements_of_a_tag_list_are_kept(caller: Caller) -> None:
    """The service accepted them in 2016 and wrote them down. No filter finds them."""
    caller.call("RegisterWorkflowType", domain="d", name="n", version="v")
    caller.call(
        "StartWorkflowExecution",
        **START,
        taskList={"name": "L"},
        childPolicy="ABANDON",
        executionStartToCloseTimeout="9",
        taskStartToCloseTimeout="9",
        tagList=[None, "x", None],
    )
    (info,) = caller.call(
        "ListOpenWorkflowExecutions", domain="d", startTimeFilter={"oldestDate": 0}
    )["executionInfos"]
    assert info["tagList"] == [None, "x", None]


def test_unknown_members_are_ignored(caller: Caller) -> None:
    assert caller.call("DescribeDomain", name="d", colour={"deep": [1]}, Name=5)


@pytest.mark.parametrize("size", [1, 1.0, 1.9])
def test_fractions_are_cut_where_an_integer_belongs(caller: Caller, size: float) -> None:
    caller.call("RegisterDomain", name="e", workflowExecutionRetentionPeriodInDays="1")
    answer = caller.call("ListDomains", registrationStatus="REGISTERED", maximumPageSize=size)
    assert len(answer["domainInfos"]) == 1


def test_timestamps_may_have_fractions(caller: Caller) -> None:
    for oldest in (0, 0.5, -1e300, 1e300):
        parameters = {"domain": "d", "startTimeFilter": {"oldestDate": oldest}}
        assert caller.call("CountOpenWorkflowExecutions", **parameters)["count"] == 0
