"""The state machine of one workflow execution: pure, deterministic, without input or output.

No module here uses a clock, a lock, a socket or a random number. A *decide* function reads an
execution and yields the events that follow from a request; a *fold* takes one event into the
execution. The history determines the state: folding it again gives the same execution.

Importing the package fills the tables of `registry`: each concept module describes its own
decisions and events.
"""

from . import (
    activities,
    children,
    decision_tasks,
    executions,
    external,
    lambdas,
    markers,
    timers,
)

__all__ = [
    "activities",
    "children",
    "decision_tasks",
    "executions",
    "external",
    "lambdas",
    "markers",
    "timers",
]
