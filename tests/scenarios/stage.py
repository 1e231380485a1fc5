"""The emulator that a scenario is played on: calls, tasks by name, events as they turn up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

from swf_emulator import Emulator, Refusals, Settings, VirtualClock
from swf_emulator.protocol.service import Answer, HeldPoll, Request

from .notation import Runs

DOMAIN = "d"
HOLD_SECONDS = 60.0


class Refused(Exception):
    """A call was answered with a fault."""

    def __init__(self, body: dict[str, str]) -> None:
        self.code = body["__type"].rpartition("#")[2]
        self.message = body.get("message")
        super().__init__(f"{self.code}: {self.message}")


class Stage:
    """One emulator on a virtual clock, and what the scenario remembers of it."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.refusals = Refusals()
        self.clock = VirtualClock()
        self.start_seconds = self.clock.now_ms() / 1000
        self.runs = Runs(self.start_seconds)
        self.tokens: dict[tuple[str, str], str] = {}
        """Task tokens: of decision tasks by run label, of activity tasks by activity id."""
        self.last_token: dict[str, str] = {}
        self.held: dict[str, HeldPoll] = {}
        self.arrived: list[tuple[str, str, Answer]] = []
        self.last_call: tuple[str, dict[str, Any]] | None = None
        self.next_page_token: str | None = None
        self.answers: list[tuple[str, dict[str, Any]]] = []
        """Every successful answer, for whoever checks their shapes."""
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._domains: dict[str, str] = {}

    def configure(self, **settings: Any) -> None:
        """Settle quotas and switches, before the first call."""
        assert "emulator" not in self.__dict__, "settings come first"
        kinds: dict[str, type] = {field.name: type(field.default) for field in fields(Settings)}
        converted = {
            name: value == "true" if kinds[name] is bool else kinds[name](value)
            for name, value in settings.items()
        }
        self.settings = replace(self.settings, **converted)

    @cached_property
    def emulator(self) -> Emulator:
        """The emulator, with the domain and the types that every scenario has."""
        emulator = Emulator(self.settings, clock=self.clock, seed=1, refusals=self.refusals)
        self.__dict__["emulator"] = emulator
        self.call("RegisterDomain", name=DOMAIN, workflowExecutionRetentionPeriodInDays="NONE")
        self.call(
            "RegisterWorkflowType",
            domain=DOMAIN,
            name="W",
            version="1",
            defaultChildPolicy="TERMINATE",
            defaultExecutionStartToCloseTimeout="86400",
            defaultTaskStartToCloseTimeout="NONE",
            defaultTaskList={"name": "L"},
        )
        self.call(
            "RegisterActivityType",
            domain=DOMAIN,
            name="A",
            version="1",
            defaultTaskHeartbeatTimeout="NONE",
            defaultTaskScheduleToCloseTimeout="NONE",
            defaultTaskScheduleToStartTimeout="NONE",
            defaultTaskStartToCloseTimeout="NONE",
            defaultTaskList={"name": "L"},
        )
        return emulator

    # Calls.

    def request(self, operation: str, parameters: dict[str, Any], hold: float) -> Answer | HeldPoll:
        body = json.dumps(parameters).encode()
        target = f"SimpleWorkflowService.{operation}"
        request = Request(target, "application/x-amz-json-1.0", "", body, len(body))
        return self.emulator.service.handle(request, hold)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a call, ``{}`` for a void one. Polls are answered at once."""
        answer = self.request(operation, parameters, 0)
        assert isinstance(answer, Answer)
        return self.received(operation, answer)

    def received(self, operation: str, answer: Answer) -> dict[str, Any]:
        """The members of an answer; raises `Refused` for a fault."""
        members: dict[str, Any] = json.loads(answer.body or b"{}")
        if answer.status != 200:
            raise Refused(members)
        self.answers.append((operation, members))
        return members

    def hold(self, name: str, operation: str, parameters: dict[str, Any]) -> Answer | None:
        """Let a poll wait under that name. Returns the answer if there is one at once."""
        held = self.request(operation, parameters, HOLD_SECONDS)
        if isinstance(held, Answer):
            return held
        self.held[name] = held
        held.on_answer(lambda answer: self.arrived.append((name, operation, answer)))
        return None

    # What happened.

    def new_events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The events recorded since the last time, by run, in the order of the runs' starts."""
        for domain in self._names_of_domains():
            self._discover(domain)
        for label, known in self._events.items():
            events = self._history(label)
            assert events[: len(known)] == known, f"the history of {label} has changed"
            for event in events[len(known) :]:
                yield label, event
            self._events[label] = events

    @property
    def histories(self) -> dict[str, list[dict[str, Any]]]:
        """All that was recorded, by run."""
        return self._events

    def _names_of_domains(self) -> list[str]:
        return [
            info["name"]
            for status in ("REGISTERED", "DEPRECATED")
            for info in self._pages("ListDomains", "domainInfos", registrationStatus=status)
        ]

    def _discover(self, domain: str) -> None:
        parameters = {"domain": domain, "startTimeFilter": {"oldestDate": 0}, "reverseOrder": True}
        found = [
            info
            for operation in ("ListClosedWorkflowExecutions", "ListOpenWorkflowExecutions")
            for info in self._pages(operation, "executionInfos", **parameters)
        ]
        for info in sorted(found, key=lambda info: info["startTimestamp"]):
            label = self.runs.name(info["execution"]["workflowId"], info["execution"]["runId"])
            self._events.setdefault(label, [])
            self._domains[label] = domain

    def _history(self, label: str) -> list[dict[str, Any]]:
        parameters = {"domain": self._domains[label], "execution": self.runs.executions[label]}
        try:
            return self._pages("GetWorkflowExecutionHistory", "events", **parameters)
        except Refused:
            return self._events[label]

    def _pages(self, operation: str, result: str, **parameters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.call(operation, **parameters)
            found += answer[result]
            if "nextPageToken" not in answer:
                return found
            parameters["nextPageToken"] = answer["nextPageToken"]
