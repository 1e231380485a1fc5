"""The decider of the two-task workflow: A, then B with the result of A; a failure ends it."""

from __future__ import annotations

from examples import decisions, program
from examples.outcomes import activity_name, attributes, failure
from examples.polling import Decision, Event
from examples.two_tasks import workflow


def decide(history: list[Event]) -> list[Decision]:
    """Decide by the latest relevant event, so that the same history gives the same decisions."""
    for event in reversed(history):
        match event["eventType"]:
            case "ActivityTaskCompleted":
                result = attributes(event).get("result")
                if activity_name(history, event) == workflow.TASK_A["name"]:
                    return [decisions.schedule_activity(workflow.TASK_B, "B", input=result or "")]
                return [decisions.complete(result)]
            case "WorkflowExecutionCancelRequested":
                return [decisions.cancel()]
            case "ActivityTaskScheduled":
                return []
            case "WorkflowExecutionStarted":
                return [decisions.schedule_activity(workflow.TASK_A, "A")]
        if failed := failure(history, event):
            return [decisions.fail(*failed)]
    return []


if __name__ == "__main__":
    program.run(lambda: program.decider(__doc__, workflow, decide))
