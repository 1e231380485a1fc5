"""One line per call, as text and as JSON."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from swf_emulator import Emulator
from swf_emulator.telemetry import logs

Start = Callable[..., io.StringIO]


@pytest.fixture
def logging_to(virtual: Emulator) -> Iterator[Start]:
    """Configure logging to a string buffer and return it; restore the configuration afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("swf_emulator")
    before = (root.handlers[:], root.level, ours.level)

    def start(log_format: str, verbose: bool = True) -> io.StringIO:
        stream = io.StringIO()
        logs.configure(log_format, verbose, virtual.accounts, stream)
        return stream

    yield start
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def run_one(swf: Any) -> str:
    """Make successful calls and one that fails; return the run id."""
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="d", name="w", version="1")
    run_id: str = swf.start_workflow_execution(
        domain="d",
        workflowId='quoted "id" é',
        workflowType={"name": "w", "version": "1"},
        taskList={"name": "t"},
        taskStartToCloseTimeout="60",
        executionStartToCloseTimeout="600",
        childPolicy="TERMINATE",
    )["runId"]
    task = swf.poll_for_decision_task(domain="d", taskList={"name": "t"})
    swf.respond_decision_task_completed(taskToken=task["taskToken"])
    swf.describe_workflow_execution(
        domain="d", execution={"workflowId": 'quoted "id" é', "runId": run_id}
    )
    with pytest.raises(ClientError):
        swf.describe_domain(name="unknown")
    return run_id


def test_json_has_operation_domain_execution_fault_and_time(logging_to: Start, swf: Any) -> None:
    stream = logging_to("json")
    run_id = run_one(swf)
    lines = {}
    for written in stream.getvalue().splitlines():
        line = json.loads(written)
        assert line.pop("time").endswith("Z")
        assert line.pop("ms") >= 0
        assert line.pop("requestId")
        assert line.pop("level") == "info"
        assert line.pop("logger") == "swf_emulator"
        assert line.pop("account") == "123456789012"
        assert line.pop("region") == "us-east-1"
        lines[line.pop("operation")] = line
    execution = {"domain": "d", "workflowId": 'quoted "id" é', "runId": run_id}
    assert lines == {
        "RegisterDomain": {"domain": "d"},
        "RegisterWorkflowType": {"domain": "d"},
        "StartWorkflowExecution": execution,
        "PollForDecisionTask": execution,
        "RespondDecisionTaskCompleted": execution,
        "DescribeWorkflowExecution": execution,
        "DescribeDomain": {
            "domain": "unknown",
            "fault": "UnknownResourceFault",
            "faultMessage": "Unknown domain: unknown",
        },
    }


def test_text_has_one_line_per_call(logging_to: Start, swf: Any) -> None:
    stream = logging_to("text")
    run_one(swf)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 7
    assert "RegisterWorkflowType d → ok (" in lines[1]
    assert "DescribeDomain  → UnknownResourceFault: Unknown domain: unknown (" in lines[-1]


def test_a_name_with_line_breaks_cannot_look_like_another_line(logging_to: Start, swf: Any) -> None:
    stream = logging_to("text")
    with pytest.raises(swf.exceptions.UnknownResourceFault):
        swf.describe_domain(name="a\r\n2026-01-01 ERROR forged\x85\u2028\x1b[2J")
    (line,) = stream.getvalue().splitlines()
    assert "a\\u000d\\u000a2026-01-01 ERROR forged\\u0085\\u2028\\u001b[2J" in line


@pytest.mark.parametrize("log_format", logs.FORMATS)
def test_without_verbose_only_warnings_and_errors_are_logged(
    logging_to: Start, swf: Any, log_format: str
) -> None:
    stream = logging_to(log_format, verbose=False)
    run_one(swf)
    assert stream.getvalue() == ""
    try:
        raise RuntimeError("bad luck")
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("it failed: %s", "why")
    written = stream.getvalue()
    if log_format == "json":
        line = json.loads(written)
        assert (line["level"], line["logger"]) == ("error", "uvicorn.error")
        assert line["message"] == "it failed: why"
        assert line["exception"].endswith("RuntimeError: bad luck")
    else:
        assert "ERROR it failed: why" in written.splitlines()[0]
        assert written.endswith("RuntimeError: bad luck\n")


def test_an_invalid_request_is_logged(logging_to: Start, swf: Any) -> None:
    stream = logging_to("json")
    with pytest.raises(ClientError):
        swf.poll_for_decision_task(domain="d", taskList={"name": "a:b"})
    line = json.loads(stream.getvalue())
    assert line["fault"] == "ValidationException"
    assert "domain" not in line
