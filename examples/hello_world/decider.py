"""The decider of the HelloWorld workflow: schedule the greeting, then complete."""

from __future__ import annotations

from examples import decisions, program
from examples.hello_world import workflow
from examples.outcomes import attributes, failure
from examples.polling import Decision, Event


def decide(history: list[Event]) -> list[Decision]:
    """Decide by the latest relevant event, so that the same history gives the same decisions."""
    for event in reversed(history):
        match event["eventType"]:
            case "ActivityTaskCompleted":
                return [decisions.complete(attributes(event).get("result"))]
            case "WorkflowExecutionCancelRequested":
                return [decisions.cancel()]
            case "ActivityTaskScheduled":
                return []
            case "WorkflowExecutionStarted":
                started = attributes(event)
                more = {"input": started["input"]} if "input" in started else {}
                return [
                    decisions.schedule_activity(
                        workflow.ACTIVITY_TYPE, workflow.ACTIVITY_ID, **more
                    )
                ]
        if failed := failure(history, event):
            return [decisions.fail(*failed)]
    return []


if __name__ == "__main__":
    program.run(lambda: program.decider(__doc__, workflow, decide))
