"""The decider of the two-task workflow: A, then B with what A wrote; any failure is the end."""

from __future__ import annotations

from examples import decisions
from examples.connection import connect, connection_arguments, run
from examples.outcomes import activity_name, attributes, failure
from examples.polling import Decision, Event, Shutdown, run_decider
from examples.two_tasks import workflow


def decide(history: list[Event]) -> list[Decision]:
    """What is due now; judged by the latest event that matters, so it may be asked any time."""
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


def main() -> int:
    parser = connection_arguments(__doc__)
    parser.add_argument(
        "--until-closed", action="store_true", help="stop once an execution has been closed"
    )
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    run_decider(
        swf,
        decide,
        domain=workflow.DOMAIN,
        task_list=workflow.TASK_LIST,
        identity="two_tasks decider",
        shutdown=Shutdown.on_signals(),
        finished=lambda task: arguments.until_closed,
    )
    return 0


if __name__ == "__main__":
    run(main)
