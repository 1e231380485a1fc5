"""Executions and their histories over HTTP."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator

from .api import START, TYPE, ok, rejected, start


def test_executions_are_listed_and_filtered(http: Client, virtual: Emulator) -> None:
    first = start(virtual, "a")
    start(virtual, "b", domain="depot")
    start(virtual, "c", region="eu-west-1")
    virtual.client().terminate_workflow_execution(domain="shop", workflowId="a")

    def listed(**query: str) -> list[str]:
        answer = ok(http.get("/_emulator/executions", query_string=query))
        return [execution["workflowId"] for execution in answer["executions"]]

    assert listed() == ["a", "b", "c"]
    assert listed(domain="shop") == ["a", "c"]
    assert listed(domain="shop", region="us-east-1") == ["a"]
    assert listed(status="open") == ["b", "c"]
    assert listed(status="closed") == ["a"]
    assert listed(workflowId="b", account="123456789012") == ["b"]
    assert listed(account="999999999999") == []
    assert ok(http.get("/_emulator/executions?workflowId=a"))["executions"] == [
        {
            "account": "123456789012",
            "region": "us-east-1",
            "domain": "shop",
            "workflowId": "a",
            "runId": first,
            "workflowType": TYPE,
            "status": "TERMINATED",
            "started": START,
            "closed": START,
        }
    ]


def test_executions_of_all_accounts_are_ordered_by_their_starts(
    http: Client, virtual: Emulator
) -> None:
    accounts = ["123456789012", "999988887777", "123456789012", "111122223333"]
    run_ids = [start(virtual, "w", f"d{n}", account=each) for n, each in enumerate(accounts)]
    executions = ok(http.get("/_emulator/executions"))["executions"]
    assert [each["account"] for each in executions] == accounts
    assert [each["runId"] for each in executions] == run_ids
    path = "/_emulator/executions/history?workflowId=w"
    assert ok(http.get(path))["account"] == "111122223333"
    assert ok(http.get(f"{path}&account=999988887777"))["runId"] == run_ids[1]


def test_a_history_as_json_and_as_text(http: Client, virtual: Emulator) -> None:
    start(virtual, "order 1 ä")
    path = "/_emulator/executions/history"
    answer = ok(http.get(path, query_string={"workflowId": "order 1 ä"}))
    assert answer["status"] == "OPEN"
    assert answer["events"] == virtual.history("order 1 ä")
    query = {"workflowId": "order 1 ä", "domain": "shop", "format": "text", "shorten": "3"}
    text = http.get(path, query_string=query)
    assert text.content_type == "text/plain; charset=utf-8"
    assert text.text.splitlines()[0].startswith("  1      +0s  WorkflowExecutionStarted")
    assert 'input="one"…(7 characters)' in text.text
    timeline = http.get(path, query_string={"workflowId": "order 1 ä", "format": "timeline"})
    assert timeline.text.splitlines()[1] == "2  +0s  DecisionTaskScheduled     taskList=orders"


def test_without_a_run_id_the_last_run_is_meant(http: Client, virtual: Emulator) -> None:
    first = start(virtual, "w")
    virtual.client().terminate_workflow_execution(domain="shop", workflowId="w")
    second = start(virtual, "w")
    path = "/_emulator/executions/history"
    assert ok(http.get(path, query_string={"workflowId": "w"}))["runId"] == second
    assert ok(http.get(path, query_string={"workflowId": "w", "runId": first}))["runId"] == first


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "workflowId is required"),
        ("workflowId=", 400, "workflowId is required"),
        ("workflowId=x", 404, "execution not found: workflowId=x"),
        ("workflowId=x&format=xml", 400, "format must be one of: json, text, timeline"),
        ("workflowId=x&shorten=-1", 400, "shorten must be a number of characters"),
        ("workflowId=x&workflowID=y", 400, "unknown parameter 'workflowID'; known: account, "),
        ("workflowId=x&workflowId=y", 400, "workflowId must not be repeated"),
    ],
)
def test_an_invalid_request_for_a_history(
    http: Client, query: str, status: int, message: str
) -> None:
    assert message in rejected(http.get(f"/_emulator/executions/history?{query}"), status)


def test_an_unknown_status(http: Client) -> None:
    assert "status must be one of: open, closed" in rejected(
        http.get("/_emulator/executions?status=done")
    )
