"""An emulator with open and closed executions, whose state is compared around each request."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from werkzeug.test import TestResponse

from swf_emulator import Emulator
from swf_emulator.engine.domains import Scope
from tests.sim.fingerprint import differences, fingerprint

from . import workload
from .watched import LOGGERS, Errors

SCOPE = Scope("123456789012", "us-east-1")


def quoted(text: str) -> str:
    """Text in a URL; a lone surrogate becomes bytes that are no UTF-8."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


class Fuzzed:
    """A context manager: within it errors of the emulator are noticed."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._errors = Errors()
        for operation, parameters in workload.REGISTRATIONS:
            self._call(operation, **parameters)

    def start(self, workflow_id: str) -> str:
        """Start an execution with an open activity and an open timer; return its run id."""
        run_id = self._call(
            "StartWorkflowExecution",
            domain=workload.DOMAIN,
            workflowId=workflow_id,
            workflowType=workload.TYPE,
            taskList={"name": workflow_id},
        )["runId"]
        task = self._call("PollForDecisionTask", **workload.poll_parameters(workflow_id))
        decisions = [workload.schedule_activity(), workload.start_timer("t", "60")]
        token = task["taskToken"]
        self._call("RespondDecisionTaskCompleted", taskToken=token, decisions=decisions)
        self._call(
            "SignalWorkflowExecution",
            domain=workload.DOMAIN,
            workflowId=workflow_id,
            signalName="go",
        )
        return str(run_id)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for engine in self.emulator.accounts.engines():
            with engine.transaction.lock:
                found |= fingerprint(engine)
        return found

    def check(self, before: dict[str, Any], answer: TestResponse, reads: bool = False) -> None:
        """Check that an answer is no internal error.

        If the request was refused, or ``reads`` only, the state must be that of ``before``.
        """
        logged, self._errors.records = self._errors.records, []
        assert not logged, [record.getMessage() for record in logged]
        assert answer.status_code < 500, answer.data
        if reads or answer.status_code >= 400:
            assert not differences(before, self.state()), answer.data

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.emulator.service.call(SCOPE, operation, **parameters)

    def __enter__(self) -> Self:
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self._errors)
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self._errors)
