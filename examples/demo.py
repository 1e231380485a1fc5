"""Run the HelloWorld workflow from start to end: starter, decider and worker in one program.

The exit status is 0 only if the execution completed.
"""

from __future__ import annotations

import threading

from examples import executions, program
from examples.hello_world import decider, worker, workflow
from examples.polling import Shutdown, Task, run_decider, run_worker


def main() -> int:
    parser = program.arguments_parser(__doc__)
    parser.add_argument("--name", default="World", help="the name to greet")
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="the longest wait"
    )
    arguments = parser.parse_args()
    swf = program.connect(arguments)
    workflow.register(swf)
    execution = executions.start(
        swf, workflow.DOMAIN, workflow.WORKFLOW_TYPE, workflow_input=arguments.name
    )

    def is_ours(task: Task) -> bool:
        return bool(task["workflowExecution"]["runId"] == execution["runId"])

    for loop, functions in ((run_decider, decider.decide), (run_worker, worker.ACTIVITIES)):
        threading.Thread(
            target=loop,
            args=(swf, functions),
            kwargs={
                "domain": workflow.DOMAIN,
                "task_list": workflow.TASK_LIST,
                "identity": "demo",
                "shutdown": Shutdown(),
                "finished": is_ours,
            },
            daemon=True,
        ).start()
    return program.wait_and_show(swf, workflow, execution, arguments.timeout)


if __name__ == "__main__":
    program.run(main)
