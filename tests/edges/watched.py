"""A served state that is watched while broken requests come in."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from swf_emulator import Emulator
from swf_emulator.protocol.answers import Answer
from swf_emulator.protocol.service import Request
from tests.sim.fingerprint import differences, fingerprint

from . import workload
from .wire import Reply

WITNESS_SCOPE = "Credential=999900001111/20260101/us-east-1/swf/aws4_request"
LOGGERS = ("swf_emulator", "uvicorn.error", "asyncio", "werkzeug")


class Errors(logging.Handler):
    """Keeps logged errors: internal errors, which no client may cause."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Watched:
    """An emulator with a witness: an execution of another account, in the middle of its work."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.errors = Errors()
        for operation, parameters in workload.REGISTRATIONS:
            self._witness(operation, **parameters)
        self._witness(
            "StartWorkflowExecution",
            domain=workload.DOMAIN,
            workflowId="witness",
            workflowType=workload.TYPE,
        )
        task = self._witness("PollForDecisionTask", **workload.poll_parameters())
        self._token = task["taskToken"]
        self._state = self._witness_state()

    @contextmanager
    def watching(self) -> Iterator[Watched]:
        """Within the block errors are noticed; after it the witness can finish its work."""
        loggers = [logging.getLogger(name) for name in LOGGERS]
        for logger in loggers:
            logger.addHandler(self.errors)
        try:
            yield self
        finally:
            for logger in loggers:
                logger.removeHandler(self.errors)
        assert self._witness_state() == self._state, "the witness was disturbed"
        complete = [{"decisionType": "CompleteWorkflowExecution"}]
        self._witness("RespondDecisionTaskCompleted", taskToken=self._token, decisions=complete)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for engine in self.emulator.accounts.engines():
            with engine.transaction.lock:
                found |= fingerprint(engine)
        return found

    def check(self, before: dict[str, Any] | None, reply: Reply) -> None:
        """Check that a reply is neither an internal error nor a page.

        If it is an error, the state must still be that of ``before``, unless that is None.
        """
        logged, self.errors.records = self.errors.records, []
        assert not logged, [record.getMessage() for record in logged]
        assert reply.status < 500, reply
        assert "html" not in reply.content_type, reply
        assert b"<html" not in reply.body.lower(), reply
        if reply.status != 200 and before is not None:
            assert not differences(before, self.state()), reply
        if reply.body and "json" in reply.content_type:
            json.loads(reply.body)

    def _witness(self, operation: str, **parameters: Any) -> Any:
        body = json.dumps(parameters).encode()
        request = Request(f"SimpleWorkflowService.{operation}", "", WITNESS_SCOPE, body, len(body))
        answer = self.emulator.service.handle(request, 0)
        assert isinstance(answer, Answer)
        assert answer.status == 200, answer
        return json.loads(answer.body) if answer.body else None

    def _witness_state(self) -> Any:
        return self.state()["999900001111/us-east-1"]
