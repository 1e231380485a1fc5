"""The worker of the two-task workflow: write a letter, name a fruit."""

from __future__ import annotations

import random
import string

from examples import program
from examples.polling import Activity, ActivityError
from examples.two_tasks import workflow

FRUITS = {
    "A": "apple",
    "B": "banana",
    "C": "cherry",
    "D": "date",
    "E": "elderberry",
    "F": "fig",
    "G": "grape",
    "H": "honeydew",
    "J": "jackfruit",
    "K": "kiwi",
    "L": "lemon",
    "M": "mango",
    "N": "nectarine",
    "O": "orange",
    "P": "papaya",
    "Q": "quince",
    "R": "raspberry",
    "S": "strawberry",
    "T": "tangerine",
    "U": "ugli",
    "W": "watermelon",
    "Y": "yuzu",
}
"""There is none for I, V, X and Z: the activity then fails, and so does the workflow."""


def letter_writer(letter: str | None) -> Activity:
    """Test_Task_A: write a random letter, or always the same one."""

    def write_letter(_: str | None) -> str:
        return letter or random.choice(string.ascii_uppercase)

    return write_letter


def name_fruit(letter: str | None) -> str:
    """Test_Task_B: name a fruit that begins with the letter."""
    fruit = FRUITS.get((letter or "").upper())
    if fruit is None:
        raise ActivityError("no fruit known", f"no fruit begins with {letter!r}")
    return fruit


def failing(_: str | None) -> str:
    raise ActivityError("told to fail")


def activities(letter: str | None, fail: list[str]) -> dict[str, Activity]:
    """Return the activities by name; those of the tasks in ``fail`` always fail."""
    a, b = workflow.TASK_A["name"], workflow.TASK_B["name"]
    healthy = {a: letter_writer(letter), b: name_fruit}
    broken = {name: failing for name in healthy if name[-1] in fail}
    return {**healthy, **broken}


def main() -> int:
    parser = program.arguments_parser(__doc__)
    parser.add_argument("--letter", help="the letter to write (default: a random one each time)")
    parser.add_argument(
        "--fail", action="append", choices=("A", "B"), default=[], help="make this task fail"
    )
    return program.worker(
        parser, workflow, lambda arguments: activities(arguments.letter, arguments.fail)
    )


if __name__ == "__main__":
    program.run(main)
