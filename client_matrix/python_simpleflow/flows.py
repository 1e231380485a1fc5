# mypy: ignore-errors
"""The workflows of the stories, as simpleflow has them. Types are not checked, for it has none."""

from __future__ import annotations

from pathlib import Path

from simpleflow import Workflow, activity, futures

TASKS = "tasks"


def work(**options):
    """Return the decorator of an activity."""
    return activity.with_attributes(
        version="1",
        task_list=TASKS,
        start_to_close_timeout=60,
        schedule_to_start_timeout=60,
        schedule_to_close_timeout=120,
        heartbeat_timeout=60,
        raises_on_failure=True,
        **options,
    )


@work()
def greet(name):
    """Greet."""
    return f"hello, {name}"


@work()
def square(number):
    """Multiply a number with itself."""
    return number * number


@work(retry=1)
def second_time(marker):
    """Fail on the first call: the file that marks it exists on the second."""
    if not Path(marker).exists():
        Path(marker).touch()
        raise RuntimeError("not yet")
    return "done on the second call"


class Story(Workflow):
    """What all workflows share."""

    version = "1"
    task_list = TASKS
    execution_timeout = "300"
    decision_tasks_timeout = "60"


class Hello(Story):
    """Run one activity."""

    name = "hello"

    def run(self, name):
        """Return its result."""
        return self.submit(greet, name).result


class SplitMerge(Story):
    """Run activities side by side."""

    name = "split-merge"

    def run(self, count):
        """Return the sum of their results."""
        squares = self.map(square, range(1, count + 1))
        futures.wait(*squares)
        return sum(future.result for future in squares)


class Retry(Story):
    """Run an activity that fails once."""

    name = "retry"

    def run(self, marker):
        """Return its result."""
        return self.submit(second_time, marker).result


class Timer(Story):
    """Wait for a timer."""

    name = "timer"

    def run(self, seconds):
        """Return a text."""
        futures.wait(self.submit(self.start_timer("t", seconds)))
        return "the timer fired"


class Signal(Story):
    """Wait for a signal."""

    name = "signal"

    def run(self):
        """Return the input of the signal."""
        futures.wait(self.submit(self.wait_signal("go")))
        return self.get_event_details("signal", "go")["input"]


class Cancel(Story):
    """Wait until asked to cancel."""

    name = "cancel"

    def run(self):
        """Wait for a signal that nobody sends."""
        futures.wait(self.submit(self.wait_signal("never")))


class Child(Story):
    """Start a child."""

    name = "child"

    def run(self, name):
        """Return the result of the child."""
        return self.submit(Hello, name).result


class ContinueAsNew(Story):
    """Continue as a new execution, once."""

    name = "continue-as-new"

    def run(self, number):
        """Return the number of the run."""
        if number == 1:
            futures.wait(self.submit(self.continue_as_new(number=2)))
        return number


class Marker(Story):
    """Record a marker."""

    name = "marker"

    def run(self, details):
        """Return its details as the history has them."""
        futures.wait(self.submit(self.record_marker("milestone", details)))
        return self.list_markers()[0].details
