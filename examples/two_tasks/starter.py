"""The starter of the two-task workflow."""

from __future__ import annotations

from examples import program
from examples.two_tasks import workflow

if __name__ == "__main__":
    program.run(lambda: program.starter(program.arguments_parser(__doc__), workflow))
