"""The HelloWorld workflow from start to end in one program: starter, decider and worker.

Exit status 0 only if the execution completed.
"""

from __future__ import annotations

import threading

from examples import executions
from examples.connection import connect, connection_arguments, run
from examples.hello_world import decider, worker, workflow
from examples.history_table import history_table
from examples.polling import Shutdown, Task, run_decider, run_worker


def main() -> int:
    parser = connection_arguments(__doc__)
    parser.add_argument("--name", default="World", help="whom to greet")
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="give up after so long"
    )
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    execution = executions.start(swf, workflow.DOMAIN, workflow.WORKFLOW_TYPE, input=arguments.name)
    print(f"started {execution['workflowId']}, run {execution['runId']}")

    def ours(task: Task) -> bool:
        return bool(task["workflowExecution"]["runId"] == execution["runId"])

    threads = [
        threading.Thread(
            target=run,
            args=(swf, acts),
            kwargs={
                "domain": workflow.DOMAIN,
                "task_list": workflow.TASK_LIST,
                "identity": identity,
                "shutdown": Shutdown(),
                "finished": ours,
            },
            daemon=True,
        )
        for run, acts, identity in (
            (run_decider, decider.decide, "demo decider"),
            (run_worker, worker.ACTIVITIES, "demo worker"),
        )
    ]
    for thread in threads:
        thread.start()
    status = executions.wait_until_closed(swf, workflow.DOMAIN, execution, arguments.timeout)
    print(f"\n{history_table(executions.history(swf, workflow.DOMAIN, execution))}\n")
    print(f"{execution['workflowId']}: {status or 'still open'}")
    return 0 if status == "COMPLETED" else 1


if __name__ == "__main__":
    run(main)
