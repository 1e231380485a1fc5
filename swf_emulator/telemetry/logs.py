"""Logs for people (``text``) and for machines (``json``, one object a line), on stderr.

A line about a call carries its outcome: see `protocol.service.CallRecord`. The names that the
API gives things are the names in the log.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from ..core.faults import Fault
from ..engine.accounts import Accounts
from ..protocol.service import CallRecord
from ..protocol.tokens import TaskToken

FORMATS = ("text", "json")

_EXECUTION = re.compile(
    rb'"workflowExecution":\{"runId":("(?:[^"\\]|\\.)*"),"workflowId":("(?:[^"\\]|\\.)*")\}'
)
_RUN_ID = re.compile(rb'^\{"runId":("[^"\\]*")\}$')
_TAIL_BYTES = 8192
"""The end of an answer, in which a poll's execution stands."""


def configure(
    log_format: str, verbose: bool, accounts: Accounts | None = None, stream: TextIO | None = None
) -> None:
    """Write the emulator's and its server's logs; ``verbose`` adds a line for each call."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter(accounts) if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("swf_emulator").setLevel(logging.INFO if verbose else logging.NOTSET)


class TextFormatter(logging.Formatter):
    """A time, a level if it is a bad one, and the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(level)s%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        bad = record.levelno > logging.INFO
        record.level = f"{record.levelname} " if bad else ""
        return super().format(record)


class JsonFormatter(logging.Formatter):
    """One JSON object: ``time``, ``level``, ``logger``, and ``message`` or a call's members.

    ``accounts`` know the domain of a call that names only a task token.
    """

    def __init__(self, accounts: Accounts | None = None) -> None:
        super().__init__()
        self._accounts = accounts

    def format(self, record: logging.LogRecord) -> str:
        instant = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": instant.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        outcome = getattr(record, "call_record", None)
        if isinstance(outcome, CallRecord):
            line |= call_members(outcome, self._accounts)
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, separators=(",", ":"))


def call_members(outcome: CallRecord, accounts: Accounts | None = None) -> dict[str, Any]:
    """What is told of a call; members that it does not have are left out."""
    workflow_id, run_id = execution_of(outcome)
    fault = outcome.fault
    of_domain = outcome.operation.endswith("Domain")
    domain = outcome.parameters.get("name" if of_domain else "domain")
    if domain is None and run_id is not None and accounts is not None:
        engine, found_id = accounts.engine(outcome.scope.account), run_id
        found = engine.read(lambda view: view.find(outcome.scope, found_id))
        domain = None if found is None else found.domain
    members = {
        "operation": outcome.operation or None,
        "account": outcome.scope.account,
        "region": outcome.scope.region,
        "domain": domain,
        "workflowId": workflow_id,
        "runId": run_id,
        "fault": None if fault is None else fault.code,
        "faultMessage": None if fault is None else fault.message,
        "ms": round(outcome.seconds * 1000, 3),
        "requestId": outcome.request_id,
    }
    return {name: value for name, value in members.items() if value is not None}


def execution_of(outcome: CallRecord) -> tuple[str | None, str | None]:
    """Workflow id and run id, as far as the request or the answer tells them."""
    parameters = outcome.parameters
    if "taskToken" in parameters:
        return _of_token(parameters["taskToken"])
    named = parameters.get("execution") or parameters
    workflow_id, run_id = named.get("workflowId"), named.get("runId")
    if outcome.operation == "StartWorkflowExecution":
        started = _RUN_ID.match(outcome.body)
        return workflow_id, run_id if started is None else json.loads(started[1])
    if outcome.operation.startswith("PollFor"):
        polled = _EXECUTION.search(outcome.body, max(0, len(outcome.body) - _TAIL_BYTES))
        if polled is not None:
            return json.loads(polled[2]), json.loads(polled[1])
    return workflow_id, run_id


def _of_token(token: str) -> tuple[str | None, str | None]:
    for kind in ("decision", "activity"):
        try:
            decoded = TaskToken.decode(token, kind)
        except Fault:
            continue
        return decoded.workflow_id, decoded.run_id
    return None, None
