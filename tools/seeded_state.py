"""Print the exported state after many workflows with one seed, to compare two builds."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from swf_emulator import Emulator, VirtualClock
from swf_emulator.engine.domains import Scope

SCOPE = Scope("123456789012", "us-east-1")
LIST = {"name": "all"}
TYPE = {"name": "T", "version": "1"}
EXECUTIONS = 200


def main() -> None:
    emulator = Emulator(clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)

    def call(operation: str, **members: Any) -> dict[str, Any]:
        return emulator.service.call(SCOPE, operation, **members)

    call("RegisterDomain", name="d", workflowExecutionRetentionPeriodInDays="90")
    defaults = {"defaultTaskList": LIST, "defaultTaskStartToCloseTimeout": "600"}
    call(
        "RegisterWorkflowType",
        domain="d",
        **TYPE,
        **defaults,
        defaultExecutionStartToCloseTimeout="86400",
        defaultChildPolicy="TERMINATE",
    )
    call("RegisterActivityType", domain="d", **TYPE, **defaults)
    for number in range(EXECUTIONS):
        call("StartWorkflowExecution", domain="d", workflowId=f"w{number}", workflowType=TYPE)
        for batch in _batches(number):
            task = call("PollForDecisionTask", domain="d", taskList=LIST)
            if "taskToken" in task:
                token = task["taskToken"]
                call("RespondDecisionTaskCompleted", taskToken=token, decisions=batch)
            emulator.clock.advance(number % 40)
    emulator.clock.advance(86_400)
    json.dump(emulator.export_state(), sys.stdout)


def _batches(number: int) -> list[list[dict[str, Any]]]:
    """The decisions of one execution: timers, activities, children, markers, refusals, a close."""
    return [
        [
            _decision("StartTimer", timerId=f"t{number}", startToFireTimeout=str(number % 30 + 1)),
            _decision("ScheduleActivityTask", activityId="a", activityType=TYPE),
            _decision("RecordMarker", markerName="m", details="\u00e9\u4e16"),
            _decision("CancelTimer", timerId="unknown"),
            _decision("StartChildWorkflowExecution", workflowId=f"c{number}", workflowType=TYPE),
        ],
        [_decision("SignalExternalWorkflowExecution", workflowId=f"c{number}", signalName="s")],
        [_decision("RequestCancelActivityTask", activityId="a")],
        [_decision("CompleteWorkflowExecution", result=str(number))] if number % 3 else [],
    ]


def _decision(decision_type: str, **attributes: Any) -> dict[str, Any]:
    name = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, name: attributes}


if __name__ == "__main__":
    main()
