"""The starter of the HelloWorld workflow."""

from __future__ import annotations

from examples import program
from examples.hello_world import workflow


def main() -> int:
    parser = program.arguments_parser(__doc__)
    parser.add_argument("--name", help="the name to greet (default: World)")
    return program.starter(parser, workflow, lambda arguments: arguments.name)


if __name__ == "__main__":
    program.run(main)
