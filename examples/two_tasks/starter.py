"""The starter of the two-task workflow."""

from __future__ import annotations

from examples.connection import connect, connection_arguments, run
from examples.starting import add_starter_arguments, start_and_wait
from examples.two_tasks import workflow


def main() -> int:
    parser = connection_arguments(__doc__)
    add_starter_arguments(parser)
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    return start_and_wait(swf, arguments, workflow.DOMAIN, workflow.WORKFLOW_TYPE)


if __name__ == "__main__":
    run(main)
