"""An emulator without a socket, a thread or a real clock, called through the protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from swf_emulator import Settings, VirtualClock
from swf_emulator.core.settings import DEFAULTS
from swf_emulator.engine.accounts import Accounts
from swf_emulator.engine.domains import Domain, Run
from swf_emulator.engine.engine import Engine
from swf_emulator.engine.functions import RegisteredFunctions
from swf_emulator.engine.ids import Ids, Starts
from swf_emulator.engine.polling import Poll
from swf_emulator.engine.recording import Observer
from swf_emulator.engine.refusals import Refusals
from swf_emulator.protocol.answers import Answer, HeldPoll
from swf_emulator.protocol.service import Request
from swf_emulator.protocol.service import Service as EmulatorService

HELD_SECONDS = 60.0
ACCOUNT = "123456789012"


def ignore(line: str) -> None:
    """Drop the note of a call."""


class Refused(Exception):
    """The answer was an error: its fault code, message and status."""

    def __init__(self, answer: Answer) -> None:
        body = json.loads(answer.body)
        self.code = str(body["__type"]).rpartition("#")[2]
        self.message = body.get("message")
        self.status = answer.status
        super().__init__(f"{self.status} {self.code}: {self.message}")


class Service:
    """An emulator without its ticker, with calls noted one a line.

    What is due fires when the clock is advanced, or in the next call after `drift`. All calls
    that name no account are those of ``engine``.
    """

    def __init__(
        self,
        settings: Settings = DEFAULTS,
        seed: int = 1,
        note: Callable[[str], None] = ignore,
    ) -> None:
        self.clock = VirtualClock()
        self.functions = RegisteredFunctions()
        starts, observers = Starts(), list[Observer]()

        def make(account: str) -> Engine:
            ids, refusals = Ids(seed), Refusals()
            return Engine(settings, self.clock, ids, refusals, self.functions, starts, observers)

        self.accounts = Accounts(make, self.clock, settings, observers)
        self.engine = self.accounts.engine(ACCOUNT)
        self.service = EmulatorService(self.accounts, ACCOUNT)
        self.note = note

    def made_request(
        self, operation: str, parameters: dict[str, Any], authorization: str = ""
    ) -> Request:
        body = json.dumps(parameters).encode()
        target = f"SimpleWorkflowService.{operation}"
        return Request(target, "application/x-amz-json-1.0", authorization, body, len(body))

    def request(self, operation: str, parameters: dict[str, Any], hold: float) -> Answer | HeldPoll:
        answer = self.service.handle(self.made_request(operation, parameters), hold)
        self.note(f"{operation} {json.dumps(parameters)} -> {_shown(answer)}")
        return answer

    def call(self, operation: str, **parameters: Any) -> Any:
        """The answer of a call that is not held. Raises `Refused`."""
        answer = self.request(operation, parameters, 0)
        assert isinstance(answer, Answer), f"{operation} is held although it must not be"
        return parsed(answer)

    def hold(self, operation: str, **parameters: Any) -> Answer | HeldPoll:
        """The answer of a poll that may wait. Raises `Refused`."""
        answer = self.request(operation, parameters, HELD_SECONDS)
        if isinstance(answer, Answer):
            parsed(answer)
        return answer

    def drift(self, seconds: float) -> None:
        """Let time pass; nothing fires before the next call."""
        self.clock.set_instant(self.clock.now_ms() + round(seconds * 1000))

    def domains(self) -> list[Domain]:
        return self.engine.recorder.domains()

    def held_polls(self) -> list[Poll]:
        return [
            poll
            for domain in self.domains()
            for task_list in domain.task_lists.values()
            for poll in task_list.pollers
        ]

    def runs(self) -> list[Run]:
        """All runs that are remembered, in the order of their starts."""
        runs = (run for region in self.engine.regions.values() for run in region.runs.values())
        return sorted(runs, key=lambda run: run.sequence)


def parsed(answer: Answer) -> Any:
    """The JSON of a success, None for an empty body. Raises `Refused`."""
    if answer.status != 200:
        raise Refused(answer)
    return json.loads(answer.body) if answer.body else None


def _shown(answer: Answer | HeldPoll) -> str:
    if isinstance(answer, HeldPoll):
        return "held"
    return f"{answer.status} {answer.body[:300].decode()}"
