"""The decider of the HelloWorld workflow: let somebody greet, then be done."""

from __future__ import annotations

from examples import decisions
from examples.connection import connect, connection_arguments, run
from examples.hello_world import workflow
from examples.outcomes import attributes, failure
from examples.polling import Decision, Event, Shutdown, run_decider


def decide(history: list[Event]) -> list[Decision]:
    """What is due now; judged by the latest event that matters, so it may be asked any time."""
    for event in reversed(history):
        match event["eventType"]:
            case "ActivityTaskCompleted":
                return [decisions.complete(attributes(event).get("result"))]
            case "WorkflowExecutionCancelRequested":
                return [decisions.cancel()]
            case "ActivityTaskScheduled":
                return []
            case "WorkflowExecutionStarted":
                given = attributes(event)
                more = {"input": given["input"]} if "input" in given else {}
                return [
                    decisions.schedule_activity(
                        workflow.ACTIVITY_TYPE, workflow.ACTIVITY_ID, **more
                    )
                ]
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
        identity="hello_world decider",
        shutdown=Shutdown.on_signals(),
        finished=lambda task: arguments.until_closed,
    )
    return 0


if __name__ == "__main__":
    run(main)
