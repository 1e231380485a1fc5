"""Logs on stderr: ``text`` for people, ``json`` with one object per line for programs.

A log record about a call carries a `protocol.answers.CallRecord`; its members have the API's
names.
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
from ..protocol.answers import CallRecord
from ..protocol.tokens import TaskToken

FORMATS = ("text", "json")

_EXECUTION = re.compile(
    rb'"workflowExecution":\{"runId":("(?:[^"\\]|\\.)*"),"workflowId":("(?:[^"\\]|\\.)*")\}'
)
_RUN_ID = re.compile(rb'^\{"runId":("[^"\\]*")\}$')
_CONTROL = {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}
_TAIL_BYTES = 8192
"""The length of the end of an answer that contains a poll's execution."""


def configure(
    log_format: str, verbose: bool, accounts: Accounts | None = None, stream: TextIO | None = None
) -> None:
    """Configure the logs of the emulator and its server; ``verbose`` adds one line per call."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter(accounts) if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("swf_emulator").setLevel(logging.INFO if verbose else logging.NOTSET)


class TextFormatter(logging.Formatter):
    """The time, the level if it is above INFO, and the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(level)s%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.level = f"{record.levelname} " if record.levelno > logging.INFO else ""
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """A name with a line break must not look like another line."""
        record.message = record.message.translate(_CONTROL)
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """One JSON object: ``time``, ``level``, ``logger``, and ``message`` or a call's members.

    ``accounts`` supply the domain of a call that has only a task token.
    """

    def __init__(self, accounts: Accounts | None = None) -> None:
        super().__init__()
        self._accounts = accounts

    def format(self, record: logging.LogRecord) -> str:
        logged = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": logged.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        call = getattr(record, "call_record", None)
        if isinstance(call, CallRecord):
            line |= call_members(call, self._accounts)
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, separators=(",", ":"))


def call_members(call: CallRecord, accounts: Accounts | None = None) -> dict[str, Any]:
    """The members of a call's line; those without a value are left out."""
    workflow_id, run_id = execution_of(call)
    fault = call.fault
    of_domain = call.operation.endswith("Domain")
    domain = call.parameters.get("name" if of_domain else "domain")
    if domain is None and run_id is not None and accounts is not None:
        engine, found_id = accounts.engine(call.scope.account), run_id
        found = engine.read(lambda view: view.find(call.scope, found_id))
        domain = None if found is None else found.domain
    members = {
        "operation": call.operation or None,
        "account": call.scope.account,
        "region": call.scope.region,
        "domain": domain,
        "workflowId": workflow_id,
        "runId": run_id,
        "fault": None if fault is None else fault.code,
        "faultMessage": None if fault is None else fault.message,
        "ms": round(call.seconds * 1000, 3),
        "requestId": call.request_id,
    }
    return {name: value for name, value in members.items() if value is not None}


def execution_of(call: CallRecord) -> tuple[str | None, str | None]:
    """Workflow id and run id, if the request or the answer contains them."""
    parameters = call.parameters
    if "taskToken" in parameters:
        return _of_token(parameters["taskToken"])
    named = parameters.get("execution") or parameters
    workflow_id, run_id = named.get("workflowId"), named.get("runId")
    if call.operation == "StartWorkflowExecution":
        started = _RUN_ID.match(call.body)
        return workflow_id, run_id if started is None else json.loads(started[1])
    if call.operation.startswith("PollFor"):
        polled = _EXECUTION.search(call.body, max(0, len(call.body) - _TAIL_BYTES))
        if polled is not None:
            return json.loads(polled[2]), json.loads(polled[1])
    return workflow_id, run_id


def _of_token(token: str) -> tuple[str | None, str | None]:
    for task_type in ("decision", "activity"):
        try:
            decoded = TaskToken.decode(token, task_type)
        except Fault:
            continue
        return decoded.workflow_id, decoded.run_id
    return None, None
