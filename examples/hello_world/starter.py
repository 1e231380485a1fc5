"""The starter of the HelloWorld workflow."""

from __future__ import annotations

from examples.connection import connect, connection_arguments, run
from examples.hello_world import workflow
from examples.starting import add_starter_arguments, start_and_wait


def main() -> int:
    parser = connection_arguments(__doc__)
    parser.add_argument("--name", help="whom to greet (default: the world)")
    add_starter_arguments(parser)
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    more = {"input": arguments.name} if arguments.name else {}
    return start_and_wait(swf, arguments, workflow.DOMAIN, workflow.WORKFLOW_TYPE, **more)


if __name__ == "__main__":
    run(main)
