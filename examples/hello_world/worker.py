"""The worker of the HelloWorld workflow: greet the name in the input, or the world."""

from __future__ import annotations

from examples import program
from examples.hello_world import workflow
from examples.polling import Activity


def say_hello(name: str | None) -> str:
    return f"Hello, {name or 'World'}!"


ACTIVITIES: dict[str, Activity] = {workflow.ACTIVITY_TYPE["name"]: say_hello}


def main() -> int:
    return program.worker(program.arguments_parser(__doc__), workflow, lambda _: ACTIVITIES)


if __name__ == "__main__":
    program.run(main)
