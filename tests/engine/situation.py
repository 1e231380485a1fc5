"""An emulator on a virtual clock, to be called with the requests of a recording."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from swf_emulator import Emulator, Settings, VirtualClock
from swf_emulator.protocol.service import Answer, Request

TARGET = "SimpleWorkflowService."
AMZ_JSON = "application/x-amz-json-1.0"
DOMAIN = "867530901"


class Situation:
    """Brings the emulator into a state, at the instants of a recording.

    ``before_2018``: DecisionTaskScheduled has no schedule-to-start timeout.
    """

    def __init__(self, starts_at: float, *, before_2018: bool = True) -> None:
        self.clock = VirtualClock(datetime.fromtimestamp(starts_at, UTC))
        settings = Settings(decision_task_schedule_to_start=not before_2018)
        self.emulator = Emulator(settings, clock=self.clock, seed=1)

    def at(self, instant: float) -> None:
        """Let time pass until then."""
        self.clock.advance_to(datetime.fromtimestamp(instant, UTC))

    def answer(
        self,
        target: str,
        parameters: dict[str, Any],
        content_type: str = AMZ_JSON,
        account: str = "test",
    ) -> Answer:
        """The raw answer to a request with that X-Amz-Target."""
        body = json.dumps(parameters).encode()
        authorization = f"AWS4-HMAC-SHA256 Credential={account}/20120101/us-east-1/swf/aws4_request"
        request = Request(target, content_type, authorization, body, len(body))
        answer = self.emulator.service.handle(request, 0)
        assert isinstance(answer, Answer)
        return answer

    def call(self, operation: str, account: str = "test", **parameters: Any) -> Any:
        """The members of the answer, None for an empty body. Faults fail the test."""
        answer = self.answer(TARGET + operation, parameters, account=account)
        assert answer.status == 200, answer.body
        return json.loads(answer.body) if answer.body else None

    # Steps that many recordings share.

    def register(self, domain: str, types: dict[str, str], **activities: str) -> None:
        """A domain with workflow types and activity types (name: version), without defaults."""
        retention = {"workflowExecutionRetentionPeriodInDays": "NONE"}
        self.call("RegisterDomain", name=domain, **retention)
        for name, version in types.items():
            self.call("RegisterWorkflowType", domain=domain, name=name, version=version)
        for name, version in activities.items():
            self.call("RegisterActivityType", domain=domain, name=name, version=version)

    def start(self, domain: str, workflow_id: str, **parameters: Any) -> dict[str, str]:
        """The execution that is started."""
        answer = self.call(
            "StartWorkflowExecution", domain=domain, workflowId=workflow_id, **parameters
        )
        return {"workflowId": workflow_id, "runId": answer["runId"]}

    def decide(self, domain: str, task_list: str, *decisions: dict[str, Any], **more: Any) -> None:
        """Poll for a decision task and answer it."""
        task = self.call("PollForDecisionTask", domain=domain, taskList={"name": task_list})
        self.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=list(decisions),
            **more,
        )

    def history(self, domain: str, execution: dict[str, str]) -> list[dict[str, Any]]:
        answer = self.call("GetWorkflowExecutionHistory", domain=domain, execution=execution)
        events: list[dict[str, Any]] = answer["events"]
        return events


def decision(decision_type: str, **attributes: Any) -> dict[str, Any]:
    """One decision, as it goes on the wire."""
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, member: attributes}
