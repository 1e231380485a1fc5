"""The worker of the two-task workflow: it writes letters and names fruits."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from examples.connection import connect, connection_arguments, run
from examples.polling import Activity, ActivityError, Shutdown, Task, run_worker
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
"""There is none for I, V, X and Z: then the activity, and with it the workflow, fails."""


def letter_writer(letter: str | None) -> Activity:
    """Test_Task_A: a random letter, or always the same one."""

    def write_letter(_: str | None) -> str:
        return letter or random.choice(string.ascii_uppercase)

    return write_letter


def name_fruit(letter: str | None) -> str:
    """Test_Task_B: the fruit that begins with the letter."""
    fruit = FRUITS.get((letter or "").upper())
    if fruit is None:
        raise ActivityError("no fruit known", f"no fruit begins with {letter!r}")
    return fruit


def failing(_: str | None) -> str:
    raise ActivityError("told to fail")


def activities(letter: str | None, fail: list[str]) -> dict[str, Activity]:
    """The activities by name; those of the tasks in `fail` do nothing but fail."""
    a, b = workflow.TASK_A["name"], workflow.TASK_B["name"]
    healthy = {a: letter_writer(letter), b: name_fruit}
    broken = {name: failing for name in healthy if name[-1] in fail}
    return {**healthy, **broken}


def counter(count: int | None) -> Callable[[Task], bool]:
    """True from the given number of tasks on."""
    done = 0

    def finished(_: Task) -> bool:
        nonlocal done
        done += 1
        return count is not None and done >= count

    return finished


def main() -> int:
    parser = connection_arguments(__doc__)
    parser.add_argument("--letter", help="the letter to write (default: a random one each time)")
    parser.add_argument(
        "--fail", action="append", choices=("A", "B"), default=[], help="make this task fail"
    )
    parser.add_argument("--count", type=int, metavar="N", help="stop after N activity tasks")
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    run_worker(
        swf,
        activities(arguments.letter, arguments.fail),
        domain=workflow.DOMAIN,
        task_list=workflow.TASK_LIST,
        identity="two_tasks worker",
        shutdown=Shutdown.on_signals(),
        finished=counter(arguments.count),
    )
    return 0


if __name__ == "__main__":
    run(main)
