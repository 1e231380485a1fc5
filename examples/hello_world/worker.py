"""The worker of the HelloWorld workflow: it greets whom the input names, or the world."""

from __future__ import annotations

from examples.connection import connect, connection_arguments, run
from examples.hello_world import workflow
from examples.polling import Activity, Shutdown, run_worker


def say_hello(name: str | None) -> str:
    return f"Hello, {name or 'World'}!"


ACTIVITIES: dict[str, Activity] = {workflow.ACTIVITY_TYPE["name"]: say_hello}


def main() -> int:
    parser = connection_arguments(__doc__)
    parser.add_argument("--once", action="store_true", help="stop after one activity task")
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    run_worker(
        swf,
        ACTIVITIES,
        domain=workflow.DOMAIN,
        task_list=workflow.TASK_LIST,
        identity="hello_world worker",
        shutdown=Shutdown.on_signals(),
        finished=lambda task: arguments.once,
    )
    return 0


if __name__ == "__main__":
    run(main)
